"""What a cell says: units, percentages, days, yes and no. What is not sure is refused, never guessed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from fractions import Fraction
from math import floor

from backend.adapters.tables import FormulaCell, Number1904Cell, NumberCell, unguarded
from backend.companies.facts import known_words
from backend.companies.table.columns import UNITS, Column
from policies.facts import FactError, Value, fact_named, members_of, read_value, registry
from policies.facts.records import LARGEST
from policies.facts.values import read_number
from policies.vocabulary import plain
from policies.vocabulary.uscc import UsccError, check_uscc

# What people write where they know nothing: it says nothing, and certainly not zero.
UNKNOWN = frozenset({"", "-", "--", "—", "——", "/", "N/A", "n/a", "不详", "未知", "null", "NULL", "None"})
NONE = frozenset({"无", "没有"})
COUNTED = frozenset({"件", "人", "项", "次", "名"})
_SCIENTIFIC = re.compile(r"[+-]?\d+(\.\d+)?[eE][+-]?\d+")
_EXCEL_TEXT = re.compile(r'="([^"]*)"')
_BARE = re.compile(r"[+-]?\d+(\.\d+)?")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]\d{1,2}:\d{2}(?::\d{2})?(?:\.0+)?)?")
_COMPACT_DAY = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)")
_SERIAL = re.compile(r"\d{5}(\.0+)?")
# Excel counts days from here: its 1900 has a 29 February that never was.
_FIRST_DAY = date(1899, 12, 30)
_YES = {"是": True, "有": True, "Y": True, "YES": True, "TRUE": True, "√": True, "1": True}
_NO = {
    "否": False,
    "无": False,
    "没有": False,
    "N": False,
    "NO": False,
    "FALSE": False,
    "×": False,
    "0": False,
}
_PARTED = re.compile(r"[、，,;；/|\n]+")


class CellError(Exception):
    """A cell that cannot be taken in: why, and what to do (Chinese)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def text_of(cell: str) -> str:
    """The words of a cell, "" where it says nothing; CellError for formulas and errors of a program."""
    if isinstance(cell, FormulaCell):
        raise CellError("是公式，请复制后“选择性粘贴—数值”。")
    text = unguarded(unicodedata.normalize("NFKC", cell).strip()).strip()
    if wrapped := _EXCEL_TEXT.fullmatch(text):
        text = wrapped[1].strip()
    if text.startswith("="):
        raise CellError("是公式，请填写数值。")
    if text.startswith("#") and text.rstrip("!?").isupper():
        raise CellError(f"是表格程序的错误值（{text[:10]}），请更正。")
    return "" if text in UNKNOWN else text


def words_of(cell: str) -> str:
    """The words of a cell as they are written: the brackets of a name are part of it."""
    return unguarded(cell.strip()) if text_of(cell) else ""


def code_of(cell: str) -> str:
    """A valid code; CellError says what is wrong with it."""
    bare = type(cell) is str and len(cell) == 18 and cell.isascii() and cell.isalnum()
    text = cell if bare else text_of(cell).removeprefix("'")
    if _SCIENTIFIC.fullmatch(text) or (isinstance(cell, NumberCell) and len(text) > 15):
        raise CellError(
            "统一社会信用代码被表格程序变成了数字，末几位已丢失：请把该列设为文本格式，按证照重新填写。"
        )
    if not text:
        raise CellError("缺少统一社会信用代码。")
    try:
        return check_uscc(text)
    except UsccError as wrong:
        raise CellError(str(wrong)) from None


def quick_reader(column: Column) -> Callable[[str], int | None] | None:
    """For a column of plain whole numbers: the value of a cell of bare digits, None for all other cells."""
    fact = registry().get(column.target)
    size = UNITS.get(column.unit, Fraction(1))
    if fact is None or fact.kind != "number" or fact.is_ratio or size.denominator != 1:
        return None
    factor, most = size.numerator, min(LARGEST, LARGEST if fact.most is None else fact.most)

    def read(cell: str) -> int | None:
        if len(cell) > 15 or type(cell) is FormulaCell or not (cell.isascii() and cell.isdigit()):
            return None
        number = int(cell) * factor
        return number if number <= most else None

    return read


