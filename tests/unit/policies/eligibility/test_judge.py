import json
from datetime import date

import pytest

from policies.eligibility import judge, judge_all

ON = date(2026, 5, 1)
STAFF = {"fact": "staff", "at_least": 10}
DECLARED = {"declared": "企业声明无失信"}
REVIEWED = {"needs_person": "专家评审"}


@pytest.mark.parametrize(
    ("conditions", "staff", "status", "states"),
    [
        ([STAFF], 10, "eligible", ["met"]),
        ([STAFF], 9, "ineligible", ["unmet"]),
        ([STAFF], None, "unknown", ["unknown"]),
        ([STAFF, DECLARED], 10, "subject_to_review", ["met", "declared"]),
        ([STAFF, REVIEWED], 10, "subject_to_review", ["met", "needs_person"]),
        ([STAFF, DECLARED], 9, "ineligible", ["unmet", "declared"]),
        ([STAFF, DECLARED], None, "unknown", ["unknown", "declared"]),
        ([{"any": [STAFF, DECLARED]}], 10, "eligible", ["met"]),
        ([{"any": [STAFF, DECLARED]}], 9, "subject_to_review", ["declared"]),
        ([{"any": [STAFF, REVIEWED]}], None, "subject_to_review", ["needs_person"]),
    ],
)
def test_nobody_is_eligible_before_everything_is_certain(sheet, facts, conditions, staff, status, states):
    known = facts(ON) if staff is None else facts(ON, staff=staff)
    verdict = judge(sheet(*conditions), known, ON)
    assert verdict.status == status
    assert [answer.state for answer in verdict.conditions] == states


def test_a_condition_answers_with_value_source_threshold_clause_and_sentence(sheet, facts):
    policy = sheet(
        {**STAFF, "clause": "第三条", "fix": True, "help": ["hiring"]},
        {"fact": "rd_ratio_3y", "at_least": "5%"},
    )
    verdict = judge(policy, facts(ON, staff=9, rd_expense={2025: 1}), ON)
    first, second = verdict.as_dict()["conditions"]
    assert first == {
        "id": "sample-policy/c0",
        "label": "条件0",
        "state": "unmet",
        "sentence": "职工总数为9人（企业自述），要求不低于10人，不符合。",
        "details": [],
        "fact": "staff",
        "value": 9,
        "value_source": "self_declared",
        "value_period": None,
        "value_known_at": None,
        "threshold": "不低于10人",
        "clause": "第三条",
        "source": "示例文件 第一条",
        "missing": [],
        "wanted": [],
        "fix": True,
        "help": ["hiring"],
        "parts": [],
        "score": None,
    }
    assert second["missing"] == ["rd_expense", "revenue"]
    assert "2023-2024年研发费用" in second["details"][1] and second["value"] is None
    json.dumps(verdict.as_dict())


def test_missing_facts_of_settled_conditions_are_not_asked(sheet, facts):
    settled = {"any": [STAFF, {"fact": "listed", "is": True}]}
    assert judge(sheet(settled), facts(ON, staff=10), ON).missing == ()
    assert judge(sheet(settled), facts(ON, staff=1), ON).missing == ("listed",)


def test_not_says_what_must_not_be(sheet, facts):
    policy = sheet({"not": {"fact": "abnormal_list", "is": True}})
    answer = judge(policy, facts(ON, abnormal_list=False), ON).conditions[0]
    assert answer.sentence == "列入经营异常名录为否（企业自述），要求不得为“是”，符合。"
    assert answer.parts == ()


VERSIONS = [
    {"id": "old", "to": "2026-03-31", "all": [{"id": "a", "label": "旧", "fact": "staff", "at_least": 10}]},
    {"id": "new", "from": "2026-04-01", "all": [{"id": "a", "label": "新", "fact": "staff", "at_least": 20}]},
]


