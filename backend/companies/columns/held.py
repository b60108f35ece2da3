"""The columns of all firms in memory, for one application day; rows are replaced in place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backend.companies.columns.reading import FirmRow
from backend.shared.clock import SHANGHAI
from policies.eligibility import FactTable

_ASIDE: Mapping[str, tuple[str, float]] = {
    "elsewhere": ("i1", -1),
    "moved_on": ("f8", np.nan),
    "rd_change": ("f8", np.nan),
}


@dataclass(frozen=True)
class ColumnView:
    """The columns asked for as they stood, the caller's own; `elsewhere` is -1 where it is unknown."""

    table: FactTable
    elsewhere: NDArray[np.int8]
    moved_on: NDArray[np.float64]
    rd_change: NDArray[np.float64]
    created: NDArray[np.int64]

    def known_since(self, uscc: str) -> datetime:
        """When the firm was first written down."""
        return datetime.fromtimestamp(int(self.created[self.table.row(uscc)]) / 1000, SHANGHAI)


class HeldColumns:
    """Every registered fact, what its file says of its places, and the stamp of each firm."""

    def __init__(self, on: date, ranks: str, capacity: int = 1024) -> None:
        """`ranks` tells the orders of sources apart by which the rows were read."""
        self.ranks = ranks
        # Whether every firm was once compared with the database; what comes from a file was not.
        self.proved = False
        self.clear(on, capacity)

    def clear(self, on: date, capacity: int = 1024) -> None:
        """Forget every firm."""
        self.facts = FactTable(on, None, capacity)
        self.begins: dict[str, tuple[date, ...]] = {}
        self._stamps = np.zeros((capacity, 3), np.int64)
        self._aside = {name: np.full(capacity, empty, kind) for name, (kind, empty) in _ASIDE.items()}

    def __len__(self) -> int:
        return len(self.facts)

    def take(self, rows: Sequence[FirmRow]) -> None:
        """Add firms or replace their rows."""
        if not rows:
            return
        changed = [row for row in rows if row.uscc in self.facts]
        self.facts.extend([(row.uscc, row.facts) for row in rows if row.uscc not in self.facts])
        self._make_room()
        if changed:
            small = FactTable(self.facts.on, self.facts.names, len(changed))
            small.extend([(row.uscc, row.facts) for row in changed])
            self.facts.merge(small)
        at = np.array([self.facts.row(row.uscc) for row in rows], np.intp)
        self._stamps[at] = [row.stamp for row in rows]
        for name, column in self._aside.items():
            column[at] = [getattr(row, name) for row in rows]
        for row in rows:
            self.begins.pop(row.uscc, None)
            if row.begins:
                self.begins[row.uscc] = row.begins

    def differing(self, stamps: Iterable[tuple[str, tuple[int, int, int]]]) -> list[str]:
        """Those of the firms that were written since their row was read, and those without one."""
        known = self._stamps[: len(self), :2].tolist()
        found = []
        for uscc, stamp in stamps:
            if uscc not in self.facts or known[self.facts.row(uscc)] != [stamp[0], stamp[1]]:
                found.append(uscc)
        return found

    def beginning(self, day: date) -> list[str]:
        """The firms of which some word counts on the day and not on the table's, or the reverse."""
        low, high = sorted((day, self.facts.on))
        return [uscc for uscc, days in self.begins.items() if any(low < first <= high for first in days)]

    def digest(self) -> tuple[int, int, datetime | None]:
        """How many firms, all their revisions together, the last write: the database's must be the same."""
        return len(self), int(self._stamps[: len(self), 0].sum()), self.newest()

    def newest(self) -> datetime | None:
        """The last write that was read."""
        ms = int(self._stamps[: len(self), 1].max()) if len(self) else 0
        return datetime.fromtimestamp(ms / 1000, SHANGHAI) if ms else None

    def view(self, names: Iterable[str]) -> ColumnView:
        """A copy of these columns."""
        size = len(self)
        aside = {name: column[:size].copy() for name, column in self._aside.items()}
        return ColumnView(self.facts.picked(names), created=self._stamps[:size, 2].copy(), **aside)

    def parts(self) -> dict[str, NDArray[Any]]:
        """Everything as plain arrays, for the file."""
        size = len(self)
        aside = {f"aside/{name}": column[:size] for name, column in self._aside.items()}
        dated = [f"{uscc} {day.isoformat()}" for uscc, days in self.begins.items() for day in days]
        return {
            **self.facts.parts(),
            **aside,
            "stamps": self._stamps[:size],
            "begins": np.array(dated, "S29"),
        }

    @classmethod
    def from_parts(cls, on: date, ranks: str, parts: Mapping[str, NDArray[Any]]) -> HeldColumns:
        """From what `parts` gave; ValueError or KeyError where they do not fit together."""
        held = cls(on, ranks, 1)
        held.facts = FactTable.from_parts(on, parts)
        size = len(held)
        held._make_room()
        held._stamps[:size] = parts["stamps"]
        for name, column in held._aside.items():
            column[:size] = parts[f"aside/{name}"]
        for line in parts["begins"].tolist():
            uscc, _, day = line.decode().partition(" ")
            held.begins[uscc] = (*held.begins.get(uscc, ()), date.fromisoformat(day))
        return held

    def _make_room(self) -> None:
        more = len(self) - len(self._stamps)
        if more > 0:
            more = max(more, len(self._stamps))
            self._stamps = np.concatenate([self._stamps, np.zeros((more, 3), np.int64)])
            for name, (kind, empty) in _ASIDE.items():
                self._aside[name] = np.concatenate([self._aside[name], np.full(more, empty, kind)])
