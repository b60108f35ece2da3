"""Is a condition well written? One Chinese sentence names the first thing wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from policies.conditions.thresholds import read_age, read_moment
from policies.facts import Fact, FactError, fact_named, read_value
from policies.facts.values import read_number

if TYPE_CHECKING:
    from policies.conditions.model import Condition

OPERATORS = (
    "at_least",
    "more_than",
    "at_most",
    "less_than",
    "between",
    "on_or_after",
    "on_or_before",
    "age_at_least",
    "age_at_most",
    "in_",
    "any_of",
    "all_of",
    "is_",
)
COMBINATIONS = ("any_", "all_", "not_", "at_least_n")
PEOPLE = ("declared", "needs_person")

_ANY_DAY = date(2000, 1, 1)
_KINDS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("at_least", "more_than", "at_most", "less_than"), ("number",)),
    "between": ("number", "date"),
    **dict.fromkeys(("on_or_after", "on_or_before", "age_at_least", "age_at_most"), ("date",)),
    "in_": ("category",),
    **dict.fromkeys(("any_of", "all_of"), ("set",)),
    "is_": ("yes_no",),
}


def problem_of(condition: Condition) -> str:
    """What is wrong with this condition itself (not its parts), or an empty string."""
    carried = [name for name in OPERATORS + COMBINATIONS + PEOPLE if getattr(condition, name) is not None]
    names = "、".join(name.rstrip("_") for name in carried)
    if len(carried) != 1:
        return f"应当恰好写一个运算符或组合，现有：{names or '无'}"
    if (condition.of is not None) != (carried[0] == "at_least_n"):
        return "at_least_n 与 of 必须一起写"
    if carried[0] in OPERATORS:
        return _problem_of_test(condition, carried[0])
    if condition.fact is not None:
        return f"{names} 不能与 fact 一起写"
    if condition.of is not None and (condition.at_least_n or 0) > len(condition.of):
        return f"at_least_n 是 {condition.at_least_n}，但 of 只有 {len(condition.of)} 项"
    return ""


def _problem_of_test(condition: Condition, operator: str) -> str:
    if condition.fact is None:
        return f"{operator.rstrip('_')} 缺少 fact"
    try:
        fact = fact_named(condition.fact)
        if fact.kind not in _KINDS[operator]:
            return f"{operator.rstrip('_')} 不能用于“{fact.label}”（{fact.kind}）"
        _read_threshold(fact, operator, getattr(condition, operator))
    except (FactError, ValueError) as wrong:
        return str(wrong)
    return ""


def _read_threshold(fact: Fact, operator: str, written: Any) -> None:
    if operator.startswith("age_"):
        read_age(written)
    elif operator in ("in_", "any_of", "all_of"):
        _read_members(fact, written)
    elif operator != "is_":
        read: Callable[[object], object] = (
            _read_day_threshold if fact.kind == "date" else _number_reader(fact)
        )
        tiers = getattr(written, "tiers", None)
        if tiers is not None:
            _read_tiers(fact_named(written.by), tiers, read)
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


def _read_tiers(by: Fact, tiers: tuple[Any, ...], read: Callable[[object], object]) -> None:
    if by.kind != "number":
        raise ValueError(f"分档只能按数字，“{by.label}”不是数字")
    limits = [tier.up_to for tier in tiers]
    if limits[-1] is not None or None in limits[:-1]:
        raise ValueError("只有最后一档不写 up_to")
    exact = [read_number(limit) for limit in limits[:-1]]
    if exact != sorted(set(exact)):
        raise ValueError("各档的 up_to 应当从小到大")
    for tier in tiers:
        read(tier.value)
