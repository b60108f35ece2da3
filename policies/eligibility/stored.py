"""From a firm's stored fact rows straight to the row the matching reads, as `resolve` would have it.

Judging one firm with reasons goes by records, which carry their source and can be explained. A night over
many firms only wants values, and most of its time is spent here: nothing is made that is not needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from policies.eligibility.exact import column_number, column_ratio
from policies.eligibility.row import Row
from policies.facts import fact_named, registry
from policies.facts.formulas import Formula
from policies.facts.records import RANK

Slot = tuple[str, str | None]
Ratio = tuple[int, int]
Columns = Sequence[Sequence[Any]]
_YES, _NO = frozenset(["true"]), frozenset(["false"])
_REGISTERED: Slot = ("registered_on", None)


class _Derived(NamedTuple):
    """A fact that follows from others: its formula, its years, and the slots of each input, oldest first."""

    name: str
    formula: Formula
    years: list[int]
    columns: list[list[Slot]]


class StoredReader:
    """Reads the facts `names` for applications on one day from rows {name, value, period, source, known_at}.

    Rows are what the store keeps: checked when they were taken in, ratios as "1/20", flagged rows for nobody.
    """

    def __init__(self, on: date, names: Iterable[str]) -> None:
        self._day, year = on.isoformat(), on.year
        facts = [fact_named(name) for name in dict.fromkeys(names)]
        self._plain = [(f.name, f.kind, _slot(f.name, year)) for f in facts if f.derived is None]
        self._derived = [_derived(f.name, f.derived, year) for f in facts if f.derived is not None]
        wanted = {slot for _, _, slot in self._plain}
        for derived in self._derived:
            wanted.update(slot for column in derived.columns for slot in column)
            wanted |= {(derived.name, None)} | ({_REGISTERED} if derived.formula.shortens else set())
        self._pairs = _pairs_of(wanted)
        for part, whole in self._pairs:
            wanted |= {part, whole}
        self._slots = dict(_spellings(wanted, year))
        self._dated = {
            name for name, period in wanted if period is None and fact_named(name).period != "year"
        }

    def read(self, rows: Iterable[Mapping[str, Any]]) -> Row:
        """What the rows of one firm come to."""
        best = self._best(rows)
        numbers: dict[str, float] = {}
        members: dict[str, frozenset[str]] = {}
        for name, kind, slot in self._plain:
            row = best.get(slot)
            if row is not None:
                _take(name, kind, row["value"], numbers, members)
        registered = best.get(_REGISTERED)
        first_year = int(registered["value"][:4]) if registered is not None else 0
        for derived in self._derived:
            value = _value(derived, best, first_year)
            if value is not None:
                numbers[derived.name] = value
        return Row(numbers, members)

    def _best(self, rows: Iterable[Mapping[str, Any]]) -> dict[Slot, Mapping[str, Any]]:
        """The row that counts for each slot: the best source, then the newest; contradictions left out."""
        best: dict[Slot, Mapping[str, Any]] = {}
        slots = self._slots
        for row in rows:
            slot = slots.get((row["name"], row["period"])) or self._dated_slot(row)
            if slot is None or row.get("flagged"):
                continue
            other = best.get(slot)
            if other is None or _better(row, other):
                best[slot] = row
        clashing = [
            pair
            for pair in self._pairs
            if pair[0] in best and pair[1] in best and _amount(best[pair[0]]) > _amount(best[pair[1]])
        ]
        for slot in {slot for pair in clashing for slot in pair}:
            del best[slot]
        return best

    def _dated_slot(self, row: Mapping[str, Any]) -> Slot | None:
        """A standing fact written for a year counts; one written for a day counts from that day on."""
        name, period = row["name"], row["period"]
        if period is None or name not in self._dated:
            return None
        counts = period <= self._day if len(period) == 10 else fact_named(name).derived is None
        return (name, None) if counts else None


def _slot(name: str, year: int) -> Slot:
    return (name, str(year - 1) if fact_named(name).period == "year" else None)


def _derived(name: str, formula: Formula, year: int) -> _Derived:
    years = formula.span(year)
    return _Derived(name, formula, years, [[(fact, str(y)) for y in years] for fact in formula.inputs])


def _pairs_of(wanted: set[Slot]) -> list[tuple[Slot, Slot]]:
    """Part and whole of every pair of which one is wanted."""
    found: dict[tuple[Slot, Slot], None] = {}
    for fact in registry().values():
        if fact.at_most:
            for name, period in wanted:
                if name in (fact.name, fact.at_most):
                    found[(fact.name, period), (fact.at_most, period)] = None
    return list(found)


def _spellings(wanted: Iterable[Slot], year: int) -> Iterator[tuple[Slot, Slot]]:
    """The name and period rows are written with, and the slot they belong to."""
    last = str(year - 1)
    for name, period in wanted:
        fact = fact_named(name)
        if period is None:
            yield (name, None), (name, None)
            if fact.derived is not None:
                yield (name, last), (name, None)
        elif int(period) < year:
            yield (name, period), (name, period)
            if period == last:
                yield (name, None), (name, period)


def _better(new: Mapping[str, Any], old: Mapping[str, Any]) -> bool:
    if new["source"] != old["source"]:
        return RANK[new["source"]] < RANK[old["source"]]
    if new["known_at"] != old["known_at"]:
        return old["known_at"] is None or (new["known_at"] is not None and new["known_at"] > old["known_at"])
    return (new["period"] or "") > (old["period"] or "")


def _amount(row: Mapping[str, Any]) -> int | Fraction:
    value = row["value"]
    return value if isinstance(value, int) else Fraction(value)


def _take(
    name: str, kind: str, value: Any, numbers: dict[str, float], members: dict[str, frozenset[str]]
) -> None:
    if kind == "number":
        numbers[name] = float(value) if isinstance(value, int) else column_number(Fraction(value))
    elif kind == "date":
        numbers[name] = float(date.fromisoformat(value).toordinal())
    elif kind == "yes_no":
        members[name] = _YES if value else _NO
    else:
        members[name] = frozenset([value]) if isinstance(value, str) else frozenset(value)


def _value(derived: _Derived, best: Mapping[Slot, Mapping[str, Any]], first_year: int) -> float | None:
    """What the formula gives, else what was stated outright."""
    start = 0
    if first_year and derived.formula.shortens:
        start = sum(year < first_year for year in derived.years)
    amounts = _amounts(derived, best, start)
    ratio = _RATIOS[derived.formula.shape](amounts) if amounts else None
    if ratio is not None:
        part, whole = ratio
        return float(part) if whole == 1 else column_ratio(part, whole)
    stated = best.get((derived.name, None))
    return None if stated is None else column_number(_amount(stated))


def _amounts(
    derived: _Derived, best: Mapping[Slot, Mapping[str, Any]], start: int
) -> list[list[int | Fraction]] | None:
    """The amounts of every input, oldest first; None as soon as one is missing, or where there is no year."""
    columns = []
    for slots in derived.columns:
        column = []
        for slot in slots[start:]:
            row = best.get(slot)
            if row is None:
                return None
            column.append(_amount(row))
        columns.append(column)
    return columns if columns[0] else None


def _share(columns: Columns) -> Ratio | None:
    whole = sum(columns[1])
    return (sum(columns[0]), whole) if whole > 0 else None


def _multiple(columns: Columns) -> Ratio | None:
    first, newest = columns[0][0], columns[0][-1]
    return (newest, first) if first > 0 else None


def _growth(columns: Columns) -> Ratio | None:
    first, newest = columns[0][0], columns[0][-1]
    return (newest - first, first) if first > 0 else None


def _mean_growth(columns: Columns) -> Ratio | None:
    """As the formula has it, over one common denominator."""
    years = columns[0][1:] if len(columns[0]) == 3 and columns[0][0] == 0 else columns[0]
    bases = years[:-1]
    if not bases or min(bases) < 0:
        return None
    if 0 in bases:
        return (0, 1)
    if len(years) == 2:
        return (years[1] - years[0], years[0])
    one, two, three = years
    return (two * two + one * three - 2 * one * two, 2 * one * two)


_RATIOS: Mapping[str, Callable[[Columns], Ratio | None]] = {
    "last": lambda columns: (columns[0][-1], 1),
    "total": lambda columns: (sum(columns[0]), 1),
    "mean": lambda columns: (sum(columns[0]), len(columns[0])),
    "share": _share,
    "multiple": _multiple,
    "growth": _growth,
    "mean_growth": _mean_growth,
}
