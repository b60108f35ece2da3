"""The library itself: nothing without source and dates, official links only, no number without its data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from urllib.parse import urlsplit

import pytest

from policies.conditions import Condition, Tiers
from policies.eligibility import judge
from policies.facts import fact_named, records_from, resolve
from policies.facts.values import read_number
from policies.loader import load_library
from policies.sheet import Sheet, parse_sheet, render_sheet
from policies.vocabulary import AREAS, DEPARTMENTS, HELP_KINDS, TITLES

SHEETS, PROBLEMS = load_library()
BY_SLUG = {sheet.slug: sheet for sheet in SHEETS}
EACH = pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.slug)

# What the other side of a relation must say in return.
RETURNS = {
    "leads_on_to": {"cites", "based_on"},
    "cites": {"cites", "leads_on_to", "implements", "interprets"},
    "replaces": {"replaced_by"},
    "replaced_by": {"replaces"},
    "stacks_with": {"stacks_with"},
    "excludes": {"excludes"},
    "capped_together": {"capped_together"},
    "implements": {"cites", "leads_on_to"},
    "interprets": {"cites", "leads_on_to"},
}
# The goals of the whole plan stand in its body as a list, where reading a document puts them too; they
# belong to no measure. The count of its measures and safeguards is checked in a test of its own.
ALLOWED = {
    "pudong-gaoqi-jihua-2023": {
        *((Fraction(n), "家") for n in (2000, 750, 2500, 60)),
        *((Fraction(n), "条") for n in (19, 3)),
        (Fraction(69), "项"),
    },
}
# Growth of 5% a year is written in a rule as what two years add up to.
SAME = {(Fraction(5), "%"): (Fraction("110.25"), "%")}

UNKNOWN = re.compile("没有查到|没有对照|没有逐一核对")

Number = tuple[Fraction, str]
_DAY = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")
_NUMBER = re.compile(r"(\d+(?:\.\d+)?)(%|[万亿])?(?:以上|以下)?(元|个月|个|年|月|日|[^\W\d_a-zA-Z])?")


def numbers_in(text: str) -> set[Number]:
    """Every number of a text with its unit; whole days as one, document numbers and ISO days left out."""
    text = re.sub(r"〔\d{4}〕\d+号|\d{4}-\d\d-\d\d", " ", text)
    found = {(Fraction(int(y) * 10000 + int(m) * 100 + int(d)), "日期") for y, m, d in _DAY.findall(text)}
    for digits, scale, unit in _NUMBER.findall(_DAY.sub(" ", text)):
        value = read_number(digits + ("" if scale == "%" else scale))
        found.add((value, "%" if scale == "%" else unit))
    return found


def text_of(sheet: Sheet) -> str:
    points = sheet.key_points
    return "\n".join(
        (
            sheet.summary,
            points.who,
            points.what,
            points.how_much,
            points.when,
            points.where,
            *points.materials,
        )
    )


def conditions_in(condition: Condition) -> Iterator[Condition]:
    yield condition
    for part in condition.parts:
        yield from conditions_in(part)


def numbers_of(sheet: Sheet) -> set[Number]:
    """The numbers of the sheet's data: thresholds, what people judge, targets, days."""
    found: set[Number] = set()
    for rule in sheet.rules:
        for condition in (inner for outer in rule.conditions for inner in conditions_in(outer)):
            found |= numbers_in(
                " ".join((condition.declared or "", condition.needs_person or "", condition.label))
            )
            found |= set(_thresholds(condition))
    for target in (t for part in (*sheet.clauses, *sheet.tasks) for t in part.targets):
        found.add((Fraction(target.quantity or 0), target.unit))
    amounts = [support.ceiling if support.yuan is None else support.yuan for support in sheet.supports]
    amounts += [limit.yuan for limit in sheet.limits]
    found |= {(Fraction(amount), "元") for amount in amounts if amount is not None}
    # When something was is told in clauses and notes; only how much and how many must be data.
    told = [*(clause.text for clause in sheet.clauses), sheet.validity.note, sheet.confidence.note]
    found |= {number for text in told for number in numbers_in(text) if _tells_when(number)}
    days = list(_days(sheet))
    found |= {(Fraction(year), "年") for year in re.findall(r"〔(\d{4})〕", sheet.number)}
    found |= {_whole_day(day) for day in days}
    return found | {part for value, unit in found if unit == "日期" for part in _parts_of_day(int(value))}


def _days(sheet: Sheet) -> Iterator[date]:
    spans = [(sheet.validity.from_, sheet.validity.to), (sheet.signed, sheet.published)]
    spans += [(rule.from_, rule.to) for rule in sheet.rules]
    spans += [(window.open, window.close) for rule in sheet.rules for window in rule.windows]
    return (day for span in spans for day in span if day)


def _tells_when(number: Number) -> bool:
    return number[1] in ("日期", "月", "日") or (number[1] == "年" and 1900 < number[0] < 2100)


def _whole_day(day: date) -> Number:
    return Fraction(day.year * 10000 + day.month * 100 + day.day), "日期"


