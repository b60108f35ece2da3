"""The list of all published policies, as the plain index shows it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from backend.catalogue.service import PublishedPolicy, standing
from backend.catalogue.wording import KINDS, LEVELS
from policies.sheet import Sheet

_ORDER = tuple(KINDS)
_STANDINGS = ("in_force", "not_yet", "consultation", "unconfirmed", "expired")


@dataclass(frozen=True)
class Line:
    """A policy of the index."""

    sheet: Sheet
    standing: str
    level: str


def policies_by_kind(published: Iterable[PublishedPolicy], today: date) -> list[tuple[str, list[Line]]]:
    """Kinds in their order; within a kind what holds today first."""
    groups: dict[str, list[Line]] = {}
    for policy in published:
        sheet = policy.sheet
        line = Line(sheet, standing(sheet, today), LEVELS[sheet.level])
        groups.setdefault(sheet.kind, []).append(line)
    for lines in groups.values():
        lines.sort(key=lambda line: (_STANDINGS.index(line.standing), line.sheet.title))
    return [(KINDS[kind], groups[kind]) for kind in _ORDER if kind in groups]
