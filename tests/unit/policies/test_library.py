"""The library itself: nothing without source and dates, official links only, no number without its data."""

from __future__ import annotations

import pytest
from jsonschema import Draft202012Validator

from policies.eligibility import judge
from policies.facts import records_from, resolve
from policies.loader import load_library
from policies.proof import check_sheet, unproven
from policies.sheet import Sheet, parse_sheet, render_sheet

SHEETS, PROBLEMS = load_library()
BY_SLUG = {sheet.slug: sheet for sheet in SHEETS}
EACH = pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.slug)


def test_every_sheet_loads():
    assert not PROBLEMS, "\n".join(map(str, PROBLEMS))
    assert len(SHEETS) >= 30


@EACH
def test_every_sheet_is_proven(sheet):
    assert [str(problem) for problem in check_sheet(sheet, BY_SLUG)] == []


@EACH
def test_its_own_cases_pass_and_reach_every_version(sheet):
    reached = set()
    for case in sheet.cases:
        verdict = judge(sheet, resolve(records_from(case.facts), case.on), case.on, case.kind)
        assert verdict.status == case.expect, case.name
        reached |= {one.rule.id for one in verdict.readings or (verdict,) if one.rule}
    assert reached == {rule.id for rule in sheet.rules}


def test_an_invented_number_would_be_noticed():
    sheet = BY_SLUG["pudong-gaoqi-zizhu"]
    assert unproven("一次性20万元", sheet) == []
    assert unproven("一次性25万元", sheet) == ["250000元"]


@EACH
def test_goes_to_text_and_back_unchanged(sheet):
    assert parse_sheet(render_sheet(sheet)) == sheet


def test_the_plan_is_whole():
    plan = BY_SLUG["pudong-gaoqi-jihua-2023"]
    assert [c.anchor for c in plan.clauses] == [*(f"m{n}" for n in range(1, 20)), "s1", "s2", "s3"]
    assert [task.position for task in plan.tasks] == list(range(1, 70))
    printed = [int(task.number) for task in plan.tasks]
    assert printed.count(20) == 2
    assert 21 not in printed
    assert {task.measure for task in plan.tasks} == {clause.anchor for clause in plan.clauses}


def test_the_guideline_is_never_cited_by_its_wrong_number():
    assert not any("194号" in render_sheet(sheet) for sheet in SHEETS)


def test_the_innovation_score_asks_for_more_than_70():
    rules = BY_SLUG["gaoqi-rending"].rules
    scores = [c.score for rule in rules for c in rule.conditions if c.id == "innovation"]
    assert [(score.least, score.top) for score in scores if score] == [(71, 100), (71, 100)]


@EACH
def test_is_as_its_schema_says_though_what_is_empty_is_not_written(sheet):
    schema = Sheet.model_json_schema(mode="serialization")
    assert {"title", "url"} <= set(schema["$defs"]["Source"]["properties"])
    found = Draft202012Validator(schema).iter_errors(sheet.model_dump(mode="json"))
    assert [f"{error.json_path}: {error.message}" for error in found] == []
