"""Shapes of the pool on the wire."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Literal

from pydantic import Field

from backend.adapters.http import Body, Query
from backend.adapters.http.fields import Day, Uscc
from backend.adapters.tables import Form
from backend.pool.answers import (
    DecidedJson,
    LifeJson,
    LifeStepJson,
    MembershipJson,
    PoolRunJson,
    RowJson,
    SettingJson,
    TallyJson,
    WarningJson,
    WarningRunJson,
)
from backend.pool.life import LifeEvent, Stage, key_label, present
from backend.pool.service.deciding import Outcome
from backend.pool.service.runs import Row, label_of
from backend.pool.service.settings import SERVICE_CLASSES
from backend.pool.service.warning import RESULTS, WarningReport
from backend.pool.store import Membership
from backend.pool.store.runs import PoolRun, Tally
from backend.pool.store.settings import PoolSetting
from backend.pool.store.warnings import FirmWarning
from backend.shared.clock import in_shanghai
from policies.facts import fact_named

Step = Literal[
    "tracked", "candidate", "in_pool", "applying", "certified", "maintaining", "renewal_due", "at_risk",
    "left", "moved_away", "closed",
]  # fmt: skip
Tier = Literal["", "reserve", "cultivate", "promote"]


class Decision(Body):
    """A step with its reason and what proves it; `tier` goes with in_pool only."""

    step: Step
    tier: Tier = ""
    reason: str = Field(min_length=1, max_length=500)
    rule: str = Field(default="", max_length=80, pattern=r"^([a-z0-9][a-z0-9-]{1,62}@[0-9]{1,6})?$")
    evidence: str = Field(default="", max_length=500)

    def stage(self) -> Stage:
        """Where the step leads."""
        return Stage(self.step, self.tier)

    def proof(self) -> dict[str, str]:
        """The evidence as the life keeps it."""
        return {"note": self.evidence} if self.evidence else {}


class Entry(Decision):
    """A firm's first step."""

    uscc: Uscc


class Undo(Body):
    """Why the last step is taken back."""

    reason: str = Field(min_length=1, max_length=500)


class PoolQuery(Query):
    """Which firms to list."""

    step: Step | None = None
    tier: Tier = ""
    area: str = Field(default="", max_length=60)
    industry_class: str = Field(default="", max_length=60)
    limit: int = Field(default=20, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=300)


class NewRun(Body):
    """Which run to begin."""

    kind: Literal["monthly", "yearly", "adhoc"] = "monthly"


class PageQuery(Query):
    """A page of a list."""

    limit: int = Field(default=20, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=300)


class RowsQuery(Query):
    """The next rows of a frozen list, after a USCC."""

    limit: int = Field(default=20, ge=1, le=100)
    after: str = Field(default="", max_length=18)


class SettingValue(Body):
    """A setting, whole."""

    value: dict[str, Any]


class FileQuery(Query):
    """As what a list is wanted."""

    format: Form = "xlsx"


class ListDecision(Body):
    """Follow (or set aside) what a run proposes for all firms of a list."""

    accept: bool
    reason: str = Field(min_length=2, max_length=500)


class Decisions(ListDecision):
    """The same for some firms of any of its lists."""

    usccs: list[Uscc] = Field(min_length=1, max_length=500)


class LifeQuery(Query):
    """`as_of`: the life as it stood at the end of that day."""

    as_of: Day | None = None


NOTHING = Tally(0, 0, 0)


def run_json(run: PoolRun, tally: Mapping[str, Tally] = MappingProxyType({})) -> PoolRunJson:
    """A run: how far it is, its lists, how many rows each has and how many of them are decided."""
    return {
        "id": run.id,
        "kind": run.kind,
        "day": run.day,
        "status": run.status,
        "firms": run.firms,
        "rules": list(run.rules),
        "lists": {
            name: {"label": label_of(run, name), "rows": count, **tally_json(tally.get(name, NOTHING))}
            for name, count in run.counts.items()
        },
        "missing": {
            slug: [
                {"fact": fact, "label": fact_named(fact).label, "firms": count}
                for fact, count in facts.items()
            ]
            for slug, facts in run.missing.items()
        },
        "figures": dict(run.figures),
        "by": run.by,
        "created_at": in_shanghai(run.created_at).isoformat(),
        "paused": run.paused,
    }


