"""What the doors of the pool answer, as types."""

from __future__ import annotations

from typing import Any, NotRequired

from typing_extensions import TypedDict

from policies.facts import ValueJson


class MembershipJson(TypedDict):
    """Where a firm stands."""

    uscc: str
    revision: int
    step: str
    tier: str
    label: str
    service_class: str
    service_class_label: str
    since: str | None
    area: str
    town: str


class NamedMember(MembershipJson):
    """The same with the firm's name."""

    name: str


class LifeStepJson(TypedDict):
    """One step of a life; who decided and on what is shown to staff only."""

    id: str
    step: str
    tier: str
    at: str
    reason: str
    rule: str
    undoes: str
    by: NotRequired[str]
    evidence: NotRequired[dict[str, Any]]


class LifeJson(MembershipJson):
    """Where a firm stands and how it came there."""

    life: list[LifeStepJson]


class EvidenceJson(TypedDict):
    """A value a warning stands on, and how the rule reads it."""

    fact: str | None
    value: ValueJson
    period: str | None
    sentence: str


class ActionJson(TypedDict):
    """What happened to a warning, and what was done about it."""

    kind: str
    what: str
    at: str
    by: str


class WarningJson(TypedDict):
    """A warning: what it stands on, who acts until when, what was done."""

    uscc: str
    rule: str
    rule_version: str
    revision: int
    state: str
    severity: str
    evidence: list[EvidenceJson]
    finder: str
    deadline: str
    level: int
    result: str
    result_label: str
    steps: list[ActionJson]


class NamedWarning(WarningJson):
    """The same with the firm's name."""

    name: str


class RateJson(TypedDict):
    """Warnings of a rule: raised, ended, false alarms and their share of those that ended."""

    raised: int
    ended: int
    false_alarms: int
    false_alarm_rate: str | None


class WarningRunJson(TypedDict):
    """What a run over all firms came to."""

    firms: int
    raised: int
    reopened: int
    recovered: int
    escalated: int


class TallyJson(TypedDict):
    """How far the decisions on a list are."""

    decided: int
    waiting: int
    failed: int


class ListJson(TallyJson):
    """A frozen list: how many rows it has, and how far the decisions are."""

    label: str
    rows: int


class MissingFact(TypedDict):
    """So many firms wait for this fact."""

    fact: str
    label: str
    firms: int


class PoolRunJson(TypedDict):
    """A run: how far it is, and its lists; `paused`: somebody stopped the carrying out of its decisions."""

    id: str
    kind: str
    day: str
    status: str
    firms: int
    rules: list[str]
    lists: dict[str, ListJson]
    missing: dict[str, list[MissingFact]]
    figures: dict[str, float]
    by: str
    created_at: str
    paused: bool


class DecisionJson(TypedDict):
    """What was decided on a row; `waiting`: not yet carried out, `problem`: why it could not be."""

    accepted: bool
    reason: str
    by: str
    at: str
    waiting: bool
    problem: str


class RowJson(TypedDict):
    """A row of a list, with what was decided on it; the labels are "" where nothing is proposed or held."""

    uscc: str
    name: str
    now: str
    now_label: str
    proposed: str
    proposed_label: str
    missing: list[str]
    decision: DecisionJson | None


class OutcomeOfFirm(TypedDict):
    """What became of one decision: "" or why it could not be carried out."""

    uscc: str
    problem: str


class DecidedJson(TypedDict):
    """What became of decisions on some firms."""

    done: int
    items: list[OutcomeOfFirm]


class SettingJson(TypedDict):
    """A setting; `confirmed` is false for what the house came with."""

    name: str
    revision: int
    confirmed: bool
    value: dict[str, Any]


class IndustryCount(TypedDict):
    """So many firms of a class of industries."""

    label: str
    firms: int


class Conversion(TypedDict):
    """How many of the tracked firms were certified."""

    tracked: int
    certified: int
    share: str | None


class InTime(TypedDict):
    """How many firms were tracked within a day."""

    firms: int
    of: int
    share: str | None


class YearGoal(TypedDict):
    """The year's new high-tech firms against the goal."""

    year: str
    new_gaoqi: int
    goal: int
    share: str | None


class PoolBoardJson(TypedDict):
    """Everything the board shows, for charts."""

    as_of: str
    firms: int
    stages: dict[str, int]
    tiers: dict[str, int]
    service_classes: dict[str, int]
    areas: dict[str, int]
    industries: dict[str, IndustryCount]
    flows: dict[str, dict[str, int]]
    conversion: Conversion
    tracked_within_a_day: InTime
    goal: YearGoal
