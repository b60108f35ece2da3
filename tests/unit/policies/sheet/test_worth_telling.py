"""Which answers a firm is told unasked."""

from __future__ import annotations

import pytest

from policies.loader import load_library

SHEETS = {sheet.slug: sheet for sheet in load_library()[0]}


@pytest.mark.parametrize(
    ("slug", "told"),
    [
        ("gaoqi-rending", True),
        ("yanfa-jiajikouchu", True),
        ("zhongxiao-huaxing", False),
        ("kechuangban-shangshi", False),
    ],
)
def test_a_firm_is_told_of_what_it_can_claim(slug: str, told: bool) -> None:
    assert SHEETS[slug].rules
    assert SHEETS[slug].worth_telling is told


def test_a_sheet_without_rules_answers_nothing() -> None:
    assert not any(sheet.worth_telling for sheet in SHEETS.values() if not sheet.rules)
