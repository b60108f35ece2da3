"""What happens around a firm and whom it concerns: disputed facts, warnings, its way with a policy."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from backend.catalogue.service import CatalogueService
from backend.companies.service.applications import CHANGED as APPLICATION_CHANGED
from backend.companies.service.disputes import DISPUTED, SETTLED
from backend.pool.service.warning import ENDED_EVENT, RESULTS, Warnings
from backend.push.service import PushService
from backend.shared.clock import in_shanghai
from backend.shared.events import Event
from backend.wiring.house import House
from policies.facts import fact_named

STAFF = "staff"
SHOWN = 20
OUTCOMES = {"corrected": "已更正", "kept": "经核对维持原值"}


def subscribe_firm_news(house: House) -> None:
    """Each is told once; a warning raised is not told here: it opens a request, which has its own news.

    Warnings nobody acted on are told together, once a night, by `tell_escalated`.
    """
    companies, finder = house.companies, house.firms.grid.finder

    def name_of(uscc: str) -> str:
        return companies.names_of([uscc]).get(uscc, uscc)

    def tell_staff(names: Sequence[str], cause: str, event: Event, title: str, text: str) -> None:
        readers = [f"{STAFF}:{name}" for name in dict.fromkeys(names)]
        house.push.tell_persons(STAFF, readers, "staff", cause, in_shanghai(event.at).date(), title, text)

    def of_dispute(event: Event) -> None:
        label = fact_named(str(event.data["fact"])).label
        readers = [finder(event.subject)] if finder(event.subject) else house.push.world.publishers()
        title = f"{name_of(event.subject)}对“{label}”提出异议"
        text = "请核对依据，更正或维持并答复企业。"
        tell_staff(readers, f"dispute.{event.data['dispute']}", event, title, text)

    def of_settlement(event: Event) -> None:
        uscc, label = event.subject, fact_named(str(event.data["fact"])).label
        persons = house.push.world.persons_of([uscc]).get(uscc, ())
        title = f"您对“{label}”的异议已处理：{OUTCOMES[str(event.data['outcome'])]}"
        cause = f"dispute.{event.data['dispute']}"
        day = in_shanghai(event.at).date()
        house.push.tell_persons(uscc, persons, "request", cause, day, title, "答复见企业档案中的该项异议。")

    def of_end(event: Event) -> None:
        uscc, rule = str(event.data["uscc"]), str(event.data["rule"])
        if name := finder(uscc):
            title = f"{name_of(uscc)}的预警已结束：{RESULTS[str(event.data['result'])]}"
            text = f"规则：{_titles(house.catalogue).get(rule, rule)}。"
            tell_staff([name], f"warning.{uscc}.{rule}.ended.{event.id}", event, title, text)

    listen = house.bus.subscribe
    listen(DISPUTED, "push", of_dispute)
    listen(SETTLED, "push", of_settlement)
    listen(ENDED_EVENT, "push", of_end)
    listen(APPLICATION_CHANGED, "pool", house.pool_room.applying.follow)


def tell_escalated(warnings: Warnings, catalogue: CatalogueService, push: PushService, day: date) -> int:
    """What nobody acted on in time, in one message to each finder and publisher: how many warnings.

    How many there are is part of the cause: told again the same evening, only what came later is new.
    """
    found = warnings.escalated_on(day)
    if not found:
        return 0
    readers = dict.fromkeys(push.world.publishers(), found)
    for finder in {warning.finder for warning in found} - {"", *readers}:
        readers[finder] = [warning for warning in found if warning.finder == finder]
    names = push.world.companies.names_of([warning.uscc for warning in found])
    titles = _titles(catalogue)
    for name, mine in readers.items():
        lines = [f"{names.get(one.uscc, one.uscc)}：{titles.get(one.rule, one.rule)}" for one in mine[:SHOWN]]
        more = [f"其余 {len(mine) - SHOWN} 条见预警列表。"] if len(mine) > SHOWN else []
        text = "\n".join([*lines, *more, "请处置并写明结果。"])
        title, cause = f"有 {len(mine)} 条预警逾期未处置", f"warnings.escalated.{name}.{len(mine)}"
        push.tell_persons(STAFF, [f"{STAFF}:{name}"], "staff", cause, day, title, text)
    return len(found)


def _titles(catalogue: CatalogueService) -> dict[str, str]:
    """The titles of the house's own rules that are published."""
    return {one.slug: one.sheet.title for one in catalogue.internal_sheets()}
