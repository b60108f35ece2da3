"""Shapes of visits and of hand-overs between carriers on the wire."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints
from typing_extensions import TypedDict

from backend.adapters.http import Body, Query
from backend.adapters.http.fields import Day, Uscc
from backend.guidance.service.chain import CHAIN
from backend.guidance.service.visits import KINDS
from backend.guidance.store.chain import Handover
from backend.guidance.store.visits import Visit, VisitKind, VisitState
from backend.shared.clock import in_shanghai

End = Annotated[str, StringConstraints(pattern=r"^[a-z]{3,20}/[a-z0-9][a-z0-9-]{1,62}$")]


class NewVisit(Body):
    """A visit or call to plan."""

    uscc: Uscc
    kind: VisitKind = "visit"
    on: Day
    why: str = Field(default="", max_length=500)


class VisitDone(Body):
    """What was found, on which day, and when next."""

    found: str = Field(min_length=2, max_length=4000)
    on: Day
    next_on: Day | None = None


class VisitCancelled(Body):
    """Why it does not take place."""

    why: str = Field(min_length=2, max_length=500)


class VisitQuery(Query):
    """Which visits to list; `due` is the call list: planned up to today, or so many days from now."""

    due: Annotated[str, StringConstraints(pattern=r"^[0-9]{0,3}$")] | None = None
    state: VisitState | None = None
    uscc: Uscc | None = None
    limit: int = Field(default=20, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=300)

    def due_within(self) -> int | None:
        """Days from now; None without `due`."""
        return None if self.due is None else int(self.due or 0)


class NewHandover(Body):
    """What is passed on about a firm, from one carrier to the next ("park/id", "bureau/area")."""

    uscc: Uscc
    given_by: End
    given_to: End
    topic: str = Field(min_length=2, max_length=80)
    note: str = Field(default="", max_length=2000)


class HandoverQuery(Query):
    """Of which firm."""

    uscc: Uscc | None = None
    limit: int = Field(default=20, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=300)


class VisitJson(TypedDict):
    """A visit."""

    id: str
    uscc: str
    area: str
    town: str
    kind: VisitKind
    kind_label: str
    state: VisitState
    why: str
    planned_on: str
    done_on: str | None
    desk: str
    found: str
    next_on: str | None
    revision: int


class VisitPage(TypedDict):
    """A page of visits."""

    items: list[VisitJson]
    total: int
    next_cursor: str | None


class HandoverJson(TypedDict):
    """A hand-over."""

    id: str
    uscc: str
    given_by: str
    given_by_label: str
    given_to: str
    given_to_label: str
    topic: str
    note: str
    by: str
    at: str


class HandoverPage(TypedDict):
    """A page of hand-overs."""

    items: list[HandoverJson]
    total: int
    next_cursor: str | None


def visit_json(visit: Visit) -> VisitJson:
    """A visit for staff."""
    return {
        "id": visit.id,
        "uscc": visit.uscc,
        "area": visit.area,
        "town": visit.town,
        "kind": visit.kind,
        "kind_label": KINDS[visit.kind],
        "state": visit.state,
        "why": visit.why,
        "planned_on": visit.planned_on,
        "done_on": visit.done_on or None,
        "desk": visit.desk,
        "found": visit.found,
        "next_on": visit.next_on or None,
        "revision": visit.revision,
    }


def handover_json(handover: Handover) -> HandoverJson:
    """A hand-over for staff."""
    return {
        "id": handover.id,
        "uscc": handover.uscc,
        "given_by": handover.given_by,
        "given_by_label": CHAIN[handover.given_by.partition("/")[0]],
        "given_to": handover.given_to,
        "given_to_label": CHAIN[handover.given_to.partition("/")[0]],
        "topic": handover.topic,
        "note": handover.note,
        "by": handover.by,
        "at": in_shanghai(handover.at).isoformat(),
    }
