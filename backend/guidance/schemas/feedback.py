"""Shapes of feedback on the wire."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints
from typing_extensions import TypedDict

from backend.adapters.http import Body, Query
from backend.guidance.service.feedback import MARKS
from backend.guidance.store.feedback import Feedback, FeedbackState, Mark
from backend.shared.clock import in_shanghai

About = Annotated[
    str, StringConstraints(pattern=r"^(app|(policy|course|institution):[a-z0-9][a-z0-9-]{1,62})$")
]
Anchor = Annotated[str, StringConstraints(pattern=r"^([a-z0-9][a-z0-9-]{0,62})?$")]


class NewFeedback(Body):
    """About what (policy:slug, course:id, institution:id, app), at which clause, and what."""

    about: About
    anchor: Anchor = ""
    mark: Mark
    text: str = Field(default="", max_length=2000)


class Reading(Body):
    """The policy was read; `understood` may be left open."""

    understood: bool | None = None


class FeedbackQuery(Query):
    """Which feedback: about one thing or clause, in a state, or held by the content check."""

    about: About | None = None
    anchor: Anchor = ""
    state: FeedbackState | None = None
    held: bool = False
    limit: int = Field(default=20, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=300)


class FeedbackAnswer(Body):
    """An answer to the person."""

    answer: str = Field(min_length=2, max_length=2000)


class CommonQuestion(Body):
    """The question in staff's own words, as everybody will read it."""

    question: str = Field(min_length=2, max_length=500)


class FeedbackJson(TypedDict):
    """Feedback as its author sees it."""

    id: str
    about: str
    anchor: str
    mark: Mark
    mark_label: str
    text: str
    state: FeedbackState
    answer: str | None
    at: str


class StaffFeedbackJson(FeedbackJson):
    """The same for staff; a held text was not checked."""

    held: bool
    checked: str
    answered_by: str | None
    question: str | None
    revision: int


class FeedbackList(TypedDict):
    """All of a person's own."""

    items: list[FeedbackJson]
    total: int
    next_cursor: str | None


class StaffFeedbackPage(TypedDict):
    """A page for staff."""

    items: list[StaffFeedbackJson]
    total: int
    next_cursor: str | None


def feedback_json(held: Feedback) -> FeedbackJson:
    """Feedback for its author."""
    return {
        "id": held.id,
        "about": held.about,
        "anchor": held.anchor,
        "mark": held.mark,
        "mark_label": MARKS[held.mark],
        "text": held.text,
        "state": held.state,
        "answer": held.answer or None,
        "at": in_shanghai(held.created_at).isoformat(),
    }


def staff_feedback_json(held: Feedback) -> StaffFeedbackJson:
    """Feedback for staff."""
    return {
        **feedback_json(held),
        "held": held.checked == "held",
        "checked": held.checked,
        "answered_by": held.answered_by or None,
        "question": held.question or None,
        "revision": held.revision,
    }
