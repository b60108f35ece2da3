import pytest

from policies.proof import audit_sheet, audit_sheets
from policies.sheet import Case

LESS = {"id": "few", "label": "人数少", "fact": "staff", "less_than": 10}


def texts(policy, *cases):
    return [finding.text for finding in audit_sheet(policy, [Case.model_validate(c) for c in cases])]


def test_a_rule_with_source_end_and_case_is_clean(sheet, case):
    assert texts(sheet(), case("unknown")) == []


@pytest.mark.parametrize(
    "written",
    [
        {"all": [{"fact": "staff", "at_least": 10}, {"fact": "staff", "less_than": 10}]},
        {"all": [{"fact": "staff", "more_than": 9}, {"fact": "staff", "at_most": 9}]},
        {"fact": "debt_ratio", "less_than": 0},
        {"fact": "tech_staff_share", "more_than": "100%"},
        {"fact": "srdi_score", "at_least": 101},
        {"all": [{"fact": "listed", "is": True}, {"fact": "listed", "is": False}]},
        {"all": [{"fact": "area", "in": ["zhangjiang"]}, {"not": {"fact": "area", "in": ["zhangjiang"]}}]},
        {"all": [{"fact": "titles", "any_of": ["gaoqi"]}, {"not": {"fact": "titles", "any_of": ["gaoqi"]}}]},
        {
            "all": [
                {"fact": "registered_on", "age_at_least": "3 years"},
                {"fact": "registered_on", "age_at_most": "2 years"},
            ]
        },
        {
            "at_least_n": 2,
            "of": [
                {"fact": "staff", "at_least": 10},
                {"fact": "staff", "at_most": 5},
                {"fact": "debt_ratio", "less_than": 0},
            ],
        },
        {
            "score": {
                "least": 10,
                "sum": [
                    {
                        "id": "a",
                        "label": "甲",
                        "bands": [{"points": 10, "when": {"fact": "debt_ratio", "less_than": 0}}],
                    }
                ],
            }
        },
    ],
)
def test_a_condition_no_firm_can_meet_is_named(sheet, case, written):
    policy = sheet({"id": "odd", "label": "奇怪", **written})
    assert texts(policy, case("unknown")) == ["没有企业能满足条件“奇怪”。"]


@pytest.mark.parametrize(
    "written",
    [
        {"any": [{"fact": "debt_ratio", "less_than": 0}, {"needs_person": "专家"}]},
        {"all": [{"fact": "staff", "at_least": 10}, {"fact": "staff", "at_most": 10}]},
        {"fact": "net_profit_last_year", "less_than": 0},
        {"all": [{"fact": "titles", "any_of": ["gaoqi"]}, {"fact": "titles", "any_of": ["zhuanjingtexin"]}]},
        {
            "all": [
                {"fact": "area", "in": ["zhangjiang", "lingang"]},
                {"not": {"fact": "area", "in": ["lingang"]}},
            ]
        },
    ],
)
def test_what_some_firm_can_meet_is_left_alone(sheet, written):
    found = texts(sheet({"id": "odd", "label": "奇怪", **written}))
    assert not any("没有企业能满足" in text for text in found)


def test_conditions_that_exclude_each_other_are_named_together(sheet):
    staff = {"id": "staff", "label": "职工人数", "fact": "staff", "at_least": 10}
    assert "条件“职工人数”与“人数少”互相矛盾。" in texts(sheet(staff, LESS))


def test_a_season_that_makes_a_rule_impossible_is_named(sheet):
    season = {"id": "s", "from": "2026-01-01", "to": "2026-12-31", "source": {"title": "通知"}, "all": [LESS]}
    found = audit_sheet(sheet(rule={"seasons": [season]}))
    assert ("text/s", "条件“职工人数”与“人数少”互相矛盾。") in [(f.where, f.text) for f in found]


def test_what_has_no_case_source_end_or_official_link_is_named(sheet):
    odd = sheet(rule={"to": None, "source": {"title": " ", "url": "https://example.com/a"}})
    found = texts(odd)
    assert "没有案例验证这个版本。" in found
    assert "规则没有写明来源。" in found
    assert "规则没有截止日，也没有说明为什么。" in found
    assert "链接不是官方网址：https://example.com/a" in found
    wrong = [finding.text for finding in audit_sheet(odd) if not finding.open]
    assert wrong == ["规则没有写明来源。"]  # the others are for people to look at
    fine = sheet(
        rule={"to": None, "note": "长期有效", "source": {"title": "示例", "url": "https://www.most.gov.cn/a"}}
    )
    assert texts(fine) == ["没有案例验证这个版本。"]
    for url in ("http://www.most.gov.cn/a", "https://gov.cn.example.com/", "https://notgov.cn/"):
        assert any("官方网址" in text for text in texts(sheet(sources=[{"title": "示例", "url": url}])))


def test_help_nobody_knows_and_cases_that_fail_are_named(sheet, case):
    policy = sheet({"id": "staff", "label": "职工人数", "fact": "staff", "at_least": 10, "help": ["magic"]})
    found = texts(policy, case("eligible"), case("unknown", facts={"nobody": 1}, name="坏案例"))
    assert found == [
        "应为“符合”，实为“不能判断”。",
        "案例中的事实有误：没有登记这项事实",
        "条件“职工人数”的 help 里没有“magic”这种帮助。",
    ]


def test_cases_kept_elsewhere_count(sheet, case):
    policy = sheet()
    assert audit_sheets([policy], [("other", Case.model_validate(case("unknown")))]) != []
    assert audit_sheets([policy], [("sample-policy", Case.model_validate(case("unknown")))]) == []
