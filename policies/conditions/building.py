"""From a condition as it is written to its logic."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from policies.conditions.tree import (
    Among,
    AtLeast,
    Compare,
    Comparison,
    Cutoff,
    Is,
    Node,
    People,
    all_of,
    any_of,
    negate,
)
from policies.conditions.written import Tiers, Written
from policies.facts import fact_named
from policies.facts.values import read_number


def build(operator: str, fact: str, written: Any, parts: Sequence[Node]) -> Node:
    """The logic of one written condition, given the logic of its parts."""
    if operator in _COMBINE:
        return _COMBINE[operator](written, tuple(parts))
    if operator in _COMPARE:
        return _compare(fact, _COMPARE[operator], written)
    return _BUILD[operator](fact, written)


def _compare(fact: str, op: Comparison, written: Tiers | Written) -> Node:
    if isinstance(written, Tiers):
        return tight_tiers(fact, op, written)
    if fact_named(fact).kind == "date":
        return Compare(fact, op, Cutoff("moment", str(written)))
    return Compare(fact, op, read_number(written))


def tight_tiers(fact: str, op: Comparison, tiers: Tiers) -> Node:
    """A threshold by tiers in its tightest form: a value that passes every tier the deciding fact may still
    fall into passes although that fact is unknown, and one that passes none fails."""
    spans = _spans(tiers)
    easier = (lambda a, b: a <= b) if op in ("ge", "gt") else (lambda a, b: a >= b)
    options = []
    for value in sorted({value for _, _, value in spans}):
        fitting = [(low, high) for low, high, threshold in spans if easier(threshold, value)]
        passes = Compare(fact, op, value)
        where = [_within(tiers.by, low, high) for low, high in _merged(fitting)]
        certain = [node for node in where if node is not None]
        options.append(passes if len(certain) < len(where) else all_of(passes, any_of(*certain)))
    return any_of(*options)


Span = tuple[Fraction | None, Fraction | None]


def _spans(tiers: Tiers) -> list[tuple[Fraction | None, Fraction | None, Fraction]]:
    low: Fraction | None = None
    spans = []
    for tier in tiers.tiers:
        high = None if tier.up_to is None else read_number(tier.up_to)
        spans.append((low, high, read_number(tier.value)))
        low = high
    return spans


def _merged(spans: list[Span]) -> list[Span]:
    merged: list[Span] = []
    for low, high in spans:
        if merged and merged[-1][1] == low:
            merged[-1] = (merged[-1][0], high)
        else:
            merged.append((low, high))
    return merged


def _within(fact: str, low: Fraction | None, high: Fraction | None) -> Node | None:
    """The deciding fact lies above `low` and up to `high`; None where that is always so."""
    bounds: list[Node] = [] if low is None else [Compare(fact, "gt", low)]
    bounds += [] if high is None else [Compare(fact, "le", high)]
    return all_of(*bounds) if bounds else None


_COMPARE: Mapping[str, Comparison] = {
    "at_least": "ge",
    "more_than": "gt",
    "at_most": "le",
    "less_than": "lt",
    "on_or_after": "ge",
    "on_or_before": "le",
}
_BUILD: Mapping[str, Callable[[str, Any], Node]] = {
    "between": lambda fact, ends: all_of(_compare(fact, "ge", ends[0]), _compare(fact, "le", ends[1])),
    "age_at_least": lambda fact, age: Compare(fact, "le", Cutoff("started_by", age)),
    "age_at_most": lambda fact, age: Compare(fact, "ge", Cutoff("not_before", age)),
    "in_": lambda fact, members: Among(fact, frozenset(members)),
    "any_of": lambda fact, members: Among(fact, frozenset(members)),
    "all_of": lambda fact, members: all_of(*(Among(fact, frozenset([member])) for member in members)),
    "is_": lambda fact, value: Is(fact, value),
    "declared": lambda _, text: People("declared", text),
    "needs_person": lambda _, text: People("needs_person", text),
}
_COMBINE: Mapping[str, Callable[[Any, tuple[Node, ...]], Node]] = {
    "any_": lambda _, parts: any_of(*parts),
    "all_": lambda _, parts: all_of(*parts),
    "not_": lambda _, parts: negate(parts[0]),
    "at_least_n": lambda n, parts: AtLeast(n, parts),
}
