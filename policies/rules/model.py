"""A rule: a dated version of who qualifies, with its source and its application windows."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import Field, model_serializer, model_validator

from policies.conditions import Condition, Frozen

Mark = Literal["G", "P", "R", "K", "C", "?"]
ApplicationKind = Literal["new", "renewal"]


class Source(Frozen):
    """Where something is written; `url` only official addresses, `checked` once a person opened it."""

    title: str
    url: str = ""
    mark: Mark = "?"
    checked: bool = False

    @model_serializer(mode="wrap")
    def _compact(self, write: Any) -> dict[str, Any]:
        return {k: v for k, v in write(self).items() if v not in ("", False)}


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

    @model_validator(mode="after")
    def _check(self) -> Rule:
        if self.to is not None and self.to < self.from_:
            raise ValueError(f"规则 {self.id} 的 to 早于 from")
        seen: set[str] = set()
        for condition in self.all_:
            if not condition.id or not condition.label:
                raise ValueError(f"规则 {self.id} 的每个条件都要有 id 和 label")
            if condition.id in seen:
                raise ValueError(f"规则 {self.id} 有两个条件叫 {condition.id}")
            seen.add(condition.id)
        return self

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
