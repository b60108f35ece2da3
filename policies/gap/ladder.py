"""Several policies as one ordered way: which title comes first because another one asks for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from typing_extensions import TypedDict

from policies.eligibility import Verdict, judge, next_window
from policies.facts import Facts
from policies.gap.lead_times import lead_times, least_time
from policies.gap.plans import Plan, PlanJson, plan
from policies.rules import Rule
from policies.sheet import Sheet, Status


class RungJson(TypedDict):
    """A rung as JSON."""

    policy: str
    title: str
    status: Status
    held: bool
    after: list[str]
    earliest: str | None
    apply_on: str | None
    note: str
    plan: PlanJson


@dataclass(frozen=True)
class Rung:
    """One policy on the ladder.

    `held`: the firm has the title already. `after`: the policies whose titles must be held first. `earliest`
    and `apply_on` as in a plan, with the time those take; `note` names those of which no source says how
    long they take.
    """

    verdict: Verdict
    plan: Plan
    held: bool
    after: tuple[str, ...] = ()
    earliest: date | None = None
    apply_on: date | None = None
    note: str = ""

    def as_dict(self) -> RungJson:
        """The rung as JSON; days as YYYY-MM-DD."""
        return {
            "policy": self.verdict.policy,
            "title": self.verdict.title,
            "status": self.verdict.status,
            "held": self.held,
            "after": list(self.after),
            "earliest": self.earliest.isoformat() if self.earliest else None,
            "apply_on": self.apply_on.isoformat() if self.apply_on else None,
            "note": self.note,
            "plan": self.plan.as_dict(),
        }


def climb(sheets: Iterable[Sheet], facts: Facts, on: date) -> list[Rung]:
    """The policies that grant titles, in the order they can be reached; what is held comes first, what cannot
    be dated last. A title asked for and granted by one of them counts from the day that one can grant it."""
    rungs = _Ladder([sheet for sheet in sheets if sheet.grants and sheet.rules], facts, on).rungs()
    return sorted(rungs, key=lambda rung: (not rung.held, rung.apply_on or date.max, len(rung.after)))


class _Ladder:
    def __init__(self, sheets: list[Sheet], facts: Facts, on: date) -> None:
        self._sheets, self._facts, self._on = {sheet.slug: sheet for sheet in sheets}, facts, on
        held = facts.value("titles")
        self._held = held if isinstance(held, frozenset) else frozenset()
        self._done: dict[str, Rung] = {}

    def rungs(self) -> list[Rung]:
        return [self._rung(slug, frozenset()) for slug in self._sheets]

    def _rung(self, slug: str, above: frozenset[str]) -> Rung:
        """`above`: the policies that wait for this one; a title they grant is no way to it."""
        if slug in self._done:
            return self._done[slug]
        sheet = self._sheets[slug]
        verdict = judge(sheet, self._facts, self._on)
        planned = plan(verdict, self._facts, self._on)
        held = bool(self._held & set(sheet.grants))
        if held:
            rung = Rung(verdict, planned, True, (), self._on, None)
        else:
            rung = self._dated(sheet, verdict, planned, above | {slug})
        if not above:
            self._done[slug] = rung
        return rung

    def _dated(self, sheet: Sheet, verdict: Verdict, planned: Plan, above: frozenset[str]) -> Rung:
        first = [self._first_for(step_titles, above) for step_titles in _titles_wanted(planned)]
        before = {slug: day for found in first for slug, day in found.items()}
        lasting = [date.max if day is None else day for day in before.values()]
        if planned.earliest is None or date.max in lasting or not all(first):
            return Rung(verdict, planned, False, tuple(before))
        earliest = max([planned.earliest, *lasting])
        rule = next((rule for rule in sheet.rules if rule.id == planned.rule), None)
        day, note = _first_day(rule, planned, earliest), self._untimed(before)
        return Rung(verdict, planned, False, tuple(before), earliest, day, note)

    def _untimed(self, before: Iterable[str]) -> str:
        """What is counted with no time at all, because no source says how much."""
        sheets = [self._sheets[slug] for slug in before]
        unknown = [sheet.title for sheet in sheets if not lead_times().keys() & set(sheet.grants)]
        named = "、".join(f"《{title}》" for title in unknown)
        return f"{named}从申请到取得要多久没有查到，未计入，实际会更晚。" if named else ""

    def _first_for(self, titles: frozenset[str], above: frozenset[str]) -> Mapping[str, date | None]:
        """The policy that grants one of these titles soonest, and the day it could be held."""
        found: dict[str, date | None] = {}
        for slug, sheet in self._sheets.items():
            granted = titles & set(sheet.grants)
            if granted and slug not in above:
                day = self._rung(slug, above).apply_on
                found[slug] = day + min(map(least_time, granted)) if day else None
        soonest = min(found, key=lambda slug: found[slug] or date.max, default=None)
        return {} if soonest is None else {soonest: found[soonest]}


def _titles_wanted(planned: Plan) -> list[frozenset[str]]:
    return [
        shortfall.members
        for step in planned.steps
        for shortfall in step.way.shortfalls
        if step.state == "unmet" and shortfall.fact == "titles" and shortfall.members
    ]


def _first_day(rule: Rule | None, planned: Plan, earliest: date) -> date | None:
    """The first day from `earliest` on which an application can be handed in, where that is known."""
    if rule is None or not rule.windows:
        return None if planned.note and planned.apply_on is None else earliest
    window = next_window(rule, earliest)
    return max(window.open, earliest) if window else None
