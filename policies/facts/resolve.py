"""From records to the facts of an application day: which record counts, and what follows from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction

from typing_extensions import TypedDict

from policies.facts.formulas import Formula
from policies.facts.records import RANK, FactRecord, Value
from policies.facts.registry import fact_named, registry


@dataclass(frozen=True)
class Known:
    """A fact's value with where it comes from; a derived value carries the weakest of its sources."""

    value: Value
    source: str
    period: str | None
    known_at: datetime | None


class WantedJson(TypedDict):
    """A fact to ask for, as JSON."""

    fact: str
    period: str | None
    label: str
    question: str


@dataclass(frozen=True)
class Wanted:
    """A fact nobody has told yet: its name and, for yearly facts, the accounting year."""

    fact: str
    period: str | None = None

    @property
    def label(self) -> str:
        """The fact with its year, in words: 2025年销售收入."""
        return f"{self.period + '年' if self.period else ''}{fact_named(self.fact).label}"

    def as_dict(self) -> WantedJson:
        """The question as JSON: fact, accounting year, label and the words to ask it in."""
        fact = fact_named(self.fact)
        return {"fact": self.fact, "period": self.period, "label": fact.label, "question": fact.question}


@dataclass(frozen=True)
class Conflict:
    """Two facts that cannot both be true; both are treated as unknown."""

    fact: str
    other: str
    period: str | None
    reason: str


Slot = tuple[str, str | None]
# What is known, without since when and by whom.
Pattern = frozenset[tuple[Slot, Value, str | None, str]]


@dataclass
class Facts:
    """What is known about one firm for an application on `on`. A name that is missing is unknown."""

    on: date
    records: Mapping[Slot, FactRecord]
    conflicts: tuple[Conflict, ...] = ()
    _known: dict[str, Known | None] = field(default_factory=dict, repr=False)
    _wanted: dict[str, list[Wanted]] = field(default_factory=dict, repr=False)

    @property
    def pattern(self) -> Pattern:
        """Firms with the same one are judged alike, in the same words; since when it is known may differ."""
        return frozenset(
            (slot, record.value, record.period, record.source) for slot, record in self.records.items()
        )

    def get(self, name: str) -> Known | None:
        """The fact with its source, or None when unknown; raises FactError for a name nobody registered."""
        if name not in self._known:
            formula = fact_named(name).derived
            self._known[name] = self._compute(name, formula) if formula else self._stored(name)
        return self._known[name]

    def value(self, name: str) -> Value | None:
        """The bare value, or None when unknown."""
        known = self.get(name)
        return known.value if known else None

    def wanted(self, name: str) -> list[Wanted]:
        """What to ask so that this fact becomes known, oldest year first; empty when it is known."""
        if self.get(name) is not None:
            return []
        if name not in self._wanted:
            self._wanted[name] = self._to_ask(name)
        return self._wanted[name]

    def _to_ask(self, name: str) -> list[Wanted]:
        fact = fact_named(name)
        if fact.derived is None:
            return [Wanted(name, str(self.on.year - 1) if fact.period == "year" else None)]
        years = self._years(fact.derived)
        return [
            Wanted(source, str(year))
            for source in fact.derived.inputs
            for year in years
            if (source, str(year)) not in self.records
        ]

    def totals(self, name: str) -> list[int | Fraction]:
        """The sums over its years of each fact a derived fact comes from; empty unless all are known."""
        formula = fact_named(name).derived
        if formula is None:
            return []
        years = self._years(formula)
        return [sum(column) for column in _columns(self._used(formula, years), len(years))]

    def _stored(self, name: str) -> Known | None:
        year = str(self.on.year - 1) if fact_named(name).period == "year" else None
        record = self.records.get((name, year))
        return Known(record.value, record.source, record.period, record.known_at) if record else None

    def _years(self, formula: Formula) -> list[int]:
        years = formula.span(self.on.year)
        registered = self.records.get(("registered_on", None))
        if registered is None or not formula.shortens:
            return years
        return [year for year in years if year >= registered.value.year]  # type: ignore[union-attr]

    def _used(self, formula: Formula, years: Sequence[int]) -> list[FactRecord]:
        """Every record the formula needs, input by input; empty when one of them is missing."""
        slots = [(source, str(year)) for source in formula.inputs for year in years]
        found = [self.records[slot] for slot in slots if slot in self.records]
        return found if len(found) == len(slots) else []

    def _compute(self, name: str, formula: Formula) -> Known | None:
        stated = self.records.get((name, None))
        years = self._years(formula)
        used = self._used(formula, years)
        value = formula.compute(_columns(used, len(years))) if used else None
        if value is None:
            return Known(stated.value, stated.source, stated.period, stated.known_at) if stated else None
        exact = value if fact_named(name).is_ratio or Fraction(value).denominator != 1 else int(value)
        return Known(exact, _weakest(used), _span_text(years), _newest(used))


