from datetime import date, timedelta
from fractions import Fraction

import pytest

from policies.facts import FactRecord, Wanted, records_from, resolve

ON = date(2026, 5, 1)


def facts(mapping, on=ON):
    return resolve(records_from(mapping), on)


def test_last_year_is_the_accounting_year_before_the_application_day():
    revenue = {"revenue": {2024: 1, 2025: 2, 2026: 3}}
    assert facts(revenue).value("revenue_last_year") == 2
    assert facts(revenue, date(2027, 1, 1)).value("revenue_last_year") == 3
    assert facts(revenue, date(2026, 12, 31)).value("revenue_last_year") == 2


def test_the_best_source_wins_then_the_newest(shanghai_noon):
    day = timedelta(days=1)
    told = FactRecord("staff", 50, "2025", "self_declared", shanghai_noon)
    checked = FactRecord("staff", 40, "2025", "staff_verified", shanghai_noon - 9 * day)
    registry = FactRecord("staff", 30, "2025", "registry", shanghai_noon - 20 * day)
    newer = FactRecord("staff", 31, "2025", "registry", shanghai_noon - 10 * day)
    for order in ([told, checked, registry, newer], [newer, registry, checked, told]):
        known = resolve(order, ON).get("staff")
        assert (known.value, known.source) == (31, "registry")
    assert resolve([told, checked], ON).value("staff") == 40


def test_nothing_learnt_later_is_used(shanghai_noon):
    early = FactRecord("staff", 30, "2025", "tax", shanghai_noon)
    late = FactRecord("staff", 60, "2025", "tax", shanghai_noon + timedelta(seconds=1))
    assert resolve([early, late], ON, shanghai_noon).value("staff") == 30
    assert resolve([early, late], ON).value("staff") == 60
    assert resolve([late], ON, shanghai_noon).value("staff") is None


def test_a_standing_fact_of_a_later_day_says_nothing_yet():
    record = FactRecord("listed", True, "2026-05-02")
    assert resolve([record], ON).value("listed") is None
    assert resolve([record], date(2026, 5, 2)).value("listed") is True


RD = {"rd_expense": {2023: 1, 2024: 2, 2025: 3}, "revenue": {2023: 10, 2024: 20, 2025: 30}}


def test_the_three_year_ratio_is_exact_and_unknown_when_a_year_is_missing():
    assert facts(RD).value("rd_ratio_3y") == Fraction(1, 10)
    part = {"rd_expense": {2023: 1, 2025: 3}, "revenue": RD["revenue"]}
    assert facts(part).value("rd_ratio_3y") is None
    assert facts(part).wanted("rd_ratio_3y") == [Wanted("rd_expense", "2024")]


def test_a_young_firm_is_judged_by_the_years_it_has():
    young = {"rd_expense": {2024: 2, 2025: 3}, "revenue": {2024: 20, 2025: 20}}
    assert facts(young).value("rd_ratio_3y") is None
    assert facts({**young, "registered_on": "2024-11-30"}).value("rd_ratio_3y") == Fraction(1, 8)
    assert facts({**young, "registered_on": "2023-12-31"}).value("rd_ratio_3y") is None
    assert facts({**young, "registered_on": "2026-01-02"}).value("rd_ratio_3y") is None


def test_a_ratio_over_nothing_is_unknown():
    zero = {"rd_expense": {2023: 1, 2024: 1, 2025: 1}, "revenue": {2023: 0, 2024: 0, 2025: 0}}
    assert facts(zero).value("rd_ratio_3y") is None


@pytest.mark.parametrize(
    ("years", "growth"),
    [
        ((100, 110, 121), Fraction(1, 10)),
        ((100, 200, 100), Fraction(1, 4)),
        ((0, 100, 120), Fraction(1, 5)),
        ((100, 0, 120), 0),
        ((0, 0, 120), 0),
        ((100, 90, 81), Fraction(-1, 10)),
        ((-5, 90, 81), None),
    ],
)
def test_growth_follows_the_guideline_also_for_zero_and_negative_years(years, growth):
    given = {"net_assets": dict(zip((2023, 2024, 2025), years, strict=True))}
    assert facts(given).value("net_assets_growth_3y") == growth


def test_growth_of_a_firm_with_two_years_uses_those_two():
    given = {"registered_on": "2024-03-01", "revenue": {2024: 100, 2025: 150}}
    assert facts(given).value("revenue_growth_3y") == Fraction(1, 2)


def test_a_derived_fact_may_be_stated_directly_but_raw_figures_win():
    assert facts({"rd_ratio_3y": "6%"}).value("rd_ratio_3y") == Fraction(6, 100)
    assert facts({**RD, "rd_ratio_3y": "6%"}).value("rd_ratio_3y") == Fraction(1, 10)


def test_a_derived_value_carries_its_weakest_source_and_its_years(shanghai_noon):
    records = records_from(RD, "tax")[:-1] + [
        FactRecord("revenue", 30, "2025", "self_declared", shanghai_noon)
    ]
    known = resolve(records, ON).get("rd_ratio_3y")
    assert (known.source, known.period, known.known_at) == ("self_declared", "2023-2025", shanghai_noon)


def test_contradictory_facts_are_named_and_neither_is_believed():
    found = facts({"rd_staff": {2025: 12}, "staff": {2025: 10}, "rd_expense": {2025: 1}})
    assert [(c.fact, c.other, c.period) for c in found.conflicts] == [("rd_staff", "staff", "2025")]
    assert found.value("rd_staff_share") is None
    assert found.value("staff") is None
    assert found.value("rd_expense_last_year") == 1
