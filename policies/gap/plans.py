"""The gap plan of one policy: what is missing, by how much, what can be done, and from which day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from policies.eligibility import ConditionAnswer, Verdict, conditions_of, next_window
from policies.facts import Facts, Wanted, value_json
from policies.gap.ways import Way, way_of
from policies.rules import Rule
from policies.sheet import State


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
        """Unmet, and neither the firm nor time can change it."""
        return self.state == "unmet" and (self.way.hopeless or not (self.fix or self.by_time))

    @property
    def earliest(self) -> date | None:
        """The first application day on which the condition could hold."""
        return None if self.blocked else self.way.earliest

    def as_dict(self) -> dict[str, Any]:
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
                    "short": value_json(shortfall.short),
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

    @property
    def blocked(self) -> bool:
        return any(step.blocked for step in self.steps)

    @property
    def wanted(self) -> tuple[Wanted, ...]:
        """The facts to find out, in the order of the steps."""
        return tuple(dict.fromkeys(item for step in self.steps for item in step.way.wanted))

    def as_dict(self) -> dict[str, Any]:
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
        }


def plan(verdict: Verdict, facts: Facts, on: date) -> Plan:
    """What is short, by how much, what to do, and from when it could hold, most pressing first.

    The order: what cannot be changed, what is unmet by day, what is unknown, what people decide.
    """
    rule, sheet = verdict.rule, verdict.sheet
    if rule is None or sheet is None:
        return Plan(verdict.policy, on, (), None, None, verdict.note or "现在没有适用的规则。")
    pairs = zip(verdict.conditions, conditions_of(sheet, rule), strict=True)
    steps = [_step(answer, way_of(condition, facts)) for answer, condition in pairs if answer.state != "met"]
    steps.sort(key=_order)
    unmet = [step for step in steps if step.state == "unmet"]
    days = [step.earliest for step in unmet]
    earliest = None if None in days else max([on, *(day for day in days if day)])
    apply_on, note = _application_day(rule, earliest)
    return Plan(verdict.policy, on, tuple(steps), earliest, apply_on, note)


def _step(answer: ConditionAnswer, way: Way) -> Step:
    return Step(answer.id, answer.label, answer.state, answer.sentence, answer.fix, answer.help, way)


_STATES = ("unmet", "unknown", "declared", "needs_person")


def _order(step: Step) -> tuple[bool, int, date]:
    return (not step.blocked, _STATES.index(step.state), step.earliest or date.min)


def _application_day(rule: Rule, earliest: date | None) -> tuple[date | None, str]:
    """The first day an application can be handed in, and what stands in the way of saying so."""
    if earliest is None:
        return None, ""
    if rule.to is not None and earliest > rule.to:
        return None, f"现行规则到{rule.to.isoformat()}为止，届时以新规则为准。"
    if not rule.windows:
        return earliest, ""
    window = next_window(rule, earliest)
    if window is None:
        return None, f"{earliest.isoformat()}之后的申报时间尚未公布。"
    return max(window.open, earliest), ""
