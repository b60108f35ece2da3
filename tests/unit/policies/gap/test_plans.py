"""What is short, by how much and until when: every day below can be checked with a calendar."""

import json
from datetime import date
from fractions import Fraction

import pytest

TIERS = {
    "fact": "rd_ratio_3y",
    "at_least": {
        "by": "revenue_last_year",
        "tiers": [{"up_to": "5000万", "value": "5%"}, {"up_to": "2亿", "value": "4%"}, {"value": "3%"}],
    },
}
NEXT_YEAR = date(2027, 1, 1)


@pytest.mark.parametrize(
    ("condition", "facts", "earliest", "text"),
    [
        (
            {"fact": "registered_on", "age_at_least": "365 days"},
            {"registered_on": "2026-03-01"},
            date(2027, 3, 1),
            "到2027-03-01满365天",
        ),
        (
            {"fact": "registered_on", "age_at_least": "3 years"},
            {"registered_on": "2024-02-29"},
            date(2027, 2, 28),
            "到2027-02-28满3年",
        ),
        (
            {"fact": "gaoqi_valid_to", "on_or_before": "today + 90 days"},
            {"gaoqi_valid_to": "2027-06-01"},
            date(2027, 3, 3),
            "到2027-03-03才可办理",
        ),
        (
            {"fact": "niche_years", "at_least": 3},
            {"niche_years": 1},
            date(2028, 11, 23),
            "从事细分市场年限还差2年",
        ),
        (
            {"fact": "class1_ip", "at_least": 4},
            {"class1_ip": 1},
            date(2026, 11, 23),
            "Ⅰ类知识产权件数还差3件",
        ),
        (
            {"fact": "tech_staff_share", "at_least": "10%"},
            {"staff": {2025: 33}, "tech_staff": {2025: 3}},
            NEXT_YEAR,
            "科技人员占比还差0.91个百分点（其他数字不变，即科技人员数1人）",
        ),
        (
            {"fact": "debt_ratio", "at_most": "70%"},
            {"assets": {2025: "1000万"}, "liabilities": {2025: "750万"}},
            NEXT_YEAR,
            "资产负债率超出5个百分点（其他数字不变，即负债总额50万元）",
        ),
        (
            {"fact": "revenue_last_year", "more_than": "1000万"},
            {"revenue": {2025: "1000万"}},
            NEXT_YEAR,
            "最近一年销售收入还差1元",
        ),
        (
            {"fact": "titles", "any_of": ["gaoqi"]},
            {"titles": []},
            date(2026, 12, 7),
            "已有资质需取得：高新技术企业",
        ),
        (
            {"fact": "audited_accounts", "is": True},
            {"audited_accounts": False},
            date(2026, 11, 23),
            "查账征收并能准确归集研发费用应为“是”",
        ),
    ],
)
def test_what_is_short_by_how_much_and_from_when(sheet, planned, condition, facts, earliest, text):
    found = planned(sheet(condition), **facts)
    (step,) = found.steps
    assert (step.way.text, step.earliest, found.earliest, found.apply_on) == (
        text,
        earliest,
        earliest,
        earliest,
    )


def test_a_threshold_by_tiers_is_measured_at_the_tier_that_applies(sheet, planned):
    facts = {"rd_expense": {2023: 0, 2024: 0, 2025: "900万"}, "revenue": {2023: 0, 2024: 0, 2025: "3亿"}}
    assert (
        planned(sheet(TIERS), **{**facts, "rd_expense": {2023: 0, 2024: 0, 2025: "899万"}})
        .steps[0]
        .way.shortfalls[0]
        .amount
        == 10_000
    )
    assert planned(sheet(TIERS), **facts).steps == ()
    unknown = planned(sheet(TIERS), rd_ratio_3y="4%").steps[0].way
    assert [item.fact for item in unknown.wanted] == ["revenue"] and not unknown.shortfalls


def test_the_cheapest_of_the_alternatives_comes_first_and_the_others_are_named(sheet, planned):
    choice = {
        "any": [
            {"fact": "revenue_last_year", "at_least": "1000万"},
            {"fact": "equity_raised_2y", "at_least": "2000万"},
        ]
    }
    facts = {"revenue": {2025: "900万"}, "equity_raised": {2024: 0, 2025: "500万"}}
    (step,) = planned(sheet(choice), **facts).steps
    assert step.way.text == "最近一年销售收入还差100万元"
    assert step.way.others == ("近两年新增股权融资还差1500万元",)
    facts["revenue"] = {2025: "100万"}
    assert planned(sheet(choice), **facts).steps[0].way.text == "近两年新增股权融资还差1500万元"
    of_two = {"at_least_n": 2, "of": [*choice["any"], {"fact": "class1_ip", "at_least": 1}]}
    text = planned(sheet(of_two), **facts, class1_ip=1).steps[0].way.text
    assert text == "近两年新增股权融资还差1500万元"


