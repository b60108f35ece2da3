"""Is a test well written: does the operator fit the fact, can the threshold be read?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from policies.conditions.thresholds import read_age, read_moment
from policies.conditions.written import Tiers
from policies.facts import Fact, fact_named, read_value
from policies.facts.values import read_number

_ANY_DAY = date(2000, 1, 1)
KINDS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("at_least", "more_than", "at_most", "less_than"), ("number",)),
    "between": ("number", "date"),
    **dict.fromkeys(("on_or_after", "on_or_before", "age_at_least", "age_at_most"), ("date",)),
    "in_": ("category",),
    **dict.fromkeys(("any_of", "all_of"), ("set",)),
    "is_": ("yes_no",),
}


def check_test(fact_name: str, operator: str, written: Any) -> None:
    """One fact with one operator; raises FactError or ValueError with the first thing wrong (Chinese)."""
    fact = fact_named(fact_name)
    if fact.kind not in KINDS[operator]:
        raise ValueError(f"{operator.rstrip('_')} 不能用于“{fact.label}”（{fact.kind}）")
    _read_threshold(fact, operator, written)


def _read_threshold(fact: Fact, operator: str, written: Any) -> None:
    if operator.startswith("age_"):
        read_age(written)
    elif operator in ("in_", "any_of", "all_of"):
        _read_members(fact, written)
    elif operator != "is_":
        read: Callable[[object], object] = (
            _read_day_threshold if fact.kind == "date" else _number_reader(fact)
        )
        if isinstance(written, Tiers):
            _read_tiers(fact_named(written.by), written, read)
        else:
            for value in written if operator == "between" else (written,):
                read(value)
            if operator == "between":
                _check_order(written, fact)


def _check_order(written: tuple[Any, Any], fact: Fact) -> None:
    low, high = (
        read_moment(v, _ANY_DAY).toordinal() if fact.kind == "date" else read_number(v) for v in written
    )
    if low > high:
        raise ValueError("between 的下限大于上限")


def _read_members(fact: Fact, members: tuple[str, ...]) -> None:
    if not members:
        raise ValueError("列表是空的")
    for member in members:
        read_value(fact, [member] if fact.kind == "set" else member)


def _read_day_threshold(value: object) -> object:
    return read_moment(value, _ANY_DAY)


def _number_reader(fact: Fact) -> Callable[[object], object]:
    def read(value: object) -> object:
        if fact.unit == "元" and isinstance(value, str) and value.endswith("%"):
            raise ValueError(f"“{fact.label}”的门槛应为金额，不是百分比")
        if fact.is_ratio and isinstance(value, str) and value[-1:] in ("万", "亿", "元"):
            raise ValueError(f"“{fact.label}”的门槛应为比例，不是金额")
        return read_number(value)

    return read


def _read_tiers(by: Fact, written: Tiers, read: Callable[[object], object]) -> None:
    if by.kind != "number":
        raise ValueError(f"分档只能按数字，“{by.label}”不是数字")
    limits = [tier.up_to for tier in written.tiers]
    if limits[-1] is not None or None in limits[:-1]:
        raise ValueError("只有最后一档不写 up_to")
    exact = [read_number(limit) for limit in limits[:-1] if limit is not None]
    if exact != sorted(set(exact)):
        raise ValueError("各档的 up_to 应当从小到大")
    for tier in written.tiers:
        read(tier.value)