def _parts_of_day(day: int) -> tuple[Number, ...]:
    """What a text may say of a whole day: the year, the month or the day in it."""
    return (Fraction(day // 10000), "年"), (Fraction(day // 100 % 100), "月"), (Fraction(day % 100), "日")


def _thresholds(condition: Condition) -> Iterator[Number]:
    written = getattr(condition, condition.operator)
    if condition.operator.startswith("age_"):
        count, unit = written.split()
        yield Fraction(count), {"days": "天", "months": "个月", "years": "年"}[unit]
    elif condition.fact and fact_named(condition.fact).kind == "number":
        fact = fact_named(condition.fact)
        if isinstance(written, Tiers):
            values = [value for tier in written.tiers for value in (tier.up_to, tier.value)]
        else:
            values = list(written) if isinstance(written, tuple) else [written]
        for value in values:
            if value is not None:
                exact = read_number(value)
                yield (exact * 100, "%") if fact.is_ratio else (exact, fact.unit)


def test_every_sheet_loads():
    assert not PROBLEMS, "\n".join(map(str, PROBLEMS))
    assert len(SHEETS) >= 30


@EACH
def test_source_dates_confidence_and_text(sheet):
    assert sheet.sources, "没有来源"
    # Unknown days stay empty, and the note says so.
    assert sheet.validity.from_ or sheet.validity.to or UNKNOWN.search(sheet.validity.note), "没有有效期"
    assert sheet.confidence.mark != "?"
    assert sheet.confidence.note
    assert sheet.summary
    assert sheet.key_points.who
    assert sheet.key_points.what
    assert sheet.key_points.when
    assert all(rule.source.title for rule in sheet.rules)
    assert sheet.validity.to or sheet.validity.note, "没有截止日的要说明"


@EACH
def test_links_are_official(sheet):
    sources = [*sheet.sources, *(rule.source for rule in sheet.rules)]
    hosts = {urlsplit(source.url).hostname for source in sources if source.url}
    assert all(host and host.endswith(".gov.cn") for host in hosts)
    assert not re.search(r"https?://", sheet.body + text_of(sheet))


@EACH
def test_relations_are_two_sided(sheet):
    for relation in sheet.relations:
        if relation.kind == "routed_to":
            assert relation.target in {entry.id for entry in AREAS}
        elif relation.target in BY_SLUG:
            back = {r.kind for r in BY_SLUG[relation.target].relations if r.target == sheet.slug}
            assert back & RETURNS[relation.kind], f"{relation.target} 没有写回 {sheet.slug}"
        else:
            assert "〔" in relation.target, f"{relation.target} 既不是政策也不是文号"


@EACH
def test_its_own_cases_pass_and_reach_every_version(sheet):
    reached = set()
    for case in sheet.cases:
        verdict = judge(sheet, resolve(records_from(case.facts), case.on), case.on, case.kind)
        assert verdict.status == case.expect, case.name
        reached |= {one.rule.id for one in verdict.readings or (verdict,) if one.rule}
    assert reached == {rule.id for rule in sheet.rules}


@EACH
def test_every_number_in_the_text_stands_in_the_data(sheet):
    data = numbers_of(sheet) | ALLOWED.get(sheet.slug, set())
    data |= {said for said, stored in SAME.items() if stored in data}
    missing = sorted(
        (str(value), unit) for value, unit in numbers_in(text_of(sheet)) if not _held(value, unit, data)
    )
    assert not missing


def test_an_invented_number_would_be_noticed():
    sheet = BY_SLUG["pudong-gaoqi-zizhu"]
    assert (Fraction(200_000), "元") in numbers_of(sheet)
    assert not _held(Fraction(250_000), "元", numbers_of(sheet))


def _held(value: Fraction, unit: str, data: set[Number]) -> bool:
    """Percentages, money and days must match with their unit; of counts the number itself."""
    if unit in ("%", "元", "日期", "年", "天", "个月"):
        return (value, unit) in data
    return any(value == known for known, _ in data)


@EACH
def test_words_come_from_the_vocabulary(sheet):
    assert {*sheet.grants, *sheet.requires} <= {entry.id for entry in TITLES}
    kinds = {kind for rule in sheet.rules for condition in rule.conditions for kind in condition.help}
    assert kinds <= {entry.id for entry in HELP_KINDS}
    named = {d for clause in sheet.clauses for d in (*clause.lead, *clause.support)}
    named |= {d for task in sheet.tasks for d in (*task.units, *task.uncertain_units)}
    assert named <= {entry.label for entry in DEPARTMENTS}


@EACH
def test_goes_to_text_and_back_unchanged(sheet):
    assert parse_sheet(render_sheet(sheet)) == sheet


def test_the_plan_is_whole():
    plan = BY_SLUG["pudong-gaoqi-jihua-2023"]
    assert [c.anchor for c in plan.clauses] == [*(f"m{n}" for n in range(1, 20)), "s1", "s2", "s3"]
    assert [task.position for task in plan.tasks] == list(range(1, 70))
    printed = [int(task.number) for task in plan.tasks]
    assert printed.count(20) == 2
    assert 21 not in printed
    assert {task.measure for task in plan.tasks} == {clause.anchor for clause in plan.clauses}


def test_the_guideline_is_never_cited_by_its_wrong_number():
    assert not any("194号" in render_sheet(sheet) for sheet in SHEETS)


def test_the_innovation_score_asks_for_more_than_70():
    rules = BY_SLUG["gaoqi-rending"].rules
    texts = [c.needs_person for rule in rules for c in rule.conditions if c.id == "innovation"]
    assert len(texts) == 2
    assert all(text and "大于70分" in text and "71分" in text for text in texts)
