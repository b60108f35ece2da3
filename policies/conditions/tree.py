"""Conditions as a small logic tree: negation stands only at the leaves, every threshold is exact.

Days relative to the application day stay open (`Cutoff`) so that one tree serves every day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Literal

from policies.conditions.thresholds import read_age, read_moment

Comparison = Literal["ge", "gt", "le", "lt"]
NEGATED: Mapping[Comparison, Comparison] = {"ge": "lt", "lt": "ge", "gt": "le", "le": "gt"}


@dataclass(frozen=True)
class Cutoff:
    """A day counted from the application day, kept as it was written."""

    how: Literal["moment", "started_by", "not_before"]
    written: str

    @lru_cache(maxsize=4096)  # noqa: B019  # a few hundred written days, however many firms are judged
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


@dataclass(frozen=True)
class Points:
    """Points of a score: the best of the bands that hold plus the parts (or the best part), up to `most`.

    More facts and kinder people only ever add points, so its bounds follow from those of its bands. `least`
    is what it must reach.
    """

    bands: tuple[tuple[int, Node], ...] = ()
    parts: tuple[Points, ...] = ()
    best: bool = False
    most: int | None = None
    least: int = 0

    def nodes(self) -> Iterator[Node]:
        """The conditions of all bands, its own first."""
        yield from (node for _, node in self.bands)
        for part in self.parts:
            yield from part.nodes()


Leaf = Compare | Among | Is | People
Node = Leaf | AtLeast | Points


def all_of(*parts: Node) -> Node:
    """Every part must hold."""
    return parts[0] if len(parts) == 1 else AtLeast(len(parts), parts)


def any_of(*parts: Node) -> Node:
    """One part is enough."""
    return parts[0] if len(parts) == 1 else AtLeast(1, parts)


def negate(node: Node) -> Node:
    """The opposite, with the negation pushed to the leaves. A matter for people stays one.

    A score has no opposite (ValueError, in Chinese).
    """
    if isinstance(node, Points):
        raise ValueError("得分不能写在 not 里")
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
    if isinstance(node, AtLeast | Points):
        for part in node.parts if isinstance(node, AtLeast) else node.nodes():
            yield from leaves(part)
    else:
        yield node
