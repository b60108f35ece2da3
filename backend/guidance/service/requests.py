"""Requests: opened by a firm, a liaison or a warning; routed, claimed, assigned, handed over, ended."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from backend.guidance.promise import survey_at
from backend.guidance.routing import LABELS, LEVELS, Need, Route
from backend.guidance.service.access import Seat, own_filter, seat_of, seen, worked_on
from backend.guidance.service.steps import STOPPED, Step, Steps, deadline, entry, live
from backend.guidance.service.world import (
    ENDED_EVENT,
    HANDED_OVER,
    NOTED,
    OFFERED,
    OPENED,
    World,
)
from backend.guidance.store.requests import COLLECTION, ENDED, OPEN, WORKING, Request
from backend.people.service import Adviser
from backend.shared.caller import SYSTEM, Caller
from backend.shared.clock import in_shanghai
from backend.shared.errors import (
    AlreadyExistsError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    WrongStateError,
)
from backend.shared.events import Event
from backend.shared.paging import Page
from backend.shared.writing import HELD, PASSED, UNCHECKED, checked, cleaned, one_line
from policies.vocabulary import DEPARTMENTS, HELP_KINDS

Result = Literal["helped", "referred", "could_not_help", "could_not_reach", "withdrawn"]
RESULTS = {
    "helped": "已解决",
    "referred": "已转介",
    "could_not_help": "未能解决",
    "could_not_reach": "联系不上",
    "withdrawn": "企业撤回",
}
LONGEST_TITLE, LONGEST_TEXT = 80, 4000


@dataclass(frozen=True)
class Asked:
    """What a firm asks, and from where: a policy, a condition of its gap plan, a message, or freely."""

    uscc: str
    title: str
    text: str
    help_kind: str = ""
    source: dict[str, str] = field(default_factory=dict)
    reach: str = "app"


class RequestService:
    """Every step is one write; who may take it is asked of the seat."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps
        self._world: World = steps.world

    def open_request(self, asked: Asked, caller: Caller) -> Request:
        """A new request of a firm, by a person of it or for it by staff in whose scope it lies."""
        if caller.kind == "staff":
            seat_of(self._world.people, caller)
        now = self._world.clock.now()
        request_id = f"{int(now.timestamp() * 1000):015}-{secrets.token_hex(4)}"
        return self._open(request_id, asked, caller, now)

    def open_for_warning(self, event: Event) -> Request:
        """Listens to warning.raised: once for the event, however often it is told."""
        at = in_shanghai(event.at)
        request_id = f"{int(at.timestamp() * 1000):015}-w{event.id[:8]}"
        uscc, rule = str(event.data["uscc"]), str(event.data["rule"])
        text = f"监测预警（{event.data.get('severity', '')}），请联系企业核实并协助处置。"
        asked = Asked(uscc, f"预警：{rule}", text, source={"kind": "warning", "warning": f"{uscc}/{rule}"})
        try:
            return self._open(request_id, asked, SYSTEM, at)
        except AlreadyExistsError:
            return self._steps.store.get(request_id)

    def note_warning(self, event: Event, text: str) -> Request | None:
        """Listens to warning.escalated and warning.ended: a note in the request the warning opened, once.

        It ends nothing: whoever owns the request looks and ends it.
        """
        uscc, rule = str(event.data["uscc"]), str(event.data["rule"])
        opened = self._steps.store.of_warning(uscc, f"{uscc}/{rule}")
        note = event.id[:12]

        def decide(request: Request, now: datetime) -> Step | None:
            if request.state == ENDED or any(row["id"] == note for row in request.entries):
                return None
            staff = self._steps.accounts([request.owner] if request.owner else request.offered)
            told = entry("note", SYSTEM, now, text, id=note)
            return Step(entries=[told], events=[(NOTED, {"staff": staff})])

        return self._steps.take(opened.id, SYSTEM, decide) if opened else None

    def untaken(self) -> tuple[int, int, int]:
        """What waits for the commission itself: requests, those overdue, those warnings opened."""
        return self._steps.store.count_untaken(self._world.clock.today().isoformat())

    def read(self, request_id: str, caller: Caller) -> tuple[Request, Seat]:
        """One request with the seat it is seen from; NotFoundError for those it does not concern."""
        seat = seat_of(self._world.people, caller)
        return seen(self._steps.store.get(request_id), seat), seat

    def listed(
        self, caller: Caller, limit: int, cursor: str | None, mine: bool = False, **equal: str
    ) -> tuple[Page[Request], Seat]:
        """The caller's requests, newest first; `mine`: those on its own desk."""
        seat = seat_of(self._world.people, caller)
        wanted = own_filter(seat, **equal, **({"owner": seat.desk} if mine else {}))
        return self._steps.store.page(wanted, limit, cursor), seat

    def claim(self, request_id: str, caller: Caller) -> Request:
        """Take a request nobody owns: of many who try at once, one gets it; the others learn so."""
        seat = seat_of(self._world.people, caller)
        request = worked_on(self._steps.store.get(request_id), seat)
        self._refuse_interest(request, seat.desk)
        if request.owner == seat.desk:
            return request
        now = self._world.clock.now()
        told = entry("step", caller, now, "受理", self.name_of(seat.desk))
        try:
            return self._steps.store.change(
                request_id,
                {"owner": seat.desk, "state": WORKING},
                caller.label,
                now,
                where={"owner": "", "state": OPEN},
                entries=[told],
            )
        except WrongStateError as error:
            raise WrongStateError("这条诉求已有人受理或已办结。", id=request_id) from error

    def assign(self, request_id: str, adviser_id: str, why: str, caller: Caller) -> Request:
        """Staff override the routing, with a reason; a declared interest cannot be overridden."""
        return self._move(request_id, adviser_id, why, caller, "指派")

    def hand_over(self, request_id: str, adviser_id: str, why: str, caller: Caller) -> Request:
        """The owner gives a request to somebody else, who owns it from now on."""
        return self._move(request_id, adviser_id, why, caller, "转交")

    def refer(self, request_id: str, department: str, why: str, caller: Caller) -> Request:
        """A department sees and answers it too; the owner stays."""
        seat = seat_of(self._world.people, caller)
        if department not in DEPARTMENTS:
            raise InvalidInputError.at("department", f"没有“{department[:60]}”这个部门。")
        label = DEPARTMENTS.labels()[department]

        def decide(request: Request, now: datetime) -> Step:
            worked_on(live(request), seat)
            told = entry("step", caller, now, f"转请{label}：{cleaned(why, 'why', 500)}")
            data = {"department": department, "staff": []}
            return Step({"department": department}, [told], events=[(HANDED_OVER, data)])

        return self._steps.take(request_id, caller, decide)

    def join(self, request_id: str, adviser_id: str, caller: Caller) -> Request:
        """One more helper; the owner stays."""
        seat, adviser = seat_of(self._world.people, caller), self._adviser(adviser_id)

        def decide(request: Request, now: datetime) -> Step | None:
            worked_on(live(request), seat)
            self._refuse_interest(request, adviser.id)
            if adviser.id in (request.owner, *request.helpers):
                return None
            told = entry("step", caller, now, f"邀请{adviser.name}协助")
            data = {"staff": [adviser.staff] if adviser.staff else []}
            return Step({"helpers": [*request.helpers, adviser.id]}, [told], events=[(OFFERED, data)])

        return self._steps.take(request_id, caller, decide)

    def end(self, request_id: str, result: Result, note: str, caller: Caller) -> Request:
        """End it with a result: staff who work on it, or the firm. Time alone ends nothing."""
        seat = seat_of(self._world.people, caller)
        if (caller.kind == "person") != (result == "withdrawn"):
            raise InvalidInputError.at("result", "企业只能撤回，撤回只能由企业提出。")

        def decide(request: Request, now: datetime) -> Step:
            seen(live(request), seat)
            if caller.kind != "person":
                worked_on(request, seat)
            words = RESULTS[result] + (f"：{cleaned(note, 'note', 1000)}" if note else "")
            told = entry("step", caller, now, words, self.name_of(seat.desk))
            ask = result != "withdrawn"
            kept = request.kept or ("yes" if ask else "")
            after = {"look_at": survey_at(now, self._months())} if ask else {}
            fields = {**STOPPED, **after, "state": ENDED, "result": result, "kept": kept}
            return Step(fields, [told], events=[(ENDED_EVENT, {"result": result, "ask": ask})])

        return self._steps.take(request_id, caller, decide)

    def name_of(self, desk: str) -> str:
        """The name a desk is known by: an adviser's as published, else nobody's."""
        if not desk or ":" in desk:
            return "工作人员" if desk else ""
        try:
            return self._world.people.find_adviser(desk).name
        except NotFoundError:
            return "工作人员"

    def _open(self, request_id: str, asked: Asked, caller: Caller, now: datetime) -> Request:
        company = self._world.companies.read_company(asked.uscc, caller)
        title = one_line(asked.title, "title", LONGEST_TITLE, 2)
        text = cleaned(asked.text, "text", LONGEST_TEXT, 2)
        said = self._checked(caller, f"{title}\n{text}")
        self._check_source(asked)
        place = (company.operating_area, company.operating_town)
        area, town = place if any(place) else (company.area, company.town)
        service_class = self._world.service_class(company.uscc)
        found = self._steps.routed(self.need(company.uscc, area, town, asked))
        figures = self._steps.settings.now()
        fields = {
            "uscc": company.uscc,
            "area": area,
            "town": town,
            "source": dict(asked.source),
            "policy": asked.source.get("policy", ""),
            "condition": asked.source.get("condition", ""),
            "help_kind": asked.help_kind,
            "title": title,
            "text": text,
            "checked": said,
            "holding": "yes" if said == HELD else "",
            "reach": asked.reach,
            "person": caller.id if caller.kind == "person" else "",
            "opened_on": now.date().isoformat(),
            "state": OPEN,
            "service_class": service_class,
            "promised_days": figures.promise_of(service_class).answer_days,
            **offer(found),
            **deadline(figures, service_class, now),
        }
        self._steps.looks.put([(fields["look_at"], request_id)], caller.label, now)
        staff = self._steps.accounts(fields["offered"])
        told = {"uscc": company.uscc, "opened_on": fields["opened_on"], "staff": staff}
        event = Event(OPENED, request_id, now, caller.label, told)
        request = self._steps.store.add(request_id, fields, caller.label, now, event)
        self._world.hand_on(COLLECTION, request.id)
        return request

    def need(self, uscc: str, area: str, town: str, asked: Asked, level: str = LEVELS[0]) -> Need:
        """What routing is asked."""
        condition = asked.source.get("condition", "")
        kinds = frozenset({asked.help_kind} if asked.help_kind else ())
        return Need(uscc, area, town, kinds, frozenset({condition} if condition else ()), level)

    def _move(self, request_id: str, adviser_id: str, why: str, caller: Caller, what: str) -> Request:
        seat, adviser = seat_of(self._world.people, caller), self._adviser(adviser_id)
        reason = cleaned(why, "why", 500, 2)

        def decide(request: Request, now: datetime) -> Step:
            worked_on(live(request), seat)
            self._refuse_interest(request, adviser.id)
            told = entry("step", caller, now, f"{what}给{LABELS[adviser.level]}{adviser.name}：{reason}")
            helpers = [desk for desk in (*request.helpers, request.owner) if desk not in ("", adviser.id)]
            state = WORKING if request.state == OPEN else request.state
            fields = {"owner": adviser.id, "helpers": helpers, "level": adviser.level, "state": state}
            data = {"to": adviser.id, "staff": [adviser.staff] if adviser.staff else []}
            return Step(fields, [told], events=[(HANDED_OVER, data)])

        return self._steps.take(request_id, caller, decide)

    def _months(self) -> int:
        return self._steps.settings.now().terms.survey_after_months

    def _adviser(self, adviser_id: str) -> Adviser:
        return self._world.people.read_adviser(adviser_id)

    def _refuse_interest(self, request: Request, desk: str) -> None:
        if ":" not in desk and request.uscc in self._world.people.find_adviser(desk).interests:
            raise ForbiddenError("已申报与该企业的利益关系，须回避。")

    def _check_source(self, asked: Asked) -> None:
        if asked.help_kind and asked.help_kind not in HELP_KINDS:
            raise InvalidInputError.at("help_kind", f"没有“{asked.help_kind}”这一项。")
        policy = asked.source.get("policy", "")
        if policy and not self._world.published([policy]):
            raise NotFoundError("政策", policy)

    def _checked(self, caller: Caller, text: str) -> str:
        if caller.kind != "person":
            return PASSED if caller.kind == "system" else UNCHECKED
        return checked(self._world.check_text, caller.id, text)


def offer(found: Route) -> dict[str, Any]:
    """What routing came to, as the request keeps it; those of the first level are asked first."""
    level = found.first_level()
    return {
        "level": level,
        "offered": [choice.id for choice in found.choices if choice.level == level],
        "route": [
            {
                "adviser": choice.id,
                "name": choice.name,
                "level": choice.level,
                "reasons": list(choice.reasons),
            }
            for choice in found.choices
        ],
        "passed_over": dict(found.passed_over),
    }
