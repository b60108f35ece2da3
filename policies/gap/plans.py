"""The gap plan of one policy: what is missing, by how much, what can be done, and from which day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from typing_extensions import TypedDict

from policies.conditions import Evaluation
from policies.eligibility import (
    ConditionAnswer,
    Verdict,
    choose_rules,
    conditions_of,
    explain,
    next_window,
)
from policies.facts import Facts, ValueJson, Wanted, WantedJson, value_json
from policies.gap.ways import Way, way_of
from policies.rules import Rule
from policies.sheet import Sheet, State


class ShortfallJson(TypedDict):
    """By how much a fact falls short, as JSON."""

    fact: str
    text: str
    short: ValueJson | None
    amount: int | None
    amount_of: str | None


class StepJson(TypedDict):
    """A step as JSON."""

    id: str
    label: str
    state: State
    sentence: str
    fix: bool
    by_time: bool
    blocked: bool
    text: str
    short: list[ShortfallJson]
    earliest: str | None
    wanted: list[WantedJson]
    people: list[str]
    alternatives: list[str]
    help: list[str]


class PlanHead(TypedDict):
    """All of a plan but its steps, which others write more fully."""

    policy: str
    on: str
    earliest: str | None
    apply_on: str | None
    blocked: bool
    wanted: list[WantedJson]
    note: str
    rule: str | None
    outlook: str


class PlanJson(PlanHead):
    """A plan as JSON."""

    steps: list[StepJson]


@dataclass(frozen=True)
class Step:
    """One condition that does not hold yet, with the cheapest way to it.

    `fix`: the rule marks it as something a firm can change; `by_time`: waiting is enough.
    """

    id: str
    label: str
    state: State
    sentence: str
    fix: bool
    help: tuple[str, ...]
    way: Way

    @property
    def by_time(self) -> bool:
        shortfalls = self.way.shortfalls
        return bool(shortfalls) and all(shortfall.by_time for shortfall in shortfalls)

    @property
    def blocked(self) -> bool:
        """Unmet, and neither the firm nor time nor another title can change it."""
        changeable = self.fix or self.by_time or self.by_title
        return self.state == "unmet" and (self.way.hopeless or not changeable)

    @property
    def by_title(self) -> bool:
        """What is lacking are titles that other policies grant."""
        shortfalls = self.way.shortfalls
        return bool(shortfalls) and all(shortfall.fact == "titles" for shortfall in shortfalls)

    @property
    def earliest(self) -> date | None:
        """The first application day on which the condition could hold."""
        return None if self.blocked else self.way.earliest

    def as_dict(self) -> StepJson:
        """The step as JSON."""
        return {
            "id": self.id,
            "label": self.label,
            "state": self.state,
            "sentence": self.sentence,
            "fix": self.fix,
            "by_time": self.by_time,
            "blocked": self.blocked,
            "text": self.way.text,
            "short": [
                {
                    "fact": shortfall.fact,
                    "text": shortfall.text,
                    "short": None if shortfall.short is None else value_json(shortfall.short),
                    "amount": shortfall.amount,
                    "amount_of": shortfall.amount_of or None,
                }
                for shortfall in self.way.shortfalls
            ],
            "earliest": self.earliest.isoformat() if self.earliest else None,
            "wanted": [item.as_dict() for item in self.way.wanted],
            "people": list(self.way.people),
            "alternatives": list(self.way.others),
            "help": list(self.help),
        }


@dataclass(frozen=True)
class Plan:
    """What lies between a firm and one policy.

    `earliest`: the first day on which all could hold (today when nothing is unmet, None when it cannot be
    said); `apply_on`: the first day in a known application window from then on.
    """

    policy: str
    on: date
    steps: tuple[Step, ...]
    earliest: date | None
    apply_on: date | None
    note: str = ""
    rule: str = ""

    @property
    def outlook(self) -> str:
        """From when the firm could qualify, and on what condition, in one sentence (Chinese)."""
        if self.earliest is None:
            return self.note or "有条件无法弥补，按现有规则不能达到。"
        if not self.steps:
            return "各项条件现在都已满足。"
        todo = "；".join(step.way.doing for step in self.steps if step.way.doing)
        people = sum(len(step.way.people) for step in self.steps)
        more = f"{'；另' if todo else ''}有{people}项由企业声明或由人评定" if people else ""
        day = self.apply_on or self.earliest
        when = "现在" if day <= self.on else f"{day.year}年{day.month}月起"
        when += "可以申报" if self.apply_on else "具备条件"
        ending = f"（{self.note.rstrip('。')}）" if self.note else ""
        states = {step.state for step in self.steps}
        undecided = "unknown" in states and "unmet" not in states
        lead = "先补齐信息才能判断；若都符合" if undecided else "做到以下各项"
        return f"{lead}，最早{when}{ending}：{todo}{more}。"

    @property
    def blocked(self) -> bool:
        return any(step.blocked for step in self.steps)

    @property
    def wanted(self) -> tuple[Wanted, ...]:
        """The facts to find out, in the order of the steps."""
        return tuple(dict.fromkeys(item for step in self.steps for item in step.way.wanted))

    def as_dict(self) -> PlanJson:
        """The plan as JSON; days as YYYY-MM-DD."""
        return {
            "policy": self.policy,
            "on": self.on.isoformat(),
            "steps": [step.as_dict() for step in self.steps],
            "earliest": self.earliest.isoformat() if self.earliest else None,
            "apply_on": self.apply_on.isoformat() if self.apply_on else None,
            "blocked": self.blocked,
            "wanted": [item.as_dict() for item in self.wanted],
            "note": self.note,
            "rule": self.rule or None,
            "outlook": self.outlook,
        }


def plan(verdict: Verdict, facts: Facts, on: date) -> Plan:
    """What is short, by how much, what to do, and from when it could hold, most pressing first.

    The order: what cannot be changed, what is unmet by day, what is unknown, what people decide. Where
    another version is in force by the time it could hold, that version is planned for.
    """
    rule, sheet = verdict.rule, verdict.sheet
    if rule is None or sheet is None:
        return Plan(verdict.policy, on, (), None, None, verdict.note or "现在没有适用的规则。")
    known = verdict.known or Evaluation(facts.value, facts.on)
    planned = _plan_for(sheet, rule, facts, known, verdict.conditions)
    for _ in sheet.rules:
        day = planned.earliest
        if day is None or rule.in_force(day):
            break
        following = choose_rules(sheet, day, verdict.kind).rules
        if not following:
            until = rule.to.isoformat() if rule.to else ""
            return replace(planned, apply_on=None, note=f"现行规则到{until}为止，之后的规则尚未公布。")
        rule = following[0]
        answers = explain(sheet, rule, facts, known)
        planned = _plan_for(sheet, rule, facts, known, answers, max(day, rule.from_))
    return planned


def _plan_for(
    sheet: Sheet,
    rule: Rule,
    facts: Facts,
    known: Evaluation,
    found: Sequence[ConditionAnswer],
    not_before: date | None = None,
) -> Plan:
    answers = zip(found, conditions_of(sheet, rule), strict=True)
    on = facts.on
    steps = [
        _step(answer, way_of(condition, facts, known))
        for answer, condition in answers
        if answer.state != "met"
    ]
    steps.sort(key=_order)
    unmet = [step for step in steps if step.state == "unmet"]
    days = [step.earliest for step in unmet]
    earliest = None if None in days else max([not_before or on, *(day for day in days if day)])
    apply_on, note = _application_day(rule, earliest)
    return Plan(sheet.slug, on, tuple(steps), earliest, apply_on, note, rule.id)


def _step(answer: ConditionAnswer, way: Way) -> Step:
    return Step(answer.id, answer.label, answer.state, answer.sentence, answer.fix, answer.help, way)


_STATES = ("unmet", "unknown", "declared", "needs_person")


def _order(step: Step) -> tuple[bool, int, date]:
    return (not step.blocked, _STATES.index(step.state), step.earliest or date.min)


def _application_day(rule: Rule, earliest: date | None) -> tuple[date | None, str]:
    """The first day an application can be handed in, and what stands in the way of saying so."""
    if earliest is None:
        return None, ""
    if not rule.windows:
        return earliest, ""
    window = next_window(rule, earliest)
    if window is None:
        return None, f"{earliest.isoformat()}之后的申报时间尚未公布。"
    return max(window.open, earliest), ""
