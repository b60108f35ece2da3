"""Who the plan's money is for, as a rule: measure 19 names the firms, no amount is stated."""

from __future__ import annotations

from typing import Any

from policies.sheet import Sheet

MEASURE = "m19"


def rule_for_plan(sheet: Sheet) -> Sheet:
    """The imported plan with the one rule its measure 19 states; as it is when there is no such measure."""
    measure = next((clause for clause in sheet.clauses if clause.anchor == MEASURE), None)
    if measure is None or sheet.validity.from_ is None:
        return sheet
    clause = f"重点任务第19项“{measure.title}”"
    rule: dict[str, Any] = {
        "id": "support-of-gaoqi",
        "from": sheet.validity.from_,
        "to": sheet.validity.to,
        "source": {"title": f"{sheet.number} {clause}", "mark": sheet.confidence.mark},
        "note": "只写明资助对象，未写明金额。",
        "all": [
            {"id": "registered", "label": "注册在本区", "fact": "pudong_registered", "is": True},
            {"id": "gaoqi", "label": "有效的高新技术企业", "fact": "titles", "any_of": ["gaoqi"]},
            {
                "id": "first-or-new",
                "label": "首次认定或新引进",
                "any": [
                    {"label": "首次认定", "fact": "gaoqi_first_time", "is": True},
                    {"label": "新引进", "fact": "newly_introduced", "is": True},
                ],
            },
        ],
    }
    for condition in rule["all"]:
        condition["clause"] = clause
    return Sheet.model_validate({**sheet.model_dump(mode="json"), "rules": [rule]})
