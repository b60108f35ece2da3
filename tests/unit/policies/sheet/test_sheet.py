import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.sheet import Sheet, SheetError, parse_sheet, render_sheet

TEXT = """---
slug: sample-title
title: 示例资质认定
kind: title
level: national
number: 示例〔2026〕1号
signed: 2016-01-29
validity: {from: 2016-01-01, to: null, note: ""}
confidence: {mark: P, note: 示例}
sources: [{title: 示例文件, url: "https://www.example.gov.cn/a", mark: P, checked: false}]
grants: [gaoqi]
clauses: [{anchor: m4, title: 示例措施, targets: [{text: 2000家以上, quantity: 2000, comparator: at_least}]}]
tasks: [{anchor: r15, position: 15, number: "15", text: 示例任务, units: [区科经委]}]
rules:
  - id: text-2016
    kind: any
    from: 2016-01-01
    source: {title: 示例文件 第十一条, mark: P}
    windows: [{open: 2026-03-01, close: 2026-09-20, source: 示例, mark: P}]
    all:
      - id: registered-year
        label: 注册成立满365天
        fact: registered_on
        age_at_least: 365 days
      - id: rd-ratio
        label: 研发费用占比
        fact: rd_ratio_3y
        at_least: {by: revenue_last_year, tiers: [{up_to: 5000万, value: 5%}, {value: 3.5%}]}
      - {id: ip, label: 知识产权, any: [{fact: class1_ip, at_least: 1}, {not: {fact: listed, is: false}}]}
cases:
  - name: 收入恰为5000万
    on: 2026-05-01
    facts: {revenue: {2025: 5000万}, registered_on: 2020-01-01}
    expect: unknown
---
正文一段。

第二段。
"""


def test_a_sheet_goes_to_text_and_to_json_and_back_unchanged():
    sheet = parse_sheet(TEXT)
    assert parse_sheet(render_sheet(sheet)) == sheet
    stored = json.loads(json.dumps(sheet.model_dump(mode="json")))
    assert Sheet.model_validate(stored) == sheet
    assert sheet.body == "正文一段。\n\n第二段。"
    assert sheet.cases[0].facts["revenue"] == {"2025": "5000万"}


@pytest.mark.parametrize(
    ("old", "new", "field", "line", "reason"),
    [
        ("kind: title", "kind: titel", "kind", 4, "只能是"),
        ("kind: title\n", "", "kind", 2, "缺少"),
        ("level: national", "level: national\nslug: again-here", "slug", 6, "两次"),
        ("signed: 2016-01-29", "signed: 2016-13-29", "signed", 7, "日期"),
        ("number: 示例〔2026〕1号", "number: 7", "number", 6, "文字"),
        ("    from: 2016-01-01\n", "    form: 2016-01-01\n", "rules.0.form", 17, "没有这个字段"),
        ("365 days", "365 dayz", "rules.0.all.0", 21, "时长"),
        ("class1_ip, at_least", "class9_ip, at_least", "rules.0.all.2.any.0", 29, "没有登记"),
        ("at_least: 1}", "at_lest: 1}", "rules.0.all.2.any.0.at_lest", 29, "没有这个字段"),
        ("id: ip, ", "", "rules.0", 15, "id"),
        ("to: null", "to: 2015-01-01", "", 2, "早于"),
        ("close: 2026-09-20", "close: 2026-02-20", "rules.0.windows.0", 19, "截止日"),
        ("anchor: r15", "anchor: m4", "", 2, "m4 重复"),
        ("expect: unknown", "expect: maybe", "cases.0.expect", 34, "只能是"),
        ("slug: sample-title", "slug: [sample", "", 3, "YAML"),
        ("slug: sample-title", "slug: 示例", "slug", 2, "格式"),
    ],
)
def test_a_mistake_is_named_with_field_line_and_reason(old, new, field, line, reason):
    with pytest.raises(SheetError) as error:
        parse_sheet(TEXT.replace(old, new, 1), "sample.md")
    found = [(p.field, p.line) for p in error.value.problems if reason in p.reason]
    assert found == [(field, line)], error.value.problems
    assert str(error.value).startswith("sample.md:")


def test_all_mistakes_are_named_at_once():
    broken = TEXT.replace("kind: title", "kind: titel").replace("level: national", "level: 区")
    with pytest.raises(SheetError) as error:
        parse_sheet(broken)
    assert [p.field for p in error.value.problems] == ["kind", "level"]


@pytest.mark.parametrize(
    "text", ["", "没有表头", "---\nslug: a-b\n", "---\n- 1\n---\n", "x\n---\na: 1\n---\n"]
)
def test_a_file_that_is_no_sheet_is_refused(text):
    with pytest.raises(SheetError):
        parse_sheet(text, "x.md")


def test_two_versions_may_not_judge_the_same_day_unless_both_are_only_readings():
    sheet = parse_sheet(TEXT).model_dump(mode="json")
    first = sheet["rules"][0]
    for changed in ({"from": "2026-01-01"}, {"from": "2026-01-01", "kind": "renewal"}):
        with pytest.raises(ValueError, match="重叠"):
            Sheet.model_validate({**sheet, "rules": [first, {**first, "id": "b", **changed}]})
    readings = [{**first, "id": name, "confirmed": False} for name in ("a", "b")]
    assert len(Sheet.model_validate({**sheet, "rules": readings}).rules) == 2
    following = [{**first, "to": "2026-03-31"}, {**first, "id": "b", "from": "2026-04-01"}]
    assert len(Sheet.model_validate({**sheet, "rules": following}).rules) == 2


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_hostile_text_never_breaks_the_reader(junk):
    for text in (junk, f"---\n{junk}\n---\n", TEXT.replace("示例资质认定", junk)):
        try:
            sheet = parse_sheet(text)
        except SheetError:
            continue
        assert parse_sheet(render_sheet(sheet)) == sheet