def resolve(records: Iterable[FactRecord], on: date, known_at: datetime | None = None) -> Facts:
    """The facts for an application on `on`, using nothing learnt after `known_at`.

    Of several records for the same thing the best source wins, then the newest. Records that contradict
    each other are left out, both of them, and named in `conflicts`.
    """
    best: dict[Slot, FactRecord] = {}
    for record in records:
        if known_at is not None and record.known_at is not None and record.known_at > known_at:
            continue
        slot = _slot(record, on)
        if slot is not None and (slot not in best or _better(record, best[slot])):
            best[slot] = record
    conflicts = find_conflicts(best)
    for conflict in conflicts:
        best.pop((conflict.fact, conflict.period), None)
        best.pop((conflict.other, conflict.period), None)
    return Facts(on, best, tuple(conflicts))


def names_behind(names: Iterable[str]) -> frozenset[str]:
    """What has to be read to resolve these facts: what they follow from, and what could contradict that."""
    found = set(names)
    for formula in [formula for name in names if (formula := fact_named(name).derived)]:
        found |= {*formula.inputs, *(("registered_on",) if formula.shortens else ())}
    pairs = [{fact.name, fact.at_most} for fact in registry().values() if fact.at_most]
    return frozenset(found.union(*(pair for pair in pairs if pair & found)))


def find_conflicts(records: Mapping[Slot, FactRecord]) -> list[Conflict]:
    """Pairs where a part is larger than its whole, for example more R&D staff than staff."""
    found = []
    for (name, period), record in records.items():
        whole = fact_named(name).at_most
        other = records.get((whole, period)) if whole else None
        if other is not None and _amount(record) > _amount(other):
            label, other_label = registry()[name].label, registry()[whole].label
            found.append(Conflict(name, whole, period, f"{period or ''}{label}大于{other_label}"))
    return found


def _slot(record: FactRecord, on: date) -> Slot | None:
    """Where a record belongs, or None when it says nothing about this application day."""
    fact = fact_named(record.name)
    if fact.period == "year":
        if record.period is None:
            return (record.name, str(on.year - 1))
        return (record.name, record.period) if int(record.period) < on.year else None
    if record.period is None or len(record.period) == 4:
        if fact.derived is not None and record.period not in (None, str(on.year - 1)):
            return None
        return (record.name, None)
    return (record.name, None) if record.period <= on.isoformat() else None


def _better(new: FactRecord, old: FactRecord) -> bool:
    return _preference(new) > _preference(old)


def _preference(record: FactRecord) -> tuple[int, float, str]:
    known = record.known_at.timestamp() if record.known_at else float("-inf")
    return (-record.source_rank, known, record.period or "")


def _columns(records: Sequence[FactRecord], years: int) -> list[list[int | Fraction]]:
    amounts = [_amount(record) for record in records]
    return [amounts[start : start + years] for start in range(0, len(amounts), years or 1)]


def _amount(record: FactRecord) -> int | Fraction:
    value = record.value
    assert isinstance(value, int | Fraction)
    return value


def _weakest(records: Sequence[FactRecord]) -> str:
    return max((record.source for record in records), key=RANK.__getitem__)


def _newest(records: Sequence[FactRecord]) -> datetime | None:
    return max((record.known_at for record in records if record.known_at), default=None)


def _span_text(years: Sequence[int]) -> str:
    return str(years[0]) if len(years) == 1 else f"{years[0]}-{years[-1]}"
