"""Who may see a request and who may work on it: a firm itself, a liaison its places, a mentor its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backend.guidance.store.requests import Request, RequestFilter
from backend.people.service import PeopleService
from backend.shared.caller import Caller, Role
from backend.shared.errors import ForbiddenError, NotFoundError

COMMISSION = (Role.EDITOR, Role.REVIEWER, Role.PUBLISHER)
LOCAL = (Role.LIAISON, Role.COUNSELLOR)
WORKING = (*LOCAL, Role.MENTOR, Role.DEPARTMENT)


@dataclass(frozen=True)
class Seat:
    """A caller with the desk it works at: an adviser's id, else the account's own label."""

    caller: Caller
    desk: str

    @property
    def everywhere(self) -> bool:
        """Whether it may see every request."""
        return self.caller.kind == "system" or (self.caller.kind == "staff" and self.caller.has(*COMMISSION))

    def at_desk(self, request: Request) -> bool:
        """Whether the request is its own: it owns it, helps, or was asked."""
        return self.desk in {request.owner, *request.helpers, *request.offered}

    def may_work(self, request: Request) -> bool:
        """Whether it may answer, note and hand over."""
        return self.caller.kind != "person" and (self.everywhere or self._near(request))

    def may_see(self, request: Request) -> bool:
        """Whether the request exists for this caller."""
        if self.caller.kind == "person":
            return request.uscc in self.caller.firms
        return self.may_work(request)

    def reach(self) -> tuple[Mapping[str, Any], ...]:
        """The alternatives by which its own list is found; () for all."""
        if self.caller.kind == "person":
            return ({"uscc": {"$in": sorted(self.caller.firms)}},)
        if self.everywhere:
            return ()
        parts: list[Mapping[str, Any]] = [
            {"owner": self.desk},
            {"helpers": self.desk},
            {"offered": self.desk},
        ]
        scope = self.caller.scope
        if self.caller.has(*LOCAL):
            if not scope.areas and not scope.towns:
                return ()
            parts += [{"area": {"$in": sorted(scope.areas)}}, {"town": {"$in": sorted(scope.towns)}}]
        if self.caller.has(Role.DEPARTMENT) and scope.department:
            parts.append({"department": scope.department})
        return tuple(parts)

    def _near(self, request: Request) -> bool:
        scope = self.caller.scope
        if self.at_desk(request):
            return True
        if self.caller.has(*LOCAL) and scope.covers(request.area, request.town):
            return True
        in_charge = self.caller.has(Role.DEPARTMENT) and scope.department
        return bool(in_charge and scope.department == request.department)


def seat_of(people: PeopleService, caller: Caller) -> Seat:
    """The caller at its desk; ForbiddenError for who has no business here."""
    if caller.kind == "anonymous" or (caller.kind == "staff" and not caller.has(*COMMISSION, *WORKING)):
        raise ForbiddenError
    adviser = people.of_caller(caller)
    return Seat(caller, adviser.id if adviser else caller.label)


def seen(request: Request, seat: Seat) -> Request:
    """The request, for those for whom it exists."""
    if not seat.may_see(request):
        raise NotFoundError("诉求", request.id)
    return request


def worked_on(request: Request, seat: Seat) -> Request:
    """The request, for those who may work on it; to others it is not there."""
    seen(request, seat)
    if not seat.may_work(request):
        raise ForbiddenError
    return request


def own_filter(seat: Seat, **equal: str) -> RequestFilter:
    """The caller's own list, narrowed by plain fields."""
    return RequestFilter(equal, seat.reach())
