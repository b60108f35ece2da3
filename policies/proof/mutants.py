"""Mutants: sheets whose rules were changed in one small place. A worked example must notice each of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from policies.conditions import Condition
from policies.proof.cases import case_failures, facts_of
from policies.proof.changes import changes_of
from policies.rules import Rule, Season
from policies.sheet import Case, Sheet
from policies.sheet.model import overlaps


@dataclass(frozen=True)
class Mutant:
    """A changed sheet, and what was changed in words; `key` names it in the list of equivalents."""

    key: str
    sheet: Sheet


@dataclass(frozen=True)
class Survivor:
    """A mutant no example notices; `reason` says why it means the same, where that is known."""

    policy: str
    key: str
    reason: str = ""


def mutants_of(sheet: Sheet) -> Iterator[Mutant]:
    """Every small change of the sheet's rules that is still well formed.

    A condition written the same in several versions is changed in all of them; it is left out in each alone.
    """
    for condition, places in _written_conditions(sheet).items():
        for change in changes_of(condition.model_dump(mode="json")):
            changed = _condition(change.data)
            if changed is not None:
                key = f"{'+'.join(places)}/{condition.id}{change.path} {change.text}"
                yield Mutant(key, _replaced(sheet, condition, changed))
    for rule in sheet.rules:
        yield from _rule_mutants(sheet, rule)


def surviving(
    sheet: Sheet, cases: Iterable[Case], equivalent: Mapping[str, str] | None = None
) -> list[Survivor]:
    """The mutants of a sheet no example notices, each with its reason where it is a known equivalent.

    Examples the sheet itself does not pass notice nothing. What is listed as equivalent but is noticed, or is
    no mutant at all, comes back too: such a list is stale.
    """
    reasons = dict(equivalent or {})
    known = [(case, facts) for case in cases if not case_failures(sheet, case, facts := facts_of(case))]
    found = []
    for mutant in mutants_of(sheet):
        # The example that noticed the last mutant most likely notices the next one too.
        noticed = next((n for n, pair in enumerate(known) if case_failures(mutant.sheet, *pair)), None)
        if noticed is None:
            found.append(Survivor(sheet.slug, mutant.key, reasons.pop(mutant.key, "")))
        else:
            known.insert(0, known.pop(noticed))
    stale = "列为等价，但已被案例发现或已不存在"
    return found + [Survivor(sheet.slug, f"{key}：{stale}") for key in reasons]


@cache
def known_equivalents() -> Mapping[str, Mapping[str, str]]:
    """The mutants known to mean the same, by sheet, each with its reason."""
    text = Path(__file__).with_name("equivalents.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text) or {}


def _written_conditions(sheet: Sheet) -> dict[Condition, list[str]]:
    """Each condition as written once, with the versions and seasons it stands in."""
    places: dict[str, list[str]] = defaultdict(list)
    conditions: dict[str, Condition] = {}
    for rule in sheet.rules:
        named = [(rule.id, condition) for condition in rule.conditions]
        named += [(season.id, condition) for season in rule.seasons for condition in season.all_]
        for place, condition in named:
            text = condition.model_dump_json()
            conditions.setdefault(text, condition)
            places[text].append(place)
    return {conditions[text]: where for text, where in places.items()}


def _rule_mutants(sheet: Sheet, rule: Rule) -> Iterator[Mutant]:
    for condition in rule.conditions if len(rule.conditions) > 1 else ():
        kept = tuple(other for other in rule.conditions if other != condition)
        yield _with_rule(sheet, rule, {"all_": kept}, f"{rule.id}/{condition.id} 去掉这个条件")
    first, last = sheet.validity.from_ or date.min, sheet.validity.to or date.max
    for field, day in (("from_", rule.from_), ("to", rule.to)):
        # Outside the sheet's own validity a version's days mean nothing.
        for moved in (moved for moved in _days_beside(day) if first <= moved <= last):
            name = field.rstrip("_")
            mutant = _with_rule(sheet, rule, {field: moved}, f"{rule.id} {name} {day} 改为 {moved}")
            if not overlaps(mutant.sheet.rules):
                yield mutant
    for place, season in enumerate(rule.seasons):
        for text, changed in _season_changes(season):
            others = [*rule.seasons[:place], *changed, *rule.seasons[place + 1 :]]
            yield _with_rule(sheet, rule, {"seasons": tuple(others)}, f"{rule.id}/{season.id} {text}")


def _season_changes(season: Season) -> Iterator[tuple[str, Sequence[Season]]]:
    yield "去掉整个申报季", ()
    for name in season.waives:
        kept = tuple(other for other in season.waives if other != name)
        yield f"不再免除 {name}", (season.model_copy(update={"waives": kept}),)
    for condition in season.all_:
        left = tuple(other for other in season.all_ if other != condition)
        yield f"去掉 {condition.id}", (season.model_copy(update={"all_": left}),)
    for field, day in (("from_", season.from_), ("to", season.to)):
        for moved in _days_beside(day):
            text = f"{field.rstrip('_')} {day} 改为 {moved}"
            yield text, (season.model_copy(update={field: moved}),)


def _days_beside(day: date | None) -> list[date]:
    return [day + timedelta(days=step) for step in (-1, 1)] if day else []


def _with_rule(sheet: Sheet, rule: Rule, update: Mapping[str, Any], key: str) -> Mutant:
    changed = rule.model_copy(update=update)
    rules = tuple(changed if other is rule else other for other in sheet.rules)
    return Mutant(key, sheet.model_copy(update={"rules": rules}))


def _replaced(sheet: Sheet, old: Condition, new: Condition) -> Sheet:
    def swap(conditions: Iterable[Condition]) -> tuple[Condition, ...]:
        return tuple(new if condition == old else condition for condition in conditions)

    rules = []
    for rule in sheet.rules:
        seasons = tuple(season.model_copy(update={"all_": swap(season.all_)}) for season in rule.seasons)
        rules.append(rule.model_copy(update={"all_": swap(rule.all_), "seasons": seasons}))
    return sheet.model_copy(update={"rules": tuple(rules)})


def _condition(data: dict[str, Any]) -> Condition | None:
    """The changed condition, or None where the change is not well formed."""
    try:
        return Condition.model_validate(data)
    except ValidationError:
        return None
