from collections.abc import Callable
from typing import Any

import pytest

from policies.sheet import Sheet

STAFF = {"id": "staff", "label": "职工人数", "fact": "staff", "at_least": 10}
RULE = {"id": "text", "from": "2020-01-01", "to": "2026-12-31", "source": {"title": "示例文件", "mark": "P"}}
HEAD = {"slug": "sample-policy", "title": "示例政策", "kind": "title", "level": "city"}


@pytest.fixture
def sheet() -> Callable[..., Sheet]:
    """A sheet of one rule with these conditions, and whatever else is given for the rule or the sheet."""

    def make(*conditions: dict[str, Any], rule: dict[str, Any] | None = None, **fields: Any) -> Sheet:
        rules = [{**RULE, "all": list(conditions) or [STAFF], **(rule or {})}]
        return Sheet.model_validate({**HEAD, "rules": rules, **fields})

    return make


@pytest.fixture
def case() -> Callable[..., dict[str, Any]]:
    def make(expect: str, name: str = "案例", on: str = "2026-05-01", **more: Any) -> dict[str, Any]:
        return {"name": name, "on": on, "facts": more.pop("facts", {}), "expect": expect, **more}

    return make
