"""Three-valued answers as bounds: what is certain, what is certain if people agree, what is possible.

`certain` implies `favourable` implies `possible`. A missing fact is possible and never certain; a matter for
people is favourable and never certain. Combining bounds part by part is strong Kleene logic.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from policies.conditions.tree import Among, AtLeast, Compare, Cutoff, Is, Leaf, Node, People, Points
from policies.facts import Value, fact_named

Lookup = Callable[[str], Value | None]
_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "ge": operator.ge,
    "gt": operator.gt,
    "le": operator.le,
    "lt": operator.lt,
}


class Bounds(NamedTuple):
    """Does it hold: for certain, if people decide in favour, at all possibly?"""

    certain: bool
    favourable: bool
    possible: bool


class PointRange(NamedTuple):
    """How many points: for certain, if people give all they can, at most."""

    low: int
    favourable: int
    high: int


YES = Bounds(True, True, True)
NO = Bounds(False, False, False)
UNKNOWN = Bounds(False, False, True)
OPEN = Bounds(False, True, True)


class Evaluation:
    """What is known about conditions for one firm on one application day; each part is worked out once.

    `lookup` gives a fact's value or None when it is unknown. Trees are told apart by identity, so they must
    outlive the evaluation, as those of a sheet do.
    """

    def __init__(self, lookup: Lookup, on: date) -> None:
        self._lookup, self._on = lookup, on
        self._bounds: dict[int, Bounds] = {}
        self._points: dict[int, tuple[PointRange, Bounds]] = {}

    def bounds(self, node: Node) -> Bounds:
        """What is known about a tree."""
        found = self._bounds.get(id(node))
        if found is None:
            found = self._bounds[id(node)] = self._work_out(node)
        return found

    def points(self, points: Points) -> PointRange:
        """How many points are known to be reached, and how many can be."""
        return self._scored(points)[0]

    def undecided(self, node: Node) -> Iterator[str]:
        """The unknown facts that still matter, in reading order; parts already decided are passed over."""
        bounds = self.bounds(node)
        if bounds.certain or not bounds.possible:
            return
        if isinstance(node, AtLeast):
            for part in node.parts:
                yield from self.undecided(part)
        elif isinstance(node, Points):
            yield from self.undecided_points(node)
        elif not isinstance(node, People):
            yield node.fact

    def undecided_points(self, points: Points) -> Iterator[str]:
        """The unknown facts that could still add points to what is certain."""
        low, _, high = self.points(points)
        if low == high:
            return
        for worth, node in points.bands:
            if worth > low:
                yield from self.undecided(node)
        for part in points.parts:
            if not points.best or self.points(part).high > low:
                yield from self.undecided_points(part)

    def _work_out(self, node: Node) -> Bounds:
        if isinstance(node, AtLeast):
            parts = [self.bounds(part) for part in node.parts]
            return Bounds(*(sum(column) >= node.n for column in zip(*parts, strict=True))) if parts else YES
        if isinstance(node, Points):
            return self._scored(node)[1]
        if isinstance(node, People):
            return OPEN
        value = self._lookup(node.fact)
        if value is None:
            return UNKNOWN
        if isinstance(node, Among) and isinstance(value, frozenset):
            return _touches(node, value)
        return YES if _holds(node, value, self._on) else NO

    def _scored(self, points: Points) -> tuple[PointRange, Bounds]:
        found = self._points.get(id(points))
        if found is None:
            found = self._points[id(points)] = self._add_up(points)
        return found

    def _add_up(self, points: Points) -> tuple[PointRange, Bounds]:
        """The range, and whether it and all its parts reach what they must."""
        ends = [0, 0, 0]
        for worth, node in points.bands:
            for end, holds in enumerate(self.bounds(node)):
                if holds and worth > ends[end]:
                    ends[end] = worth
        scored = [self._scored(part) for part in points.parts]
        gather = max if points.best else sum
        for end in range(3) if scored else ():
            ends[end] += gather(range_[end] for range_, _ in scored)
        if points.most is not None:
            ends = [min(end, points.most) for end in ends]
        reached = [all(bounds[end] for _, bounds in scored) for end in range(3)]
        enough = Bounds(*(fine and end >= points.least for fine, end in zip(reached, ends, strict=True)))
        return PointRange(*ends), enough


def bounds_of(node: Node, lookup: Lookup, on: date) -> Bounds:
    """What is known about a tree, given each fact's value or None when it is unknown."""
    return Evaluation(lookup, on).bounds(node)


def undecided_facts(node: Node, lookup: Lookup, on: date) -> Iterator[str]:
    """The unknown facts that still matter, in reading order; parts already decided are passed over."""
    return Evaluation(lookup, on).undecided(node)


def _touches(node: Among, value: frozenset[str]) -> Bounds:
    """A set that is no complete list says nothing about what it lacks."""
    touching = bool(value & node.members)
    if not touching and not fact_named(node.fact).complete:
        return UNKNOWN
    return YES if touching != node.negated else NO


def _holds(leaf: Leaf, value: Value, on: date) -> bool:
    if isinstance(leaf, Compare):
        threshold: date | Fraction = leaf.value.on(on) if isinstance(leaf.value, Cutoff) else leaf.value
        return _COMPARE[leaf.op](value, threshold)
    if isinstance(leaf, Among):
        return (value in leaf.members) != leaf.negated
    assert isinstance(leaf, Is)
    return value is leaf.value
