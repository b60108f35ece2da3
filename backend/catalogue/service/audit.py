"""What must hold before a sheet is published: its own worked examples come out as they say."""

from __future__ import annotations

from backend.shared.errors import Problem
from policies.eligibility import judge
from policies.facts import FactError, records_from, resolve
from policies.sheet import Case, Sheet

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
}


def audit(sheet: Sheet) -> list[Problem]:
    """Every worked example that fails, by name; empty when the sheet may be published."""
    if sheet.cases and not sheet.rules:
        return [Problem("cases", "写了验证案例，但没有规则。")]
    return [
        Problem(f"cases.{position}（{case.name}）"[:200], reason)
        for position, case in enumerate(sheet.cases)
        for reason in _failures(sheet, case)
    ]


def _failures(sheet: Sheet, case: Case) -> list[str]:
    try:
        facts = resolve(records_from(case.facts), case.on)
    except FactError as error:
        return [f"案例中的事实有误：{error.reason}"]
    if facts.conflicts:
        return [f"案例中的事实相互矛盾：{facts.conflicts[0].reason}"]
    verdict = judge(sheet, facts, case.on, case.kind)
    found = [f"应为“{LABELS[case.expect]}”，实为“{LABELS[verdict.status]}”。"] * (
        verdict.status != case.expect
    )
    states = {answer.id.partition("/")[2]: answer.state for answer in verdict.conditions}
    for condition, expected in case.conditions.items():
        state = states.get(condition)
        if state is None:
            found.append(f"条件 {condition} 不在适用的规则中。")
        elif state != expected:
            found.append(f"条件 {condition} 应为“{LABELS[expected]}”，实为“{LABELS[state]}”。")
    return found
