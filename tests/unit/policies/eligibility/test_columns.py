from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.eligibility import STATUSES, FactTable, compile_rules, judge, judge_many
from policies.eligibility.exact import column_number, threshold_number
from policies.facts import FactRecord, records_from, resolve

ON = date(2026, 5, 1)
STAFF = {"fact": "staff", "at_least": 10}


@given(
    st.integers(0, 10**15),
    st.integers(1, 10**15),
    st.sampled_from(["0.05", "0.04", "0.6", "0.1", "1.1025", "-0.0375", "0.333333333333", "71", "50000000"]),
)
def test_columns_compare_as_the_exact_numbers_do(part, whole, written):
    threshold = Fraction(written)
    for value in (
        Fraction(part, whole),
        threshold + Fraction(1, whole),
        threshold - Fraction(1, whole),
        threshold,
    ):
        number, edge = column_number(value), threshold_number(threshold)
        assert (number > edge) == (value > threshold)
        assert (number >= edge) == (value >= threshold)


def test_a_ratio_a_hair_below_the_threshold_does_not_pass():
    value = Fraction(5 * 10**30 - 1, 10**32)
    assert float(value) == 0.05
    assert column_number(value) < threshold_number(Fraction(1, 20))
    with pytest.raises(ValueError):
        threshold_number(Fraction(1, 3))


def test_rows_are_added_replaced_and_grown(sheet):
    rules = compile_rules([sheet(STAFF, {"fact": "titles", "any_of": ["gaoqi"]})], ON)
    table = FactTable.from_records(
        ((f"firm-{n}", records_from({"staff": n % 20, "titles": ["gaoqi"] * (n % 2)})) for n in range(3000)),
        ON,
    )
    before = judge_many(rules, table)
    assert len(table) == 3000
    assert len(before.firms("sample-policy", "eligible")) == sum(n % 20 >= 10 and n % 2 for n in range(3000))
    table.put("firm-0", resolve(records_from({"staff": 10, "titles": ["gaoqi"]}), ON))
    table.put("firm-11", resolve(records_from({"staff": 10, "titles": []}), ON))
    table.put("firm-13", resolve([], ON))
    assert list(judge_many(rules, table).changed(before)) == [
        ("sample-policy", "firm-0", "ineligible", "eligible"),
        ("sample-policy", "firm-11", "eligible", "ineligible"),
        ("sample-policy", "firm-13", "eligible", "unknown"),
    ]


def test_versions_kinds_and_readings_agree_with_the_single_answer(sheet):
    conditions = [{"id": "a", "label": "甲", "fact": "staff", "at_least": n} for n in (10, 20)]
    one, two = ({"all": [condition]} for condition in conditions)
    fresh, again = {"kind": "new"}, {"id": "b", "kind": "renewal"}
    readings = [{**one, "confirmed": False}, {**two, "id": "b", "confirmed": False}]
    policies = [
        sheet(rules=[fresh, {**again, "to": "2026-01-01"}], grants=["gaoqi"], slug="p1"),
        sheet(rules=[{**fresh, **one}, {**again, **two}], grants=["gaoqi", "srdi"], slug="p2"),
        sheet(rules=readings, slug="p3"),
        sheet(rules=[{"to": "2025-12-31"}], slug="p4"),
        sheet({"any": [STAFF, {"declared": "声明"}]}, slug="p5"),
        sheet(STAFF, areas=["zhangjiang"], slug="p6"),
    ]
    firms = {
        f"firm-{n}": records_from({k: v for k, v in values.items() if v is not None})
        for n, values in enumerate(
            {"staff": staff, "titles": titles, "area": area}
            for staff in (None, 5, 15, 25)
            for titles in (None, [], ["gaoqi"], ["srdi"])
            for area in (None, "zhangjiang", "lingang")
        )
    }
    table = FactTable.from_records(firms.items(), ON)
    for kind in (None, "new", "renewal"):
        answers = judge_many(compile_rules(policies, ON, kind), table, near=True)
        for policy in policies:
            one_by_one = [judge(policy, resolve(records, ON), ON, kind) for records in firms.values()]
            assert [STATUSES[code] for code in answers.statuses(policy.slug)] == [
                verdict.status for verdict in one_by_one
            ], (policy.slug, kind)
            for state, found in (
                ("unmet", answers.near_misses(policy.slug)),
                ("unknown", answers.one_question_left(policy.slug)),
            ):
                expected = [
                    key for key, verdict in zip(firms, one_by_one, strict=True) if _lacks_one(verdict, state)
                ]
                assert found == expected, (policy.slug, kind, state)


def _lacks_one(verdict, state):
    """Under each reading that is not met exactly one condition is in this state, and none in the other."""
    short = [
        [answer.state for answer in reading.conditions if answer.state in ("unmet", "unknown")]
        for reading in verdict.readings or (verdict,)
    ]
    return any(short) and all(states in ([], [state]) for states in short)


def test_a_question_may_come_from_any_of_the_readings(sheet):
    other = {"id": "b", "label": "乙", "fact": "class1_ip", "at_least": 1}
    ten = {"id": "a", "label": "甲", **STAFF}
    readings = [{"all": [ten], "confirmed": False}, {"id": "b", "all": [ten, other], "confirmed": False}]
    policy = sheet(rules=readings)
    verdict = judge(policy, resolve(records_from({"staff": 50}), ON), ON)
    assert (verdict.status, verdict.missing) == ("unknown", ("class1_ip",))


def test_records_may_come_as_plain_documents(sheet):
    document = FactRecord("staff", 12, "2025", "tax").as_dict()
    table = FactTable.from_records([("firm", [document])], ON, names=["staff"])
    assert judge_many(compile_rules([sheet(STAFF)], ON), table).firms("sample-policy", "eligible") == ["firm"]


def test_days_must_match(sheet):
    other = date(2026, 5, 2)
    with pytest.raises(ValueError, match="compiled for"):
        judge_many(compile_rules([sheet(STAFF)], other), FactTable(ON))
    with pytest.raises(ValueError, match="resolved for"):
        FactTable(ON).put("firm", resolve([], other))


def test_no_firms_is_no_trouble(sheet):
    answers = judge_many(compile_rules([sheet(STAFF)], ON), FactTable(ON))
    assert answers.firms("sample-policy", "unknown") == []
