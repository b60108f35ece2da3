"""Can any firm at all meet these conditions? A search for facts that do, over ranges and allowed members."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from itertools import combinations

from policies.conditions import Node, People, Points
from policies.conditions.tree import Among, AtLeast, Compare, Cutoff, Is
from policies.facts import fact_named, members_of


@dataclass(frozen=True)
class Allowed:
    """What a fact may still be: between two ends (open or closed), one of some members, none of others.

    A set may hold several members: each of `touching` wants one of its own.
    """

    low: Fraction | None = None
    low_open: bool = False
    high: Fraction | None = None
    high_open: bool = False
    one_of: frozenset[str] | None = None
    none_of: frozenset[str] = frozenset()
    touching: tuple[frozenset[str], ...] = ()

    @property
    def possible(self) -> bool:
        """Whether some value is left."""
        if self.one_of is not None and not self.one_of - self.none_of:
            return False
        if not all(members - self.none_of for members in self.touching):
            return False
        if self.low is None or self.high is None:
            return True
        return self.low < self.high or (self.low == self.high and not (self.low_open or self.high_open))


Domain = Mapping[str, Allowed]


def can_hold(nodes: Sequence[Node], on: date) -> bool:
    """Whether facts exist with which all of these hold, people deciding in favour."""
    # What leaves no choice comes first, so that choices are made in the light of it.
    ordered = sorted(nodes, key=lambda node: isinstance(node, AtLeast) and node.n < len(node.parts))
    return next(_solutions(ordered, {}, on), None) is not None


def _solutions(nodes: list[Node], domain: Domain, on: date) -> Iterator[Domain]:
    if not nodes:
        yield domain
        return
    first, rest = nodes[0], nodes[1:]
    if isinstance(first, People):
        yield from _solutions(rest, domain, on)
    elif isinstance(first, AtLeast):
        for chosen in combinations(first.parts, first.n):
            yield from _solutions([*chosen, *rest], domain, on)
    elif isinstance(first, Points):
        if _top(first, on) >= first.least:
            yield from _solutions(rest, domain, on)
    else:
        narrowed = _narrowed(first, domain.get(first.fact, _anything(first.fact)), on)
        if narrowed.possible:
            yield from _solutions(rest, {**domain, first.fact: narrowed}, on)


def _top(points: Points, on: date) -> int:
    """The most points to be had from bands that can hold."""
    own = max((worth for worth, node in points.bands if can_hold([node], on)), default=0)
    tops = [_top(part, on) for part in points.parts]
    if any(top < part.least for top, part in zip(tops, points.parts, strict=True)):
        return -1
    total = own + (max(tops, default=0) if points.best else sum(tops))
    return total if points.most is None else min(total, points.most)


def _anything(name: str) -> Allowed:
    """All that a fact can be: a number of things is never negative, a share never above all of it."""
    fact = fact_named(name)
    if fact.kind != "number":
        members = members_of(fact) if fact.kind == "category" else None
        return Allowed(one_of=frozenset(members) if members else None)
    low = None if fact.signed else Fraction(0)
    high = Fraction(1) if fact.share else None if fact.most is None else Fraction(fact.most)
    return Allowed(low=low, high=high)


def _narrowed(leaf: Compare | Among | Is, allowed: Allowed, on: date) -> Allowed:
    if isinstance(leaf, Is):
        return _with_members(allowed, frozenset([str(leaf.value)]), False)
    if isinstance(leaf, Among):
        if fact_named(leaf.fact).kind == "set" and not leaf.negated:
            return replace(allowed, touching=(*allowed.touching, leaf.members))
        return _with_members(allowed, leaf.members, leaf.negated)
    edge = Fraction(leaf.value.on(on).toordinal()) if isinstance(leaf.value, Cutoff) else leaf.value
    strict = leaf.op in ("gt", "lt")
    if leaf.op in ("ge", "gt"):
        if allowed.low is None or (edge, strict) > (allowed.low, allowed.low_open):
            return replace(allowed, low=edge, low_open=strict)
    elif allowed.high is None or (-edge, strict) > (-allowed.high, allowed.high_open):
        return replace(allowed, high=edge, high_open=strict)
    return allowed


def _with_members(allowed: Allowed, members: frozenset[str], negated: bool) -> Allowed:
    if negated:
        return replace(allowed, none_of=allowed.none_of | members)
    return replace(allowed, one_of=members if allowed.one_of is None else allowed.one_of & members)
