from datetime import date

import pytest
from pydantic import ValidationError

from policies.eligibility import STATUSES, FactTable, compile_rules, judge, judge_many

GROWTH = {"id": "growth", "label": "增长", "fact": "main_revenue_growth_last_year", "at_least": "5%"}
SIZE = {"id": "size", "label": "收入", "fact": "revenue_last_year", "at_least": "1000万"}
NOTICE = {"title": "示例申报通知", "mark": "P"}
SEASON = {
    "id": "s2025",
    "kind": "renewal",
    "from": "2025-05-01",
    "to": "2025-06-30",
    "source": NOTICE,
    "waives": ["growth"],
    "all": [{**SIZE, "at_least": "5000万"}],
}
FIRM = {"main_revenue_growth_last_year": "1%", "revenue_last_year": "2000万", "titles": ["srdi"]}


@pytest.fixture
def policy(sheet):
    return sheet(rules=[{"all": [GROWTH, SIZE], "seasons": [SEASON]}], grants=["srdi"])


@pytest.mark.parametrize(
    ("day", "kind", "status", "ids"),
    [
        ("2025-04-30", "renewal", "ineligible", ["growth", "size"]),
        ("2025-05-01", "renewal", "ineligible", ["size"]),
        ("2025-06-30", "renewal", "ineligible", ["size"]),
        ("2025-07-01", "renewal", "ineligible", ["growth", "size"]),
        ("2025-05-01", "new", "ineligible", ["growth", "size"]),
    ],
)
def test_a_season_changes_its_own_days_and_kind_and_no_others(policy, facts, day, kind, status, ids):
    on = date.fromisoformat(day)
    verdict = judge(policy, facts(on, **FIRM), on, kind)
    assert [answer.id.partition("/")[2] for answer in verdict.conditions] == ids
    assert verdict.status == status


def test_the_changed_threshold_carries_the_notice_and_the_answer_names_the_season(policy, facts):
    on = date(2025, 5, 20)
    verdict = judge(policy, facts(on, **{**FIRM, "revenue_last_year": "5000万"}), on, "renewal")
    assert verdict.status == "eligible"
    assert verdict.conditions[0].source == "示例申报通知"
    assert [season["id"] for season in verdict.as_dict()["seasons"]] == ["s2025"]
    later = date(2026, 5, 20)
    assert judge(policy, facts(later, **FIRM), later, "renewal").as_dict()["seasons"] == []


def test_many_firms_are_judged_by_the_season_too(policy, facts):
    for day in (date(2025, 5, 20), date(2025, 7, 1)):
        table = FactTable(day)
        firms = [facts(day, **{**FIRM, "revenue_last_year": revenue}) for revenue in ("2000万", "5000万")]
        for number, known in enumerate(firms):
            table.put(f"firm-{number}", known)
        for kind in ("new", "renewal", None):
            many = judge_many(compile_rules([policy], day, kind), table).statuses(policy.slug)
            assert [STATUSES[code] for code in many] == [judge(policy, f, day, kind).status for f in firms]


@pytest.mark.parametrize(
    ("seasons", "reason"),
    [
        ([{**SEASON, "to": "2025-04-01"}], "早于 from"),
        ([{**SEASON, "waives": [], "all": []}], "什么也没有改动"),
        ([{**SEASON, "waives": ["nobody"]}], "不存在：nobody"),
        ([{**SEASON, "waives": ["size"]}], "既免除又改写"),
        ([{**SEASON, "waives": ["growth", "size"], "all": []}], "免除了全部条件"),
        ([SEASON, {**SEASON, "id": "s2", "kind": "any"}], "重叠，又都改动了 growth、size"),
        ([{k: v for k, v in SEASON.items() if k != "source"}], "source"),
    ],
)
def test_what_is_badly_written_says_so(sheet, seasons, reason):
    with pytest.raises(ValidationError, match=reason):
        sheet(rules=[{"all": [GROWTH, SIZE], "seasons": seasons}])
