"""What cells say: every trap of a table staff really have."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest

from backend.adapters.tables import FormulaCell, Number1904Cell, NumberCell
from backend.companies.table import Column, RowReader, columns_by_name
from backend.companies.table.values import CellError, code_of, value_of
from backend.demo.firms import made_up_code
from backend.shared.errors import InvalidInputError

CODE = made_up_code(1)
FULL_WIDTH = "".join(chr(ord(char) + 0xFEE0) for char in CODE)


def money(unit: str, cell: str) -> object:
    return value_of(Column("", "revenue", "2025", unit), cell)[0]  # type: ignore[index]


@pytest.mark.parametrize(
    ("unit", "cell", "yuan"),
    [
        ("", "48000000", 48_000_000),
        ("元", "４８，000，000".replace("，", ","), 48_000_000),
        ("万元", "4800", 48_000_000),
        ("万元", "4,800.5", 48_005_000),
        ("亿元", "0.48", 48_000_000),
        ("千元", "48000", 48_000_000),
        ("元", "4800万", 48_000_000),
        ("元", "4800万元", 48_000_000),
        ("万元", "0.48亿元", 48_000_000),
        ("元", "48000000.49", 48_000_000),
        ("元", "48000000.50", 48_000_001),
        ("元", "0", 0),
        ("万元", NumberCell("0.3"), 3000),
    ],
)
def test_money_in_any_unit_is_whole_yuan(unit: str, cell: str, yuan: int) -> None:
    assert money(unit, cell) == yuan


@pytest.mark.parametrize(
    "cell",
    [
        "1.2E+07",
        "约500",
        "500人",
        "无",
        "#N/A",
        "#DIV/0!",
        FormulaCell("=A1"),
        "=1+1",
        "50%",
        "--5",
        "1e999999",
    ],
)
def test_money_that_is_not_sure_is_refused(cell: str) -> None:
    with pytest.raises(CellError):
        money("元", cell)


def test_a_loss_in_brackets_and_a_minus_where_none_can_be() -> None:
    assert value_of(Column("", "net_profit", "2025", "万元"), "(12)") == (-120_000, True)
    with pytest.raises(CellError, match="负数"):
        money("元", "-5")


@pytest.mark.parametrize(
    ("unit", "cell", "share"),
    [
        ("", "5%", "1/20"),
        ("", "0.05", "1/20"),
        ("%", "5", "1/20"),
        ("%", "5%", "1/20"),
        ("%", "0.5", "1/200"),
    ],
)
def test_percent_or_share(unit: str, cell: str, share: str) -> None:
    assert value_of(Column("", "market_share", "", unit), cell) == (Fraction(share), True)


def test_a_bare_five_is_no_share() -> None:
    with pytest.raises(CellError, match="100%"):
        value_of(Column("", "market_share"), "5")


@pytest.mark.parametrize(
    "cell",
    ["2025-03-01", "2025/3/1", "2025.03.01", "2025年3月1日", "20250301", "2025-03-01 00:00:00", "45717",
     NumberCell("45717"), "２０２５－０３－０１"],
)  # fmt: skip
def test_days_in_all_the_forms_excel_makes_of_them(cell: str) -> None:
    assert value_of(Column("", "registered_on"), cell) == (date(2025, 3, 1), True)


@pytest.mark.parametrize(
    "cell", ["3/1/2025", "2025-02-30", "2025年", "2025-13-01", "Mar-25", Number1904Cell("45717")]
)
def test_days_that_are_not_sure_are_refused(cell: str) -> None:
    with pytest.raises(CellError):
        value_of(Column("", "registered_on"), cell)


def test_blank_says_nothing_zero_says_zero_and_none_says_none_where_things_are_counted() -> None:
    patents = Column("", "class1_ip")
    assert [value_of(patents, cell) for cell in ("", "  ", "-", "—", "不详", "N/A")] == [None] * 6
    assert value_of(patents, "0") == value_of(patents, "无") == (0, True)
    assert value_of(patents, "3件") == value_of(patents, "３") == (3, True)
    assert value_of(Column("", "titles"), "无") == (frozenset(), True)
    assert value_of(Column("", "rd_body"), "无") == (False, True)


def test_sets_and_words() -> None:
    assert value_of(Column("", "titles"), "高企、专精特新") == (frozenset({"gaoqi", "zhuanjingtexin"}), True)
    assert value_of(Column("", "area"), "张江") == ("zhangjiang", True)
    assert value_of(Column("", "area"), "某某园") == ("某某园", False)
    assert value_of(Column("", "tech_field"), "电子信息") == ("electronics", True)
    with pytest.raises(CellError):
        value_of(Column("", "tech_field"), "炼金术")


@pytest.mark.parametrize(
    "cell",
    [
        CODE,
        CODE.lower(),
        f" {CODE[:4]} {CODE[4:]}",
        "".join(chr(ord(c) + 0xFEE0) for c in CODE),
        f"'{CODE}",
        f'="{CODE}"',
    ],
)
def test_codes_however_they_are_typed(cell: str) -> None:
    assert code_of(cell) == CODE


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("9.1E+17", "变成了数字"),
        (NumberCell("9.131012E+17"), "变成了数字"),
        ("", "缺少"),
        (CODE[:-1], "17位"),
        (CODE[:-1] + ("1" if CODE[-1] == "0" else "0"), "校验位"),
        (FormulaCell('="9131"'), "公式"),
    ],
)
def test_codes_that_are_refused_and_why(cell: str, reason: str) -> None:
    with pytest.raises(CellError, match=reason):
        code_of(cell)


def test_columns_are_found_by_name_year_and_unit() -> None:
    headers = [
        "统一社会信用代码",
        "企业名称",
        "2025年销售收入（万元）",
        "研发费用（高企口径）2024年度（元）",
        "备注",
    ]
    found = [(c.target, c.period, c.unit) for c in columns_by_name(headers)]
    assert found == [
        ("uscc", "", ""),
        ("name", "", ""),
        ("revenue", "2025", "万元"),
        ("rd_expense", "2024", "元"),
        ("", "", ""),
    ]
    assert columns_by_name(["信用代码", "职工总数"], year="2025")[1].period == "2025"
    saved = {"营收": {"target": "revenue", "period": "2025", "unit": "亿元"}}
    assert columns_by_name(["信用代码", "营收"], saved=saved)[1] == Column("营收", "revenue", "2025", "亿元")


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        (["企业名称", "区域"], "没有“统一社会信用代码”"),
        (["信用代码", "销售收入"], "写明年份"),
        (["信用代码", "2025年销售收入（人）"], "单位"),
        (["信用代码", "2025年职工总数（万元）"], "单位"),
        (["信用代码", "区域", "所属区域"], "同一项"),
    ],
)
def test_columns_that_cannot_be_used(headers: list[str], reason: str) -> None:
    with pytest.raises(InvalidInputError) as error:
        columns_by_name(headers)
    assert any(reason in problem.reason for problem in error.value.problems)


def test_a_row_names_everything_that_is_wrong_with_it() -> None:
    headers = ["信用代码", "企业名称", "2025年职工总数", "2025年科技人员数", "注册成立日期"]
    reader = RowReader(columns_by_name(headers), datetime(2026, 5, 6, tzinfo=UTC))
    row = reader.read(2, ["9.1E+17", "示例", "10", "11", "昨天"])
    assert [("变成了数字" in p, "大于" in p, "不是完整的日期" in p) for p in row.problems] == [
        (True, False, False), (False, False, True), (False, True, False)
    ]  # fmt: skip
