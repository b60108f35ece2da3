"""Conditions as a small logic tree: negation stands only at the leaves, every threshold is exact.

Days relative to the application day stay open (`Cutoff`) so that one tree serves every day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from policies.conditions.thresholds import read_age, read_moment
from policies.facts import fact_named
from policies.facts.values import read_number

if TYPE_CHECKING:
    from policies.conditions.model import Condition, Tiers, Written

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


def tree_of(condition: Condition) -> Node:
    """The logic of one written condition."""
    return _BUILD[condition.operator](condition)


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


def _threshold(fact: str, written: Written) -> Fraction | Cutoff:
    if fact_named(fact).kind == "date":
        return Cutoff("moment", str(written))
    return read_number(written)


def _compare(op: Comparison, operator: str) -> Callable[[Condition], Node]:
    def build(condition: Condition) -> Node:
        written = getattr(condition, operator)
        if hasattr(written, "tiers"):
            return tight_tiers(condition.fact or "", op, written)
        return Compare(condition.fact or "", op, _threshold(condition.fact or "", written))

    return build


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


def _between(condition: Condition) -> Node:
    fact, (low, high) = condition.fact or "", condition.between or ("", "")
    return all_of(Compare(fact, "ge", _threshold(fact, low)), Compare(fact, "le", _threshold(fact, high)))


_BUILD: Mapping[str, Callable[[Condition], Node]] = {
    "at_least": _compare("ge", "at_least"),
    "more_than": _compare("gt", "more_than"),
    "at_most": _compare("le", "at_most"),
    "less_than": _compare("lt", "less_than"),
    "on_or_after": _compare("ge", "on_or_after"),
    "on_or_before": _compare("le", "on_or_before"),
    "between": _between,
    "age_at_least": lambda c: Compare(c.fact or "", "le", Cutoff("started_by", c.age_at_least or "")),
    "age_at_most": lambda c: Compare(c.fact or "", "ge", Cutoff("not_before", c.age_at_most or "")),
    "in_": lambda c: Among(c.fact or "", frozenset(c.in_ or ())),
    "any_of": lambda c: Among(c.fact or "", frozenset(c.any_of or ())),
    "all_of": lambda c: all_of(*(Among(c.fact or "", frozenset([m])) for m in c.all_of or ())),
    "is_": lambda c: Is(c.fact or "", bool(c.is_)),
    "any_": lambda c: any_of(*map(tree_of, c.parts)),
    "all_": lambda c: all_of(*map(tree_of, c.parts)),
    "not_": lambda c: negate(tree_of(c.parts[0])),
    "at_least_n": lambda c: AtLeast(c.at_least_n or 1, tuple(map(tree_of, c.parts))),
    "declared": lambda c: People("declared", c.declared or ""),
    "needs_person": lambda c: People("needs_person", c.needs_person or ""),
}
