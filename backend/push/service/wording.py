"""What a firm is told, and why. Nobody is told 您符合 while anything is left for people to decide."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from backend.catalogue.service import PublishedPolicy
from backend.push.store.answers import StoredAnswer
from backend.push.store.messages import NewMessage
from backend.push.store.runs import MatchRun
from policies.eligibility import ConditionAnswer, Verdict
from policies.facts import SOURCES, fact_named, value_json

STATUS_LABELS = {
    "eligible": "符合",
    "subject_to_review": "可能符合，待核实",
    "ineligible": "不符合",
    "unknown": "信息不足，无法判断",
    "not_in_force": "政策不在有效期",
}
CHANGE_LABELS = {"published": "政策新发布", "updated": "政策有更新", "answer": "企业情况或日期有变化"}


def compose(
    uscc: str, run: MatchRun, policy: PublishedPolicy, verdict: Verdict, old: StoredAnswer | None
) -> NewMessage:
    """The message to one firm whose answer turned into eligible or subject_to_review."""
    return NewMessage(
        uscc=uscc,
        policy=policy.slug,
        version=policy.version,
        cause=run.cause(policy.slug),
        day=run.day.isoformat(),
        run=run.id,
        title=_title(verdict),
        text="".join(_sentences(verdict)),
        why=_why(run, policy, verdict, old),
    )


def _title(verdict: Verdict) -> str:
    certain = verdict.status == "eligible" and verdict.confirmed
    return f"您符合《{verdict.title}》的条件" if certain else f"您可能符合《{verdict.title}》，待核实"


def _sentences(verdict: Verdict) -> Iterator[str]:
    if verdict.status == "eligible" and verdict.confirmed:
        yield f"根据现有信息，您符合《{verdict.title}》的全部条件。"
    else:
        yield f"根据现有信息，您可能符合《{verdict.title}》，待核实。"
    if verdict.open:
        yield f"还需由人确认：{'；'.join(answer.label for answer in verdict.open)}。"
    if not verdict.confirmed:
        yield "适用哪一版规则尚未得到确认。"
    if verdict.outside_window:
        window = verdict.next_window
        following = f"，下一次为 {_day(window.open)} 至 {_day(window.close)}" if window else ""
        yield f"目前不在申报期内{following}。"
    yield "以主管部门的正式通知为准。"


def _why(
    run: MatchRun, policy: PublishedPolicy, verdict: Verdict, old: StoredAnswer | None
) -> dict[str, Any]:
    rule = verdict.rule
    return {
        "policy": policy.slug,
        "title": verdict.title,
        "version": policy.version,
        "rule": rule.id if rule else None,
        "rule_source": rule.source.title if rule else None,
        "change": run.change,
        "change_label": CHANGE_LABELS[run.change],
        "old": old.status if old else None,
        "old_label": STATUS_LABELS[old.status] if old else "此前没有答复",
        "new": verdict.status,
        "new_label": STATUS_LABELS[verdict.status],
        "on": verdict.on.isoformat(),
        "conditions": [_condition(answer) for answer in verdict.conditions],
        "facts": _facts_used(verdict.conditions),
        "confidence": verdict.confidence,
        "confidence_note": verdict.confidence_note,
    }


def _condition(answer: ConditionAnswer) -> dict[str, str]:
    return {"id": answer.id, "label": answer.label, "state": answer.state, "sentence": answer.sentence}


def _facts_used(conditions: Sequence[ConditionAnswer]) -> list[dict[str, Any]]:
    used: dict[str, dict[str, Any]] = {}
    for answer in _flat(conditions):
        known = answer.known
        if answer.fact is None or known is None:
            continue
        used[answer.fact] = {
            "name": answer.fact,
            "label": fact_named(answer.fact).label,
            "value": value_json(known.value),
            "period": known.period,
            "source": known.source,
            "source_label": SOURCES[known.source],
            "known_at": known.known_at.isoformat() if known.known_at else None,
        }
    return list(used.values())


def _flat(conditions: Sequence[ConditionAnswer]) -> Iterator[ConditionAnswer]:
    for answer in conditions:
        yield answer
        yield from _flat(answer.parts)


def _day(day: date | None) -> str:
    return day.isoformat() if day else "另行通知"
