"""The tall picture of every sheet of the library: drawn, inside its numbers, honest about what is unknown."""

from __future__ import annotations

from datetime import date

import pytest

from backend.adapters.pictures.layout import Words
from backend.catalogue.service.picture import draw_picture, poster_of
from policies.loader import load_library
from policies.sheet import Sheet

TODAY = date(2026, 11, 25)
SHEETS, _ = load_library()


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.slug)
def test_every_sheet_of_the_library_can_be_drawn(sheet: Sheet) -> None:
    picture = draw_picture(sheet, TODAY, f"https://example.gov.cn/policies/{sheet.slug}")
    assert sum(isinstance(shape, Words) for shape in picture.shapes) > 8


@pytest.mark.parametrize(
    ("validity", "stage", "badge"),
    [
        ({"from": "2026-01-01", "to": "2026-11-25"}, "final", "现行有效"),
        ({"from": "2026-01-01", "to": "2026-11-24"}, "final", "已到期，仅供参考"),
        ({"from": "2026-11-26"}, "final", "尚未施行"),
        ({}, "final", "有效期没有查到，请先核实"),
        ({"from": "2026-01-01"}, "consultation", "征求意见中，尚未生效"),
    ],
)
def test_the_badge_says_where_the_policy_stands(validity: dict[str, str], stage: str, badge: str) -> None:
    sheet = Sheet.model_validate(
        {
            "slug": "shili",
            "title": "示例",
            "kind": "money",
            "level": "district",
            "validity": validity,
            "stage": stage,
        }
    )
    assert poster_of(sheet, TODAY, "x").badge == badge


def test_an_unknown_amount_is_said_to_be_unknown() -> None:
    sheet = Sheet.model_validate(
        {
            "slug": "shili",
            "title": "示例",
            "kind": "money",
            "level": "district",
            "supports": [
                {"id": "a", "title": "甲"},
                {"id": "b", "title": "乙", "at_most": "500万"},
                {"id": "c", "title": "丙", "amount": "20万"},
            ],
        }
    )
    (block,) = (block for block in poster_of(sheet, TODAY, "x").blocks if block.heading == "有什么支持")
    assert block.lines == ("· 甲：金额未公布", "· 乙：最高500万元", "· 丙：20万元")
