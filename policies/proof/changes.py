"""Small changes of a written condition: each threshold one step, each operator turned, each part left out.

Works on the condition as data; every change is a path, the words for it, and the changed data.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from fractions import Fraction
from typing import Any, NamedTuple

from policies.conditions.thresholds import read_age
from policies.facts import Fact, fact_named
from policies.facts.values import decimal_text, read_day, read_number

_POINT = Fraction(1, 10_000)
_ENDS = ("at_least", "more_than", "at_most", "less_than", "on_or_after", "on_or_before")
_TURNED: Mapping[str, tuple[str, ...]] = {
    "at_least": ("more_than", "less_than"),
    "more_than": ("at_least", "at_most"),
    "at_most": ("less_than", "more_than"),
    "less_than": ("at_most", "at_least"),
    "on_or_after": ("on_or_before",),
    "on_or_before": ("on_or_after",),
    "age_at_least": ("age_at_most",),
    "age_at_most": ("age_at_least",),
    "any_of": ("all_of",),
    "all_of": ("any_of",),
    "any": ("all",),
    "all": ("any",),
}


class Change(NamedTuple):
    """Where something was changed, what it was and what it became, and the changed data."""

    path: str
    text: str
    data: dict[str, Any]


def changes_of(written: dict[str, Any], path: str = "") -> Iterator[Change]:
    """Every small change of a condition."""
    if "score" in written:
        for change in _score_changes(written["score"], f"{path}.score"):
            yield change._replace(data={**written, "score": change.data})
    if "not" in written:
        for change in changes_of(written["not"], f"{path}.not"):
            yield change._replace(data={**written, "not": change.data})
        yield Change(path, "去掉 not", written["not"])
    if "fact" in written:
        yield from _test_changes(written, path)
    yield from _turned(written, path)
    for name in ("any", "all", "of"):
        yield from _part_changes(written, name, path)
    if "at_least_n" in written:
        for n in (written["at_least_n"] - 1, written["at_least_n"] + 1):
            yield Change(path, f"at_least_n 改为 {n}", {**written, "at_least_n": n})


def _turned(written: dict[str, Any], path: str) -> Iterator[Change]:
    for operator, others in _TURNED.items():
        if operator not in written:
            continue
        value = written[operator]
        if operator in ("any", "all", "any_of", "all_of") and len(value) < 2:
            continue
        rest = {key: item for key, item in written.items() if key != operator}
        for other in others:
            yield Change(path, f"{operator} 改为 {other}", {**rest, other: value})
    if "is" in written:
        yield Change(path, f"is 改为 {not written['is']}", {**written, "is": not written["is"]})


def _part_changes(written: dict[str, Any], name: str, path: str) -> Iterator[Change]:
    parts = written.get(name, ())
    for place, part in enumerate(parts):
        here = f"{path}.{name}[{place}]"
        for change in changes_of(part, here):
            yield change._replace(data={**written, name: [*parts[:place], change.data, *parts[place + 1 :]]})
        if len(parts) > 1:
            yield Change(here, "去掉这一项", {**written, name: [*parts[:place], *parts[place + 1 :]]})


def _test_changes(written: dict[str, Any], path: str) -> Iterator[Change]:
    fact = fact_named(written["fact"])
    for operator in _ENDS:
        value = written.get(operator)
        if isinstance(value, Mapping):
            for change in _tier_changes(dict(value), fact, f"{path}.{operator}"):
                yield change._replace(data={**written, operator: change.data})
        elif value is not None:
            for moved in _moved(fact, value):
                yield Change(path, f"{operator} {value} 改为 {moved}", {**written, operator: moved})
    for operator in ("age_at_least", "age_at_most"):
        if operator in written:
            for age in _moved_age(written[operator]):
                yield Change(path, f"{operator} {written[operator]} 改为 {age}", {**written, operator: age})
    for place, end in enumerate(written.get("between", ())):
        for moved in _moved(fact, end):
            ends = [moved if n == place else other for n, other in enumerate(written["between"])]
            yield Change(path, f"between {end} 改为 {moved}", {**written, "between": ends})
    yield from _member_changes(written, path)


def _member_changes(written: dict[str, Any], path: str) -> Iterator[Change]:
    for operator in ("in", "any_of", "all_of"):
        members = written.get(operator, ())
        for member in members if len(members) > 1 else ():
            kept = [other for other in members if other != member]
            yield Change(path, f"{operator} 去掉 {member}", {**written, operator: kept})


def _tier_changes(written: dict[str, Any], fact: Fact, path: str) -> Iterator[Change]:
    tiers, by = written["tiers"], fact_named(written["by"])
    for place, tier in enumerate(tiers):
        for key, about in (("up_to", by), ("value", fact)):
            for moved in _moved(about, tier[key]) if key in tier else ():
                changed = [*tiers[:place], {**tier, key: moved}, *tiers[place + 1 :]]
                text = f"{key} {tier[key]} 改为 {moved}"
                yield Change(f"{path}[{place}]", text, {**written, "tiers": changed})


def _score_changes(part: dict[str, Any], path: str) -> Iterator[Change]:
    path = f"{path}.{part['id']}" if "id" in part else path
    for key in ("least", "most"):
        if key in part:
            for moved in (part[key] - 1, part[key] + 1):
                yield Change(path, f"{key} {part[key]} 改为 {moved}", {**part, key: moved})
    for name, other in (("sum", "best"), ("best", "sum")):
        parts = part.get(name, ())
        if len(parts) > 1:
            rest = {key: value for key, value in part.items() if key != name}
            yield Change(path, f"{name} 改为 {other}", {**rest, other: parts})
        for place, piece in enumerate(parts):
            before, after = parts[:place], parts[place + 1 :]
            for change in _score_changes(piece, path):
                yield change._replace(data={**part, name: [*before, change.data, *after]})
            if len(parts) > 1:
                yield Change(f"{path}.{piece.get('id')}", "去掉这一项", {**part, name: [*before, *after]})
    bands = part.get("bands", ())
    for place, band in enumerate(bands):
        here = f"{path}[{place}]"
        for change in _band_changes(band, here):
            yield change._replace(data={**part, "bands": [*bands[:place], change.data, *bands[place + 1 :]]})
        if len(bands) > 1:
            yield Change(here, "去掉这一档", {**part, "bands": [*bands[:place], *bands[place + 1 :]]})


def _band_changes(band: dict[str, Any], path: str) -> Iterator[Change]:
    points = band["points"]
    ends = [points] if isinstance(points, int) else list(points)
    for place in range(len(ends)):
        for step in (-1, 1):
            moved = [end + step if n == place else end for n, end in enumerate(ends)]
            text = f"分值 {points} 改为 {moved if len(moved) > 1 else moved[0]}"
            yield Change(path, text, {**band, "points": moved if len(moved) > 1 else moved[0]})
    if "when" in band:
        for change in changes_of(band["when"], path):
            yield change._replace(data={**band, "when": change.data})


def _moved(fact: Fact, value: object) -> list[str | int]:
    """The nearest other thresholds: a whole unit, a hundredth of a percentage point, a day."""
    if fact.kind == "date":
        text = str(value)
        if text.startswith("today"):
            days = int(text.removeprefix("today").replace("days", "").replace("天", "").replace(" ", "") or 0)
            return [f"today {'-' if days + step < 0 else '+'} {abs(days + step)} days" for step in (-1, 1)]
        return [(read_day(value) + timedelta(days=step)).isoformat() for step in (-1, 1)]
    number = read_number(value)
    if fact.is_ratio:
        return [decimal_text(number + step) for step in (-_POINT, _POINT)]
    return [int(number) - 1, int(number) + 1]


def _moved_age(written: str) -> list[str]:
    age = read_age(written)
    return [f"{age.count + step} {age.unit}" for step in (-1, 1)]
