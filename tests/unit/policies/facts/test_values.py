from datetime import date
from fractions import Fraction

import pytest

from policies.facts import FactError, FactRecord
from policies.facts.values import decimal_text, money_text, percent_text, read_number


@pytest.mark.parametrize(
    ("written", "exact"),
    [
        ("5%", Fraction(1, 20)),
        ("5000万", 50_000_000),
        ("2亿", 200_000_000),
        ("1.25亿元", 125_000_000),
        ("1,200万", 12_000_000),
        (0.1, Fraction(1, 10)),
        ("-3", -3),
        ("１２", 12),
    ],
)
def test_numbers_are_read_exactly(written, exact):
    assert read_number(written) == exact


@pytest.mark.parametrize("written", ["", "五千万", "5 千", "nan", "inf", "1e9", True])
def test_what_is_no_number_is_refused(written):
    with pytest.raises(ValueError):
        read_number(written)


@pytest.mark.parametrize(
    ("name", "value", "period", "reason"),
    [
        ("revenu", 1, "2025", "没有登记"),
        ("revenue", -1, "2025", "负数"),
        ("revenue", "很多", "2025", "不是数字"),
        ("revenue", 1.5, "2025", "整数"),
        ("revenue", True, "2025", "不是“是/否”"),
        ("revenue", 1, "25", "年"),
        ("revenue", 1, "2025-06-01", "会计年度"),
        ("revenue", 10**16, "2025", "单位"),
        ("market_share", "120%", None, "100%"),
        ("tech_staff_share", "120%", None, "100%"),
        ("srdi_score", 101, None, "100"),
        ("listed", "也许", None, "是"),
        ("registered_on", "2025-02-30", None, "日期"),
        ("business_kind", "farming", None, "选项"),
        ("titles", "gaoqi", None, "列表"),
    ],
)
def test_a_bad_fact_is_named_with_its_reason(name, value, period, reason):
    with pytest.raises(FactError) as error:
        FactRecord(name, value, period)
    assert error.value.fact == name
    assert reason in error.value.reason


def test_a_year_that_has_not_come_when_the_fact_was_learnt_is_refused(shanghai_noon):
    with pytest.raises(FactError, match="将来"):
        FactRecord("revenue", 1, "2027", known_at=shanghai_noon)


def test_a_record_is_plain_json(shanghai_noon):
    record = FactRecord("market_share", "12.5%", None, "tax", shanghai_noon, "import")
    assert record.as_dict() == {
        "name": "market_share",
        "value": "0.125",
        "period": None,
        "source": "tax",
        "known_at": "2026-11-24T12:00:00+08:00",
        "by": "import",
    }
    assert FactRecord("market_share", "0.125").value == Fraction(1, 8)
    assert FactRecord("registered_on", "2020-02-29").value == date(2020, 2, 29)


def test_numbers_are_shown_without_rounding_up_to_a_threshold():
    assert percent_text(Fraction(49_999, 1_000_000)) == "4.99%"
    assert money_text(49_999_999) == "4999.99万元"
    assert money_text(120_000_000) == "1.2亿元"
    assert money_text(350) == "350元"
    assert decimal_text(Fraction(1, 3)) == "0.333333"
