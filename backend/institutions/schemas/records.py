"""Shapes of cases, ratings and complaints on the wire."""

from __future__ import annotations

from pydantic import Field
from typing_extensions import TypedDict

from backend.adapters.http import Body, Query
from backend.adapters.http.fields import Day, Uscc, Words
from backend.institutions.store.cases import Case, Reported
from backend.institutions.store.opinions import Complaint, ComplaintState
from backend.shared.writing import HELD

COMPLAINT_LABELS = {"open": "处理中", "upheld": "已查实", "dismissed": "不成立", "withdrawn": "已撤回"}


class PageQuery(Query):
    """A page of a list."""

    limit: int = Field(default=20, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=300)


class ComplaintQuery(PageQuery):
    """Complaints in a state, or all."""

    state: ComplaintState | None = None


class NewCase(Body):
    """A firm the institution serves, and since when."""

    uscc: Uscc
    started_on: Day
    service: str = Field(min_length=2, max_length=120)


class CaseReport(Body):
    """How the institution says the case ended."""

    reported: Reported


class InstitutionRating(Body):
    """One (worst) to five (best), for a firm that was served."""

    uscc: Uscc
    score: int = Field(ge=1, le=5)


class NewComplaint(Body):
    """What went wrong."""

    uscc: Uscc
    text: Words = Field(min_length=5, max_length=1000)


class Decision(Body):
    """Whether the complaint is upheld, and the answer to the person."""

    upheld: bool
    answer: str = Field(min_length=2, max_length=1000)


class CaseAnswer(TypedDict):
    """A case for staff; `known_on` is the day the pool saw the firm certified after the start."""

    id: str
    institution: str
    uscc: str
    started_on: str
    service: str
    reported: Reported
    known_on: str | None
    revision: int
    updated_by: str


class CasePage(TypedDict):
    """A page of cases."""

    items: list[CaseAnswer]
    total: int
    next_cursor: str | None


class RatedAnswer(TypedDict):
    """The firm's rating as it stands now."""

    institution: str
    uscc: str
    score: int


class ComplaintAnswer(TypedDict):
    """A complaint for the person who made it, and for staff."""

    id: str
    institution: str
    uscc: str
    text: str
    state: ComplaintState
    state_label: str
    answer: str
    made_at: str
    decided_at: str | None


class StaffComplaintAnswer(ComplaintAnswer):
    """The same for staff; `held`: the content check could not pass the text."""

    held: bool


class StaffComplaintPage(TypedDict):
    """A page of complaints for staff."""

    items: list[StaffComplaintAnswer]
    total: int
    next_cursor: str | None


class ComplaintPage(TypedDict):
    """A page of complaints."""

    items: list[ComplaintAnswer]
    total: int
    next_cursor: str | None


def case_json(case: Case) -> CaseAnswer:
    """A case on the wire."""
    return {
        "id": case.id,
        "institution": case.institution,
        "uscc": case.uscc,
        "started_on": case.started_on.isoformat(),
        "service": case.service,
        "reported": case.reported,
        "known_on": case.known_on.isoformat() if case.known_on else None,
        "revision": case.revision,
        "updated_by": case.updated_by,
    }


def complaint_json(complaint: Complaint) -> ComplaintAnswer:
    """A complaint on the wire, without who made it."""
    return {
        "id": complaint.id,
        "institution": complaint.institution,
        "uscc": complaint.uscc,
        "text": complaint.text,
        "state": complaint.state,
        "state_label": COMPLAINT_LABELS[complaint.state],
        "answer": complaint.answer,
        "made_at": complaint.made_at.isoformat(),
        "decided_at": complaint.decided_at.isoformat() if complaint.decided_at else None,
    }


def staff_complaint_json(complaint: Complaint) -> StaffComplaintAnswer:
    """A complaint for staff."""
    return {**complaint_json(complaint), "held": complaint.checked == HELD}
