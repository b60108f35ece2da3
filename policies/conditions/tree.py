"""Conditions as a small logic tree: negation stands only at the leaves, every threshold is exact.

Days relative to the application day stay open (`Cutoff`) so that one tree serves every day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Literal

from policies.conditions.thresholds import read_age, read_moment
from policies.conditions.written import Tiers, Written
from policies.facts import fact_named
from policies.facts.values import read_number

Comparison = Literal["ge", "gt", "le", "lt"]
NEGATED: Mapping[Comparison, Comparison] = {"ge": "lt", "lt": "ge", "gt": "le", "le": "gt"}


@dataclass(frozen=True)
class Cutoff:
    """A day counted from the application day, kept as it was written."""

    how: Literal["moment", "started_by", "not_before"]
    written: str

    def on(self, day: date) -> date:
        """The calendar day for an application on `day`."""
        if self.how == "moment":
            return read_moment(self.written, day)
        age = read_age(self.written)
        return age.started_by(day) if self.how == "started_by" else age.not_before(day)


@dataclass(frozen=True)
class Compare:
    """A number or day against a threshold."""

    fact: str
    op: Comparison
    value: Fraction | Cutoff


@dataclass(frozen=True)
class Among:
    """A category in, or a set touching, `members` (or, negated, known not to)."""

    fact: str
    members: frozenset[str]
    negated: bool = False


@dataclass(frozen=True)
class Is:
    """A yes/no fact that has this value."""

    fact: str
    value: bool


@dataclass(frozen=True)
class People:
    """A matter that no machine decides."""

    kind: Literal["declared", "needs_person"]
    text: str


@dataclass(frozen=True)
class AtLeast:
    """At least `n` of the parts; all of them and any of them are the two ends of it."""

    n: int
    parts: tuple[Node, ...]


Leaf = Compare | Among | Is | People
Node = Leaf | AtLeast


def all_of(*parts: Node) -> Node:
    """Every part must hold."""
    return parts[0] if len(parts) == 1 else AtLeast(len(parts), parts)


def any_of(*parts: Node) -> Node:
    """One part is enough."""
    return parts[0] if len(parts) == 1 else AtLeast(1, parts)


def build(operator: str, fact: str, written: Any, parts: Sequence[Node]) -> Node:
    """The logic of one written condition, given the logic of its parts."""
    if operator in _COMBINE:
        return _COMBINE[operator](written, tuple(parts))
    if operator in _COMPARE:
        return _compare(fact, _COMPARE[operator], written)
    return _BUILD[operator](fact, written)


def negate(node: Node) -> Node:
    """The opposite, with the negation pushed to the leaves. A matter for people stays one."""
    if isinstance(node, Compare):
        return Compare(node.fact, NEGATED[node.op], node.value)
    if isinstance(node, Among):
        return Among(node.fact, node.members, not node.negated)
    if isinstance(node, Is):
        return Is(node.fact, not node.value)
    if isinstance(node, AtLeast):
        return AtLeast(len(node.parts) - node.n + 1, tuple(negate(part) for part in node.parts))
    return node


def leaves(node: Node) -> Iterator[Leaf]:
    """Every leaf of the tree, left to right."""
    if isinstance(node, AtLeast):
        for part in node.parts:
            yield from leaves(part)
    else:
        yield node


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
