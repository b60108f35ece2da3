"""Shapes of plans on the wire."""

from __future__ import annotations

from datetime import date, time
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator
from typing_extensions import TypedDict

from backend.adapters.http import Body
from backend.adapters.http.fields import Day, Slug
from backend.courses.service.planning import Wish
from backend.courses.store.plans import Plan, Step

# A session's id is the plan's with a number behind.
PlanId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{1,50}$")]
Hour = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]


class PlanStep(Body):
    """A session wanted so many days before the season opens; moved to the working day before a holiday."""

    course: Slug
    days_before: int = Field(ge=0, le=400)
    at: Hour
    minutes: int = Field(ge=15, le=600)
    seats: int = Field(ge=1, le=2000)
    place: str = Field(default="", max_length=200)
    online: bool = False

    def wish(self) -> Wish:
        """As the service takes it."""
        return Wish(**{**self.model_dump(), "at": time.fromisoformat(self.at)})


class NewPlan(Body):
    """A series ahead of a policy's next season; where no source names it, staff say what they expect."""

    id: PlanId
    policy: Slug
    expected_opens: Day | None = None
    expected_because: str = Field(default="", max_length=300)
    steps: list[PlanStep] = Field(min_length=1, max_length=40)

    @model_validator(mode="after")
    def _with_reason(self) -> NewPlan:
        if (self.expected_opens is None) != (not self.expected_because):
            raise ValueError("预计开始的日期（expected_opens）和依据（expected_because）须一起写。")
        return self

    def expected(self) -> tuple[date, str] | None:
        """The day and the reason, when staff give them."""
        return (self.expected_opens, self.expected_because) if self.expected_opens else None


class StepAnswer(TypedDict):
    """A planned session; `natural`: that year's holidays are not known yet, only weekends were left out."""

    session: str
    course: str
    days_before: int
    starts_at: str
    ends_at: str
    opens_at: str
    closes_at: str
    place: str
    online: bool
    seats: int
    natural: bool


class PlanAnswer(TypedDict):
    """A season, who says when it opens (`mark`: how sure), and the sessions as they were planned."""

    id: str
    title: str
    policy: str
    season_opens: str
    season_closes: str | None
    source: str
    mark: str
    steps: list[StepAnswer]
    updated_by: str


class PlanPage(TypedDict):
    """A page of plans."""

    items: list[PlanAnswer]
    total: int
    next_cursor: str | None


def plan_json(plan: Plan) -> PlanAnswer:
    """A plan on the wire."""
    return {
        "id": plan.id,
        "title": plan.title,
        "policy": plan.policy,
        "season_opens": plan.season_opens.isoformat(),
        "season_closes": plan.season_closes.isoformat() if plan.season_closes else None,
        "source": plan.source,
        "mark": plan.mark,
        "steps": [_step(step) for step in plan.steps],
        "updated_by": plan.updated_by,
    }


def _step(step: Step) -> StepAnswer:
    return {
        "session": step.session,
        "course": step.course,
        "days_before": step.days_before,
        "starts_at": step.starts_at.isoformat(),
        "ends_at": step.ends_at.isoformat(),
        "opens_at": step.opens_at.isoformat(),
        "closes_at": step.closes_at.isoformat(),
        "place": step.place,
        "online": step.online,
        "seats": step.seats,
        "natural": step.natural,
    }
