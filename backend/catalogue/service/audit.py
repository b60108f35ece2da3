"""What must hold before a sheet is published: its own worked examples come out as they say."""

from __future__ import annotations

from backend.shared.errors import Problem
from policies.proof import case_failures
from policies.sheet import Sheet


def audit(sheet: Sheet) -> list[Problem]:
    """Every worked example that fails, by name; empty when the sheet may be published."""
    if sheet.cases and not sheet.rules:
        return [Problem("cases", "写了验证案例，但没有规则。")]
    return [
        Problem(f"cases.{position}（{case.name}）"[:200], reason)
        for position, case in enumerate(sheet.cases)
        for reason in case_failures(sheet, case)
    ]
