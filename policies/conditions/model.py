"""A condition as a sheet writes it: a test of one fact, a combination, a score, or a matter for people."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from pydantic import Field, model_serializer, model_validator

from policies.conditions.building import build
from policies.conditions.checks import KINDS, check_test
from policies.conditions.tree import Node, People, Points, all_of, negate
from policies.conditions.written import Frozen, Threshold, Written
from policies.facts import FactError

MOST_POINTS = 1000
COMBINATIONS = ("any_", "all_", "not_", "at_least_n")
PEOPLE = ("declared", "needs_person")
SCORE = "score"
CARRIED = (*KINDS, *COMBINATIONS, *PEOPLE, SCORE)


class Condition(Frozen):
    """One condition; `id` and `label` are required where it stands directly under a rule's `all`."""

    id: str | None = Field(default=None, pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")
    label: str = ""
    clause: str = ""
    source: str = ""
    fix: bool = False
    help: tuple[str, ...] = ()
    fact: str | None = None
    at_least: Threshold | None = None
    more_than: Threshold | None = None
    at_most: Threshold | None = None
    less_than: Threshold | None = None
    between: tuple[Written, Written] | None = None
    on_or_after: Written | None = None
    on_or_before: Written | None = None
    age_at_least: str | None = None
    age_at_most: str | None = None
    in_: tuple[str, ...] | None = Field(default=None, alias="in")
    any_of: tuple[str, ...] | None = None
    all_of: tuple[str, ...] | None = None
    is_: bool | None = Field(default=None, alias="is")
    any_: tuple[Condition, ...] | None = Field(default=None, alias="any", min_length=1)
    all_: tuple[Condition, ...] | None = Field(default=None, alias="all", min_length=1)
    not_: Condition | None = Field(default=None, alias="not")
    at_least_n: int | None = Field(default=None, ge=1)
    of: tuple[Condition, ...] | None = Field(default=None, min_length=1)
    declared: str | None = Field(default=None, min_length=1)
    needs_person: str | None = Field(default=None, min_length=1)
    score: ScorePart | None = None

    @property
    def carried(self) -> list[str]:
        """Which operators, combinations or matters for people are written here; rightly exactly one."""
        return [name for name in CARRIED if getattr(self, name) is not None]

    @cached_property
    def operator(self) -> str:
        """The one operator, combination or matter for people (field name)."""
        return self.carried[0]

    @cached_property
    def tree(self) -> Node:
        """The logic of this condition, worked out once."""
        if self.score is not None:
            return self.score.points
        parts = [part.tree for part in self.parts]
        return build(self.operator, self.fact or "", getattr(self, self.operator), parts)

    @property
    def subject(self) -> Condition | None:
        """The single test this condition is about: itself, or the one thing that must not be."""
        if self.not_ is not None and self.not_.fact is not None:
            return self.not_
        return self if self.fact is not None else None

    @property
    def parts(self) -> tuple[Condition, ...]:
        """The conditions a combination is made of."""
        if self.not_ is not None:
            return (self.not_,)
        return self.any_ or self.all_ or self.of or ()

    @model_validator(mode="after")
    def _check(self) -> Condition:
        carried = self.carried
        names = "、".join(name.rstrip("_") for name in carried)
        if len(carried) != 1:
            raise ValueError(f"应当恰好写一个运算符或组合，现有：{names or '无'}")
        if (self.of is not None) != (carried[0] == "at_least_n"):
            raise ValueError("at_least_n 与 of 必须一起写")
        if self.of is not None and (self.at_least_n or 0) > len(self.of):
            raise ValueError(f"at_least_n 是 {self.at_least_n}，但 of 只有 {len(self.of)} 项")
        if (self.fact is not None) != (carried[0] in KINDS):
            raise ValueError(f"{names} 缺少 fact" if self.fact is None else f"{names} 不能与 fact 一起写")
        if self.fact is not None:
            _check_fact(self.fact, carried[0], getattr(self, carried[0]))
        if self.score is not None and self.score.least == 0:
            raise ValueError("score 要写 least：总分至少多少分")
        if self.not_ is not None:
            negate(self.not_.tree)
        return self

    @model_serializer(mode="wrap")
    def _compact(self, write: Any) -> dict[str, Any]:
        # A threshold of 0 and a yes/no of "no" are something; only what was not written is left out.
        return {
            name: value
            for name, value in write(self).items()
            if value is not None and value not in ("", [], ()) and (value is not False or name == "is")
        }


class Band(Frozen):
    """Points given where `when` holds (left out: always); a pair is a range within which people decide."""

    points: int | tuple[int, int]
    when: Condition | None = None

    @property
    def low(self) -> int:
        return self.points if isinstance(self.points, int) else self.points[0]

    @property
    def high(self) -> int:
        return self.points if isinstance(self.points, int) else self.points[1]

    @model_validator(mode="after")
    def _check(self) -> Band:
        if not 0 <= self.low <= self.high <= MOST_POINTS:
            raise ValueError(f"分值应在 0 到 {MOST_POINTS} 之间，区间从小到大")
        return self

    @model_serializer(mode="wrap")
    def _compact(self, write: Any) -> dict[str, Any]:
        return {key: value for key, value in write(self).items() if value is not None}


class ScorePart(Frozen):
    """A score or a part of one: the best band that holds, the sum of its parts, or the best of its parts.

    `most` caps it, `least` is what it must reach, `evidence` says what people judge where a band is a range.
    """

    id: str = Field(default="total", pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")
    label: str = ""
    clause: str = ""
    evidence: str = ""
    most: int | None = Field(default=None, ge=1, le=MOST_POINTS)
    least: int = Field(default=0, ge=0)
    bands: tuple[Band, ...] = ()
    sum: tuple[ScorePart, ...] = ()
    best: tuple[ScorePart, ...] = ()

    @property
    def parts(self) -> tuple[ScorePart, ...]:
        """The parts that are added up, or of which the best counts."""
        return self.sum or self.best

    @cached_property
    def top(self) -> int:
        """The most points there are to get."""
        own = max((band.high for band in self.bands), default=0)
        tops = [part.top for part in self.parts]
        all_tops = own + (max(tops, default=0) if self.best else sum(tops))
        return all_tops if self.most is None else min(all_tops, self.most)

    @cached_property
    def points(self) -> Points:
        """The logic of this part; the range of a band is points people may add."""
        bands: list[tuple[int, Node]] = []
        for band in self.bands:
            holds = [band.when.tree] if band.when else []
            bands.append((band.low, all_of(*holds)))
            if band.high > band.low:
                bands.append((band.high, all_of(*holds, People("needs_person", self.evidence))))
        kept = tuple((worth, node) for worth, node in bands if worth)
        parts = tuple(part.points for part in self.parts)
        return Points(kept, parts, bool(self.best), self.most, self.least)

    def walk(self) -> Iterator[ScorePart]:
        """This part and all below it, in reading order."""
        yield self
        for part in self.parts:
            yield from part.walk()

    @model_validator(mode="after")
    def _check(self) -> ScorePart:
        if [bool(kind) for kind in (self.bands, self.sum, self.best)].count(True) != 1:
            raise ValueError(f"{self.label or self.id} 应当恰好写 bands、sum、best 之一")
        if self.least > self.top:
            raise ValueError(f"{self.label or self.id} 的 least 是 {self.least}，最多只有 {self.top} 分")
        if any(band.high > band.low for band in self.bands) and not self.evidence:
            raise ValueError(f"{self.label or self.id} 有由人评定的区间，要写 evidence：凭什么材料评定")
        if any(part.least for choice in self.best for part in choice.walk()):
            raise ValueError(f"{self.label or self.id}：least 不能写在 best 之下")
        ids = [part.id for part in self.walk()]
        if twins := {name for name in ids if ids.count(name) > 1}:
            raise ValueError(f"得分的各部分有重复的 id：{'、'.join(sorted(twins))}")
        return self

    @model_serializer(mode="wrap")
    def _compact(self, write: Any) -> dict[str, Any]:
        left_out: tuple[Any, ...] = (None, "", [], (), 0)
        written = {k: v for k, v in write(self).items() if v not in left_out}
        return {k: v for k, v in written.items() if (k, v) != ("id", "total")}


Condition.model_rebuild()


def _check_fact(fact: str, operator: str, written: Any) -> None:
    try:
        check_test(fact, operator, written)
    except FactError as wrong:
        raise ValueError(str(wrong)) from wrong
