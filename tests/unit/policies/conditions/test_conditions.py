from datetime import date

import pytest
from pydantic import ValidationError

from policies.conditions import Age, Condition, bounds_of, read_age, threshold_text, undecided_facts
from policies.facts import records_from, resolve

ON = date(2026, 5, 1)
TIERS = {
    "fact": "rd_ratio_3y",
    "at_least": {
        "by": "revenue_last_year",
        "tiers": [{"up_to": "5000万", "value": "5%"}, {"up_to": "2亿", "value": "4%"}, {"value": "3%"}],
    },
}


def state(written, facts, on=ON):
    bounds = bounds_of(Condition.model_validate(written).tree, resolve(records_from(facts), on).value, on)
    words = {(1, 1, 1): "met", (0, 0, 0): "unmet", (0, 0, 1): "unknown", (0, 1, 1): "open"}
    return words[tuple(map(int, bounds))]


@pytest.mark.parametrize(
    ("written", "facts", "expected"),
    [
        ({"fact": "staff", "at_least": 10}, {"staff": 10}, "met"),
        ({"fact": "staff", "more_than": 10}, {"staff": 10}, "unmet"),
        ({"fact": "staff", "at_most": 10}, {"staff": 10}, "met"),
        ({"fact": "staff", "less_than": 10}, {"staff": 10}, "unmet"),
        ({"fact": "staff", "between": [1, 10]}, {"staff": 10}, "met"),
        ({"fact": "staff", "between": [1, 10]}, {"staff": 11}, "unmet"),
        ({"fact": "gaoqi_valid_to", "on_or_after": "today"}, {"gaoqi_valid_to": "2026-05-01"}, "met"),
        ({"fact": "gaoqi_valid_to", "on_or_after": "today"}, {"gaoqi_valid_to": "2026-04-30"}, "unmet"),
        (
            {"fact": "gaoqi_valid_to", "on_or_before": "today + 3 days"},
            {"gaoqi_valid_to": "2026-05-04"},
            "met",
        ),
        ({"fact": "tech_field", "in": ["materials", "energy"]}, {"tech_field": "energy"}, "met"),
        ({"fact": "titles", "any_of": ["gaoqi"]}, {"titles": []}, "unmet"),
        ({"fact": "titles", "all_of": ["gaoqi", "srdi"]}, {"titles": ["gaoqi"]}, "unmet"),
        ({"fact": "listed", "is": False}, {"listed": False}, "met"),
        ({"not": {"fact": "listed", "is": True}}, {"listed": False}, "met"),
        ({"not": {"fact": "titles", "any_of": ["gaoqi"]}}, {"titles": ["gaoqi"]}, "unmet"),
        ({"not": {"fact": "staff", "at_least": 10}}, {"staff": 10}, "unmet"),
    ],
)
def test_each_operator_at_its_edge(written, facts, expected):
    assert state(written, facts) == expected
    assert state(written, {}) == "unknown"
    assert state({"not": {"not": written}}, facts) == expected


@pytest.mark.parametrize(
    ("registered", "expected"), [("2025-05-01", "met"), ("2025-05-02", "unmet"), ("2020-02-29", "met")]
)
def test_365_days_run_to_the_application_day_not_to_the_end_of_the_year(registered, expected):
    assert (
        state({"fact": "registered_on", "age_at_least": "365 days"}, {"registered_on": registered})
        == expected
    )


@pytest.mark.parametrize(
    ("start", "on"),
    [("2024-02-29", "2027-02-28"), ("2024-02-28", "2027-02-28"), ("2023-05-31", "2026-05-31")],
)
def test_three_years_end_on_the_same_day_or_the_last_day_of_the_month(start, on):
    written = {"fact": "registered_on", "age_at_least": "3 years"}
    day = date.fromisoformat(on)
    assert state(written, {"registered_on": start}, day) == "met"
    assert read_age("3 years").after(date.fromisoformat(start)) == day
    assert state(written, {"registered_on": start}, date.fromordinal(day.toordinal() - 1)) == "unmet"
    assert state({"fact": "registered_on", "age_at_most": "3 years"}, {"registered_on": start}, day) == "met"


@pytest.mark.parametrize("written", ["36 months", "3 years", "3年", "36个月"])
def test_lengths_of_time_read_in_both_languages(written):
    assert read_age(written) == Age(36, "months")


