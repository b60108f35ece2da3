"""The rules of the house: every sheet can be read, holds its worked examples, and says how sure it is."""

from __future__ import annotations

import pytest

from backend.catalogue.service.audit import audit
from policies.loader import INTERNAL, load_library

SHEETS, PROBLEMS = load_library(INTERNAL)


def test_all_can_be_read_and_are_marked_as_unsure() -> None:
    assert PROBLEMS == []
    assert {sheet.kind for sheet in SHEETS} == {"internal"}
    assert {sheet.confidence.mark for sheet in SHEETS} == {"?"}


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.slug)
def test_worked_examples_hold_and_one_of_them_says_no(sheet) -> None:
    assert audit(sheet) == []
    assert {"eligible", "ineligible"} <= {case.expect for case in sheet.cases}
