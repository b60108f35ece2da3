"""One plain Chinese sentence per condition: what is known, what is asked, what follows."""

from __future__ import annotations

from policies.conditions import Condition, value_text
from policies.facts import SOURCES, Facts, Wanted, fact_named
from policies.sheet import State

_ENDINGS = {
    "met": "，符合",
    "unmet": "，不符合",
    "unknown": "，暂时无法判断",
    "declared": "，需要企业自行声明",
    "needs_person": "，需要人工评审",
}


def sentence_for(condition: Condition, state: State, threshold: str, facts: Facts) -> str:
    """The sentence for one condition in the state it was found in."""
    ending = f"{_ENDINGS[state]}。"
    if condition.fact is None:
        return f"{_combination(condition, threshold)}{ending}"
    fact = fact_named(condition.fact)
    known = facts.get(condition.fact)
    if known is None:
        return f"还不知道{fact.label}（缺{wanted_text(facts.wanted(fact.name))}），要求{threshold}{ending}"
    about = "，".join(filter(None, (known.period, SOURCES[known.source])))
    return f"{fact.label}为{value_text(fact, known.value)}（{about}），要求{threshold}{ending}"


def wanted_text(wanted: list[Wanted]) -> str:
    """What is missing, in words: 2024年销售收入、2025年销售收入."""
    named = [
        f"{item.period}年{fact_named(item.fact).label}" if item.period else fact_named(item.fact).label
        for item in wanted
    ]
    return "、".join(named) if named else "可用于计算的数据"


def _combination(condition: Condition, threshold: str) -> str:
    return threshold.rstrip("。")
