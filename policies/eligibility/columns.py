"""Many firms as columns: a float per number, a bit per yes/no, category member and set member.

A missing number is NaN; a bit plane `known` per other fact tells missing from "no".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from policies.eligibility.exact import column_number
from policies.facts import FactRecord, Facts, Value, fact_named, registry, resolve

Words = NDArray[np.uint64]
Lookup = Callable[[str], Value | None]
_NUMBERS = ("number", "date")


class FactTable:
    """The resolved facts of many firms for one application day, by column; rows are replaced in place."""

    def __init__(self, on: date, names: Iterable[str] | None = None, capacity: int = 1024) -> None:
        self.on = on
        self.names = tuple(registry() if names is None else dict.fromkeys(names))
        self.keys: list[str] = []
        self._rows: dict[str, int] = {}
        self._capacity = -(-capacity // 64) * 64
        self._numbers: dict[str, NDArray[np.float64]] = {}
        self._planes: dict[tuple[str, str], NDArray[np.uint8]] = {}
        self._known: dict[str, NDArray[np.uint8]] = {}
        for name in self.names:
            if fact_named(name).kind in _NUMBERS:
                self._numbers[name] = np.full(self._capacity, np.nan)
            else:
                self._known[name] = self._empty_plane()

    @classmethod
    def from_records(
        cls,
        firms: Iterable[tuple[str, Iterable[FactRecord | Mapping[str, Any]]]],
        on: date,
        names: Iterable[str] | None = None,
        known_at: datetime | None = None,
    ) -> FactTable:
        """A table streamed from (USCC, records); only the facts in `names` (default: all) are kept."""
        table = cls(on, names)
        for key, records in firms:
            table.put(key, resolve(map(_record, records), on, known_at))
        return table

    def __len__(self) -> int:
        return len(self.keys)

    def row(self, key: str) -> int:
        """The row of a firm; raises KeyError."""
        return self._rows[key]

    def put(self, key: str, facts: Facts) -> None:
        """Add a firm or replace its row; the facts must be resolved for the table's day."""
        if facts.on != self.on:
            raise ValueError(f"facts were resolved for {facts.on}, the table is for {self.on}")
        self.put_values(key, facts.value)

    def put_values(self, key: str, lookup: Lookup) -> None:
        """Add or replace a row from bare values by fact name."""
        row = self._rows.get(key)
        if row is None:
            row = self._rows[key] = len(self.keys)
            self.keys.append(key)
            if row >= self._capacity:
                self._grow()
        byte, bit = row >> 3, 1 << (row & 7)
        for name, column in self._numbers.items():
            column[row] = _float(lookup(name))
        for plane in self._planes.values():
            plane[byte] &= ~bit & 0xFF
        for name, known in self._known.items():
            value = lookup(name)
            known[byte] = known[byte] & (~bit & 0xFF) | (bit if value is not None else 0)
            for member in _members(value):
                self._plane(name, member)[byte] |= bit

    def numbers(self, name: str, start: int, stop: int) -> NDArray[np.float64]:
        """The column of a number or day (as its ordinal) for these rows, NaN where unknown."""
        return self._numbers[name][start:stop]

    def known(self, name: str, start: int, stop: int) -> Words:
        """One bit per row: whether a yes/no, category or set is known. Rows from a multiple of 64."""
        return _words(self._known[name], start, stop)

    def holds(self, name: str, members: Iterable[str], start: int, stop: int) -> Words:
        """One bit per row: whether any of the members is held."""
        held = np.zeros((stop - start + 63) // 64, np.uint64)
        for member in members:
            plane = self._planes.get((name, member))
            if plane is not None:
                held |= _words(plane, start, stop)
        return held

    def _plane(self, name: str, member: str) -> NDArray[np.uint8]:
        plane = self._planes.get((name, member))
        if plane is None:
            plane = self._planes[name, member] = self._empty_plane()
        return plane

    def _empty_plane(self) -> NDArray[np.uint8]:
        return np.zeros(self._capacity // 8, np.uint8)

    def _grow(self) -> None:
        more = self._capacity
        self._capacity += more
        for name, column in self._numbers.items():
            self._numbers[name] = np.concatenate([column, np.full(more, np.nan)])
        for planes in (self._planes, self._known):
            for key, plane in planes.items():
                planes[key] = np.concatenate([plane, np.zeros(more // 8, np.uint8)])  # type: ignore[index]


def _record(record: FactRecord | Mapping[str, Any]) -> FactRecord:
    return record if isinstance(record, FactRecord) else FactRecord(**record)


def _float(value: Value | None) -> float:
    if value is None:
        return np.nan
    if isinstance(value, date):
        return float(value.toordinal())
    assert isinstance(value, int | Fraction)
    return column_number(value)


def _members(value: Value | None) -> Iterator[str]:
    """The bits a value sets: yes/no is the members "true" and "false"."""
    if isinstance(value, bool):
        yield "true" if value else "false"
    elif isinstance(value, frozenset):
        yield from value
    elif isinstance(value, str):
        yield value


def _words(plane: NDArray[np.uint8], start: int, stop: int) -> Words:
    return plane[start // 8 : -(-stop // 64) * 8].view(np.uint64)
