"""Many firms as columns: a float per number, a bit per yes/no, category member and set member.

A missing number is NaN; a bit plane `known` per other fact tells missing from "no".
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import reduce
from itertools import repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from policies.eligibility.row import Lookup, Row, row_of
from policies.facts import FactRecord, Facts, fact_named, registry, resolve

Words = NDArray[np.uint64]
_NUMBERS = ("number", "date")


class FactTable:
    """The resolved facts of many firms for one application day, by column; rows are replaced in place.

    Columns of numbers that are `brought` by the caller are not made here.
    """

    def __init__(
        self,
        on: date,
        names: Iterable[str] | None = None,
        capacity: int = 1024,
        brought: Container[str] = (),
    ) -> None:
        self.on = on
        self.names = tuple(registry() if names is None else dict.fromkeys(names))
        self.keys: list[str] = []
        self._places: dict[str, int] | None = None
        self._capacity = -(-capacity // 64) * 64
        self._numbers: dict[str, NDArray[np.float64]] = {}
        self._planes: dict[tuple[str, str], NDArray[np.uint8]] = {}
        self._known: dict[str, NDArray[np.uint8]] = {}
        for name in self.names:
            if name in brought:
                continue
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

    @classmethod
    def from_arrays(
        cls,
        on: date,
        keys: Sequence[str],
        numbers: Mapping[str, NDArray[np.float64]],
        known: Mapping[str, NDArray[np.bool_]],
        members: Iterable[tuple[tuple[str, str], NDArray[np.bool_]]],
    ) -> FactTable:
        """A table from whole columns: numbers (NaN unknown), and per other fact what is known and held.

        A column of numbers that already has the table's length is taken over, not copied.
        """
        table = cls(on, [*numbers, *known], capacity=len(keys) or 1, brought=numbers)
        table.keys = list(keys)
        for name, column in numbers.items():
            if column.size != table._capacity:
                column = np.concatenate([column, np.full(table._capacity - column.size, np.nan)])
            table._numbers[name] = column
        for name, flags in known.items():
            _fill(table._known[name], flags)
        for place, flags in members:
            _fill(table._plane(*place), flags)
        return table

    def __len__(self) -> int:
        return len(self.keys)

    def __contains__(self, key: object) -> bool:
        return key in self._rows

    def row(self, key: str) -> int:
        """The row of a firm; raises KeyError."""
        return self._rows[key]

    def rows(self, keys: Sequence[str]) -> NDArray[np.intp]:
        """The rows of many firms, -1 where there is none."""
        return np.fromiter(map(self._rows.get, keys, repeat(-1)), np.intp, len(keys))

    def put(self, key: str, facts: Facts) -> None:
        """Add a firm or replace its row; the facts must be resolved for the table's day."""
        if facts.on != self.on:
            raise ValueError(f"facts were resolved for {facts.on}, the table is for {self.on}")
        self.put_values(key, facts.value)

    def put_values(self, key: str, lookup: Lookup) -> None:
        """Add or replace a row from bare values by fact name."""
        self.put_row(key, row_of(self.names, lookup))

    def put_row(self, key: str, known: Row) -> int:
        """Add or replace a row; its position."""
        row = self._rows.get(key)
        if row is None:
            row = self._rows[key] = len(self.keys)
            self.keys.append(key)
            if row >= self._capacity:
                self._grow()
        byte, bit = row >> 3, 1 << (row & 7)
        rest = ~bit & 0xFF
        for name, column in self._numbers.items():
            column[row] = known.numbers.get(name, np.nan)
        for (name, member), plane in self._planes.items():
            held = known.members.get(name)
            if held is not None and member in held:
                plane[byte] |= bit
            elif plane[byte] & bit:
                plane[byte] &= rest
        for name, plane in self._known.items():
            held = known.members.get(name)
            if held is None:
                plane[byte] &= rest
                continue
            plane[byte] |= bit
            for member in held:
                if (name, member) not in self._planes:
                    self._plane(name, member)[byte] |= bit
        return row

    def extend(self, firms: Sequence[tuple[str, Row]]) -> None:
        """Add many firms that have no row yet, column by column."""
        start, size = len(self.keys), len(firms)
        while start + size > self._capacity:
            self._grow()
        index = self._rows
        for place, (key, _) in enumerate(firms, start):
            index[key] = place
            self.keys.append(key)
        rows = [known for _, known in firms]
        for name, column in self._numbers.items():
            column[start : start + size] = [row.numbers.get(name, np.nan) for row in rows]
        held: dict[tuple[str, str], list[int]] = {}
        told: dict[str, list[int]] = {}
        for place, row in enumerate(rows, start):
            for name, members in row.members.items():
                told.setdefault(name, []).append(place)
                for member in members:
                    held.setdefault((name, member), []).append(place)
        for name, places in told.items():
            if name in self._known:
                _set_bits(self._known[name], places)
        for (name, member), places in held.items():
            if name in self._known:
                _set_bits(self._plane(name, member), places)

    def picked(self, names: Iterable[str]) -> FactTable:
        """A table of its own with only these facts of the same firms."""
        table = FactTable(self.on, names, 64)
        table._capacity, table.keys = self._capacity, list(self.keys)
        table._places = self._places.copy() if self._places is not None else None
        for name in table.names:
            if name in table._numbers:
                table._numbers[name] = self._numbers[name].copy()
            else:
                table._known[name] = self._known[name].copy()
        table._planes = {
            place: plane.copy() for place, plane in self._planes.items() if place[0] in table._known
        }
        return table

    def lay_numbers(self, name: str, numbers: NDArray[np.float64]) -> None:
        """Put these numbers (one per firm, NaN: keep what is there) over a column."""
        column = self._numbers[name][: len(numbers)]
        np.copyto(column, numbers, where=~np.isnan(numbers))

    def lay_flags(self, name: str, known: NDArray[np.bool_], held: NDArray[np.bool_]) -> None:
        """Put a yes/no over what is there, for the firms of which it is known."""
        over, yes = np.zeros_like(self._known[name]), np.zeros_like(self._known[name])
        _fill(over, known)
        _fill(yes, known & held)
        self._known[name] |= over
        for member, bits in (("true", yes), ("false", over ^ yes)):
            plane = self._plane(name, member)
            plane &= ~over
            plane |= bits

    def parts(self) -> dict[str, NDArray[Any]]:
        """Everything in it as plain arrays by name, for `from_parts`."""
        size = len(self)
        found: dict[str, NDArray[Any]] = {"keys": np.array(self.keys, "S")}
        found |= {f"n/{name}": column[:size] for name, column in self._numbers.items()}
        found |= {f"k/{name}": plane[: -(-size // 8)] for name, plane in self._known.items()}
        found |= {f"m/{name}/{who}": plane[: -(-size // 8)] for (name, who), plane in self._planes.items()}
        return found

    @classmethod
    def from_parts(cls, on: date, parts: Mapping[str, NDArray[Any]]) -> FactTable:
        """A table from what `parts` gave; ValueError or KeyError where they do not fit together."""
        keys = [key.decode() for key in parts["keys"].tolist()]
        size = len(keys)
        names = [name.split("/")[1] for name in parts if name[:2] in ("n/", "k/")]
        table = cls(on, names, capacity=size or 1)
        table.keys = keys
        for name, array in parts.items():
            kind, _, rest = name.partition("/")
            if kind == "n":
                table._numbers[rest][:size] = array
            elif kind == "k":
                table._known[rest][: -(-size // 8)] = array
            elif kind == "m":
                table._plane(*rest.split("/", 1))[: -(-size // 8)] = array
        return table

    def merge(self, newer: FactTable) -> NDArray[np.intp]:
        """Replace the rows of the firms of a table over the same facts, all of them known: their places."""
        size = len(newer)
        places = np.array([self._rows[key] for key in newer.keys], np.intp)
        for name, column in self._numbers.items():
            column[places] = newer._numbers[name][:size]
        for name, plane in self._known.items():
            _write_bits(plane, places, newer._known[name])
        for place in {*self._planes, *newer._planes}:
            fresh = newer._planes.get(place)
            _write_bits(self._plane(*place), places, fresh if fresh is not None else newer._empty_plane())
        return places

    def numbers(self, name: str, start: int, stop: int) -> NDArray[np.float64]:
        """The column of a number or day (as its ordinal) for these rows, NaN where unknown."""
        return self._numbers[name][start:stop]

    def known(self, name: str, start: int, stop: int) -> Words:
        """One bit per row: whether a yes/no, category or set is known. Rows from a multiple of 64."""
        return _words(self._known[name], start, stop)

    def told(self, name: str) -> NDArray[np.bool_]:
        """Whether each firm has a value of this fact."""
        size = len(self)
        if name in self._numbers:
            return ~np.isnan(self._numbers[name][:size])
        return np.unpackbits(self._known[name], count=size, bitorder="little").astype(bool)

    def holds(self, name: str, members: Iterable[str], start: int, stop: int) -> Words:
        """One bit per row: whether any of the members is held."""
        planes = [self._planes.get((name, member)) for member in members]
        held = [_words(plane, start, stop) for plane in planes if plane is not None]
        return reduce(np.bitwise_or, held) if held else np.zeros((stop - start + 63) // 64, np.uint64)

    @property
    def _rows(self) -> dict[str, int]:
        """The row of each firm; made when first asked for, as 70 bytes a firm are much beside its columns."""
        if self._places is None:
            self._places = {key: row for row, key in enumerate(self.keys)}
        return self._places

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


def _fill(plane: NDArray[np.uint8], flags: NDArray[np.bool_]) -> None:
    packed = np.packbits(flags, bitorder="little")
    plane[: packed.size] = packed


def _set_bits(plane: NDArray[np.uint8], places: Sequence[int]) -> None:
    at = np.array(places, np.intp)
    np.bitwise_or.at(plane, at >> 3, np.uint8(1) << (at & 7).astype(np.uint8))


def _write_bits(plane: NDArray[np.uint8], places: NDArray[np.intp], packed: NDArray[np.uint8]) -> None:
    """Set the bits at these places to those of `packed`, in its order."""
    fresh = np.unpackbits(packed, count=len(places), bitorder="little")
    shifts = (places & 7).astype(np.uint8)
    differing = np.flatnonzero(((plane[places >> 3] >> shifts) & 1) != fresh)
    np.bitwise_xor.at(plane, places[differing] >> 3, np.uint8(1) << shifts[differing])


def _words(plane: NDArray[np.uint8], start: int, stop: int) -> Words:
    return plane[start // 8 : -(-stop // 64) * 8].view(np.uint64)
