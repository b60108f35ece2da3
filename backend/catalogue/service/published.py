"""What the public sees. Sheets are read once per process and version; which version is live, each time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from backend.catalogue.indexing import document_ids
from backend.catalogue.store.policies import PolicyStore, live_filters
from backend.catalogue.store.versions import PolicyVersion, PublishedPolicy, VersionStore
from backend.shared.caller import Caller
from backend.shared.clock import Clock
from backend.shared.errors import NotFoundError
from backend.shared.paging import Page
from policies.sheet import Sheet


@dataclass(frozen=True)
class WithdrawnPolicy:
    """A policy that was public once: why it is not any more, and what replaced it."""

    slug: str
    title: str
    revision: int
    withdrawn_at: datetime
    reason: str
    replaced_by: str | None


@dataclass(frozen=True)
class PolicyFilter:
    """Which published policies to list; None means all."""

    kind: str | None = None
    level: str | None = None
    area: str | None = None
    in_force: bool | None = None


INTERNAL = "internal"
Standing = Literal["consultation", "unconfirmed", "not_yet", "in_force", "expired"]
_MOST_PLAIN = 256


def standing(sheet: Sheet, day: date) -> Standing:
    """Where a published policy stands on a day: consultation, unconfirmed, not_yet, in_force or expired.

    The last day of validity counts whole; a policy of which neither first nor last day is known is not said
    to be in force.
    """
    if sheet.stage == "consultation":
        return "consultation"
    validity = sheet.validity
    if validity.from_ is None and validity.to is None:
        return "unconfirmed"
    if validity.from_ and day < validity.from_:
        return "not_yet"
    return "expired" if validity.to and day > validity.to else "in_force"


Row = tuple[str, int, int]


class PublishedPolicies:
    """Reads what is live from the database every time, so that other processes' publications show at once."""

    def __init__(self, policies: PolicyStore, versions: VersionStore, clock: Clock) -> None:
        self._policies = policies
        self._versions = versions
        self._clock = clock
        self._read: dict[tuple[str, int], tuple[Sheet, datetime]] = {}
        self._plain: dict[tuple[str, int], dict[str, Any]] = {}

    def all(self) -> list[PublishedPolicy]:
        """Every published policy, by slug."""
        return [found for found in self._live() if found.sheet.kind != INTERNAL]

    def internal(self) -> list[PublishedPolicy]:
        """Every published rule of the house, by slug."""
        return [found for found in self._live() if found.sheet.kind == INTERNAL]

    def _live(self) -> list[PublishedPolicy]:
        rows = self._policies.live()
        live = {(slug, version) for slug, version, _ in rows}
        for key in [key for key in list(self._read) if key not in live]:
            self._read.pop(key, None)
        return self._with_sheets(rows)

    def as_of(self, instant: datetime) -> list[PublishedPolicy]:
        """Every policy that was public at an instant, in the version it had then, by slug; what came later is
        left out, what was withdrawn later is not."""
        rows = sorted({*self._policies.live(), *self._policies.withdrawn_after(instant)})
        found = []
        for policy in self._with_sheets(rows):
            then = policy if policy.published_at <= instant else self._earlier(policy, instant)
            if then is not None and then.sheet.kind != INTERNAL:
                found.append(then)
        return found

    def _earlier(self, policy: PublishedPolicy, instant: datetime) -> PublishedPolicy | None:
        earlier = self._versions.of_policy(policy.slug, policy.version)
        version = next((one for one in earlier if one.published_at <= instant), None)
        if version is None:
            return None
        return PublishedPolicy(
            policy.slug, version.number, policy.revision, version.sheet, version.published_at
        )

    def one(self, slug: str) -> PublishedPolicy:
        """One published policy; NotFoundError when the public sees none of this slug."""
        found = self.many([slug])
        if not found:
            raise NotFoundError("政策", slug)
        return found[0]

    def many(self, slugs: Iterable[str]) -> list[PublishedPolicy]:
        """Those of these policies that the public sees, by slug."""
        return self.of_rows(self.rows(slugs))

    def rows(self, slugs: Iterable[str]) -> list[Row]:
        """Slug, live version and revision of those of these policies that have one, by slug."""
        return self._policies.live(slugs)

    def of_rows(self, rows: Iterable[Row]) -> list[PublishedPolicy]:
        """The policies of such rows that the public sees."""
        return [policy for policy in self._with_sheets(rows) if policy.sheet.kind != INTERNAL]

    def plain(self, policy: PublishedPolicy) -> dict[str, Any]:
        """The sheet as plain values, not to be changed: made once for a version, as versions never change."""
        key = policy.slug, policy.version
        found = self._plain.get(key)
        if found is None:
            if len(self._plain) >= _MOST_PLAIN:
                self._plain.clear()
            found = self._plain[key] = policy.sheet.model_dump(mode="json")
        return found

    def page(self, wanted: PolicyFilter, limit: int, cursor: str | None) -> Page[PublishedPolicy]:
        """A page of published policies by slug."""
        today = self._clock.today()
        filters = live_filters(today, wanted.kind, wanted.level, wanted.area, wanted.in_force)
        rows = self._policies.live_page(filters, limit, cursor)
        return Page(self._with_sheets(rows.items), rows.total, rows.next_cursor)

    def one_or_withdrawn(self, slug: str) -> PublishedPolicy | WithdrawnPolicy:
        """What stands at a policy's address: the policy, or word of its withdrawal."""
        found = self.many([slug])
        if found:
            return found[0]
        policy = self._policies.get(slug)
        gone = policy.withdrawal
        if not gone:
            raise NotFoundError("政策", slug)
        return WithdrawnPolicy(
            slug, gone["title"], policy.revision, gone["at"], gone["why"], gone["replaced_by"]
        )

    def versions(self, slug: str, caller: Caller) -> list[PolicyVersion]:
        """The versions that were published, newest first; of a withdrawn policy for staff only."""
        policy = self._policies.get(slug)
        hidden = not policy.live_version or policy.sheet.kind == INTERNAL
        if not policy.last_version or (caller.kind != "staff" and hidden):
            raise NotFoundError("政策", slug)
        return self._versions.of_policy(slug, policy.last_version)

    def version(self, slug: str, number: int, caller: Caller) -> PolicyVersion:
        """One version as it was published; of a withdrawn policy for staff only."""
        policy = self._policies.get(slug)
        shown = policy.live_version and policy.sheet.kind != INTERNAL
        hidden = caller.kind != "staff" and not shown
        if hidden or not 0 < number <= policy.last_version:
            raise NotFoundError("政策版本", f"{slug}@{number}")
        return self._versions.get(slug, number)

    def retired_documents(self, slug: str) -> tuple[int, list[str]]:
        """The policy's revision, and what earlier versions put into the index and the live one does not."""
        policy = self._policies.get(slug)
        live: set[str] = set()
        once: set[str] = set()
        for version in self._versions.of_policy(slug, policy.last_version):
            ids = document_ids(version.sheet)
            once.update(ids)
            if version.number == policy.live_version:
                live.update(ids)
        return policy.revision, sorted(once - live)

    def _with_sheets(self, rows: Iterable[Row]) -> list[PublishedPolicy]:
        rows = list(rows)
        sheets = {row[:2]: self._read.get(row[:2]) for row in rows}
        missing = [key for key, found in sheets.items() if found is None]
        for version in self._versions.get_many(missing) if missing else ():
            read = (version.sheet, version.published_at)
            sheets[version.slug, version.number] = self._read[version.slug, version.number] = read
        return [
            PublishedPolicy(slug, number, revision, found[0], found[1])
            for slug, number, revision in rows
            if (found := sheets[slug, number]) is not None
        ]
