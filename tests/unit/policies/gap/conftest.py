from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from policies.eligibility import judge
from policies.facts import records_from, resolve
from policies.gap import Plan, plan
from policies.sheet import Sheet

ON = date(2026, 11, 23)
RULE = {"id": "text", "from": "2020-01-01", "source": {"title": "示例文件", "mark": "P"}}
HEAD = {"slug": "sample-policy", "title": "示例政策", "kind": "title", "level": "city"}


@pytest.fixture
def sheet() -> Callable[..., Sheet]:
    def make(*conditions: dict[str, Any], rule: dict[str, Any] | None = None, **fields: Any) -> Sheet:
        named = [{"id": f"c{n}", "label": f"条件{n}", "fix": True, **c} for n, c in enumerate(conditions)]
        rules = fields.pop("rules", None) or [{**RULE, **(rule or {}), "all": named}]
        return Sheet.model_validate({**HEAD, "rules": rules, **fields})

    return make


@pytest.fixture
def planned() -> Callable[..., Plan]:
    """The plan of a sheet for a firm with these facts."""

    def make(policy: Sheet, on: date = ON, **facts: Any) -> Plan:
        known = resolve(records_from(facts), on)
        return plan(judge(policy, known, on), known, on)

    return make
