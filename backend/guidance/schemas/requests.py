"""Shapes of requests on the wire: what a firm sees of its own, and what those see who work on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints
from typing_extensions import TypedDict

from backend.adapters.http import Body, Query
from backend.adapters.http.fields import ConditionId, Slug, Uscc
from backend.guidance.promise import LABELS as CLASSES
from backend.guidance.promise import class_of
from backend.guidance.routing import LABELS
from backend.guidance.service.exporting import STATES
from backend.guidance.service.requests import RESULTS, Asked
from backend.guidance.store.requests import Level, Request, State
from backend.shared.clock import in_shanghai

Result = Literal["helped", "referred", "could_not_help", "could_not_reach", "withdrawn"]
Text = Annotated[str, Field(min_length=1, max_length=4000)]
Anchor = Annotated[str, StringConstraints(pattern=r"^([a-z0-9][a-z0-9-]{0,62})?$")]


class NewRequest(Body):
    """What a firm asks, from where, and how it wants to be reached; the number is the firm's contact."""

    uscc: Uscc
    title: str = Field(min_length=2, max_length=80)
    text: str = Field(min_length=2, max_length=4000)
    help_kind: Slug | None = Field(default=None, description="所需服务（help_kinds 词表）")
    policy: Slug | None = None
    anchor: Anchor = ""
    condition: ConditionId | None = Field(default=None, description="差距清单中的条件")
    message: str | None = Field(default=None, max_length=200, description="由哪条消息提出")
    reach: Literal["app", "phone", "visit", "meeting"] = "app"

    def asked(self) -> Asked:
        """As the service takes it."""
        policy = self.policy or (self.condition.partition("/")[0] if self.condition else None)
        told = {
            "policy": policy,
            "anchor": self.anchor,
            "condition": self.condition,
            "message": self.message,
        }
        kind = "gap" if self.condition else "policy" if policy else "message" if self.message else "free"
        source = {"kind": kind, **{name: value for name, value in told.items() if value}}
        return Asked(self.uscc, self.title, self.text, self.help_kind or "", source, self.reach)


class RequestQuery(Query):
    """A page of the firm's own requests."""

    state: State | None = None
    limit: int = Field(default=20, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=300)


class StaffRequestQuery(Query):
    """Which requests to list; `mine`: those the caller owns, `held`: with texts the content check holds."""

    state: State | None = None
    level: Level | None = None
    uscc: Uscc | None = None
    policy: Slug | None = None
    mine: bool = False
    held: bool = False
    limit: int = Field(default=20, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=300)


class Said(Body):
    """A text: an answer, a question, a note."""

    text: Text


class Moved(Body):
    """To whom, and why."""

    adviser: Slug
    why: str = Field(min_length=2, max_length=500)


class Referred(Body):
    """To which department, and why."""

    department: Slug
    why: str = Field(min_length=2, max_length=500)


class Invited(Body):
    """Who is to help too."""

    adviser: Slug


class Withdrawal(Body):
    """The firm takes its request back."""

    note: str = Field(default="", max_length=1000)


class Ending(Body):
    """How it ended."""

    result: Literal["helped", "referred", "could_not_help", "could_not_reach"]
    note: str = Field(default="", max_length=1000)


class Rating(Body):
    """How it was, one to five."""

    stars: int = Field(ge=1, le=5)
    text: str = Field(default="", max_length=1000)


class Outcome(Body):
    """Three months later: did the firm apply, was it certified."""

    applied: bool
    certified: bool


class SourceJson(TypedDict):
    """Where a request came from."""

    kind: str
    policy: str | None
    anchor: str | None
    condition: str | None
    message: str | None
    warning: str | None


class EntryJson(TypedDict):
    """One line of the conversation; `held`: the content check was down."""

    id: str
    kind: Literal["message", "question", "note", "step"]
    role: Literal["firm", "staff", "system"]
    name: str
    text: str
    at: str
    held: bool


class FileJson(TypedDict):
    """A file, downloaded from its address."""

    number: int
    name: str
    kind: str
    size: int
    at: str
    address: str


class RatingJson(TypedDict):
    """What the firm said of it."""

    stars: int
    text: str
    at: str


class OutcomeJson(TypedDict):
    """What the firm said three months later; `asked` before it answers."""

    asked: bool
    applied: bool | None
    certified: bool | None


class RequestJson(TypedDict):
    """A request as its firm sees it."""

    id: str
    uscc: str
    title: str
    text: str
    source: SourceJson
    help_kind: str | None
    reach: str
    state: State
    state_label: str
    level: Level
    level_label: str
    owner_name: str
    opened_at: str
    promise: str
    due_on: str | None
    due_sure: bool
    entries: list[EntryJson]
    files: list[FileJson]
    result: str | None
    result_label: str | None
    rating: RatingJson | None
    outcome: OutcomeJson
    revision: int