def test_what_nobody_can_change_blocks_and_what_time_brings_does_not(sheet, planned):
    past = {"fact": "registered_on", "on_or_after": "2025-01-01"}
    young = {"fact": "registered_on", "age_at_least": "3 years", "fix": False}
    blocked = planned(sheet(past, young), registered_on="2024-12-31")
    assert (
        blocked.blocked
        and blocked.earliest is None
        and blocked.outlook == "有条件无法弥补，按现有规则不能达到。"
    )
    waiting = planned(sheet(young), registered_on="2024-12-31")
    assert (waiting.blocked, waiting.earliest) == (False, date(2027, 12, 31))
    unfixable = planned(sheet({"fact": "tech_field", "in": ["energy"], "fix": False}), tech_field="none")
    assert unfixable.blocked
    changeable = planned(sheet({"fact": "tech_field", "in": ["energy"], "fix": True}), tech_field="none")
    assert not changeable.blocked


def test_steps_come_in_the_order_they_press(sheet, planned):
    conditions = (
        {"declared": "声明"},
        {"fact": "class1_ip", "at_least": 1},
        {"fact": "revenue_last_year", "at_least": 100},
        {"fact": "class2_ip", "at_least": 1, "help": ["ip-planning"]},
    )
    found = planned(sheet(*conditions), revenue={2025: 1}, class2_ip=0)
    assert [step.state for step in found.steps] == ["unmet", "unmet", "unknown", "declared"]
    assert [step.earliest for step in found.steps[:2]] == [date(2026, 11, 23), NEXT_YEAR]
    assert found.steps[0].help == ("ip-planning",)
    assert [item.fact for item in found.wanted] == ["class1_ip"]
    assert found.outlook == (
        "做到以下各项，最早2027年1月起可以申报：Ⅱ类知识产权件数还差1件；最近一年销售收入还差99元；"
        "补充Ⅰ类知识产权件数；另有1项由企业声明或由人评定。"
    )  # fmt: skip


def test_of_what_nobody_knows_no_day_is_promised(sheet, planned):
    found = planned(sheet({"fact": "class1_ip", "at_least": 1}))
    assert found.outlook == "先补齐信息才能判断；若都符合，最早现在可以申报：补充Ⅰ类知识产权件数。"


def test_the_application_window_moves_the_day(sheet, planned):
    condition = {"fact": "revenue_last_year", "at_least": 100}
    windows = [{"open": "2026-03-01", "close": "2026-09-30"}, {"open": "2027-03-01", "close": "2027-09-30"}]
    found = planned(sheet(condition, rule={"windows": windows}), revenue={2025: 1})
    assert (found.earliest, found.apply_on) == (NEXT_YEAR, date(2027, 3, 1))
    closed = planned(sheet(condition, rule={"windows": windows[:1]}), revenue={2025: 1})
    assert closed.apply_on is None and "2027-01-01之后的申报时间尚未公布" in closed.outlook


def test_the_version_in_force_by_then_is_planned_for(sheet, planned):
    def rule(name, least, **days):
        condition = {"id": "c", "label": "收入", "fix": True, "fact": "revenue_last_year", "at_least": least}
        return {"id": name, "from": "2020-01-01", "source": {"title": "示例"}, "all": [condition], **days}

    old = rule("old", 100, to="2026-12-31")
    policy = sheet(rules=[old, rule("new", 500, **{"from": "2027-01-01"})])
    found = planned(policy, revenue={2025: 1})
    assert (found.rule, found.steps[0].way.text) == ("new", "最近一年销售收入还差499元")
    assert found.apply_on == NEXT_YEAR
    ending = planned(sheet(rules=[old]), revenue={2025: 1})
    assert ending.apply_on is None and "到2026-12-31为止，之后的规则尚未公布" in ending.outlook
    assert planned(policy, revenue={2025: 100}).rule == "old"


def test_a_score_is_climbed_by_the_cheapest_points(sheet, planned):
    def part(name, fact, *bands, **more):
        rows = [{"points": points, "when": {"fact": fact, "at_least": least}} for least, points in bands]
        return {"id": name, "label": name, "bands": rows, **more}

    score = {
        "score": {
            "least": 50,
            "sum": [
                part("staff", "tech_staff_share", ("30%", 20), ("10%", 4), least=1),
                part("ip", "class2_ip", (4, 24), (1, 6)),
                part("size", "class1_ip", (1, 30)),
            ],
        }
    }
    facts = {"tech_staff_share": "9%", "class2_ip": 3, "class1_ip": 0}
    (step,) = planned(sheet(score), **facts).steps
    # 4 points for the staff item, which must not be 0; 24 for one more right of class 2; 30 for class 1
    assert {(s.fact, s.short) for s in step.way.shortfalls} == {
        ("tech_staff_share", Fraction(1, 100)),
        ("class2_ip", 1),
        ("class1_ip", 1),
    }
    assert planned(sheet(score), **{**facts, "class1_ip": 1, "tech_staff_share": "30%"}).steps == ()


def test_a_policy_out_of_force_has_no_plan(sheet, planned):
    ended = sheet({"declared": "声明"}, rule={"to": "2025-12-31"})
    found = planned(ended)
    assert (found.steps, found.earliest, found.outlook) == ((), None, "现在没有适用的规则。")


def test_a_plan_is_told_as_json(sheet, planned):
    found = planned(
        sheet({"fact": "tech_staff_share", "at_least": "10%"}), staff={2025: 33}, tech_staff={2025: 3}
    )
    told = json.loads(json.dumps(found.as_dict()))
    assert told["earliest"] == "2027-01-01" and told["steps"][0]["short"][0]["amount"] == 1
    assert told["steps"][0]["short"][0]["amount_of"] == "tech_staff"
