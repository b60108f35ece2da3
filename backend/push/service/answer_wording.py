"""What a firm is told of its answer, and why. Nobody is told 您符合 while anything is left for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from backend.catalogue.service import PublishedPolicy
from backend.push.limits import kind_named
from backend.push.store.answers import TOLD, StoredAnswer
from backend.push.store.messages import NewMessage
from backend.push.store.runs import MatchRun
from backend.shared.clock import in_shanghai
from policies.eligibility import ConditionAnswer, Verdict
from policies.facts import SOURCES, Facts, Known, fact_named, value_json

STATUS_LABELS = {
    "eligible": "符合",
    "subject_to_review": "可能符合，待核实",
    "ineligible": "不符合",
    "unknown": "信息不足，无法判断",
    "not_in_force": "政策不在有效期",
}
CHANGE_LABELS = {
    "published": "政策新发布",
    "updated": "政策有更新",
    "expired": "政策有效期届满",
    "answer": "企业情况或日期有变化",
}


def answer_words(
    run: MatchRun,
    policy: PublishedPolicy,
    verdict: Verdict,
    old: StoredAnswer | None,
    changes: Sequence[Mapping[str, Any]] = (),
) -> NewMessage:
    """What firms with this verdict and this earlier answer are told, to nobody yet.

    What no longer holds, after a yes, stays in the inbox.
    """
    told = verdict.status in TOLD
    kind = "answer" if told else "lost"
    return NewMessage(
        uscc="",
        policy=policy.slug,
        version=policy.version,
        kind=kind,
        cause=run.cause(policy.slug) if told else f"{policy.slug}.lost",
        day=run.day.isoformat(),
        run=run.id,
        title=_title(verdict) if told else _lost_title(verdict),
        text="".join(_sentences(verdict) if told else _loss(verdict, old)),
        why={**why_of(run, policy, verdict, old), "changes": list(changes) if told else []},
        worth=kind_named(kind).worth,
        # From "eligible" back to "perhaps": said in the inbox, not by a carrier.
        carried=told and not (old is not None and old.status == "eligible"),
    )


def answer_message(uscc: str, facts: Facts, words: NewMessage) -> NewMessage:
    """The words to one of the firms: values and sources are alike, since when they are known is its own."""
    own = [{**used, "known_at": _since(facts.get(used["name"]))} for used in words.why["facts"]]
    return words.to_firm(uscc, {**words.why, "facts": own})


def why_of(
    run: MatchRun, policy: PublishedPolicy, verdict: Verdict, old: StoredAnswer | None
) -> dict[str, Any]:
    """The rule, the facts it used, the answer before and now."""
    rule = verdict.rule
    return {
        **about(run, policy),
        "rule": rule.id if rule else None,
        "rule_source": rule.source.title if rule else None,
        "old": old.status if old else None,
        "old_label": STATUS_LABELS[old.status] if old else "此前没有答复",
        "new": verdict.status,
        "new_label": STATUS_LABELS[verdict.status],
        "conditions": [_condition(answer) for answer in verdict.conditions],
        "facts": _facts_used(verdict.conditions),
        "confidence": verdict.confidence,
        "confidence_note": verdict.confidence_note,
    }


def about(run: MatchRun, policy: PublishedPolicy) -> dict[str, Any]:
    """The policy's version and what happened."""
    return {
        "policy": policy.slug,
        "title": policy.sheet.title,
        "version": policy.version,
        "change": run.change,
        "change_label": CHANGE_LABELS.get(run.change, run.change),
        "on": run.day.isoformat(),
    }


def _title(verdict: Verdict) -> str:
    certain = verdict.status == "eligible" and verdict.confirmed
    return f"您符合《{verdict.title}》的条件" if certain else f"您可能符合《{verdict.title}》，待核实"


def _lost_title(verdict: Verdict) -> str:
    return f"《{verdict.title}》的答复有变化：{STATUS_LABELS[verdict.status]}"


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


def _loss(verdict: Verdict, old: StoredAnswer | None) -> Iterator[str]:
    assert old is not None
    yield f"此前的答复为“{STATUS_LABELS[old.status]}”，现为“{STATUS_LABELS[verdict.status]}”。"
    if verdict.not_in_force_since:
        yield f"自 {verdict.not_in_force_since.isoformat()} 起不再有效，请勿据此申报。"
    reasons = [answer.sentence for answer in verdict.conditions if answer.state in ("unmet", "unknown")]
    yield from reasons[:5]


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
            "known_at": _since(known),
        }
    return list(used.values())


def _flat(conditions: Sequence[ConditionAnswer]) -> Iterator[ConditionAnswer]:
    for answer in conditions:
        yield answer
        yield from _flat(answer.parts)


def _since(known: Known | None) -> str | None:
    return _text_of(known.known_at) if known and known.known_at else None


@lru_cache(maxsize=1024)
def _text_of(instant: datetime) -> str:
    return in_shanghai(instant).isoformat()


def _day(day: date | None) -> str:
    return day.isoformat() if day else "另行通知"
