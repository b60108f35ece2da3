"""What guidance knows of the other rooms, and who is told of what happens there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from backend.accounts.service import AccountService
from backend.adapters.files import OriginalStore
from backend.catalogue.service import CatalogueService
from backend.companies.service import CompanyService
from backend.companies.service.applications import ApplicationService
from backend.guidance.routing import Candidate
from backend.guidance.service import world as guidance
from backend.guidance.service.room import GuidanceRoom
from backend.guidance.service.visits import CERTIFIED, VISITED
from backend.guidance.service.world import World
from backend.institutions.service import InstitutionService
from backend.people.service import PeopleService
from backend.pool.service import PoolService
from backend.pool.service.room import PoolRoom
from backend.pool.service.warning import ENDED_EVENT as WARNING_ENDED
from backend.pool.service.warning import ESCALATED as WARNING_ESCALATED
from backend.pool.service.warning import RESULTS
from backend.push.service import PushService
from backend.shared.caller import SYSTEM, Role
from backend.shared.clock import Clock, in_shanghai
from backend.shared.errors import NotFoundError
from backend.shared.events import Event
from backend.wiring.house import House
from backend.wiring.neighbours import unnamed_holders

_CERTIFIED = frozenset({"certified", "maintaining", "renewal_due"})


def world_of_guidance(
    clock: Clock,
    hand_on: Callable[[str, str], bool],
    originals: OriginalStore,
    catalogue: CatalogueService,
    institutions: InstitutionService,
    people: PeopleService,
    companies: CompanyService,
    applications: ApplicationService,
    pool: PoolService,
    pool_room: PoolRoom,
    accounts: AccountService,
    check_text: Callable[[str, str], str],
) -> World:
    """What guidance knows of the other rooms."""

    def carrier_kind(institution_id: str) -> str:
        try:
            return institutions.read_institution(institution_id).kind
        except NotFoundError:
            return ""

    def service_class(uscc: str) -> str:
        try:
            return pool_room.settings.service_class(pool.state(uscc).stage)
        except NotFoundError:
            return ""

    return World(
        clock=clock,
        companies=companies,
        people=people,
        originals=originals,
        hand_on=hand_on,
        record=accounts.audit.record,
        published=lambda slugs: catalogue.find_published(list(slugs)),
        carrier_kind=carrier_kind,
        service_class=service_class,
        firms_by_class=lambda: _firms_by_class(pool, pool_room),
        check_text=check_text,
        tried=applications.count_tried,
        posts=lambda: _posts(accounts, people),
    )


def _posts(accounts: AccountService, people: PeopleService) -> list[Candidate]:
    """Accounts that hold a post somewhere; a desk of this kind is named by the account."""
    return [
        Candidate(f"staff:{one.name}", one.shown, role, one.scope.areas, one.scope.towns)
        for one in unnamed_holders(accounts, people)
        for role in (Role.LIAISON, Role.COUNSELLOR)
        if role in one.roles and (one.scope.areas or one.scope.towns)
    ]


def _firms_by_class(pool: PoolService, pool_room: PoolRoom) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    classes = pool_room.settings.read("service_classes").value
    for uscc, stage in pool.stages():
        if name := classes.get(stage):
            found.setdefault(name, []).append(uscc)
        if stage.partition("/")[0] in _CERTIFIED:
            found.setdefault(CERTIFIED, []).append(uscc)
    return found


def subscribe_guidance(house: House) -> None:
    """Warnings and certified firms come in; the firm's persons and the staff concerned are told."""
    listen, room = house.bus.subscribe, house.guidance
    listen("warning.raised", "guidance", lambda event: _ignore(room.requests.open_for_warning(event)))
    listen(WARNING_ESCALATED, "guidance", lambda event: _note_warning(house, event))
    listen(WARNING_ENDED, "guidance", lambda event: _note_warning(house, event))
    for kind in ("pool.entered", "pool.moved"):
        listen(kind, "guidance", lambda event: _ignore(room.visits.plan_certified(event)))
    listen(VISITED, "companies", lambda event: _learn_visit(house, event))
    listen(guidance.FEEDBACK_PUBLISHED, "catalogue", lambda event: _take_question(house, event))
    for kind, (title, text) in _TO_FIRM.items():
        listen(kind, "push", _firm_teller(house, title, text))
    for kind, (title, text) in _TO_STAFF.items():
        listen(kind, "push", _staff_teller(house, title, text))


