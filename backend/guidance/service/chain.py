"""打通孵化器、加速器、园区和管理局: what is known of a firm is passed on, each end sees its own."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from backend.guidance.service.access import Seat, seat_of
from backend.guidance.service.world import PASSED_ON, World
from backend.guidance.store.chain import COLLECTION, Handover, HandoverStore
from backend.shared.caller import Caller, Role
from backend.shared.errors import ForbiddenError, InvalidInputError
from backend.shared.events import Event
from backend.shared.paging import Page
from backend.shared.writing import cleaned, one_line
from policies.vocabulary import AREAS

BUREAU = "bureau"
CHAIN: Mapping[str, str] = {
    "incubator": "孵化器",
    "accelerator": "加速器",
    "park": "园区",
    BUREAU: "管理局",
}
_ORDER = list(CHAIN)


class Chain:
    """An end is "kind/id": a carrier of the institutions by its id, the bureau by its area."""

    def __init__(self, store: HandoverStore, world: World) -> None:
        self._store = store
        self._world = world

    def pass_on(
        self, uscc: str, given_by: str, given_to: str, topic: str, note: str, caller: Caller
    ) -> Handover:
        """From the carrier where the caller sits, to the same kind or one further on."""
        seat = self._seat(caller)
        company = self._world.companies.read_company(uscc, caller)
        first, last = self._kind("given_by", given_by), self._kind("given_to", given_to)
        if given_by == given_to or _ORDER.index(last) < _ORDER.index(first):
            raise InvalidInputError.at("given_to", f"应依次向后传递：{'、'.join(CHAIN.values())}。")
        ends = self._ends(seat)
        if ends is not None and given_by not in ends:
            raise ForbiddenError("您不在这个载体，不能代它传递。")
        now = self._world.clock.now()
        handover_id = f"{int(now.timestamp() * 1000):015}-{secrets.token_hex(4)}"
        fields = {
            "uscc": company.uscc,
            "given_by": given_by,
            "given_to": given_to,
            "topic": one_line(topic, "topic", 80, 2),
            "note": cleaned(note, "note", 2000, 0),
        }
        told = {"uscc": company.uscc, "given_to": given_to, "staff": self._staff_at(given_to)}
        event = Event(PASSED_ON, handover_id, now, caller.label, told)
        added = self._store.add(handover_id, fields, caller.label, now, event)
        self._world.hand_on(COLLECTION, added.id)
        return added

    def listed(self, uscc: str, caller: Caller, limit: int, cursor: str | None) -> Page[Handover]:
        """What the caller's ends gave or got, newest first; the commission sees the whole chain."""
        return self._store.page(uscc, self._ends(self._seat(caller)), limit, cursor)

    def _seat(self, caller: Caller) -> Seat:
        if caller.kind == "person":
            raise ForbiddenError
        return seat_of(self._world.people, caller)

    def _ends(self, seat: Seat) -> list[str] | None:
        """Where the caller sits; None for everywhere."""
        if seat.everywhere:
            return None
        adviser = self._world.people.of_caller(seat.caller)
        posts = [(self._world.carrier_kind(post), post) for post in adviser.posts] if adviser else []
        found = [f"{kind}/{post}" for kind, post in posts if kind in CHAIN]
        areas = seat.caller.scope.areas if Role.LIAISON in seat.caller.roles else ()
        return found + [f"{BUREAU}/{area}" for area in sorted(areas)]

    def _kind(self, where: str, end: str) -> str:
        kind, _, key = end.partition("/")
        carrier = kind in CHAIN and kind != BUREAU and self._world.carrier_kind(key) == kind
        if not (carrier or (kind == BUREAU and key in AREAS)):
            raise InvalidInputError.at(where, "应为“种类/编号”，如 park/机构编号、bureau/片区。")
        return kind

    def _staff_at(self, end: str) -> list[str]:
        kind, _, key = end.partition("/")
        there = [
            one.staff
            for one in self._world.people.everyone()
            if (key in one.areas and one.level == "liaison" if kind == BUREAU else key in one.posts)
        ]
        return sorted({staff for staff in there if staff})
