"""Amounts and shared limits in a sheet: read, written back, and refused with a reason."""

import json

import pytest

from policies.sheet import Sheet, SheetError, parse_sheet, render_sheet

TEXT = """---
slug: sample-money
title: 示例资助
kind: money
level: district
limits:
  - {id: year, title: 年度合计限额, kind: cap, amount: 100万}
  - {id: tech, title: 科技类限额, kind: cap, amount: 50万, within: "#year"}
  - {id: best, title: 从优不重复, kind: best_of}
supports:
  - {id: first, title: 首次认定, kind: subsidy, amount: 20万, rules: [text], best_of: ["#best"], cap: "#tech"}
  - {id: loan, title: 贷款贴息, at_most: 50万, clause: 第三条, mark: P, excludes: ["#first", other-policy]}
  - {id: zero, title: 服务包, amount: 0, best_of: ["other-policy#best"], stacks_with: [other-policy]}
  - {id: unknown, title: 金额未定的支持}
rules:
  - {id: text, from: 2026-01-01, source: {title: 示例}, all: [{id: a, label: 甲, declared: 示例}]}
---
"""


def test_amounts_are_kept_as_written_and_read_in_yuan() -> None:
    sheet = parse_sheet(TEXT)
    assert parse_sheet(render_sheet(sheet)) == sheet
    assert Sheet.model_validate(json.loads(json.dumps(sheet.model_dump(mode="json")))) == sheet
    assert "amount: 20万" in render_sheet(sheet)
    first, loan, zero, unknown = sheet.supports
    assert (first.yuan, loan.yuan, loan.ceiling) == (200_000, None, 500_000)
    assert (zero.yuan, unknown.yuan, unknown.ceiling) == (0, None, None)
    assert [limit.yuan for limit in sheet.limits] == [1_000_000, 500_000, None]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("amount: 20万", "amount: 很多", "很多"),
        ("amount: 20万", "amount: -3", "整数元"),
        ("amount: 20万", "amount: 20万, at_most: 30万", "只写一个"),
        ('cap: "#tech"', 'cap: "#best"', "cap 的限制 #best"),
        ('best_of: ["#best"]', 'best_of: ["#nothing"]', "#nothing"),
        ('within: "#year"', 'within: "#years"', "#years"),
        ("kind: best_of", "kind: best_of, amount: 3万", "不写 amount"),
        ("rules: [text]", "rules: [old]", "规则 old 不存在"),
        ('["#first", other', '["#loan", other', "#loan"),
        ("id: loan", "id: first", "first 重复"),
        ("[other-policy]", "[其他]", "格式"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_reason(old: str, new: str, reason: str) -> None:
    assert old in TEXT
    with pytest.raises(SheetError) as error:
        parse_sheet(TEXT.replace(old, new, 1))
    assert reason in str(error.value)