_TO_FIRM = {
    guidance.ANSWERED: ("您的诉求已答复", "您{day}提出的诉求已有答复，请打开查看。"),
    guidance.ASKED: ("您的诉求需要补充", "您{day}提出的诉求需要补充说明，回复前暂停计时。"),
    guidance.ENDED_EVENT: ("您的诉求已办结", "您{day}提出的诉求已办结，请打开查看结果并评价。"),
    guidance.SURVEYED: ("请告诉我们后来怎样", "您{day}提出的诉求办结已三个月：是否申报、是否通过？"),
}
_TO_STAFF = {
    guidance.OPENED: ("有新的诉求", "{day}提出的一条诉求请您受理。"),
    guidance.OFFERED: ("请您协助一条诉求", "{day}提出的一条诉求请您协助。"),
    guidance.HANDED_OVER: ("一条诉求转给您", "{day}提出的一条诉求已转给您。"),
    guidance.REPLIED: ("企业回复了诉求", "{day}提出的一条诉求，企业有新的回复。"),
    guidance.REMINDED: ("诉求即将到期", "{day}提出的一条诉求须在期限内答复。"),
    guidance.ESCALATED: ("诉求逾期升级", "{day}提出的一条诉求逾期未答复，升级到您这里。"),
    guidance.NOTED: ("预警有新进展", "{day}由预警提出的一条诉求有新进展，请查看备注。"),
    guidance.PASSED_ON: ("收到企业跟踪信息", "有一家企业的跟踪信息传到您所在的载体，请查看。"),
}


def tell_commission(room: GuidanceRoom, push: PushService, today: date) -> None:
    """Job: what waits for the commission itself, in one message a day to each publisher: requests that were
    overdue below, and warnings nobody could take."""
    waiting, overdue, warned = room.requests.untaken()
    if not waiting:
        return
    title = f"有 {waiting} 件诉求等科经委受理"
    text = f"其中逾期 {overdue} 件，由预警提出 {warned} 件。请在诉求办理中受理或指派。"
    readers = [f"staff:{name}" for name in push.world.publishers()]
    push.tell_persons("staff", readers, "staff", "requests.untaken", today, title, text)


def _firm_teller(house: House, title: str, text: str) -> Callable[[Event], None]:
    def tell(event: Event) -> None:
        uscc = str(event.data["uscc"])
        persons = house.accounts.firms.persons_of(uscc)
        if not persons or event.data.get("ask") is False:
            return
        cause = f"{event.subject}.{event.kind.partition('.')[2]}.{event.data.get('number', 1)}"
        said = text.format(day=event.data["opened_on"])
        day = in_shanghai(event.at).date()
        house.push.tell_persons(uscc, persons, "request", cause, day, title, said)

    return tell


def _staff_teller(house: House, title: str, text: str) -> Callable[[Event], None]:
    def tell(event: Event) -> None:
        names: Sequence[str] = event.data["staff"]
        # What reached the commission by time, and warnings nobody can take, are told once a day in a digest.
        warned = event.kind == guidance.OPENED and event.by == SYSTEM.label
        if not names and event.kind == guidance.OPENED and not warned:
            names = house.push.world.publishers()
        if not names:
            return
        cause = f"{event.subject}.{event.kind.partition('.')[2]}.{event.id[:8]}"
        said = text.format(day=event.data.get("opened_on", ""))
        readers = [f"staff:{name}" for name in names]
        house.push.tell_persons("staff", readers, "staff", cause, in_shanghai(event.at).date(), title, said)

    return tell


def _learn_visit(house: House, event: Event) -> None:
    """The firm's file learns of the latest visit; a call is none, and an older visit tells nothing new."""
    day = str(event.data["on"])
    if event.data["kind"] == "call" or day < str(event.data["latest"]):
        return
    fact = [{"name": "last_visited_on", "value": day}]
    house.companies.record_facts(str(event.data["uscc"]), fact, "staff_verified", SYSTEM)


def _note_warning(house: House, event: Event) -> None:
    if event.kind == WARNING_ESCALATED:
        text = f"预警逾期未处置（第{event.data['level']}次），请尽快处置。"
    else:
        text = f"预警已结束：{RESULTS[str(event.data['result'])]}。核对后可办结本诉求。"
    house.guidance.requests.note_warning(event, text)


def _take_question(house: House, event: Event) -> None:
    data = event.data
    house.catalogue.explanations.take_question(
        event.id, data["policy"], data["anchor"], data["question"], data["answer"], event.by
    )


def _ignore(_done: object) -> None:
    """A listener answers nothing."""
