"""One thing known about one firm: the value, what it is about, who says so and since when it is known."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from typing_extensions import TypedDict

from policies.facts.errors import FactError
from policies.facts.members import members_of
from policies.facts.registry import Fact, fact_named
from policies.facts.values import decimal_text, read_day, read_number, read_yes_no

Value = int | Fraction | date | str | bool | frozenset[str]
ValueJson = bool | int | str | list[str]

SOURCES: Mapping[str, str] = {
    "registry": "登记信息",
    "tax": "税务数据",
    "staff_verified": "工作人员核实",
    "self_declared": "企业自述",
}
RANK: Mapping[str, int] = {source: rank for rank, source in enumerate(SOURCES)}
LARGEST = 10**15
_YEAR = re.compile(r"(19|20)\d\d")


class FactJson(TypedDict):
    """A record as JSON."""

    name: str
    value: ValueJson
    period: str | None
    source: str
    known_at: str | None
    by: str


@dataclass(frozen=True)
class FactRecord:
    """A fact as it was learnt; `value` is made exact; `period` is "2025", a day, or None."""

    name: str
    value: Value
    period: str | None = None
    source: str = "self_declared"
    known_at: datetime | None = None
    by: str = ""
    # How well its source ranks for this fact (0 is best) where that was settled; else by RANK.
    rank: int | None = field(default=None, compare=False)

    @property
    def source_rank(self) -> int:
        """How well its source ranks for this fact; 0 is best."""
        return RANK[self.source] if self.rank is None else self.rank

    def __post_init__(self) -> None:
        fact = fact_named(self.name)
        object.__setattr__(self, "value", read_value(fact, self.value))
        object.__setattr__(self, "period", _period(fact, self.period, self.known_at))
        if self.source not in SOURCES:
            raise FactError(self.name, f"不认识的来源“{self.source}”")

    @classmethod
    def kept(
        cls,
        name: str,
        value: Any,
        period: str | None,
        source: str,
        known_at: datetime | None,
        by: str,
        rank: int | None = None,
    ) -> FactRecord:
        """A record that was checked when it was written down, read back fast: exact values as text or JSON.

        FactError when the registry no longer takes a value of this kind.
        """
        fact = fact_named(name)
        record = object.__new__(cls)
        record.__dict__.update(
            name=name,
            value=kept_value(fact, value),
            period=period,
            source=source,
            known_at=known_at,
            by=by,
            rank=rank,
        )
        return record

    def as_dict(self) -> FactJson:
        """The record as JSON: ratios as decimal strings, days as text, sets sorted."""
        known_at = self.known_at.isoformat() if self.known_at else None
        return {
            "name": self.name,
            "value": value_json(self.value),
            "period": self.period,
            "source": self.source,
            "known_at": known_at,
            "by": self.by,
        }


def read_value(fact: Fact, value: object) -> Value:
    """The exact value of a fact from what a person or a file gives; raises FactError naming the fact."""
    try:
        if fact.kind == "number":
            return _number(fact, value)
        if fact.kind == "date":
            return read_day(value)
        if fact.kind == "yes_no":
            return read_yes_no(value)
        if fact.kind == "category":
            return _member(fact, value)
        if isinstance(value, str) or not isinstance(value, Iterable):
            raise ValueError("应为列表")
        return frozenset(_member(fact, item) for item in value)
    except ValueError as wrong:
        raise FactError(fact.name, f"{fact.label}{wrong}") from None


def kept_value(fact: Fact, value: Any) -> Value:
    """A value that was checked when it was written down, read back; FactError when it is of another kind."""
    kind = fact.kind
    if kind == "number":
        if type(value) is int:
            return value
        if isinstance(value, str):
            return read_value(fact, Fraction(value))
    elif kind == "yes_no":
        if isinstance(value, bool):
            return value
    elif kind == "date":
        return _kept_day(fact, value)
    elif kind == "category":
        return _member(fact, value)
    elif isinstance(value, list):
        return frozenset([_member(fact, item) for item in value])
    raise FactError(fact.name, f"{fact.label}的旧值不再适用")


def _kept_day(fact: Fact, value: Any) -> Value:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        return read_value(fact, value)


def value_json(value: Value) -> ValueJson:
    """A fact's value as JSON shows it."""
    if isinstance(value, Fraction):
        return decimal_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    return value


def records_from(facts: Mapping[str, Any], source: str = "self_declared") -> list[FactRecord]:
    """Records from a plain mapping: name → value, or name → {year: value} for yearly facts."""
    records = []
    for name, given in facts.items():
        by_period = given.items() if isinstance(given, Mapping) else [(None, given)]
        records += [
            FactRecord(name, value, None if period is None else str(period), source)
            for period, value in by_period
        ]
    return records


def _number(fact: Fact, value: object) -> int | Fraction:
    number = read_number(value)
    if number < 0 and not fact.signed:
        raise ValueError("不能是负数")
    if abs(number) > LARGEST:
        raise ValueError("数值过大，请核对单位（应为元）")
    if fact.is_ratio:
        if fact.share and number > 1:
            raise ValueError("不能超过100%")
        return number
    if fact.derived is None and number.denominator != 1:
        raise ValueError(f"应为整数（单位：{fact.unit}）")
    if fact.most is not None and number > fact.most:
        raise ValueError(f"不能超过{fact.most}{fact.unit}")
    return int(number) if number.denominator == 1 else number


def _member(fact: Fact, value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("应为文字")
    known = members_of(fact)
    if known is not None and value not in known:
        raise ValueError(f"没有“{value[:40]}”这个选项")
    return value


def _period(fact: Fact, period: str | None, known_at: datetime | None) -> str | None:
    if period is None:
        return None
    if _YEAR.fullmatch(str(period)):
        if known_at is not None and int(period) > known_at.year:
            raise FactError(fact.name, f"{fact.label}的年度 {period} 在将来")
        return str(period)
    try:
        day = read_day(period)
    except ValueError as wrong:
        raise FactError(fact.name, f"{fact.label}的所属期{wrong}，也可以是四位年份") from None
    if fact.period == "year":
        raise FactError(fact.name, f"{fact.label}应写明会计年度（四位年份）")
    return day.isoformat()
