"""A score part by part: how many points are certain, how many are possible, and what would decide."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from typing_extensions import TypedDict

from policies.conditions import (
    Evaluation,
    Node,
    People,
    PointRange,
    ScorePart,
    leaves,
    value_text,
)
from policies.facts import Facts, Wanted, WantedJson, fact_named

Open = Literal["settled", "needs_evidence", "unknown"]


class ScoreJson(TypedDict):
    """A score or a part of one, as JSON."""

    id: str
    label: str
    low: int
    likely: int
    high: int
    top: int
    least: int
    open: Open
    basis: str
    evidence: str
    clause: str
    choose: Literal["best", "sum"]
    wanted: list[WantedJson]
    parts: list[ScoreJson]


@dataclass(frozen=True)
class PartAnswer:
    """One part of a score: its range of points, what it rests on, what could still change it.

    `likely` is what it comes to if people give all they can while missing facts count for nothing.
    """

    id: str
    label: str
    range: PointRange
    top: int
    least: int = 0
    basis: str = ""
    evidence: str = ""
    clause: str = ""
    wanted: tuple[Wanted, ...] = ()
    parts: tuple[PartAnswer, ...] = ()
    best: bool = False

    @property
    def open(self) -> Open:
        """What keeps the range open: missing facts before people's judgement."""
        if self.range.low == self.range.high:
            return "settled"
        return "needs_evidence" if self.range.favourable == self.range.high else "unknown"

    @property
    def deciding(self) -> Iterator[PartAnswer]:
        """The smallest parts whose range is still open."""
        if not self.parts and self.open != "settled":
            yield self
        for part in self.parts:
            yield from part.deciding

    @property
    def range_text(self) -> str:
        """The points in words: 8分, 0至8分."""
        low, _, high = self.range
        return f"{low}分" if low == high else f"{low}至{high}分"

    def as_dict(self) -> ScoreJson:
        """The part as JSON."""
        return {
            "id": self.id,
            "label": self.label,
            "low": self.range.low,
            "likely": self.range.favourable,
            "high": self.range.high,
            "top": self.top,
            "least": self.least,
            "open": self.open,
            "basis": self.basis,
            "evidence": self.evidence,
            "clause": self.clause,
            "choose": "best" if self.best else "sum",
            "wanted": [item.as_dict() for item in self.wanted],
            "parts": [part.as_dict() for part in self.parts],
        }


def explain_score(part: ScorePart, facts: Facts, known: Evaluation) -> PartAnswer:
    """The range of a score and of each of its parts for what is known about a firm."""
    undecided = dict.fromkeys(known.undecided_points(part.points))
    return PartAnswer(
        id=part.id,
        label=part.label,
        range=known.points(part.points),
        top=part.top,
        least=part.least,
        basis=_basis(part.points.nodes(), facts) if not part.parts else "",
        evidence=part.evidence,
        clause=part.clause,
        wanted=tuple(dict.fromkeys(item for name in undecided for item in facts.wanted(name))),
        parts=tuple(explain_score(piece, facts, known) for piece in part.parts),
        best=bool(part.best),
    )


def _basis(nodes: Iterator[Node], facts: Facts) -> str:
    """The known values its bands look at, in words."""
    names = dict.fromkeys(
        leaf.fact for node in nodes for leaf in leaves(node) if not isinstance(leaf, People)
    )
    known = [(fact_named(name), facts.value(name)) for name in names]
    return "、".join(f"{fact.label}{value_text(fact, value)}" for fact, value in known if value is not None)