@pytest.mark.parametrize(
    ("ratio", "revenue", "expected"),
    [
        ("5%", "5000万", "met"),
        ("4.99%", "5000万", "unmet"),
        ("4%", 50_000_001, "met"),
        ("4%", "2亿", "met"),
        ("3.99%", "2亿", "unmet"),
        ("3%", 200_000_001, "met"),
        ("5%", None, "met"),
        ("4.5%", None, "unknown"),
        ("2.99%", None, "unmet"),
        (None, "5000万", "unknown"),
    ],
)
def test_tiers_are_exact_at_their_edges_and_decide_without_revenue_where_they_can(ratio, revenue, expected):
    facts = {"rd_ratio_3y": ratio, "revenue": None if revenue is None else {2025: revenue}}
    assert state(TIERS, {k: v for k, v in facts.items() if v is not None}) == expected


def test_one_met_branch_is_enough_whatever_people_say():
    declared, known = {"declared": "企业声明"}, {"fact": "staff", "at_least": 1}
    assert state({"any": [declared, known]}, {"staff": 1}) == "met"
    assert state({"any": [declared, known]}, {"staff": 0}) == "open"
    assert state({"any": [declared, known]}, {}) == "open"
    assert state({"all": [declared, known]}, {"staff": 0}) == "unmet"
    assert state({"all": [declared, known]}, {}) == "unknown"
    assert state({"not": declared}, {}) == "open"
    assert state({"at_least_n": 2, "of": [declared, known, known]}, {"staff": 1}) == "met"
    assert state({"not": {"all": [declared, known]}}, {"staff": 0}) == "met"


def test_only_the_facts_that_still_matter_are_missing():
    written = {
        "any": [
            {"all": [{"fact": "staff", "at_least": 1}, {"fact": "listed", "is": True}]},
            {"fact": "assets", "at_least": 1},
        ]
    }
    tree = Condition.model_validate(written).tree
    lookup = resolve(records_from({"staff": 0}), ON).value
    assert list(undecided_facts(tree, lookup, ON)) == ["assets"]


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ({"fact": "staff"}, "恰好"),
        ({"fact": "staff", "at_least": 1, "at_most": 2}, "恰好"),
        ({"at_least": 1}, "缺少 fact"),
        ({"fact": "nothing", "at_least": 1}, "没有登记"),
        ({"fact": "listed", "at_least": 1}, "不能用于"),
        ({"fact": "revenue", "at_least": "5%"}, "金额"),
        ({"fact": "rd_ratio_3y", "at_least": "5000万"}, "比例"),
        ({"fact": "rd_ratio_3y", "at_least": "很多"}, "不是数字"),
        ({"fact": "staff", "between": [5, 1]}, "大于上限"),
        ({"fact": "registered_on", "age_at_least": "long"}, "时长"),
        ({"fact": "tech_field", "in": ["farming"]}, "选项"),
        ({"fact": "tech_field", "in": []}, "空"),
        ({"fact": "staff", "declared": "x"}, "fact"),
        ({"at_least_n": 3, "of": [{"declared": "x"}]}, "of 只有"),
        ({"at_least_n": 3}, "一起写"),
        (
            {**TIERS, "at_least": {"by": "revenue_last_year", "tiers": [{"up_to": 5, "value": "5%"}]}},
            "最后一档",
        ),
        ({**TIERS, "at_least": {"by": "listed", "tiers": [{"value": "5%"}]}}, "不是数字"),
    ],
)
def test_a_badly_written_condition_says_what_is_wrong(written, reason):
    with pytest.raises(ValidationError, match=reason):
        Condition.model_validate(written)


def test_thresholds_read_as_plain_chinese():
    def text(written, facts=()):
        lookup = resolve(records_from(dict(facts)), ON).value
        return threshold_text(Condition.model_validate(written), ON, lookup)

    assert text(TIERS) == "不低于5%／4%／3%（按最近一年销售收入分档）"
    assert text(TIERS, {"revenue": {2025: "1亿"}}) == "不低于4%（最近一年销售收入1亿元适用）"
    assert text({"not": {"fact": "listed", "is": True}}) == "不得为“是”"
    assert (
        text({"any": [{"fact": "staff", "at_least": 3}, {"fact": "listed", "is": True}]})
        == "以下任一：职工总数不低于3人；已上市为“是”"
    )
    assert text({"fact": "registered_on", "age_at_least": "365 days"}) == "满365天"


def test_a_condition_is_written_back_as_it_was_read():
    for written in (TIERS, {"id": "a", "label": "甲", "not": {"fact": "listed", "is": False}}):
        assert Condition.model_validate(written).model_dump(mode="json") == written


@pytest.mark.parametrize(
    "written",
    [
        {"fact": "staff", "more_than": 0},
        {"fact": "listed", "is": False},
        {"not": {"fact": "staff", "at_most": 0}},
        {"id": "a", "label": "甲", "fact": "staff", "between": [0, 0], "fix": True, "help": ["application"]},
    ],
)
def test_a_condition_is_kept_as_it_was_written(written):
    condition = Condition.model_validate(written)
    assert condition.model_dump(mode="json", by_alias=True) == written
