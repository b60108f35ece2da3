"""The library's proof finds what it is there to find."""

from fractions import Fraction

import pytest

from policies.loader import load_library
from policies.proof import check_library, check_sheet, numbers_in, numbers_of, unproven
from policies.sheet import Sheet

SHEETS, _ = load_library()
GOOD = {
    "slug": "shili",
    "title": "示例办法",
    "kind": "money",
    "level": "district",
    "sources": [{"title": "示例办法", "url": "https://www.example.gov.cn/a", "mark": "P"}],
    "validity": {"from": "2027-01-01", "to": "2027-12-31"},
    "confidence": {"mark": "P", "note": "示例"},
    "summary": "一次性资助20万元，2027年12月31日到期。",
    "key_points": {"who": "职工不少于10人的示例企业", "what": "资助", "when": "2027年"},
    "supports": [{"id": "once", "title": "一次性资助", "amount": "20万"}],
    "rules": [
        {
            "id": "r1",
            "from": "2027-01-01",
            "source": {"title": "第一条"},
            "all": [{"id": "staff", "label": "职工", "fact": "staff_last_year", "at_least": 10}],
        }
    ],
}


def problems(**changes) -> list[str]:
    sheet = Sheet.model_validate({**GOOD, **changes})
    return [problem.field for problem in check_sheet(sheet, {sheet.slug: sheet})]


def test_a_sound_sheet_has_no_problem() -> None:
    assert problems() == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"sources": []}, "sources"),
        ({"sources": [{"title": "转载", "url": "https://example.com/a"}]}, "sources"),
        ({"body": "见 https://www.example.gov.cn"}, "body"),
        ({"validity": {}}, "validity"),
        ({"validity": {"from": "2027-01-01"}, "summary": "示例"}, "validity.note"),
        ({"confidence": {"mark": "?", "note": "x"}}, "confidence"),
        ({"summary": ""}, "summary"),
        ({"summary": "资助25万元"}, "key_points"),
        ({"summary": "资助20%"}, "key_points"),
        ({"summary": "2027年11月30日到期"}, "key_points"),
        ({"relations": [{"kind": "cites", "target": "nowhere"}]}, "relations.cites"),
        ({"grants": ["no-such-title"]}, "grants"),
    ],
)
def test_each_fault_is_named(changes, field) -> None:
    assert field in problems(**changes)


def test_relations_must_be_said_by_both() -> None:
    one = Sheet.model_validate({**GOOD, "relations": [{"kind": "excludes", "target": "other"}]})
    other = Sheet.model_validate({**GOOD, "slug": "other"})
    assert [problem.field for problem in check_library([one, other])] == ["relations.excludes"]
    back = Sheet.model_validate(
        {**GOOD, "slug": "other", "relations": [{"kind": "excludes", "target": "shili"}]}
    )
    assert check_library([one, back]) == []


def test_numbers_are_read_with_their_unit() -> None:
    assert numbers_in("2027年12月31日前，20万元、5%，浦府规〔2021〕1号") == {
        (Fraction(20271231), "日期"),
        (Fraction(200_000), "元"),
        (Fraction(5), "%"),
    }
    sheet = Sheet.model_validate(GOOD)
    assert (Fraction(200_000), "元") in numbers_of(sheet)
    assert unproven("资助25万元，10人", sheet) == ["250000元"]


def test_the_library_holds() -> None:
    assert [str(problem) for problem in check_library(SHEETS)] == []
