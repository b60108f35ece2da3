"""A row of a table: the firm it speaks of, what it states, and everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from backend.companies.facts import Said, said_of
from backend.companies.particulars import CONTACTS, PARTICULARS
from backend.companies.table.columns import CODE, LEFT_OUT, Column
from backend.companies.table.values import CellError, code_of, quick_reader, value_of, words_of
from policies.facts import FactError, fact_named

LONGEST = 200
_REMEMBERED = 20_000


@dataclass
class StatedRow:
    """What one row says; `problems` is empty when it can be taken in."""

    number: int
    uscc: str = ""
    particulars: dict[str, str] = field(default_factory=dict)
    contacts: dict[str, str] = field(default_factory=dict)
    said: list[Said] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


class RowReader:
    """Reads the rows of one table; a cell that comes again is not read again."""

    def __init__(self, columns: Sequence[Column], at: datetime) -> None:
        self._code = next(place for place, column in enumerate(columns) if column.target == CODE)
        self._name = next((p for p, column in enumerate(columns) if column.target == "name"), None)
        self._columns = [
            (place, column, column.period or None, quick_reader(column))
            for place, column in enumerate(columns)
            if column.target not in (CODE, LEFT_OUT)
        ]
        self._read: dict[tuple[int, type, str], tuple[Said, Any] | None] = {}
        self._wholes = self._parts_and_wholes()
        for column in columns:
            _check_period(column, at)

    def code(self, cells: Sequence[str]) -> str:
        """The firm's code; CellError."""
        return code_of(cells[self._code] if self._code < len(cells) else "")

    def name(self, cells: Sequence[str]) -> str:
        """The firm's name as the row gives it, for a report."""
        place = self._name
        return cells[place].strip()[:LONGEST] if place is not None and place < len(cells) else ""

    def read(self, number: int, cells: Sequence[str]) -> StatedRow:
        """All a row states and all that is wrong with it."""
        row = StatedRow(number)
        try:
            row.uscc = self.code(cells)
        except CellError as wrong:
            row.problems.append(wrong.reason)
        found: dict[int, Any] = {}
        filled = len(cells)
        for place, column, period, quick in self._columns:
            if place >= filled or not (cell := cells[place]):
                continue
            if quick is not None and (figure := quick(cell)) is not None:
                row.said.append([column.target, figure, period])
                found[place] = figure
                continue
            try:
                self._take(row, place, column, cell, found)
            except CellError as wrong:
                row.problems.append(f"“{column.header[:40]}”{wrong.reason}")
        for part, whole in self._wholes:
            if part in found and whole in found and found[part] > found[whole]:
                names = [self._header(place) for place in (part, whole)]
                row.problems.append(f"“{names[0]}”大于“{names[1]}”。")
        return row

    def _take(self, row: StatedRow, place: int, column: Column, cell: str, found: dict[int, Any]) -> None:
        if column.target in PARTICULARS or column.target in CONTACTS:
            kept = row.particulars if column.target in PARTICULARS else row.contacts
            if text := words_of(cell):
                if len(text) > LONGEST:
                    raise CellError(f"太长（最多{LONGEST}字）。")
                kept[column.target] = text
            return
        key = (place, type(cell), cell)
        if key not in self._read:
            if len(self._read) > _REMEMBERED:
                self._read.clear()
            self._read[key] = _read_fact(column, cell)
        stated = self._read[key]
        if stated is not None:
            row.said.append(stated[0])
            found[place] = stated[1]

    def _parts_and_wholes(self) -> list[tuple[int, int]]:
        """Places of columns of which the first can never exceed the second."""
        places = {(column.target, column.period): place for place, column, *_ in self._columns}
        pairs = []
        for (target, period), place in places.items():
            if target in PARTICULARS or target in CONTACTS:
                continue
            whole = places.get((fact_named(target).at_most, period))
            if whole is not None:
                pairs.append((place, whole))
        return pairs

    def _header(self, wanted: int) -> str:
        return next(column.header[:40] for place, column, *_ in self._columns if place == wanted)


def _read_fact(column: Column, cell: str) -> tuple[Said, Any] | None:
    read = value_of(column, cell)
    if read is None:
        return None
    value, known = read
    return said_of(column.target, value, column.period or None, not known), value


def _check_period(column: Column, at: datetime) -> None:
    """FactError for a year that lies in the future."""
    if column.period and int(column.period) > at.year:
        label = fact_named(column.target).label
        raise FactError(column.target, f"{label}的年度 {column.period} 在将来")
