"""What must hold before a sheet is published: its examples come out, and some firm can meet its rules."""

from __future__ import annotations

from backend.shared.errors import Problem
from policies.proof import case_failures, impossible
from policies.sheet import Sheet


def audit(sheet: Sheet) -> list[Problem]:
    """Every worked example that fails, and every condition no firm can meet; empty: it may be published."""
    if sheet.cases and not sheet.rules:
        return [Problem("cases", "写了验证案例，但没有规则。")]
    hopeless = [Problem(f"rules.{where}", text) for where, text in impossible(sheet)]
    return hopeless + [
        Problem(f"cases.{position}（{case.name}）"[:200], reason)
        for position, case in enumerate(sheet.cases)
        for reason in case_failures(sheet, case)
    ]
