"""走访: who is to be visited, what was found, when next; and whether firms are reached as the plan wants."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

from backend.guidance.answers import ReachedShare, ReachJson
from backend.guidance.service.access import COMMISSION, LOCAL, Seat, seat_of
from backend.guidance.service.settings import GuidanceSettings
from backend.guidance.service.world import World
from backend.guidance.store.requests import RequestStore
from backend.guidance.store.visits import CANCELLED, COLLECTION, DONE, PLANNED, Visit, VisitStore
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
from backend.shared.writing import cleaned

VISITED = "visit.done"
KINDS: Mapping[str, str] = {"visit": "上门走访", "call": "电话联系", "checkup": "上门体检"}
CERTIFIED = "certified"


class VisitService:
    """A liaison for its places, a mentor for its own visits, the commission for all."""

    def __init__(
        self, store: VisitStore, requests: RequestStore, settings: GuidanceSettings, world: World
    ) -> None:
        self._settings = settings
        self._store = store
        self._requests = requests
        self._world = world

    def plan(self, uscc: str, kind: str, on: date, why: str, caller: Caller) -> Visit:
        """A visit to a firm in the caller's scope, by the caller."""
        seat = self._seat(caller)
        company = self._world.companies.read_company(uscc, caller)
        if on < self._world.clock.today():
            raise InvalidInputError.at("on", "计划日期不能早于今天。")
        why = cleaned(why, "why", 500, 0)
        return self._add(f"{on.isoformat()}~{secrets.token_hex(6)}", company.uscc, kind, on, why, seat)

    def plan_certified(self, event: Event) -> Visit | None:
        """Listens to pool.entered and pool.moved: a certified firm is visited too, once for the event."""
        if event.data.get("step") != CERTIFIED:
            return None
        on = in_shanghai(event.at).date() + timedelta(days=self._settings.now().terms.certified_visit_days)
        visit_id = f"{on.isoformat()}~certified-{event.id[:12]}"
        with suppress(AlreadyExistsError):
            self._add(visit_id, event.subject, "visit", on, "已认定企业回访", Seat(SYSTEM, ""))
        return self._store.get(visit_id)

    def done(
        self, visit_id: str, found: str, on: date, next_on: date | None, revision: int, caller: Caller
    ) -> Visit:
        """What was found and when next; the next visit is written down before this one is closed."""
        seat, visit = self._seat(caller), self._store.get(visit_id)
        self._check_planned(visit, seat, revision)
        today = self._world.clock.today()
        if on > today or (next_on is not None and next_on <= on):
            raise InvalidInputError.at("on", "走访日期不能在将来，下次日期须在其后。")
        said = cleaned(found, "found", 4000, 2)
        if next_on is not None:
            with suppress(AlreadyExistsError):
                next_id = f"{next_on.isoformat()}~after-{visit.id.partition('~')[2]}"[:80]
                self._add(next_id, visit.uscc, visit.kind, next_on, "上次走访约定", seat)
        fields = {
            "state": DONE,
            "done_on": on.isoformat(),
            "found": said,
            "next_on": next_on.isoformat() if next_on else "",
            "desk": seat.desk,
        }
        data = {
            "uscc": visit.uscc,
            "on": on.isoformat(),
            "kind": visit.kind,
            "latest": self._store.latest(visit.uscc),
        }
        now = self._world.clock.now()
        closed = self._store.change(
            visit, fields, caller.label, now, Event(VISITED, visit.id, now, caller.label, data)
        )
        self._world.hand_on(COLLECTION, visit.id)
        return closed

    def cancel(self, visit_id: str, why: str, revision: int, caller: Caller) -> Visit:
        """It will not take place."""
        seat, visit = self._seat(caller), self._store.get(visit_id)
        self._check_planned(visit, seat, revision)
        fields = {"state": CANCELLED, "why": cleaned(why, "why", 500, 2)}
        return self._store.change(visit, fields, caller.label, self._world.clock.now())

    def listed(
        self,
        caller: Caller,
        limit: int,
        cursor: str | None,
        uscc: str = "",
        state: str = "",
        due_within: int | None = None,
    ) -> Page[Visit]:
        """Visits in the caller's scope; with `due_within` (days) the call list."""
        seat, until = self._seat(caller), ""
        if due_within is not None:
            until = (self._world.clock.today() + timedelta(days=due_within)).isoformat()
            state = PLANNED
        return self._store.page({"uscc": uscc, "state": state}, _reach(seat), limit, cursor, until)

    def figures(self, caller: Caller) -> list[ReachJson]:
        """联系到位, 服务到位, 跟踪到位: how many firms of each class were reached in time."""
        if not (caller.kind == "system" or (caller.kind == "staff" and caller.has(*COMMISSION))):
            raise ForbiddenError
        today, terms = self._world.clock.today(), self._settings.now().terms
        contact_from = (today - timedelta(days=terms.contact_within_days)).isoformat()
        follow_from = (today - timedelta(days=terms.follow_within_days)).isoformat()
        done = self._store.done_since(min(contact_from, follow_from))
        contacted = {uscc for uscc, _, day in done if day >= contact_from}
        checked = {uscc for uscc, kind, day in done if kind == "checkup" and day >= contact_from}
        followed = {uscc for uscc, _, day in done if day >= follow_from}
        helped = self._requests.helped_firms()
        classes = self._world.firms_by_class()
        rows = (
            ("contacted", "联系到位", "潜力企业：约定期限内联系或走访过", "potential", contacted),
            ("served", "服务到位", "重点企业：做过体检，或有诉求得到解决", "key", checked | helped),
            ("tracked", "跟踪到位", "申报和已认定企业：约定期限内跟踪过", "applying", followed),
            ("tracked_certified", "跟踪到位（已认定）", "已认定企业：约定期限内回访过", CERTIFIED, followed),
        )
        return [
            {"id": key, "label": label, "meaning": meaning, **_share(classes.get(name, ()), reached)}
            for key, label, meaning, name, reached in rows
        ]

    def _add(self, visit_id: str, uscc: str, kind: str, on: date, why: str, seat: Seat) -> Visit:
        area, town = self._world.companies.place_of(uscc) or ("", "")
        fields = {
            "uscc": uscc,
            "area": area,
            "town": town,
            "kind": kind,
            "state": PLANNED,
            "why": why,
            "planned_on": on.isoformat(),
            "desk": seat.desk,
        }
        return self._store.add(visit_id, fields, seat.caller.label, self._world.clock.now())

    def _seat(self, caller: Caller) -> Seat:
        if caller.kind == "person":
            raise ForbiddenError
        return seat_of(self._world.people, caller)

    def _check_planned(self, visit: Visit, seat: Seat, revision: int) -> None:
        near = seat.caller.has(*LOCAL) and seat.caller.scope.covers(visit.area, visit.town)
        if not (seat.everywhere or near or visit.desk == seat.desk):
            raise NotFoundError("走访", visit.id)
        if visit.state != PLANNED or visit.revision != revision:
            raise WrongStateError("这次走访已经办完，或已被他人修改，请重新打开。", id=visit.id)


def _reach(seat: Seat) -> list[Mapping[str, Any]]:
    if seat.everywhere:
        return []
    scope = seat.caller.scope
    if not seat.caller.has(*LOCAL):
        return [{"desk": seat.desk}]
    if not scope.areas and not scope.towns:
        return []
    places = [{"area": {"$in": sorted(scope.areas)}}, {"town": {"$in": sorted(scope.towns)}}]
    return [{"desk": seat.desk}, *places]


def _share(firms: Any, reached: set[str]) -> ReachedShare:
    all_of = set(firms)
    count = len(all_of & reached)
    return {"firms": count, "of": len(all_of), "share": f"{count / len(all_of):.4f}" if all_of else None}
