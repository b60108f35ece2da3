"""What must hold before a sheet is published, and what people should look at first."""

from __future__ import annotations

from backend.shared.errors import Problem
from policies.document import Remark
from policies.proof import audit_sheet
from policies.sheet import Sheet


def audit(sheet: Sheet) -> list[Problem]:
    """What is wrong: examples that fail, conditions no firm can meet, rules without source, kinds of help
    nobody knows; empty: it may be published."""
    return [Problem(finding.where[:200], finding.text) for finding in audit_sheet(sheet) if not finding.open]


def left_open(sheet: Sheet) -> list[Remark]:
    """What the audit finds not proven, not said or not plainly official: for the check list."""
    findings = (finding for finding in audit_sheet(sheet) if finding.open)
    return [Remark(0, "audit", f"{finding.where}：{finding.text}") for finding in findings]
