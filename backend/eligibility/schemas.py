"""Shapes of eligibility on the wire."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import Field
from typing_extensions import TypedDict

from backend.adapters.http import Body, Query
from backend.adapters.http.answers import PageJson, list_json
from backend.adapters.http.fields import Day, Instant, Slug
from backend.eligibility.service import Answer, Answered, Asked, Helper, ImpactRun, Page
from backend.eligibility.service.helpers import HelperKind
from backend.eligibility.store.impacts import ImpactJson, RunStatus
from backend.shared.clock import in_shanghai
from policies.eligibility import ConditionJson, QuestionJson, VerdictHead
from policies.gap import PlanHead, Rung, RungJson, StepJson
from policies.rules import ApplicationKind
from policies.sheet import State, Status

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


class HelperJson(TypedDict):
    """Who helps."""

    kind: HelperKind
    id: str
    title: str


class HelpedCondition(ConditionJson):
    """A condition and who helps with it."""

    helpers: list[HelperJson]


class HelpedStep(StepJson):
    """A step and who helps with it."""

    helpers: list[HelperJson]


class HelpedPlan(PlanHead):
    """A plan and who helps with its steps."""

    steps: list[HelpedStep]


class AnswerJson(VerdictHead):
    """One policy's answer; `version` is the policy's."""

    conditions: list[HelpedCondition]
    version: int
    plan: HelpedPlan | None


class ReportJson(AnswerJson):
    """The same as a report on a firm."""

    firm: str


class ConflictJson(TypedDict):
    """Two facts that cannot both be true."""

    fact: str
    other: str
    period: str | None
    reason: str


class AnswersJson(TypedDict):
    """A firm's whole page."""

    items: list[AnswerJson]
    total: int
    next_cursor: str | None
    on: str
    known_at: str | None
    questions: list[QuestionJson]
    conflicts: list[ConflictJson]


class TurnedCondition(TypedDict):
    """A condition whose state turned."""

    id: str
    before: State | None
    after: State


class TurnedAnswer(TypedDict):
    """A policy whose answer turned, or of which a condition did."""

    policy: str
    title: str
    before: Status
    after: Status
    conditions: list[TurnedCondition]


class AnsweredJson(TypedDict):
    """What an answer changed, and what to ask next."""

    changed: list[TurnedAnswer]
    questions: list[QuestionJson]


class ImpactRunJson(TypedDict):
    """A run with its progress; `result` is null until it is done."""

    id: str
    policy: str
    revision: int
    on: str
    kind: ApplicationKind | None
    status: RunStatus
    firms: int
    total: int
    result: ImpactJson | None
    note: str
    by: str
    started_at: str


def page_json(page: Page, asked: Asked) -> AnswersJson:
    """A firm's whole page."""
    return {
        **list_json(answer_json(answer) for answer in page.answers),
        "on": page.facts.on.isoformat(),
        "known_at": in_shanghai(asked.known_at).isoformat() if asked.known_at else None,
        "questions": [question.as_dict() for question in page.questions[:QUESTIONS]],
        "conflicts": [
            {"fact": c.fact, "other": c.other, "period": c.period, "reason": c.reason}
            for c in page.facts.conflicts
        ],
    }


def answer_json(answer: Answer) -> AnswerJson:
    """One policy's answer: verdict, reasons, the way to it, and who helps."""
    shown, way = answer.verdict.as_dict(), answer.plan.as_dict() if answer.plan else None
    helpers = {condition: _helpers_json(found) for condition, found in answer.helpers.items()}
    plan: HelpedPlan | None = None
    if way:
        steps: list[HelpedStep] = [{**step, "helpers": helpers.get(step["id"], [])} for step in way["steps"]]
        plan = {**way, "steps": steps}
    conditions: list[HelpedCondition] = [
        {**one, "helpers": helpers.get(one["id"], [])} for one in shown["conditions"]
    ]
    return {**shown, "conditions": conditions, "version": answer.policy.version, "plan": plan}


def report_json(page: Page) -> ReportJson:
    """The one policy of a page as a report."""
    return {"firm": page.firm, **answer_json(page.answers[0])}


def answered_json(answered: Answered) -> AnsweredJson:
    """What an answer changed."""
    return {
        "changed": [
            {
                "policy": changed.after.policy,
                "title": changed.after.title,
                "before": changed.before.status,
                "after": changed.after.status,
                "conditions": [
                    {"id": condition, "before": was, "after": now}
                    for condition, was, now in changed.conditions
                ],
            }
            for changed in answered.changed
        ],
        "questions": [question.as_dict() for question in answered.questions[:QUESTIONS]],
    }


def ladder_json(rungs: list[Rung]) -> PageJson[RungJson]:
    """The ladder, first rung first."""
    return list_json(rung.as_dict() for rung in rungs)


def impact_run_json(run: ImpactRun) -> ImpactRunJson:
    """A run with its progress; `result` is null until it is done."""
    return {
        "id": run.id,
        "policy": run.policy,
        "revision": run.judged,
        "on": run.day.isoformat(),
        "kind": run.kind,
        "status": run.status,
        "firms": run.firms,
        "total": run.total,
        "result": run.result,
        "note": run.note,
        "by": run.by,
        "started_at": in_shanghai(run.created_at).isoformat(),
    }


def _helpers_json(helpers: Sequence[Helper]) -> list[HelperJson]:
    return [{"kind": one.kind, "id": one.id, "title": one.title} for one in helpers]
