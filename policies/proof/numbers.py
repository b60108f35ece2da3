"""The numbers a text says, and whether the sheet's data holds each of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from fractions import Fraction
from math import isqrt

from policies.conditions import Condition, ScorePart, Tiers
from policies.document.targets import find_targets
from policies.facts import fact_named
from policies.facts.values import read_number
from policies.sheet import Sheet

# A value and its unit; a whole day is one number (20261231) with the unit 日期.
Number = tuple[Fraction, str]
_DAY = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日|(?<!\d)(\d{4})-(\d\d)-(\d\d)(?!\d)")
_DOCUMENT = re.compile(r"〔\d{4}〕\d+号|公告\d{4}年第\d+号")
_NUMBER = re.compile(r"(\d+(?:\.\d+)?)\s*(%|[万亿])?(?:以上|以下)?(元|个月|个|年|月|日|[^\W\d_a-zA-Z])?")
_EXACT = ("%", "元", "日期", "年", "天", "个月")
_KINDS = {"days": "天", "months": "个月", "years": "年"}


def numbers_in(text: str) -> set[Number]:
    """Every number of a text with its unit; numbers of documents are names and left out."""
    text = _DOCUMENT.sub(" ", text)
    found = {_day(*(int(part) for part in parts if part)) for parts in _DAY.findall(text)}
    for digits, scale, unit in _NUMBER.findall(_DAY.sub(" ", text)):
        value = read_number(digits + ("" if scale == "%" else scale))
        found.add((value, "%" if scale == "%" else unit))
    return found


def unproven(text: str, sheet: Sheet) -> list[str]:
    """The numbers of a text that the sheet's data does not hold, as written with their unit."""
    data = numbers_of(sheet)
    return sorted(_said(value, unit) for value, unit in numbers_in(text) if not _held(value, unit, data))


def _said(value: Fraction, unit: str) -> str:
    if unit == "日期":
        return f"{int(value) // 10_000}年{int(value) // 100 % 100}月{int(value) % 100}日"
    return f"{value if value.denominator == 1 else float(value)}{unit}"


def texts_of(sheet: Sheet) -> str:
    """What a reader reads first: summary and key points."""
    points = sheet.key_points
    texts = (sheet.summary, points.who, points.what, points.how_much, points.when, points.where)
    return "\n".join((*texts, *points.materials))


def numbers_of(sheet: Sheet) -> set[Number]:
    """The numbers of the sheet's data: thresholds, what people judge, supports, targets, days, counts."""
    found: set[Number] = set()
    for rule in sheet.rules:
        for condition in (inner for outer in rule.conditions for inner in _with_parts(outer)):
            said = (condition.declared or "", condition.needs_person or "", condition.label)
            found |= numbers_in(" ".join(said)) | set(_thresholds(condition))
            if condition.at_least_n is not None:
                found.add((Fraction(condition.at_least_n), "项"))
    for given in (*sheet.supports, *sheet.limits):
        found |= numbers_in(f"{given.title} {given.note}")
        amounts = (given.yuan, getattr(given, "ceiling", None))
        found |= {(Fraction(amount), "元") for amount in amounts if amount is not None}
    found |= set(_promised(sheet))
    found |= _days(sheet) | set(_told(sheet)) | _counts(sheet)
    return found | {part for value, unit in found if unit == "日期" for part in _parts_of_day(int(value))}


def _held(value: Fraction, unit: str, data: set[Number]) -> bool:
    """Percentages, money and days must match with their unit; of counts the number itself."""
    if unit in _EXACT:
        return (value, unit) in data
    return any(value == known for known, _ in data)


def _day(year: int, month: int, day: int) -> Number:
    return Fraction(year * 10_000 + month * 100 + day), "日期"


def _with_parts(condition: Condition) -> Iterator[Condition]:
    """The condition, those it is made of, and those its score gives points for."""
    yield condition
    bands = [band for part in condition.score.walk() for band in part.bands] if condition.score else []
    for part in (*condition.parts, *(band.when for band in bands if band.when)):
        yield from _with_parts(part)


