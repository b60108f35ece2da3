"""服务网格: from where a firm is follows who looks after it: one liaison, one counsellor; gaps are listed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from backend.companies.service import COMMISSION, CompanyService
from backend.companies.store import CompanyStore
from backend.shared.caller import Caller, Role, Scope
from backend.shared.errors import ForbiddenError

POSTS = {Role.LIAISON: "联络员", Role.COUNSELLOR: "辅导员"}


@dataclass(frozen=True)
class Holder:
    """Somebody who holds a post somewhere."""

    name: str
    shown: str
    roles: frozenset[Role]
    scope: Scope


@dataclass(frozen=True)
class Place:
    """Where a firm is registered and where it works."""

    area: str = ""
    town: str = ""
    operating_area: str = ""
    operating_town: str = ""

    @property
    def served(self) -> tuple[str, str]:
        """Where it is looked after: where it works if that is known, else where it is registered."""
        working = (self.operating_area, self.operating_town)
        return working if any(working) else (self.area, self.town)


@dataclass(frozen=True)
class Gap:
    """Firms of a place nobody looks after in some post, or more than one with equal right."""

    place: Place
    firms: int
    missing: tuple[Role, ...]
    shared: tuple[Role, ...]


class ServiceGrid:
    """`holders` gives everybody in a post with a place; a later room may give them from elsewhere."""

    def __init__(
        self, store: CompanyStore, companies: CompanyService, holders: Callable[[], Sequence[Holder]]
    ) -> None:
        self._store = store
        self._companies = companies
        self._holders = holders

    def responsible(self, uscc: str, caller: Caller) -> dict[Role, Holder | None]:
        """Who looks after a firm, by post; None is a gap."""
        company = self._companies.read_company(uscc, caller)
        place = Place(company.area, company.town, company.operating_area, company.operating_town)
        holders = self._holders()
        return {post: next(iter(_nearest(holders, post, place)), None) for post in POSTS}

    def finder(self, uscc: str) -> str:
        """The first finder (第一发现人) of a firm: its liaison, else its counsellor, else "" (a gap)."""
        company = self._store.get(uscc)
        place = Place(company.area, company.town, company.operating_area, company.operating_town)
        holders = self._holders()
        found = [*_nearest(holders, Role.LIAISON, place), *_nearest(holders, Role.COUNSELLOR, place)]
        return found[0].name if found else ""

    def gaps(self, caller: Caller) -> list[Gap]:
        """The places with gaps or doubles, the most firms first."""
        if not (caller.kind in {"staff", "system"} and (caller.kind == "system" or caller.has(*COMMISSION))):
            raise ForbiddenError
        holders, gaps = self._holders(), []
        for place, firms in Counter(Place(*words) for words in self._store.places()).items():
            found = {post: _nearest(holders, post, place) for post in POSTS}
            missing = tuple(post for post, names in found.items() if not names)
            shared = tuple(post for post, names in found.items() if len(names) > 1)
            if missing or shared:
                gaps.append(Gap(place, firms, missing, shared))
        return sorted(gaps, key=lambda gap: (-gap.firms, gap.place.served))


def _nearest(holders: Sequence[Holder], post: Role, place: Place) -> list[Holder]:
    """Those of the post with the closest scope: the town before the area, the smaller scope before the wider.

    Somebody for the whole district is nobody's own. More than one: equally close, in the order of names.
    """
    area, town = place.served
    ranked = []
    for holder in holders:
        if post not in holder.roles:
            continue
        near = (
            0 if town and town in holder.scope.towns else 1 if area and area in holder.scope.areas else None
        )
        if near is not None:
            ranked.append(((near, len(holder.scope.towns) + len(holder.scope.areas)), holder))
    best = min((rank for rank, _ in ranked), default=None)
    return sorted((holder for rank, holder in ranked if rank == best), key=lambda holder: holder.name)