@pytest.mark.parametrize(
    ("on", "rule", "status"),
    [(date(2026, 3, 31), "old", "eligible"), (date(2026, 4, 1), "new", "ineligible")],
)
def test_the_application_day_picks_the_version(sheet, facts, on, rule, status):
    verdict = judge(sheet(rules=VERSIONS), facts(on, staff=15), on)
    assert (verdict.rule.id, verdict.status) == (rule, status)


def test_the_kind_of_application_picks_the_version(sheet, facts):
    rules = [{"id": "fresh", "kind": "new"}, {"id": "again", "kind": "renewal"}]
    policy = sheet(rules=rules, grants=["gaoqi"])
    assert judge(policy, facts(ON, titles=["gaoqi"]), ON).rule.id == "again"
    assert judge(policy, facts(ON, titles=[]), ON).rule.id == "fresh"
    assert judge(policy, facts(ON), ON).rule.id == "fresh"
    assert judge(policy, facts(ON), ON, "renewal").rule.id == "again"
    only_new = sheet(rules=rules[:1], grants=["gaoqi"])
    assert judge(only_new, facts(ON, titles=["gaoqi"]), ON).rule.id == "fresh"
    assert judge(only_new, facts(ON, titles=["gaoqi"]), ON, "renewal").status == "not_in_force"


def test_outside_its_validity_a_rule_says_since_when(sheet, facts):
    ended = sheet(rules=[{"to": "2025-12-31"}])
    verdict = judge(ended, facts(ON, staff=99), ON)
    assert (verdict.status, verdict.not_in_force_since) == ("not_in_force", date(2026, 1, 1))
    last = date(2025, 12, 31)
    assert judge(ended, facts(last, staff=99), last).status == "eligible"
    closed = sheet(STAFF, validity={"to": "2025-12-31"})
    assert judge(closed, facts(ON, staff=99), ON).not_in_force_since == date(2026, 1, 1)
    before = date(2015, 12, 31)
    assert judge(ended, facts(before, staff=99), before).not_in_force_until == date(2016, 1, 1)
    draft = sheet(STAFF, stage="consultation")
    assert judge(draft, facts(ON, staff=99), ON).status == "not_in_force"


def test_where_no_source_says_which_version_judges_both_readings_are_given(sheet, facts):
    readings = [{**version, "from": "2016-01-01", "to": None, "confirmed": False} for version in VERSIONS]
    policy = sheet(rules=readings)
    for staff, status in ((25, "eligible"), (15, "unknown"), (5, "ineligible")):
        verdict = judge(policy, facts(ON, staff=staff), ON)
        assert (verdict.status, verdict.confirmed, len(verdict.readings)) == (status, False, 2)
    assert [reading.status for reading in judge(policy, facts(ON, staff=15), ON).readings] == [
        "eligible",
        "ineligible",
    ]


def test_windows_inform_and_never_decide(sheet, facts):
    windows = [{"open": "2026-03-01", "close": "2026-04-30"}, {"open": "2026-06-01", "close": "2026-06-30"}]
    policy = sheet(rules=[{"windows": windows}])
    verdict = judge(policy, facts(ON, staff=10), ON)
    assert verdict.status == "eligible" and verdict.outside_window
    assert verdict.as_dict()["next_window"] == {"open": "2026-06-01", "close": "2026-06-30"}
    last = date(2026, 6, 30)
    assert not judge(policy, facts(last, staff=10), last).outside_window


def test_a_policy_of_one_area_asks_for_the_area(sheet, facts):
    policy = sheet(STAFF, areas=["zhangjiang"])
    assert judge(policy, facts(ON, staff=10), ON).missing == ("area",)


def test_sheets_without_rules_answer_nothing(sheet, facts):
    silent = sheet(rules=[])
    assert judge_all([silent, sheet(STAFF)], facts(ON), ON)[0].policy == "sample-policy"
    with pytest.raises(ValueError, match="no rules"):
        judge(silent, facts(ON), ON)
    with pytest.raises(ValueError, match="resolved for"):
        judge(sheet(STAFF), facts(date(2026, 5, 2)), ON)
