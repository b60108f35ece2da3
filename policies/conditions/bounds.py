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

from policies.conditions.tree import Among, AtLeast, Compare, Cutoff, Is, Leaf, Node, People
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


YES = Bounds(True, True, True)
NO = Bounds(False, False, False)
UNKNOWN = Bounds(False, False, True)
OPEN = Bounds(False, True, True)


def bounds_of(node: Node, lookup: Lookup, on: date) -> Bounds:
    """What is known about a tree, given each fact's value or None when it is unknown."""
    if isinstance(node, AtLeast):
        parts = [bounds_of(part, lookup, on) for part in node.parts]
        return Bounds(*(sum(column) >= node.n for column in zip(*parts, strict=True)))
    if isinstance(node, People):
        return OPEN
    value = lookup(node.fact)
    if value is None:
        return UNKNOWN
    if isinstance(node, Among) and isinstance(value, frozenset):
        return _touches(node, value)
    return YES if _holds(node, value, on) else NO


def undecided_facts(node: Node, lookup: Lookup, on: date) -> Iterator[str]:
    """The unknown facts that still matter, in reading order; parts already decided are passed over."""
    bounds = bounds_of(node, lookup, on)
    if bounds.certain or not bounds.possible:
        return
    if isinstance(node, AtLeast):
        for part in node.parts:
            yield from undecided_facts(part, lookup, on)
    elif not isinstance(node, People):
        yield node.fact


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