def _thresholds(condition: Condition) -> Iterator[Number]:
    written = getattr(condition, condition.operator)
    if condition.score is not None:
        yield from ((Fraction(points), "分") for points in _points(condition.score))
    elif condition.operator.startswith("age_"):
        count, unit = written.split()
        yield Fraction(count), _KINDS[unit]
    elif condition.fact and fact_named(condition.fact).kind == "number":
        fact = fact_named(condition.fact)
        for exact in _written_numbers(written):
            yield (exact * 100, "%") if fact.is_ratio else (exact, fact.unit)
            if fact.is_ratio and (yearly := _yearly(exact)) is not None:
                yield yearly * 100, "%"


def _points(score: ScorePart) -> Iterator[int]:
    """Points are whole: at least 71 is the same as more than 70."""
    for part in score.walk():
        yield from (part.top, part.least, part.least - 1)
        yield from (points for band in part.bands for points in (band.low, band.high))


def _written_numbers(written: object) -> Iterator[Fraction]:
    if isinstance(written, Tiers):
        values: Iterable[object] = [value for tier in written.tiers for value in (tier.up_to, tier.value)]
    else:
        values = written if isinstance(written, tuple) else (written,)
    return (read_number(value) for value in values if value is not None)


def _yearly(factor: Fraction) -> Fraction | None:
    """Growth of 5% a year stands in a rule as what two years add up to, 110.25%."""
    top, bottom = isqrt(factor.numerator), isqrt(factor.denominator)
    whole = top * top == factor.numerator and bottom * bottom == factor.denominator
    return Fraction(top, bottom) - 1 if whole and factor > 1 else None


def _promised(sheet: Sheet) -> Iterator[Number]:
    targets = [target for clause in sheet.clauses for target in clause.targets]
    targets += [target for task in sheet.tasks for target in task.targets]
    yield from ((Fraction(target.quantity or 0), target.unit) for target in targets)
    # The goals of the whole document stand in its body, one to a line.
    goals = sheet.body.partition("## 总体目标")[2].partition("\n## ")[0]
    yield from ((Fraction(goal.quantity), goal.unit) for goal in find_targets(goals, 0))


def _days(sheet: Sheet) -> set[Number]:
    spans = [(sheet.validity.from_, sheet.validity.to), (sheet.signed, sheet.published)]
    spans += [(rule.from_, rule.to) for rule in sheet.rules]
    spans += [(window.open, window.close) for rule in sheet.rules for window in rule.windows]
    return {_day(day.year, day.month, day.day) for span in spans for day in span if day}


def _told(sheet: Sheet) -> Iterator[Number]:
    """When something was is told in clauses and notes; only how much and how many must be data."""
    texts = [*(clause.text for clause in sheet.clauses), sheet.validity.note, sheet.confidence.note]
    for value, unit in (number for text in texts for number in numbers_in(text)):
        if unit in ("日期", "月", "日") or (unit == "年" and 1900 < value < 2100):
            yield value, unit
    yield from ((Fraction(year), "年") for year in re.findall(r"〔(\d{4})〕", sheet.number))


def _parts_of_day(day: int) -> tuple[Number, ...]:
    """What a text may say of a whole day: the year, the month or the day in it."""
    return (Fraction(day // 10_000), "年"), (Fraction(day // 100 % 100), "月"), (Fraction(day % 100), "日")


def _counts(sheet: Sheet) -> set[Number]:
    """How many measures, safeguards and tasks a plan has."""
    anchors = [clause.anchor for clause in sheet.clauses]
    counts = [sum(re.fullmatch(rf"{letter}\d+", anchor) is not None for anchor in anchors) for letter in "ms"]
    return {(Fraction(count), "条") for count in counts if count} | (
        {(Fraction(len(sheet.tasks)), "项")} if sheet.tasks else set()
    )