def value_of(column: Column, cell: str) -> tuple[Value, bool] | None:
    """The exact value a cell states and whether every word is known; None where it states nothing."""
    text = text_of(cell)
    if not text:
        return None
    fact = fact_named(column.target)
    try:
        if fact.kind == "number":
            value = read_value(fact, _number(column, text))
        elif fact.kind == "date":
            value = read_value(fact, _day(text, cell))
        elif fact.kind == "yes_no":
            value = _yes_no(text)
        elif fact.kind == "set":
            words = [] if text in NONE else [word for word in _PARTED.split(text) if word.strip()]
            value = read_value(fact, [_member(column.target, word.strip()) for word in words])
        else:
            value = read_value(fact, _member(column.target, text))
    except FactError as wrong:
        raise CellError(wrong.reason + "。") from None
    return known_words(column.target, value)


def _number(column: Column, text: str) -> Fraction | int:
    fact = fact_named(column.target)
    if text in NONE:
        if fact.unit in COUNTED:
            return 0
        raise CellError("写的是“无”：没有发生请填0，不知道请留空。")
    if _SCIENTIFIC.fullmatch(text):
        raise CellError("是科学计数法，位数可能已丢失，请填写完整的数字。")
    if text.startswith("(") and text.endswith(")"):
        text = "-" + text[1:-1]  # how accountants write a loss
    bare = text.replace(",", "").replace(" ", "")
    if _BARE.fullmatch(bare):
        number = Fraction(bare) * UNITS.get(column.unit, Fraction(1))
    else:
        number = _with_own_unit(bare, fact.unit, fact.is_ratio)
    # Money is kept in whole 元; the cents of a ledger are rounded.
    return floor(number + Fraction(1, 2)) if fact.unit == "元" else number


def _with_own_unit(text: str, unit: str, ratio: bool) -> Fraction:
    for size in ("千元", "百万元"):
        if unit == "元" and text.endswith(size) and _BARE.fullmatch(text.removesuffix(size)):
            return Fraction(text.removesuffix(size)) * UNITS[size]
    if text.endswith("%") != ratio or (
        unit not in ("元", "") and not ratio and text.endswith(("万", "亿", "元"))
    ):
        text_unit = "%" if ratio else unit
        raise CellError(f"“{text[:30]}”的写法与单位不符（应为{text_unit}）。")
    try:
        return read_number(text.removesuffix(unit) if unit not in ("元", "比例", "") else text)
    except ValueError as wrong:
        raise CellError(f"{wrong}。") from None


def _day(text: str, cell: str) -> date:
    try:
        if found := _DAY.fullmatch(text) or _COMPACT_DAY.fullmatch(text):
            return date(*(int(part) for part in found.groups()[:3]))
    except ValueError:
        raise CellError(f"没有“{text[:20]}”这一天。") from None
    if _SERIAL.fullmatch(text):
        if isinstance(cell, Number1904Cell):
            raise CellError("日期成了数字，而这个工作簿从1904年起算：请把该列设为日期格式。")
        return _FIRST_DAY + timedelta(days=int(float(text)))
    raise CellError(f"“{text[:20]}”不是完整的日期，应为年-月-日，如 2025-03-01。")


def _yes_no(text: str) -> bool:
    word = text.upper()
    if word in _YES or word in _NO:
        return word in _YES
    raise CellError(f"“{text[:20]}”应为“是”或“否”。")


def _member(name: str, text: str) -> str:
    """The member's id for its id or label; a word of a vocabulary goes through as it is."""
    known: Mapping[str, str] = members_of(fact_named(name)) or {}
    wanted = plain(text)
    return next((member for member, label in known.items() if wanted in (plain(member), plain(label))), text)
