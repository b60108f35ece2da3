"""What the columns of a table mean: found by their names, or said by a saved mapping."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from functools import cache
from typing import Any

from backend.companies.particulars import CONTACTS, PARTICULARS
from backend.shared.errors import InvalidInputError, Problem
from policies.facts import Fact, registry
from policies.vocabulary import plain

UNITS: Mapping[str, Fraction] = {
    "元": Fraction(1),
    "千元": Fraction(1000),
    "万元": Fraction(10_000),
    "万": Fraction(10_000),
    "百万元": Fraction(1_000_000),
    "亿元": Fraction(100_000_000),
    "亿": Fraction(100_000_000),
    "%": Fraction(1, 100),
}
LEFT_OUT = ""
CODE = "uscc"
_OTHER_NAMES = {
    CODE: ("统一社会信用代码", "社会信用代码", "信用代码", "统一信用代码"),
    "name": ("企业名称", "公司名称", "单位名称", "名称", "企业"),
    "area": ("区域", "所属区域", "片区", "所属片区"),
    "town": ("街镇", "所属街镇", "街道", "镇"),
    "registered_address": ("注册地址", "注册地", "住所"),
    "operating_address": ("经营地址", "办公地址", "实际经营地址"),
    "operating_area": ("经营地所属区域", "经营地区域"),
    "operating_town": ("经营地街镇",),
    "park": ("园区", "孵化器", "园区（孵化器）", "所属园区"),
    "contact_name": ("联系人", "联系人姓名"),
    "contact_phone": ("联系电话", "联系人电话", "手机", "手机号"),
}
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?:年度|年)?")
_UNIT = re.compile(r"\((?:单位[::]?)?(元|千元|万元|万|百万元|亿元|亿|%|人|件|项|分|年|名|次)\)$")
Mapping_ = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Column:
    """One column: what it is about (LEFT_OUT: nothing), for which accounting year, in which unit."""

    header: str
    target: str = LEFT_OUT
    period: str = ""
    unit: str = ""

    def as_dict(self) -> dict[str, str]:
        """For the store and the wire."""
        return asdict(self)


def columns_by_name(headers: Sequence[str], year: str = "", saved: Mapping_ | None = None) -> list[Column]:
    """The columns of a header row; `saved` goes before names. InvalidInputError names what cannot be used.

    `year` is meant where a yearly fact's header names none.
    """
    columns = [_column(header, year, saved or {}) for header in headers]
    problems = [
        Problem(f"columns.{place}", reason)
        for place, column in enumerate(columns)
        if (reason := _reason(column, columns[:place]))
    ]
    if not any(column.target == CODE for column in columns):
        problems.append(Problem("columns", "没有“统一社会信用代码”这一列。"))
    if problems:
        raise InvalidInputError(problems)
    return columns


def read_columns(given: Mapping_) -> dict[str, dict[str, str]]:
    """A mapping to save: header -> target, period, unit; InvalidInputError names what is not known."""
    read, problems = {}, []
    for header, entry in given.items():
        column = Column(header, *(str(entry.get(name) or "") for name in ("target", "period", "unit")))
        reason = _reason(column, [], saving=True)
        if reason:
            problems.append(Problem(f"columns.{header[:60]}", reason))
        read[_key(header)] = {"target": column.target, "period": column.period, "unit": column.unit}
    if problems:
        raise InvalidInputError(problems)
    return read


def header_place(rows: Sequence[Sequence[str]]) -> int | None:
    """Which of the first rows is the header: the first that names the code and one thing more."""
    for place, row in enumerate(rows):
        found = {_target(_parts(cell)[0]) for cell in row}
        if CODE in found and len(found - {LEFT_OUT}) > 1:
            return place
    return None


def label_of(target: str, period: str = "", unit: str = "") -> str:
    """The header under which a target is found again: 2025年销售收入（元）."""
    names = {CODE: "统一社会信用代码", **PARTICULARS, **CONTACTS}
    label = names.get(target) or registry()[target].label
    return f"{period + '年' if period else ''}{label}{f'（{unit}）' if unit else ''}"


def _column(header: str, year: str, saved: Mapping_) -> Column:
    known = saved.get(_key(header))
    if known is not None:
        return Column(
            header, known["target"], known.get("period") or _yearly(known["target"], year), known["unit"]
        )
    label, period, unit = _parts(header)
    target = _target(label) or _target(_key(header))
    return Column(header, target, period or _yearly(target, year), unit)


def _reason(column: Column, before: Sequence[Column], saving: bool = False) -> str:
    """Why a column cannot be used, "" when it can."""
    target, header = column.target, column.header[:40]
    fact = registry().get(target)
    if target == LEFT_OUT:
        return ""
    if fact is None and target not in _OTHER_NAMES:
        return f"“{header}”：没有“{target[:40]}”这一项。"
    if fact is not None:
        if fact.period == "year" and not saving and not re.fullmatch(r"(19|20)\d\d", column.period):
            return f"“{header}”要写明年份，如“2025年{fact.label}”，或在读入时指定年度。"
        if reason := _unit_reason(fact, column.unit):
            return f"“{header}”：{reason}"
    twin = next((c for c in before if (c.target, c.period) == (target, column.period)), None)
    return f"“{header}”与“{twin.header[:40]}”是同一项。" if twin else ""


def _unit_reason(fact: Fact, unit: str) -> str:
    if not unit:
        return ""
    fits = (
        unit in UNITS and unit != "%" if fact.unit == "元" else unit == ("%" if fact.is_ratio else fact.unit)
    )
    return "" if fits else f"单位“{unit}”不适用，应为{'%' if fact.is_ratio else fact.unit or '无单位'}。"


def _yearly(target: str, year: str) -> str:
    fact = registry().get(target)
    return year if fact is not None and fact.period == "year" else ""


def _parts(header: str) -> tuple[str, str, str]:
    """Label, year and unit of a header."""
    text = unicodedata.normalize("NFKC", header).replace(" ", "").replace("\n", "")
    unit = _UNIT.search(text)
    if unit:
        text = text[: unit.start()]
    year = _YEAR.search(text)
    if year:
        text = text[: year.start()] + text[year.end() :]
    return text, year[1] if year else "", unit[1] if unit else ""


def _key(header: str) -> str:
    return plain(header).replace(".", "").replace("$", "")


def _target(label: str) -> str:
    return _names().get(plain(label), LEFT_OUT)


@cache
def _names() -> Mapping[str, str]:
    names = {plain(text): name for name, fact in registry().items() for text in (name, fact.label)}
    for target, others in _OTHER_NAMES.items():
        names |= {plain(text): target for text in (target, *others)}
    return names
