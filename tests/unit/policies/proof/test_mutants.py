import pytest

from policies.conditions import Condition
from policies.proof import mutants_of, surviving
from policies.proof.changes import changes_of
from policies.sheet import Case

TIERS = {"by": "revenue_last_year", "tiers": [{"up_to": "5000万", "value": "5%"}, {"value": "3%"}]}


def changed(written):
    """What the changes of a condition look like, as data without id and label."""
    condition = Condition.model_validate(written)
    return [change.data for change in changes_of(condition.model_dump(mode="json", by_alias=True))]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (
            {"fact": "staff", "at_least": 10},
            [{"at_least": 9}, {"at_least": 11}, {"more_than": 10}, {"less_than": 10}],
        ),
        (
            {"fact": "rd_ratio_3y", "at_most": "5%"},
            [{"at_most": "0.0499"}, {"at_most": "0.0501"}, {"less_than": "5%"}, {"more_than": "5%"}],
        ),
        (
            {"fact": "registered_on", "age_at_least": "365 days"},
            [{"age_at_least": "364 days"}, {"age_at_least": "366 days"}, {"age_at_most": "365 days"}],
        ),
        (
            {"fact": "gaoqi_valid_to", "on_or_after": "today"},
            [{"on_or_after": "today - 1 days"}, {"on_or_after": "today + 1 days"}, {"on_or_before": "today"}],
        ),
        ({"fact": "listed", "is": False}, [{"is": True}]),
        (
            {"fact": "titles", "any_of": ["gaoqi", "zhuanjingtexin"]},
            [{"any_of": ["zhuanjingtexin"]}, {"any_of": ["gaoqi"]}, {"all_of": ["gaoqi", "zhuanjingtexin"]}],
        ),
    ],
)
def test_thresholds_move_one_step_and_operators_turn(written, expected):
    assert changed(written) == [{"fact": written["fact"], **change} for change in expected]


def test_tiers_parts_negation_and_scores_change_too():
    tiers = changed({"fact": "rd_ratio_3y", "at_least": TIERS})
    assert sum(change.get("at_least", TIERS) != TIERS for change in tiers) == 6
    parts = [{"fact": "listed", "is": True}, {"declared": "声明"}]
    assert {"any": [parts[1]]} in changed({"any": parts})
    assert {"all": parts} in changed({"any": parts})
    assert parts[0] in changed({"not": parts[0]})
    band = {"points": [3, 5], "when": {"fact": "listed", "is": True}}
    score = {"id": "a", "label": "甲", "evidence": "材料", "bands": [band, {"points": 1}]}
    written = {"score": {"least": 4, "most": 9, "sum": [score, {**score, "id": "b"}]}}
    found = [change["score"] for change in changed(written)]
    assert {**written["score"], "least": 5} in found and {**written["score"], "most": 8} in found
    assert {**written["score"], "sum": [score]} in found
    shifted = {**score, "bands": [{**band, "points": [3, 6]}, {"points": 1}]}
    assert {**written["score"], "sum": [shifted, {**score, "id": "b"}]} in found


def edge(case, *, staff, expect, on="2026-05-01"):
    return Case.model_validate(
        case(expect, name=f"{staff}人 {on}", on=on, facts={"staff": {int(on[:4]) - 1: staff}})
    )


def test_cases_at_the_edges_notice_every_mutant_and_others_do_not(sheet, case):
    days = [edge(case, staff=9, expect="ineligible", on=day) for day in ("2020-01-01", "2026-12-31")]
    days += [edge(case, staff=9, expect="not_in_force", on=day) for day in ("2019-12-31", "2027-01-01")]
    edges = [edge(case, staff=9, expect="ineligible"), edge(case, staff=10, expect="eligible")]
    assert surviving(sheet(), days + edges) == []
    keys = [survivor.key for survivor in surviving(sheet(), [*days, edge(case, staff=50, expect="eligible")])]
    assert keys == ["text/staff at_least 10 改为 11", "text/staff at_least 改为 more_than"]


def test_a_case_the_sheet_fails_notices_nothing(sheet, case):
    broken = Case.model_validate(case("eligible"))
    assert len(surviving(sheet(), [broken])) == sum(1 for _ in mutants_of(sheet()))


def test_equivalents_carry_their_reason_and_stale_ones_come_back(sheet, case):
    wrong = {"text/staff at_least 10 改为 11": "说明", "nothing": "说明"}
    found = {
        survivor.key: survivor.reason
        for survivor in surviving(sheet(), [edge(case, staff=50, expect="eligible")], wrong)
    }
    assert found["text/staff at_least 10 改为 11"] == "说明"
    assert any(key.startswith("nothing：") and not reason for key, reason in found.items())


def test_one_condition_in_two_versions_is_changed_in_both_and_left_out_in_each(sheet):
    policy = sheet()
    again = policy.rules[0].model_copy(update={"id": "again", "kind": "renewal"})
    twice = policy.model_copy(update={"rules": (policy.rules[0].model_copy(update={"kind": "new"}), again)})
    changed = [mutant for mutant in mutants_of(twice) if mutant.key.startswith("text+again/")]
    assert len(changed) == 4
    for mutant in changed:
        assert (
            mutant.sheet.rules[0].conditions == mutant.sheet.rules[1].conditions != policy.rules[0].conditions
        )


def test_a_season_is_changed_and_left_out(sheet):
    other = {"id": "listed", "label": "上市", "fact": "listed", "is": False}
    season = {
        "id": "s",
        "from": "2026-01-01",
        "to": "2026-06-30",
        "source": {"title": "通知"},
        "waives": ["listed"],
    }
    policy = sheet(
        {"id": "staff", "label": "职工", "fact": "staff", "at_least": 10}, other, rule={"seasons": [season]}
    )
    keys = [mutant.key for mutant in mutants_of(policy) if "/s " in mutant.key]
    assert keys == [
        "text/s 去掉整个申报季",
        "text/s 不再免除 listed",
        "text/s from 2026-01-01 改为 2025-12-31",
        "text/s from 2026-01-01 改为 2026-01-02",
        "text/s to 2026-06-30 改为 2026-06-29",
        "text/s to 2026-06-30 改为 2026-07-01",
    ]
