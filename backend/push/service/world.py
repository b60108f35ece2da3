"""What push knows of the rest of the house, handed in by wiring."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from backend.catalogue.service import PublishedPolicy
from backend.companies.service import CompanyService
from backend.pool.service import PoolService
from backend.shared.clock import Clock
from policies.sheet import Sheet


@dataclass(frozen=True)
class Help:
    """A course or an institution that is listed now, and what it is attached to."""

    kind: str
    id: str
    title: str
    helps: tuple[str, ...]
    help_kinds: tuple[str, ...]
    day: date | None = None


@dataclass(frozen=True)
class Found:
    """Something a followed search finds: its id and title."""

    id: str
    title: str


@dataclass(frozen=True)
class World:
    """The collaborators of this room.

    `enqueue` gets the names of tasks which wiring serves; `persons_of` and `openids_of` answer for many at
    once, `person_of` takes an openid; `reminders_over` names (USCC, policy) where the firm applied;
    `allows_carriers` names those of the persons who agreed to be pushed to; `publishers` names the accounts
    that publish.
    """

    pool: PoolService
    companies: CompanyService
    clock: Clock
    enqueue: Callable[..., None]
    published: Callable[[], Sequence[PublishedPolicy]]
    sheet_of_version: Callable[[str, int], Sheet | None]
    persons_of: Callable[[Sequence[str]], Mapping[str, Sequence[str]]]
    firms_of: Callable[[str], Sequence[str]]
    openids_of: Callable[[Sequence[str]], Mapping[str, str]]
    allows_carriers: Callable[[Sequence[str]], set[str]]
    publishers: Callable[[], Sequence[str]]
    find_help: Callable[[str, str], Help | None]
    find: Callable[[str, Mapping[str, object]], Sequence[Found]]
    draft: Callable[[str], PublishedPolicy]
    person_of: Callable[[str], str | None] = lambda _openid: None
    reminders_over: Callable[[Sequence[str]], set[tuple[str, str]]] = lambda _usccs: set()
