from datetime import date

import pytest
from pydantic import ValidationError

from policies.conditions import Condition, Evaluation
from policies.eligibility.scores import explain_score
from policies.facts import records_from, resolve

ON = date(2026, 5, 1)
STAFF = {
    "id": "staff",
    "label": "科技人员",
    "least": 1,
    "bands": [
        {"points": points, "when": {"fact": "tech_staff_share_six_month", "at_least": share}}
        for points, share in ((20, "30%"), (16, "25%"), (4, "10%"))
    ],
}
RESEARCH = {
    "id": "rd",
    "label": "研发投入",
    "best": [
        {
            "id": fact.replace("_", "-"),
            "label": fact,
            "bands": [
                {"points": points, "when": {"fact": fact, "at_least": share}} for points, share in bands
            ],
        }
        for fact, bands in (
            ("rd_ratio_last_year", ((50, "6%"), (20, "3%"))),
            ("rd_cost_ratio_last_year", ((50, "30%"), (20, "15%"))),
        )
    ],
}
RIGHTS = {
    "id": "ip",
    "label": "知识产权",
    "bands": [
        {"points": 30, "when": {"fact": "class1_ip", "at_least": 1}},
        {"points": 12, "when": {"fact": "class2_ip", "at_least": 2}},
    ],
}
JUDGED = {
    "id": "level",
    "label": "技术先进程度",
    "evidence": "查新报告",
    "bands": [{"points": [0, 8], "when": {"fact": "class2_ip", "at_least": 1}}],
}
TABLE = {"score": {"least": 60, "sum": [STAFF, RESEARCH, RIGHTS]}}


def known(**facts):
    return resolve(records_from(facts), ON)


def answer(written, **facts):
    condition = Condition.model_validate(written)
    evaluation = Evaluation(known(**facts).value, ON)
    return evaluation.bounds(condition.tree), explain_score(condition.score, known(**facts), evaluation)


@pytest.mark.parametrize(
    ("facts", "points"),
    [
        ({"tech_staff_share_six_month": "30%", "rd_ratio_last_year": "6%", "class1_ip": 1}, (100, 100)),
        ({"tech_staff_share_six_month": "29.9%", "rd_ratio_last_year": "5.9%", "class1_ip": 1}, (66, 96)),
        ({"tech_staff_share_six_month": "10%", "class1_ip": 0, "class2_ip": 2}, (16, 66)),
        ({"class2_ip": 2}, (12, 100)),
        ({}, (0, 100)),
    ],
)
def test_a_range_runs_from_what_is_certain_to_what_is_possible(facts, points):
    score = answer(TABLE, **facts)[1]
    assert (score.range.low, score.range.high) == points


def test_the_better_of_two_measures_counts_and_a_known_full_mark_leaves_nothing_to_ask():
    low_by_sales = {"rd_ratio_last_year": "1%", "rd_cost_ratio_last_year": "30%"}
    score = answer(TABLE, **low_by_sales)[1].parts[1]
    assert score.range.low == 50 and score.wanted == () and score.open == "settled"
    score = answer(TABLE, rd_ratio_last_year="3%")[1].parts[1]
    assert [item.fact for item in score.wanted] == ["rd_expense", "cost"] and score.open == "unknown"


def test_a_part_that_must_not_be_zero_sinks_the_whole():
    facts = {"rd_ratio_last_year": "6%", "class1_ip": 1}
    assert answer(TABLE, **facts)[0] == (False, False, True)
    assert answer(TABLE, **facts, tech_staff_share_six_month="9.9%")[0] == (False, False, False)
    assert answer(TABLE, **facts, tech_staff_share_six_month="10%")[0] == (True, True, True)


def test_people_decide_within_their_range_and_only_there():
    written = {"score": {"least": 35, "sum": [RIGHTS, JUDGED]}}
    assert answer(written, class1_ip=1, class2_ip=1)[0] == (False, True, True)
    assert answer(written, class1_ip=1, class2_ip=0)[0] == (False, False, False)
    assert answer(written, class1_ip=1)[0] == (False, False, True)
    bounds, score = answer(written, class1_ip=1, class2_ip=1)
    assert (score.range, score.parts[1].open) == ((30, 38, 38), "needs_evidence")
    assert [part.label for part in score.deciding] == ["技术先进程度"]


def test_a_cap_holds_the_parts_together():
    capped = {"score": {"least": 30, "most": 30, "sum": [RIGHTS, JUDGED]}}
    bounds, score = answer(capped, class1_ip=1)
    assert bounds.certain and score.range == (30, 30, 30) and score.open == "settled"


def test_a_score_stands_inside_a_choice():
    direct = {"any": [TABLE, {"fact": "titles", "any_of": ["gaoqi"]}]}
    tree = Condition.model_validate(direct).tree
    assert Evaluation(known(titles=["gaoqi"], tech_staff_share_six_month=0).value, ON).bounds(tree).certain


@pytest.mark.parametrize(
    ("score", "reason"),
    [
        ({"sum": [STAFF]}, "least"),
        ({"least": 21, "sum": [STAFF]}, "最多只有 20 分"),
        ({"least": 1}, "恰好写"),
        ({"least": 1, "sum": [STAFF], "bands": STAFF["bands"]}, "恰好写"),
        ({"least": 1, "sum": [STAFF, STAFF]}, "重复"),
        ({"least": 1, "best": [STAFF, RIGHTS]}, "best 之下"),
        ({"least": 1, "bands": [{"points": [0, 8]}]}, "evidence"),
        ({"least": 1, "bands": [{"points": [8, 0]}]}, "从小到大"),
        ({"least": 1, "bands": [{"points": 1, "when": {"fact": "nobody", "at_least": 1}}]}, "没有登记"),
    ],
)
def test_what_is_badly_written_says_so(score, reason):
    with pytest.raises(ValidationError, match=reason):
        Condition.model_validate({"score": score})


def test_a_score_has_no_opposite():
    with pytest.raises(ValidationError, match="not"):
        Condition.model_validate({"not": TABLE})
    with pytest.raises(ValidationError, match="not"):
        Condition.model_validate({"not": {"any": [TABLE, {"fact": "listed", "is": True}]}})


def test_a_score_is_read_back_as_it_was_written():
    condition = Condition.model_validate(TABLE)
    assert Condition.model_validate(condition.model_dump(mode="json")) == condition
