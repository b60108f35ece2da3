"""A policy sheet: everything the product knows about one policy, as one frozen object."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from policies.conditions import Frozen
from policies.rules import ApplicationKind, Mark, Rule, Source
from policies.sheet.supports import Limit, Support, problem_in

SLUG = r"^[a-z0-9][a-z0-9-]{1,62}$"
Status = Literal["eligible", "subject_to_review", "ineligible", "unknown", "not_in_force"]
PolicyKind = Literal["plan", "title", "money", "tax", "platform", "listing", "service", "internal"]
Level = Literal["national", "city", "district", "area"]
Stage = Literal["consultation", "final", "interpretation", "name_list", "notice"]
State = Literal["met", "unmet", "unknown", "declared", "needs_person"]


class Validity(Frozen):
    """From when to when the policy holds; `to` is the last day, None = no end known."""

    from_: date | None = Field(default=None, alias="from")
    to: date | None = None
    note: str = ""


class Confidence(Frozen):
    """How sure the sheet is: the worst mark that matters, and why."""

    mark: Mark = "?"
    note: str = ""


class KeyPoints(Frozen):
    """The card a founder reads first."""

    who: str = ""
    what: str = ""
    how_much: str = ""
    when: str = ""
    where: str = ""
    materials: tuple[str, ...] = ()


class Relation(Frozen):
    """A typed link to another policy, by slug or document number."""

    kind: Literal[
        "based_on",
        "implements",
        "amends",
        "repeals",
        "replaces",
        "replaced_by",
        "interprets",
        "cites",
        "stacks_with",
        "excludes",
        "capped_together",
        "routed_to",
        "leads_on_to",
    ]
    target: str
    note: str = ""


class Target(Frozen):
    """A number the policy promises to reach."""

    text: str
    quantity: int | float | None = None
    comparator: Literal["at_least", "more_than", "about", "at_most"] | None = None
    unit: str = ""
    year: int | None = None
    per: Literal["year", "total"] | None = None


class Clause(Frozen):
    """A measure or safeguard of a plan, found by its anchor."""

    anchor: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")
    title: str
    text: str = ""
    group: str = ""
    lead: tuple[str, ...] = ()
    support: tuple[str, ...] = ()
    targets: tuple[Target, ...] = ()


class TaskRow(Frozen):
    """A row of a plan's table of tasks, by its position; `number` is what the paper prints."""

    anchor: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")
    position: int = Field(ge=1)
    number: str = ""
    topic: str = ""
    text: str
    units: tuple[str, ...] = ()
    uncertain_units: tuple[str, ...] = ()
    measure: str = ""
    targets: tuple[Target, ...] = ()
    due: str = ""


def _plain_facts(value: Any) -> Any:
    """Years as text and days as text, as JSON and the database keep them."""
    if isinstance(value, Mapping):
        return {str(key): _plain_facts(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain_facts(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


class Case(Frozen):
    """A worked example that proves the rules: these facts on this day give this answer.

    A condition may be said to be absent: waived in this season. `points`: what parts of a score come to, by
    id; a pair is a range that stays open. `rule`: the version that judges, or which of several readings
    `conditions` and `points` are about.
    """

    name: str = Field(min_length=1)
    on: date
    kind: ApplicationKind | None = None
    facts: Annotated[dict[str, Any], BeforeValidator(_plain_facts)]
    expect: Status
    conditions: dict[str, State | Literal["absent"]] = {}
    points: dict[str, int | tuple[int, int]] = {}
    rule: str = ""


class Sheet(Frozen):
    """One policy: what it says, who qualifies, how sure we are, and the cases that prove it.

    Kind `internal` is a rule of the house itself, shown to staff only.
    """

    slug: str = Field(pattern=SLUG)
    title: str = Field(min_length=1)
    kind: PolicyKind
    level: Level
    stage: Stage = "final"
    number: str = ""
    issuers: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    signed: date | None = None
    published: date | None = None
    validity: Validity = Validity()
    confidence: Confidence = Confidence()
    sources: tuple[Source, ...] = ()
    summary: str = ""
    key_points: KeyPoints = KeyPoints()
    grants: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    relations: tuple[Relation, ...] = ()
    clauses: tuple[Clause, ...] = ()
    tasks: tuple[TaskRow, ...] = ()
    supports: tuple[Support, ...] = ()
    limits: tuple[Limit, ...] = ()
    rules: tuple[Rule, ...] = ()
    cases: tuple[Case, ...] = ()
    body: str = ""

    @property
    def worth_telling(self) -> bool:
        """Whether a firm is told of its answer unasked: rules for something it can claim.

        Definitions, duties and listing standards are answered when a firm asks.
        """
        return bool(self.rules) and self.kind not in ("service", "listing")

    @model_validator(mode="after")
    def _check(self) -> Sheet:
        _no_twins("锚点", [c.anchor for c in self.clauses] + [t.anchor for t in self.tasks])
        _no_twins("规则", [rule.id for rule in self.rules])
        if self.validity.from_ and self.validity.to and self.validity.to < self.validity.from_:
            raise ValueError("有效期的 to 早于 from")
        wrong = problem_in(self.supports, self.limits, frozenset(rule.id for rule in self.rules))
        if wrong:
            raise ValueError(wrong)
        for first, second in overlaps(self.rules):
            raise ValueError(f"规则 {first.id} 与 {second.id} 的适用日期重叠，同一天只能有一个版本")
        return self


def _no_twins(what: str, names: list[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"{what} {name} 重复")


def overlaps(rules: tuple[Rule, ...]) -> list[tuple[Rule, Rule]]:
    """Pairs of confirmed versions that would both judge the same application."""
    confirmed = [rule for rule in rules if rule.confirmed]
    return [
        (one, other)
        for i, one in enumerate(confirmed)
        for other in confirmed[i + 1 :]
        if (one.kind == other.kind or "any" in (one.kind, other.kind))
        and one.from_ <= (other.to or date.max)
        and other.from_ <= (one.to or date.max)
    ]
