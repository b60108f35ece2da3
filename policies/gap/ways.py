"""The cheapest way to make a condition hold: what to change, what to find out, what people must decide."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from policies.conditions import Condition, Evaluation, Node, People, Points, Tiers
from policies.conditions.building import build
from policies.conditions.model import MOST_POINTS
from policies.conditions.tree import AtLeast
from policies.facts import Facts, Wanted
from policies.gap.shortfall import Shortfall, shortfall_of

# Asking costs less than doing; a matter for people costs more than asking.
_ASKING, _DECIDING = 0.05, 0.1


@dataclass(frozen=True)
class Way:
    """One way to a condition: the shortfalls to close, the facts to find out, the matters for people."""

    shortfalls: tuple[Shortfall, ...] = ()
    wanted: tuple[Wanted, ...] = ()
    people: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    @property
    def effort(self) -> float:
        """Orders alternatives: the sum of what is lacking in relation to what is asked."""
        closing = sum(shortfall.effort for shortfall in self.shortfalls)
        return closing + _ASKING * len(self.wanted) + _DECIDING * len(self.people)

    @property
    def hopeless(self) -> bool:
        """Whether something in it can never be made good, as far as can be computed."""
        return any(shortfall.earliest is None for shortfall in self.shortfalls)

    @property
    def earliest(self) -> date | None:
        """The first day on which all of it could hold; None if that cannot be said or nothing is to do."""
        days = [shortfall.earliest for shortfall in self.shortfalls]
        return None if self.hopeless or not days else max(day for day in days if day)

    @property
    def doing(self) -> str:
        """What the firm is to do and to tell, in words."""
        asking = [f"补充{item.label}" for item in self.wanted]
        return "；".join([*(shortfall.text for shortfall in self.shortfalls), *asking])

    @property
    def text(self) -> str:
        """What is lacking, in words, with what people decide."""
        return "；".join(filter(None, [self.doing, *self.people]))


def way_of(condition: Condition, facts: Facts, known: Evaluation) -> Way:
    """The cheapest way to this condition; empty where it already holds."""
    if known.bounds(condition.tree).certain:
        return Way()
    written = getattr(condition, condition.operator)
    if isinstance(written, Tiers):
        return _way_of_tiers(condition, written, facts)
    if condition.score is not None:
        return way_to_points(condition.score.points, facts, known)
    if condition.parts and condition.not_ is None:
        ways = [way_of(part, facts, known) for part in condition.parts]
        needed = {"any_": 1, "all_": len(ways)}.get(condition.operator, condition.at_least_n or 1)
        return _cheapest(ways, needed)
    return _way_of_node(condition.tree, facts, known)


def _way_of_node(node: Node, facts: Facts, known: Evaluation) -> Way:
    if isinstance(node, AtLeast):
        return _cheapest([_way_of_node(part, facts, known) for part in node.parts], node.n)
    if isinstance(node, People):
        return Way(people=(node.text,))
    if isinstance(node, Points):
        return way_to_points(node, facts, known)
    value = facts.value(node.fact)
    if value is None:
        return Way(wanted=tuple(facts.wanted(node.fact)))
    if known.bounds(node).certain:
        return Way()
    return Way((shortfall_of(node, value, facts),))


def _way_of_tiers(condition: Condition, tiers: Tiers, facts: Facts) -> Way:
    """Measured against the tier that applies; against the easiest one while the deciding fact is unknown."""
    assert condition.fact is not None
    deciding = facts.value(tiers.by)
    if deciding is None:
        tests = [build(condition.operator, condition.fact, tier.value, ()) for tier in tiers.tiers]
        best = min((_way_of_new(test, facts) for test in tests), key=lambda way: way.effort)
        return _merged([best, Way(wanted=tuple(facts.wanted(tiers.by)))])
    return _way_of_new(build(condition.operator, condition.fact, tiers.tier_for(deciding).value, ()), facts)


def _way_of_new(node: Node, facts: Facts) -> Way:
    """A test made on the way does not outlive an evaluation of the sheet's own trees."""
    return _way_of_node(node, facts, Evaluation(facts.value, facts.on))


def way_to_points(points: Points, facts: Facts, known: Evaluation) -> Way:
    """The cheapest set of changes with which a score and its parts reach what they must."""
    enough = [option for option in _options(points, facts, known) if option.points >= points.least]
    if not enough:
        return Way()
    chosen = min(enough, key=lambda option: (option.hopeless, option.effort))
    return _merged(chosen.ways)


class _Option(NamedTuple):
    """So many points can be had by these ways together."""

    points: int
    effort: float = 0.0
    hopeless: bool = False
    ways: tuple[Way, ...] = ()


def _options(points: Points, facts: Facts, known: Evaluation) -> list[_Option]:
    """What each number of points costs, cheapest first; nothing that costs more without giving more."""
    options = [_Option(0)]
    for worth, node in points.bands:
        way = _way_of_node(node, facts, known)
        options.append(_Option(worth, way.effort, way.hopeless, (way,)))
    for part in points.parts:
        below = _options(part, facts, known)
        options = options + below if points.best else [_together(a, b) for a in options for b in below]
        options = _worthwhile(options)
    most = MOST_POINTS if points.most is None else points.most
    return _worthwhile([o._replace(points=min(o.points, most)) for o in options], points.least)


def _together(one: _Option, other: _Option) -> _Option:
    return _Option(
        one.points + other.points,
        one.effort + other.effort,
        one.hopeless or other.hopeless,
        one.ways + other.ways,
    )


def _worthwhile(options: list[_Option], least: int = 0) -> list[_Option]:
    kept: list[_Option] = []
    for option in sorted(options, key=lambda o: (o.hopeless, o.effort, -o.points)):
        if option.points >= least and (not kept or option.points > kept[-1].points):
            kept.append(option)
    return kept


def _cheapest(ways: list[Way], needed: int) -> Way:
    ordered = sorted(ways, key=lambda way: (way.hopeless, way.effort))
    chosen = _merged(ordered[:needed])
    others = tuple(way.text for way in ordered[needed:] if not way.hopeless)
    return Way(chosen.shortfalls, chosen.wanted, chosen.people, others)


def _merged(ways: Iterable[Way]) -> Way:
    ways = list(ways)
    return Way(
        tuple(dict.fromkeys(shortfall for way in ways for shortfall in way.shortfalls)),
        tuple(dict.fromkeys(item for way in ways for item in way.wanted)),
        tuple(dict.fromkeys(text for way in ways for text in way.people)),
    )
