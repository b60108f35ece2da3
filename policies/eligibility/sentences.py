"""One short plain Chinese sentence per condition: what is known, what is asked, what follows. What makes it
long stands beside it as details."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from policies.conditions import Condition, value_text
from policies.eligibility.answers import ConditionAnswer
from policies.eligibility.scores import PartAnswer
from policies.facts import SOURCES, Facts, Wanted, fact_named
from policies.sheet import State

_ENDINGS = {
    "met": "，符合",
    "unmet": "，不符合",
    "unknown": "，暂时无法判断",
    "declared": "，需要企业自行声明",
    "needs_person": "，需要人工评审",
}


# What a phone shows without scrolling.
LONGEST = 60
_COUNTED: Mapping[State, str] = {
    "met": "满足",
    "unmet": "不符合",
    "unknown": "还不知道",
    "declared": "待声明",
    "needs_person": "待评审",
}


def sentence_for(
    condition: Condition,
    state: State,
    threshold: str,
    parts: Sequence[ConditionAnswer],
    facts: Facts,
    score: PartAnswer | None = None,
) -> tuple[str, tuple[str, ...]]:
    """The sentence for one condition in the state it was found in, and what it leaves out to stay short."""
    ending = f"{_ENDINGS[state]}。"
    if score is not None:
        left_open, so_far = _open_parts(score), f"得分为{score.range_text}，要求"
        whole = "；".join((so_far + threshold, *left_open)) + ending
        details = (f"要求{threshold}", *left_open)
        return _short_or(whole, f"{so_far}不少于{score.least}分{ending}", details)
    if parts:
        whole = _of_parts(condition, threshold, state, parts) + ending
        if len(whole) <= LONGEST:
            return whole, ()
        said = tuple(f"{part.label}：{part.sentence}" if part.label else part.sentence for part in parts)
        return _counted(condition, parts) + ending, said
    if condition.subject is None or condition.subject.fact is None:
        words = threshold.rstrip("。；")
        return _short_or(words + ending, f"{condition.label or '这一项'}{ending}", (words,))
    fact = fact_named(condition.subject.fact)
    known, asked = facts.get(fact.name), f"要求{threshold}"
    if known is None:
        lacking = "" if fact.derived is None else f"缺{wanted_text(facts.wanted(fact.name))}"
        about = f"（{lacking}）" if lacking else ""
        whole, brief = f"还不知道{fact.label}{about}，{asked}{ending}", f"还不知道{fact.label}{ending}"
        return _short_or(whole, brief, (asked, lacking) if lacking else (asked,))
    about = f"{known.period}，{SOURCES[known.source]}" if known.period else SOURCES[known.source]
    so_far = f"{fact.label}为{value_text(fact, known.value)}（{about}）"
    # Why this threshold applies is a detail, the threshold is not.
    brief = f"{so_far}，{asked.partition('（')[0]}{ending}"
    shorter = brief if len(brief) <= LONGEST else so_far + ending
    return _short_or(f"{so_far}，{asked}{ending}", shorter, (asked,))


def _short_or(whole: str, brief: str, details: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    return (whole, ()) if len(whole) <= LONGEST else (brief, details)


def wanted_text(wanted: Sequence[Wanted]) -> str:
    """What is missing, in words, each fact once: 2023-2025年销售收入、2025年职工总数."""
    years: dict[str, list[str]] = {}
    for item in wanted:
        years.setdefault(item.fact, []).append(item.period or "")
    return "、".join(_years_text(sorted(each)) + fact_named(fact).label for fact, each in years.items()) or (
        "可用于计算的数据"
    )


def _years_text(years: Sequence[str]) -> str:
    """The accounting years of one fact, a run of them by its ends; "" where it has none."""
    if not years[0]:
        return ""
    run = int(years[-1]) - int(years[0]) == len(years) - 1 > 0
    return (f"{years[0]}-{years[-1]}" if run else "、".join(years)) + "年"


def _open_parts(score: PartAnswer) -> tuple[str, ...]:
    """The parts that keep a score open: what data lacks, what people judge."""
    deciding = list(score.deciding)
    lacking = "、".join(f"{part.label}（{part.range_text}）" for part in deciding if part.open == "unknown")
    judged = "、".join(
        f"{part.label}（{part.range_text}）" for part in deciding if part.open == "needs_evidence"
    )
    why = (f"缺数据：{lacking}" if lacking else "", f"需备材料、由人评定：{judged}" if judged else "")
    return tuple(filter(None, why))


def _counted(condition: Condition, parts: Sequence[ConditionAnswer]) -> str:
    """A combination by numbers: how many parts it has and how they stand."""
    if condition.any_ is not None:
        rule = f"{len(parts)}条途径符合任一即可"
    elif condition.at_least_n is not None:
        rule = f"{len(parts)}项中至少符合{condition.at_least_n}项"
    else:
        rule = f"共{len(parts)}项要求"
    counts = Counter(part.state for part in parts)
    found = "、".join(f"{counts[state]}项{word}" for state, word in _COUNTED.items() if counts[state])
    return f"{rule}，现{found}"


def _of_parts(condition: Condition, threshold: str, state: State, parts: Sequence[ConditionAnswer]) -> str:
    """A combination by the parts that decide it; the whole of it only where all alternatives are open."""
    met = [_bare(part) for part in parts if part.state == "met"]
    if state == "met" and met:
        return met[0] if condition.any_ is not None else "；".join(met)
    if condition.all_ is not None and any(part.state != "unknown" for part in parts):
        left = [part for part in parts if part.state == state] or [p for p in parts if p.state != "met"]
        return "；".join(_bare(part) for part in left)
    left = [part for part in parts if part.state != "unmet"]
    if condition.any_ is not None and len(left) == 1 < len(parts) and _says_something(left[0]):
        return _bare(left[0])
    return f"要求{threshold}" + (f"；其中已满足：{'；'.join(met)}" if met else "")


def _says_something(part: ConditionAnswer) -> bool:
    """Whether a part alone tells a reader why it is open: more than a statement or a review."""
    return bool(part.fact or part.parts or part.score)


def _bare(part: ConditionAnswer) -> str:
    """A part's sentence without its verdict."""
    return part.sentence.removesuffix(f"{_ENDINGS[part.state]}。")
