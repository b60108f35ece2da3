"""A worked example against the rules it proves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import ValidationError

from policies.eligibility import ConditionAnswer, PartAnswer, Verdict, judge
from policies.facts import FactError, Facts, records_from, resolve
from policies.sheet import Case, Sheet, SheetError, SheetProblem, read_yaml

LABELS = {
    "eligible": "符合",
    "subject_to_review": "待人工评审",
    "ineligible": "不符合",
    "unknown": "不能判断",
    "not_in_force": "不在有效期",
    "met": "满足",
    "unmet": "不满足",
    "declared": "待企业声明",
    "needs_person": "待人工判断",
    "absent": "不要求",
}


def case_failures(sheet: Sheet, case: Case, facts: Facts | None = None) -> list[str]:
    """Everything in which the rules do not come out as the example says (Chinese); empty when it holds.

    `facts`: those of the case, where they were resolved before.
    """
    try:
        known = facts or facts_of(case)
    except FactError as error:
        return [f"案例中的事实有误：{error.reason}"]
    if known.conflicts:
        return [f"案例中的事实相互矛盾：{known.conflicts[0].reason}"]
    return list(_differences(case, judge(sheet, known, case.on, case.kind)))


def read_cases(folder: Path) -> list[tuple[str, Case]]:
    """The examples kept in a folder's YAML files, each with its policy's slug; raises SheetError."""
    found = []
    for path in sorted(folder.glob("*.yaml")):
        entries, _ = read_yaml(path.read_text(encoding="utf-8"), path.name)
        for place, entry in enumerate(entries or ()):
            try:
                found.append((str(entry.pop("policy")), Case.model_validate(entry)))
            except (ValidationError, AttributeError, KeyError) as wrong:
                reason = str(wrong).replace("\n", " ")[:200]
                raise SheetError(
                    path.name, [SheetProblem(f"{place}", 0, f"案例写法有误：{reason}")]
                ) from None
    return found


def facts_of(case: Case) -> Facts:
    """What the example says about its firm; raises FactError."""
    return resolve(records_from(case.facts), case.on)


def score_parts(answers: Iterable[ConditionAnswer]) -> Iterator[PartAnswer]:
    """Every part of every score in these answers, however deep."""
    for answer in answers:
        if answer.score is not None:
            yield from _walk(answer.score)
        yield from score_parts(answer.parts)


def _walk(part: PartAnswer) -> Iterator[PartAnswer]:
    yield part
    for piece in part.parts:
        yield from _walk(piece)


def _differences(case: Case, verdict: Verdict) -> Iterator[str]:
    if verdict.status != case.expect:
        yield f"应为“{LABELS[case.expect]}”，实为“{LABELS[verdict.status]}”。"
    judged_by = {reading.rule.id: reading for reading in verdict.readings or (verdict,) if reading.rule}
    if case.rule and case.rule not in judged_by:
        yield f"应由规则 {case.rule} 判断，实为 {'、'.join(judged_by) or '无'}。"
    verdict = judged_by.get(case.rule, verdict)
    states = {answer.id.partition("/")[2]: answer.state for answer in verdict.conditions}
    for condition, expected in case.conditions.items():
        state = states.get(condition, "absent")
        if state != expected and state == "absent":
            yield f"条件 {condition} 不在适用的规则中。"
        elif state != expected:
            yield f"条件 {condition} 应为“{LABELS[expected]}”，实为“{LABELS[state]}”。"
    parts = {part.id: part for part in score_parts(verdict.conditions)} if case.points else {}
    for name, points in case.points.items():
        low, high = (points, points) if isinstance(points, int) else points
        part = parts.get(name)
        if part is None:
            yield f"得分项 {name} 不在适用的规则中。"
        elif (part.range.low, part.range.high) != (low, high):
            wanted = f"{low}分" if low == high else f"{low}至{high}分"
            yield f"得分项 {name} 应为{wanted}，实为{part.range_text}。"
