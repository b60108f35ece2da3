"""Conditions, values and thresholds in plain Chinese."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import lru_cache

from policies.conditions.model import Condition, ScorePart
from policies.conditions.thresholds import read_age, read_moment
from policies.conditions.written import Tiers, Written
from policies.facts import Fact, Value, fact_named, members_of
from policies.facts.values import money_text, percent_text, read_number
from policies.vocabulary import WORD_LISTS

_WORDS: Mapping[str, str] = {
    "at_least": "不低于",
    "more_than": "大于",
    "at_most": "不超过",
    "less_than": "小于",
    "on_or_after": "不早于",
    "on_or_before": "不晚于",
}


def value_text(fact: Fact, value: Value) -> str:
    """A fact's value as people say it."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, frozenset):
        return member_text(fact, sorted(value)) or "无"
    if isinstance(value, str):
        return member_text(fact, [value])
    return number_text(fact, value)


def number_text(fact: Fact, value: object) -> str:
    """A number in the fact's own unit: 5%, 5000万元, 12人."""
    exact = read_number(value)
    if fact.is_ratio:
        return percent_text(exact)
    if fact.unit == "元":
        return money_text(exact)
    whole = exact.numerator if exact.denominator == 1 else round(float(exact), 2)
    return f"{whole}{fact.unit}"


def member_text(fact: Fact, members: Iterable[str]) -> str:
    """Members of a category or set by their labels."""
    words = WORD_LISTS.get(fact.members) if isinstance(fact.members, str) else None
    labels = words.labels() if words else members_of(fact) or {}
    return "、".join(labels.get(member, member) for member in members)


def threshold_text(condition: Condition, on: date, lookup: Callable[[str], Value | None]) -> str:
    """What a condition asks for, for an application on `on`; tiers name the one that applies when known."""
    if condition.subject is not None and condition.fact is None:
        return f"不得{threshold_text(condition.subject, on, lookup)}"
    if condition.fact is None:
        return _combined_text(condition, on, lookup)
    fact, operator = fact_named(condition.fact), condition.operator
    written = getattr(condition, operator)
    if operator in _WORDS:
        if isinstance(written, Tiers):
            return _WORDS[operator] + _tier_text(fact, written, lookup(written.by))
        return _WORDS[operator] + _written_text(fact, written, on)
    if operator == "between":
        return f"在{_written_text(fact, written[0], on)}至{_written_text(fact, written[1], on)}之间"
    if operator.startswith("age_"):
        return f"{'满' if operator == 'age_at_least' else '不超过'}{read_age(written).text}"
    if operator == "is_":
        return "为“是”" if written else "为“否”"
    words = {"in_": "属于", "any_of": "含其中之一：", "all_of": "同时含有："}
    return words[operator] + member_text(fact, written)


def _written_text(fact: Fact, written: Written, on: date) -> str:
    if fact.kind == "date":
        return read_moment(written, on).isoformat()
    return _amount_text(fact.name, written)


@lru_cache(maxsize=4096)
def _amount_text(fact: str, written: Written) -> str:
    """Sheets repeat the same few thresholds, and a page shows them all."""
    return number_text(fact_named(fact), written)


def _tier_text(fact: Fact, tiers: Tiers, deciding: Value | None) -> str:
    by = fact_named(tiers.by)
    if deciding is None:
        values = "／".join(number_text(fact, tier.value) for tier in tiers.tiers)
        return f"{values}（按{by.label}分档）"
    return f"{number_text(fact, tiers.tier_for(deciding).value)}（{by.label}{number_text(by, deciding)}适用）"


def _combined_text(condition: Condition, on: date, lookup: Callable[[str], Value | None]) -> str:
    if condition.score is not None:
        return score_text(condition.score)
    if condition.declared or condition.needs_person:
        return condition.declared or condition.needs_person or ""
    parts = [_named_text(part, on, lookup) for part in condition.parts]
    if condition.not_ is not None:
        return f"不得有：{parts[0]}"
    if condition.at_least_n is not None:
        return f"以下至少{condition.at_least_n}项：{'；'.join(parts)}"
    return ("以下任一：" if condition.any_ else "以下全部：") + "；".join(parts)


def score_text(score: ScorePart) -> str:
    """What a score must reach, in all and in single parts."""
    minimums = [
        f"{part.label}不少于{part.least}分" for part in score.walk() if part.least and part is not score
    ]
    return "，".join([f"不少于{score.least}分（满分{score.top}分）", *minimums])


def _named_text(part: Condition, on: date, lookup: Callable[[str], Value | None]) -> str:
    # A combination within a combination is called by its name; its own sentence says what it asks for.
    if part.label and part.parts:
        return part.label.rstrip("：")
    subject = part.subject
    label = part.label or (fact_named(subject.fact).label if subject and subject.fact else "")
    return f"{label}{threshold_text(part, on, lookup)}"