class ChoiceJson(TypedDict):
    """Somebody routing proposes, and why."""

    adviser: str
    name: str
    level: Level
    reasons: list[str]


class StaffRequestJson(RequestJson):
    """The same for those who work on it."""

    area: str
    town: str
    owner: str | None
    helpers: list[str]
    offered: list[str]
    department: str | None
    route: list[ChoiceJson]
    passed_over: dict[str, int]
    service_class: str
    held: bool
    kept: bool | None
    escalations: int


class RequestPage(TypedDict):
    """A page of requests of a firm."""

    items: list[RequestJson]
    total: int
    next_cursor: str | None


class StaffRequestPage(TypedDict):
    """A page of requests for staff."""

    items: list[StaffRequestJson]
    total: int
    next_cursor: str | None


def request_json(request: Request, name_of: Callable[[str], str]) -> RequestJson:
    """A request for its firm: no notes, nothing of who else was thought of."""
    return _shown(request, name_of, [row for row in request.entries if row["kind"] != "note"])


def staff_request_json(request: Request, name_of: Callable[[str], str]) -> StaffRequestJson:
    """A request for those who work on it."""
    return {
        **_shown(request, name_of, list(request.entries)),
        "area": request.area,
        "town": request.town,
        "owner": request.owner or None,
        "helpers": list(request.helpers),
        "offered": list(request.offered),
        "department": request.department or None,
        "route": [_choice(choice) for choice in request.route],
        "passed_over": dict(request.passed_over),
        "service_class": request.service_class,
        "held": bool(request.holding),
        "kept": {"yes": True, "no": False}.get(request.kept),
        "escalations": request.escalations,
    }


def _choice(choice: Mapping[str, Any]) -> ChoiceJson:
    return {
        "adviser": choice["adviser"],
        "name": choice["name"],
        "level": choice["level"],
        "reasons": list(choice["reasons"]),
    }


def _shown(request: Request, name_of: Callable[[str], str], entries: list[Mapping[str, Any]]) -> RequestJson:
    return {
        "id": request.id,
        "uscc": request.uscc,
        "title": request.title,
        "text": request.text,
        "source": _source(request.source),
        "help_kind": request.help_kind or None,
        "reach": request.reach,
        "state": request.state,
        "state_label": STATES[request.state],
        "level": request.level,
        "level_label": LABELS[request.level],
        "owner_name": name_of(request.owner),
        "opened_at": _instant(request.created_at),
        "promise": _promise(request),
        "due_on": request.due_on or None,
        "due_sure": request.due_sure,
        "entries": [_entry(row) for row in entries],
        "files": [_file(request.id, row) for row in request.files],
        "result": request.result or None,
        "result_label": RESULTS.get(request.result),
        "rating": _rating(request.rating),
        "outcome": _outcome(request.later),
        "revision": request.revision,
    }


def _promise(request: Request) -> str:
    label = CLASSES[class_of(request.service_class)]
    return f"{label}：{request.promised_days} 个工作日内答复" if request.promised_days else label


def _source(source: Mapping[str, Any]) -> SourceJson:
    return {
        "kind": source.get("kind", "free"),
        "policy": source.get("policy"),
        "anchor": source.get("anchor"),
        "condition": source.get("condition"),
        "message": source.get("message"),
        "warning": source.get("warning"),
    }


def _entry(row: Mapping[str, Any]) -> EntryJson:
    return {
        "id": row["id"],
        "kind": row["kind"],
        "role": row["role"],
        "name": row.get("name", ""),
        "text": row["text"],
        "at": _instant(row["at"]),
        "held": row.get("checked") == "held",
    }


def _file(request_id: str, row: Mapping[str, Any]) -> FileJson:
    return {
        "number": row["number"],
        "name": row["name"],
        "kind": row["kind"],
        "size": row["size"],
        "at": _instant(row["at"]),
        "address": f"requests/{request_id}/files/{row['number']}",
    }


def _rating(rating: Mapping[str, Any]) -> RatingJson | None:
    if not rating:
        return None
    return {"stars": rating["stars"], "text": rating.get("text", ""), "at": _instant(rating["at"])}


def _outcome(later: Mapping[str, Any]) -> OutcomeJson:
    asked = bool(later.get("asked_at")) and not later.get("at")
    return {"asked": asked, "applied": later.get("applied"), "certified": later.get("certified")}


def _instant(at: datetime) -> str:
    return in_shanghai(at).isoformat()