def tally_json(tally: Tally) -> TallyJson:
    """How far the decisions on a list are."""
    return {"decided": tally.decided, "waiting": tally.waiting, "failed": tally.failed}


def decided_json(outcomes: Sequence[Outcome]) -> DecidedJson:
    """What became of decisions on some firms."""
    return {
        "done": sum(not outcome.problem for outcome in outcomes),
        "items": [{"uscc": outcome.uscc, "problem": outcome.problem} for outcome in outcomes],
    }


def row_json(row: Row) -> RowJson:
    """A row of a list, with what was decided on it."""
    decision = row.decision
    return {
        "uscc": row.uscc,
        "name": row.name,
        "now": row.now,
        "now_label": key_label(row.now),
        "proposed": row.proposed,
        "proposed_label": key_label(row.proposed),
        "missing": list(row.missing),
        "decision": {
            "accepted": decision.accepted,
            "reason": decision.reason,
            "by": decision.by,
            "at": in_shanghai(decision.at).isoformat(),
            "waiting": decision.waiting,
            "problem": decision.problem,
        }
        if decision
        else None,
    }


class WarningQuery(PageQuery):
    """Which warnings to list."""

    state: Literal["open", "ended"] | None = None
    rule: str = Field(default="", max_length=63)


class WarningStep(Body):
    """What was done about a warning."""

    what: str = Field(min_length=2, max_length=500)


class WarningEnd(Body):
    """How a warning ends."""

    result: Literal["handled", "recovered", "gone", "false_alarm"]
    note: str = Field(min_length=2, max_length=500)


def warning_json(warning: FirmWarning) -> WarningJson:
    """A warning: what it stands on, who acts until when, what was done."""
    return {
        "uscc": warning.uscc,
        "rule": warning.rule,
        "rule_version": warning.rule_version,
        "revision": warning.revision,
        "state": warning.state,
        "severity": warning.severity,
        "evidence": [
            {
                "fact": item["fact"],
                "value": item["value"],
                "period": item["period"],
                "sentence": item["sentence"],
            }
            for item in warning.evidence
        ],
        "finder": warning.finder,
        "deadline": warning.deadline,
        "level": warning.level,
        "result": warning.result,
        "result_label": RESULTS.get(warning.result, ""),
        "steps": [
            {
                "kind": step["kind"],
                "what": step["what"],
                "at": in_shanghai(step["at"]).isoformat(),
                "by": step["by"],
            }
            for step in warning.steps
        ],
    }


def warning_run_json(report: WarningReport) -> WarningRunJson:
    """What a run over all firms came to."""
    return {
        "firms": report.firms,
        "raised": report.raised,
        "reopened": report.reopened,
        "recovered": report.recovered,
        "escalated": report.escalated,
    }


def setting_json(setting: PoolSetting) -> SettingJson:
    """A setting; `confirmed` is false for what the house came with."""
    return {
        "name": setting.name,
        "revision": setting.revision,
        "confirmed": setting.revision > 0,
        "value": dict(setting.value),
    }


def membership_json(member: Membership, service_class: str = "") -> MembershipJson:
    """Where a firm stands."""
    state = present(member.life)
    return {
        "uscc": member.uscc,
        "revision": member.revision,
        "step": member.stage.step,
        "tier": member.stage.tier,
        "label": member.stage.label,
        "service_class": service_class,
        "service_class_label": SERVICE_CLASSES.get(service_class, ""),
        "since": in_shanghai(state.since).isoformat() if state.since else None,
        "area": member.area,
        "town": member.town,
    }


def life_json(member: Membership, named: bool = True, service_class: str = "") -> LifeJson:
    """Where a firm stands and how it came there; who decided is shown to staff (`named`)."""
    return {
        **membership_json(member, service_class),
        "life": [_event_json(event, named) for event in member.life],
    }


def _event_json(event: LifeEvent, named: bool) -> LifeStepJson:
    shown: LifeStepJson = {
        "id": event.id,
        "step": event.step,
        "tier": event.tier,
        "at": in_shanghai(event.at).isoformat(),
        "reason": event.reason,
        "rule": event.rule,
        "undoes": event.undoes,
    }
    return {**shown, "by": event.by, "evidence": dict(event.evidence)} if named else shown
