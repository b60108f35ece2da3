import pytest

from policies.facts import FactError, members_of, registry
from policies.facts.registry import read_registry


def test_every_fact_that_is_asked_has_a_question_a_unit_and_a_sensitivity():
    for fact in registry().values():
        assert fact.label
        if fact.derived is None:
            assert fact.question.endswith("？"), fact.name
            assert fact.period in ("year", "standing"), fact.name
            assert (fact.kind == "number") == bool(fact.unit), fact.name
        if fact.at_most:
            assert registry()[fact.at_most].unit == fact.unit


def test_a_derived_fact_inherits_unit_and_the_strictest_sensitivity():
    ratio = registry()["rd_ratio_3y"]
    assert ratio.is_ratio and ratio.sensitivity == "confidential"
    assert registry()["revenue_last_year"].unit == "元"
    assert registry()["hightech_revenue_share"].share
    assert not registry()["rd_ratio_3y"].share, "研发费用可以超过收入"


def test_categories_name_their_members():
    assert members_of(registry()["tech_field"])["materials"] == "新材料"
    assert members_of(registry()["revenue"]) is None


def test_a_circle_of_derived_facts_is_named():
    entries = {
        "a": {"label": "甲", "derived": {"share": "b", "of": "c"}},
        "b": {"label": "乙", "derived": {"total": "a"}},
        "c": {"label": "丙", "kind": "number", "unit": "元", "period": "year"},
    }
    with pytest.raises(FactError, match="循环"):
        read_registry(entries)


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ({"label": "甲", "derived": {"total": "nothing"}}, "未登记"),
        ({"label": "甲", "derived": {"median": "a"}}, "公式"),
        ({"label": "甲", "colour": "red"}, "登记项"),
    ],
)
def test_a_broken_entry_is_named(entry, reason):
    with pytest.raises(FactError, match=reason) as error:
        read_registry({"a": entry})
    assert error.value.fact == "a"
