"""Who is asking: a member of staff, a person of a firm, or nobody known."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a member of staff may do; each is held with a scope."""

    EDITOR = "editor"
    REVIEWER = "reviewer"
    PUBLISHER = "publisher"
    LIAISON = "liaison"
    COUNSELLOR = "counsellor"
    MENTOR = "mentor"
    DEPARTMENT = "department"
    ADMIN = "admin"


@dataclass(frozen=True)
class Scope:
    """Where a member of staff acts; an empty scope is the whole district."""

    areas: frozenset[str] = frozenset()
    towns: frozenset[str] = frozenset()
    department: str = ""

    def covers(self, area: str, town: str) -> bool:
        """Whether a place lies in this scope."""
        if not self.areas and not self.towns:
            return True
        return area in self.areas or town in self.towns


@dataclass(frozen=True)
class Caller:
    """`kind` is "staff", "person" or "anonymous"; `firms` are the USCCs a person is bound to now."""

    kind: str = "anonymous"
    id: str = ""
    name: str = ""
    roles: frozenset[Role] = frozenset()
    scope: Scope = Scope()
    firms: frozenset[str] = frozenset()

    @property
    def label(self) -> str:
        """How records name this caller: "staff:wang", "person:4f…", "anonymous"."""
        return f"{self.kind}:{self.id}" if self.id else self.kind

    def has(self, *roles: Role) -> bool:
        """Whether the caller holds one of the roles; an admin holds all but cannot stand in for a person."""
        return bool(self.roles & {*roles, Role.ADMIN})


ANONYMOUS = Caller()
SYSTEM = Caller(kind="system", id="policymap")
