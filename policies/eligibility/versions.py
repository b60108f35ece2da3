"""Which version of a policy's rules judges an application, by its day and its kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from policies.conditions import Condition, People, leaves
from policies.facts import Facts
from policies.rules import ApplicationKind, Rule, Window
from policies.sheet import Sheet


@dataclass(frozen=True)
class Choice:
    """The versions that judge: usually one; several unconfirmed readings; none when not in force."""

    rules: tuple[Rule, ...]
    since: date | None = None
    until: date | None = None
    note: str = ""

    @property
    def confirmed(self) -> bool:
        return all(rule.confirmed for rule in self.rules)


def choose_rules(sheet: Sheet, on: date, kind: ApplicationKind) -> Choice:
    """The version of this day, kind and season; where only unconfirmed ones claim the day, all of them."""
    if sheet.stage == "consultation":
        return Choice((), note="这是征求意见稿，尚未生效。")
    serving = [rule for rule in sheet.rules if rule.serves(kind)]
    if not serving:
        word = "复核（续期）" if kind == "renewal" else "新申请"
        return Choice((), note=f"没有适用于{word}的规则。")
    if _starts(sheet, on) and _lasts(sheet, on):
        current = [rule for rule in serving if rule.in_force(on)]
        confirmed = [rule for rule in current if rule.confirmed]
        if current:
            return Choice(tuple(rule.in_season(on, kind) for rule in confirmed or current))
    return _outside(sheet, serving, on)


def kind_for(sheet: Sheet, facts: Facts) -> ApplicationKind:
    """Renewal for a firm known to hold the title the policy grants, else new."""
    titles = facts.value("titles")
    holds = isinstance(titles, frozenset) and bool(titles & set(sheet.grants))
    return "renewal" if holds and any(rule.serves("renewal") for rule in sheet.rules) else "new"


def conditions_of(sheet: Sheet, rule: Rule) -> tuple[Condition, ...]:
    """The rule's conditions, led by the sheet's own limits to areas and industries where it has any."""
    if not sheet.areas and not sheet.industries:
        return rule.conditions
    named = {
        leaf.fact
        for condition in rule.conditions
        for leaf in leaves(condition.tree)
        if not isinstance(leaf, People)
    }
    limits = []
    if sheet.areas and "area" not in named:
        limits.append(_limit("area", "注册地属于适用区域", {"fact": "area", "in": sheet.areas}))
    if sheet.industries and "industries" not in named:
        limits.append(_limit("industry", "属于适用产业", {"fact": "industries", "any_of": sheet.industries}))
    return (*limits, *rule.conditions)


def next_window(rule: Rule, on: date) -> Window | None:
    """The application window that is open on `on` or opens next."""
    coming = [window for window in rule.windows if window.close >= on]
    return min(coming, key=lambda window: window.open, default=None)


def _limit(condition_id: str, label: str, test: Mapping[str, Any]) -> Condition:
    return Condition.model_validate({"id": condition_id, "label": label, **test})


def _starts(sheet: Sheet, on: date) -> bool:
    return sheet.validity.from_ is None or sheet.validity.from_ <= on


def _lasts(sheet: Sheet, on: date) -> bool:
    return sheet.validity.to is None or on <= sheet.validity.to


def _outside(sheet: Sheet, serving: list[Rule], on: date) -> Choice:
    """Not in force on this day: since when, or until when."""
    if not _lasts(sheet, on):
        assert sheet.validity.to is not None
        return Choice((), since=sheet.validity.to + timedelta(days=1))
    starts = [rule.from_ for rule in serving if rule.from_ > on]
    if sheet.validity.from_ and sheet.validity.from_ > on:
        starts.append(sheet.validity.from_)
    ended = [rule.to for rule in serving if rule.to is not None and rule.to < on]
    since = max(ended) + timedelta(days=1) if ended else None
    return Choice((), since=since, until=min(starts, default=None))
