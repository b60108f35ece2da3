"""From a firm's stored facts straight to the row the matching reads, as `resolve` would have it.

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
from policies.facts import FactError, fact_named, registry
from policies.facts.formulas import Formula
from policies.facts.records import RANK, kept_value

Slot = tuple[str, str | None]
Ratio = tuple[int, int]
# A value, how well its source ranks (0 is best), when it became known, its period.
Word = tuple[Any, int, Any, str]
Columns = Sequence[Sequence[Any]]
_YES, _NO = frozenset(["true"]), frozenset(["false"])
_REGISTERED: Slot = ("registered_on", None)


class _Derived(NamedTuple):
    """A fact that follows from others: its formula, its years, and the slots of each input, oldest first."""

    name: str
    formula: Formula
    years: list[int]
    columns: list[list[Slot]]
    # Needed however few years count; where one is missing the formula gives nothing.
    newest: list[Slot]
    shortens: bool


class StoredReader:
    """Reads the facts `names` for applications on one day from groups {source, known_at, said}.

    Groups are what the store keeps: what one source said at one time, `said` rows [name, value, period] with
    True behind where a word is flagged: those count for nobody. `ranks`: fact -> its sources, the best first,
    where the usual order does not hold.
    """

    def __init__(
        self, on: date, names: Iterable[str], ranks: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        self._day, year, self._ranks = on.isoformat(), on.year, ranks or {}
        facts = [fact_named(name) for name in dict.fromkeys(names)]
        self._plain = [(f.name, _slot(f.name, year)) for f in facts if f.derived is None]
        self._derived = {f.name: _derived(f.name, f.derived, year) for f in facts if f.derived is not None}
        wanted = {slot for _, slot in self._plain}
        for derived in self._derived.values():
            wanted.update(slot for column in derived.columns for slot in column)
            wanted |= {(derived.name, None)} | ({_REGISTERED} if derived.formula.shortens else set())
        self._pairs = _pairs_of(wanted)
        for part, whole in self._pairs:
            wanted |= {part, whole}
        self._slots = dict(_spellings(wanted, year))
        self._facts = {name: fact_named(name) for name, _ in wanted}
        self._dated = {
            name for name, period in wanted if period is None and self._facts[name].period != "year"
        }

    def read(self, groups: Iterable[Mapping[str, Any]]) -> Row:
        """What the words about one firm come to."""
        return self.row(self.best(groups))

    def row(self, best: Mapping[Slot, Word]) -> Row:
        """The same from the words that count."""
        numbers: dict[str, float] = {}
        members: dict[str, frozenset[str]] = {}
        for name, slot in self._plain:
            word = best.get(slot)
            if word is not None:
                _take(name, word[0], numbers, members)
        first_year = _first_year(best)
        for derived in self._derived.values():
            value = _value(derived, best, first_year)
            if value is not None:
                numbers[derived.name] = value
        return Row(numbers, members)

    def exact(self, name: str, best: Mapping[Slot, Word]) -> Fraction | None:
        """The exact value of a derived fact from the words that count."""
        derived = self._derived[name]
        ratio = _ratio(derived, best, _first_year(best))
        if ratio is not None:
            return Fraction(*ratio)
        stated = best.get((name, None))
        return None if stated is None else Fraction(stated[0])

    def best(self, groups: Iterable[Mapping[str, Any]]) -> dict[Slot, Word]:
        """The word that counts for each slot: the best source, then the newest; contradictions left out."""
        best: dict[Slot, Word] = {}
        slots, ranks = self._slots, self._ranks
        for group in groups:
            source, known_at = group["source"], group["known_at"]
            usual = RANK[source]
            for said in group["said"]:
                name, period = said[0], said[2]
                slot = slots.get((name, period)) or self._dated_slot(name, period)
                if slot is None or len(said) > 3:
                    continue
                rank = ranks[name].index(source) if name in ranks else usual
                try:
                    word = (kept_value(self._facts[name], said[1]), rank, known_at, period or "")
                except FactError:
                    continue
                other = best.get(slot)
                if other is None or _better(word, other):
                    best[slot] = word
        clashing = [
            pair
            for pair in self._pairs
            if pair[0] in best and pair[1] in best and best[pair[0]][0] > best[pair[1]][0]
        ]
        for slot in {slot for pair in clashing for slot in pair}:
            del best[slot]
        return best

    def _dated_slot(self, name: str, period: str | None) -> Slot | None:
        """A standing fact written for a year counts; one written for a day counts from that day on."""
        if period is None or name not in self._dated:
            return None
        counts = period <= self._day if len(period) == 10 else self._facts[name].derived is None
        return (name, None) if counts else None


def _slot(name: str, year: int) -> Slot:
    return (name, str(year - 1) if fact_named(name).period == "year" else None)


def _derived(name: str, formula: Formula, year: int) -> _Derived:
    years = formula.span(year)
    columns: list[list[Slot]] = [[(fact, str(y)) for y in years] for fact in formula.inputs]
    return _Derived(name, formula, years, columns, [column[-1] for column in columns], formula.shortens)


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


def _better(new: Word, old: Word) -> bool:
    if new[1] != old[1]:
        return new[1] < old[1]
    if new[2] != old[2]:
        return old[2] is None or (new[2] is not None and new[2] > old[2])
    return new[3] > old[3]


def _take(name: str, value: Any, numbers: dict[str, float], members: dict[str, frozenset[str]]) -> None:
    if isinstance(value, bool):
        members[name] = _YES if value else _NO
    elif isinstance(value, int | Fraction):
        numbers[name] = column_number(value)
    elif isinstance(value, date):
        numbers[name] = float(value.toordinal())
    else:
        members[name] = frozenset([value]) if isinstance(value, str) else value


def _first_year(best: Mapping[Slot, Word]) -> int:
    registered = best.get(_REGISTERED)
    return registered[0].year if registered is not None else 0


def _value(derived: _Derived, best: Mapping[Slot, Word], first_year: int) -> float | None:
    """What the formula gives, else what was stated outright."""
    ratio = _ratio(derived, best, first_year)
    if ratio is not None:
        part, whole = ratio
        return float(part) if whole == 1 else column_ratio(part, whole)
    stated = best.get((derived.name, None))
    return None if stated is None else column_number(stated[0])


def _ratio(derived: _Derived, best: Mapping[Slot, Word], first_year: int) -> Ratio | None:
    for slot in derived.newest:
        if slot not in best:
            return None
    start = 0
    if derived.shortens and first_year > derived.years[0]:
        start = sum(year < first_year for year in derived.years)
    amounts = _amounts(derived, best, start)
    return _RATIOS[derived.formula.shape](amounts) if amounts else None


def _amounts(derived: _Derived, best: Mapping[Slot, Word], start: int) -> list[list[int | Fraction]] | None:
    """The amounts of every input, oldest first; None as soon as one is missing, or where there is no year."""
    columns = []
    for slots in derived.columns:
        column = []
        for slot in slots[start:]:
            word = best.get(slot)
            if word is None:
                return None
            column.append(word[0])
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
