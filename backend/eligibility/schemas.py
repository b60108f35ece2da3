"""Shapes of eligibility on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from backend.adapters.http import Body, Query
from backend.adapters.http.fields import Day, Instant, Slug
from backend.eligibility.service import Answer, Answered, Asked, Helper, ImpactRun, Page
from backend.shared.clock import in_shanghai
from policies.gap import Rung

Kind = Literal["new", "renewal"]
Source = Literal["registry", "tax", "staff_verified", "self_declared"]
QUESTIONS = 5


class EligibilityQuery(Query):
    """The application day judged, the instant of knowledge, and the kind of application."""

    on: Day | None = None
    known_at: Instant | None = None
    kind: Kind | None = None
    policy: Slug | None = None

    def asked(self) -> Asked:
        """As the service takes it."""
        return Asked(self.on, self.known_at, self.kind, self.policy)


class DayQuery(Query):
    """An application day."""

    on: Day | None = None


class ImpactQuery(DayQuery):
    """The application day and the kind of application; left out: per firm from the titles it holds."""

    kind: Kind | None = None


class ImpactOrder(Body):
    """The same, for a run by the queue."""

    on: Day | None = None
    kind: Kind | None = None


class RunsQuery(Query):
    """A page of runs."""

    limit: int = Field(default=20, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=300)


class ReportQuery(Query):
    """How a report is wanted."""

    on: Day | None = None
    known_at: Instant | None = None
    kind: Kind | None = None
    format: Literal["json", "html", "pdf"] = "json"


class StatedFact(Body):
    """One fact as stated: `period` is a year ("2025") for yearly facts."""

    name: str = Field(min_length=1, max_length=60)
    value: bool | int | str | list[str]
    period: str | None = Field(default=None, max_length=10)


class Assessment(Body):
    """A firm's facts, judged without being kept."""

    on: Day | None = None
    kind: Kind | None = None
    policy: Slug | None = None
    facts: list[StatedFact] = Field(max_length=300)

    def stated(self) -> list[dict[str, Any]]:
        """As the service takes them."""
        return [fact.model_dump() for fact in self.facts]

    def asked(self, policy: str | None = None) -> Asked:
        """As the service takes it."""
        return Asked(self.on, None, self.kind, policy or self.policy)


class AssessmentReport(Assessment):
    """The same as a report to keep."""

    format: Literal["json", "html", "pdf"] = "json"


class Reply(Body):
    """The answer to a question: one fact, of several years if need be."""

    facts: list[StatedFact] = Field(min_length=1, max_length=20)
    source: Source = "self_declared"

    def stated(self) -> list[dict[str, Any]]:
        """As the service takes them."""
        return [fact.model_dump() for fact in self.facts]


def page_json(page: Page, asked: Asked) -> dict[str, Any]:
    """A firm's whole page."""
    return {
        "items": [answer_json(answer) for answer in page.answers],
        "total": len(page.answers),
        "next_cursor": None,
        "on": page.facts.on.isoformat(),
        "known_at": in_shanghai(asked.known_at).isoformat() if asked.known_at else None,
        "questions": [question.as_dict() for question in page.questions[:QUESTIONS]],
        "conflicts": [
            {"fact": c.fact, "other": c.other, "period": c.period, "reason": c.reason}
            for c in page.facts.conflicts
        ],
    }


def answer_json(answer: Answer) -> dict[str, Any]:
    """One policy's answer: verdict, reasons, the way to it, and who helps."""
    shown = answer.verdict.as_dict()
    _add_helpers(shown["conditions"], answer.helpers)
    way = answer.plan.as_dict() if answer.plan else None
    if way:
        _add_helpers(way["steps"], answer.helpers)
    return {**shown, "version": answer.policy.version, "plan": way}


def answered_json(answered: Answered) -> dict[str, Any]:
    """What an answer changed."""
    return {
        "changed": [
            {
                "policy": changed.after.policy,
                "title": changed.after.title,
                "before": changed.before.status,
                "after": changed.after.status,
                "conditions": [
                    {"id": condition, "before": was or None, "after": now}
                    for condition, was, now in changed.conditions
                ],
            }
            for changed in answered.changed
        ],
        "questions": [question.as_dict() for question in answered.questions[:QUESTIONS]],
    }


def ladder_json(rungs: list[Rung]) -> dict[str, Any]:
    """The ladder, first rung first."""
    return {"items": [rung.as_dict() for rung in rungs], "total": len(rungs), "next_cursor": None}


def impact_run_json(run: ImpactRun) -> dict[str, Any]:
    """A run with its progress; `result` is null until it is done."""
    return {
        "id": run.id,
        "policy": run.policy,
        "revision": run.judged,
        "on": run.day.isoformat(),
        "kind": run.kind or None,
        "status": run.status,
        "firms": run.firms,
        "total": run.total,
        "result": dict(run.result) or None,
        "note": run.note,
        "by": run.by,
        "started_at": in_shanghai(run.created_at).isoformat(),
    }


def _add_helpers(parts: list[dict[str, Any]], helpers: Mapping[str, list[Helper]]) -> None:
    for part in parts:
        part["helpers"] = [
            {"kind": h.kind, "id": h.id, "title": h.title} for h in helpers.get(part["id"], ())
        ]
