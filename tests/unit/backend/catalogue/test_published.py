"""Where a published policy stands on a day."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from backend.catalogue.service.published import standing

from .conftest import sheet_of

DAY = date(2026, 5, 1)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"validity": {"from": "2026-05-01"}}, "in_force"),
        ({"validity": {"to": "2026-05-01"}}, "in_force"),
        ({"validity": {"from": "2026-05-02"}}, "not_yet"),
        ({"validity": {"to": "2026-04-30"}}, "expired"),
        ({"validity": {"note": "没有查到"}}, "unconfirmed"),
        ({"stage": "consultation"}, "consultation"),
    ],
)
def test_unknown_days_are_not_in_force(changes: dict[str, Any], expected: str) -> None:
    assert standing(sheet_of(**changes), DAY) == expected
