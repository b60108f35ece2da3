from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from policies.facts import Facts, records_from, resolve
from policies.sheet import Sheet

RULE = {
    "id": "text",
    "from": "2016-01-01",
    "source": {"title": "示例文件 第一条", "mark": "P"},
    "all": [{"id": "staff", "label": "职工人数", "fact": "staff", "at_least": 10}],
}


@pytest.fixture
def sheet() -> Callable[..., Sheet]:
    """Make a sheet of one rule with these conditions, or with these rules."""

    def make(*conditions: dict[str, Any], rules: list[dict[str, Any]] | None = None, **fields: Any) -> Sheet:
        if rules is None:
            rules = [
                {**RULE, "all": [{"id": f"c{n}", "label": f"条件{n}", **c} for n, c in enumerate(conditions)]}
            ]
        else:
            rules = [{**RULE, **rule} for rule in rules]
        head = {"slug": "sample-policy", "title": "示例政策", "kind": "title", "level": "city"}
        return Sheet.model_validate({**head, "rules": rules, **fields})

    return make


@pytest.fixture
def facts() -> Callable[..., Facts]:
    def make(on: date, **values: Any) -> Facts:
        return resolve(records_from(values), on)

    return make
