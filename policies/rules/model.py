"""A rule: a dated version of who qualifies, with its source and its application windows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import combinations
from typing import Any, Literal, NotRequired

from pydantic import Field, model_serializer, model_validator
from typing_extensions import TypedDict

from policies.conditions import Condition, Frozen

Mark = Literal["G", "P", "R", "K", "C", "?"]
ApplicationKind = Literal["new", "renewal"]


class CitationJson(TypedDict):
    """Where something is written, as JSON; an empty address is left out."""

    title: str
    url: NotRequired[str]
    mark: Mark
    checked: NotRequired[bool]


class Source(Frozen):
    """Where something is written; `url` only official addresses, `checked` once a person opened it."""

    title: str
    url: str = ""
    mark: Mark = "?"
    checked: bool = False

    @model_serializer(mode="wrap")
    def _compact(self, write: Any) -> dict[str, Any]:
        return {k: v for k, v in write(self).items() if v not in ("", False)}

    def as_dict(self) -> CitationJson:
        """The same, for what is put together by hand."""
        told: CitationJson = {"title": self.title, "mark": self.mark}
        if self.url:
            told["url"] = self.url
        if self.checked:
            told["checked"] = True
        return told


class Window(Frozen):
    """Days on which applications are taken, both included."""

    open: date
    close: date
    source: str = ""
    mark: Mark = "?"

    @model_validator(mode="after")
    def _ordered(self) -> Window:
        if self.close < self.open:
            raise ValueError(f"申报窗口的截止日 {self.close} 早于开始日 {self.open}")
        return self

    def holds(self, on: date) -> bool:
        """Whether applications are taken on this day (the last day counts whole)."""
        return self.open <= on <= self.close


class Season(Frozen):
    """What a notice changes for application days `from_`..`to`: conditions waived, replaced or added.

    A condition in `all_` replaces the rule's condition of the same id and its source is the notice.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")
    kind: Literal["new", "renewal", "any"] = "any"
    from_: date = Field(alias="from")
    to: date
    source: Source
    note: str = ""
    waives: tuple[str, ...] = ()
    all_: tuple[Condition, ...] = Field(default=(), alias="all")

    @property
    def touches(self) -> set[str]:
        """The ids of the conditions this season changes."""
        return {*self.waives, *(condition.id or "" for condition in self.all_)}

    def holds(self, on: date, kind: ApplicationKind) -> bool:
        """Whether it changes the judging of this application."""
        return self.from_ <= on <= self.to and self.kind in ("any", kind)

    def change(self, conditions: Sequence[Condition]) -> list[Condition]:
        """The conditions as they stand in this season."""
        own = {c.id: c.model_copy(update={"source": c.source or self.source.title}) for c in self.all_}
        kept = [own.pop(c.id, c) for c in conditions if c.id not in self.waives]
        return [*kept, *own.values()]


class Rule(Frozen):
    """Who qualifies, for application days `from_`..`to` (inclusive; None = no end known)."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")
    kind: Literal["new", "renewal", "any"] = "any"
    from_: date = Field(alias="from")
    to: date | None = None
    source: Source
    windows: tuple[Window, ...] = ()
    confirmed: bool = True
    note: str = ""
    all_: tuple[Condition, ...] = Field(alias="all", min_length=1)
    seasons: tuple[Season, ...] = ()

    @model_validator(mode="after")
    def _check(self) -> Rule:
        if self.to is not None and self.to < self.from_:
            raise ValueError(f"规则 {self.id} 的 to 早于 from")
        _check_named(f"规则 {self.id} ", self.all_)
        ids = {condition.id for condition in self.all_}
        for season in self.seasons:
            _check_season(season, ids)
        for one, other in combinations(self.seasons, 2):
            if _meet(one, other) and (both := one.touches & other.touches):
                names = "、".join(sorted(both))
                raise ValueError(f"申报季 {one.id} 与 {other.id} 的日期重叠，又都改动了 {names}")
        return self

    def in_season(self, on: date, kind: ApplicationKind) -> Rule:
        """The rule as it judges this application: itself, or with the season's changes made."""
        current = [season for season in self.seasons if season.holds(on, kind)]
        if not current:
            return self
        conditions: Sequence[Condition] = self.all_
        for season in current:
            conditions = season.change(conditions)
        return self.model_copy(update={"all_": tuple(conditions), "seasons": tuple(current)})

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """The conditions that must all hold."""
        return self.all_

    def in_force(self, on: date) -> bool:
        """Whether this version judges an application made on `on`."""
        return self.from_ <= on and (self.to is None or on <= self.to)

    def serves(self, kind: ApplicationKind) -> bool:
        """Whether this version judges this kind of application."""
        return self.kind in ("any", kind)


def _check_named(where: str, conditions: Sequence[Condition]) -> None:
    seen: set[str] = set()
    for condition in conditions:
        if not condition.id or not condition.label:
            raise ValueError(f"{where}的每个条件都要有 id 和 label")
        if condition.id in seen:
            raise ValueError(f"{where}有两个条件叫 {condition.id}")
        seen.add(condition.id)


def _check_season(season: Season, ids: set[str | None]) -> None:
    if season.to < season.from_:
        raise ValueError(f"申报季 {season.id} 的 to 早于 from")
    if not season.touches:
        raise ValueError(f"申报季 {season.id} 什么也没有改动")
    if unknown := set(season.waives) - ids:
        raise ValueError(f"申报季 {season.id} 免除的条件不存在：{'、'.join(sorted(unknown))}")
    if both := set(season.waives) & {condition.id for condition in season.all_}:
        raise ValueError(f"申报季 {season.id} 既免除又改写：{'、'.join(sorted(map(str, both)))}")
    if ids <= set(season.waives) and not season.all_:
        raise ValueError(f"申报季 {season.id} 免除了全部条件")
    _check_named(f"申报季 {season.id} ", season.all_)


def _meet(one: Season, other: Season) -> bool:
    same_kind = one.kind == other.kind or "any" in (one.kind, other.kind)
    return same_kind and one.from_ <= other.to and other.from_ <= one.to
