"""Requests in the database: one record with its conversation, its files' names, its deadline and its end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

import mongoengine as me

from backend.adapters.mongo import RecordDocument, change_row, collection_of, insert
from backend.adapters.mongo.lists import iterate_by_id, page_by_id
from backend.shared.errors import NotFoundError
from backend.shared.events import Event
from backend.shared.paging import Page

COLLECTION = "requests"
State = Literal["open", "working", "waiting", "ended"]
Level = Literal["liaison", "counsellor", "mentor", "commission"]
OPEN, WORKING, WAITING, ENDED = "open", "working", "waiting", "ended"
LIVE = (OPEN, WORKING, WAITING)
BRIEF = (
    "state", "area", "town", "level", "owner", "help_kind", "policy", "service_class", "opened_on", "due_on",
    "kept", "result", "rating", "later",
)  # fmt: skip


class RequestDocument(RecordDocument):
    """`id` begins with its milliseconds. `owner`, `helpers` and `offered` name desks: an adviser's id, or
    "staff:name" of an account that is no adviser's. `person` asked; `changed_hour` is for the board;
    `holding` is "yes" while the content check holds any of its texts."""

    meta = {
        "collection": COLLECTION,
        "indexes": [
            "uscc", "area", "town", "owner", "helpers", "offered", "person", "policy", "department", "state",
            "changed_hour", "entries.person", "files.original", "result", "holding",
        ],
    }  # fmt: skip
    label = "诉求"
    personal = ("title", "text", "person", "entries", "files", "rating")

    uscc = me.StringField(required=True)
    area = me.StringField(default="")
    town = me.StringField(default="")
    source = me.DictField()
    policy = me.StringField(default="")
    condition = me.StringField(default="")
    help_kind = me.StringField(default="")
    title = me.StringField(required=True)
    text = me.StringField(default="")
    checked = me.StringField(default="")
    holding = me.StringField(default="")
    reach = me.StringField(default="app")
    person = me.StringField(default="")
    opened_on = me.StringField(required=True)
    state = me.StringField(required=True)
    level = me.StringField(required=True)
    owner = me.StringField(default="")
    helpers = me.ListField(me.StringField())
    offered = me.ListField(me.StringField())
    department = me.StringField(default="")
    route = me.ListField(me.DictField())
    passed_over = me.DictField()
    service_class = me.StringField(default="")
    promised_days = me.IntField(default=0)
    due_on = me.StringField(default="")
    due_sure = me.BooleanField(default=True)
    look_at = me.DateTimeField()
    reminded = me.BooleanField(default=False)
    left_days = me.IntField(default=0)
    answers = me.IntField(default=0)
    kept = me.StringField(default="")
    escalations = me.IntField(default=0)
    entries = me.ListField(me.DictField())
    files = me.ListField(me.DictField())
    result = me.StringField(default="")
    rating = me.DictField()
    later = me.DictField()
    changed_hour = me.StringField(default="")


@dataclass(frozen=True)
class Request:
    """A request as the service sees it. `kept` is "yes", "no" or "" before the first answer is due."""

    id: str
    revision: int
    uscc: str
    area: str
    town: str
    source: Mapping[str, Any]
    policy: str
    condition: str
    help_kind: str
    title: str
    text: str
    checked: str
    holding: str
    reach: str
    person: str
    opened_on: str
    state: State
    level: Level
    owner: str
    helpers: tuple[str, ...]
    offered: tuple[str, ...]
    department: str
    route: tuple[Mapping[str, Any], ...]
    passed_over: Mapping[str, int]
    service_class: str
    promised_days: int
    due_on: str
    due_sure: bool
    look_at: datetime | None
    reminded: bool
    left_days: int
    answers: int
    kept: str
    escalations: int
    entries: tuple[Mapping[str, Any], ...]
    files: tuple[Mapping[str, Any], ...]
    result: str
    rating: Mapping[str, Any]
    later: Mapping[str, Any]
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class RequestFilter:
    """Which requests to list: plain fields that must match, and one of `reach` (a caller's own view)."""

    equal: Mapping[str, str] = field(default_factory=dict)
    reach: tuple[Mapping[str, Any], ...] = ()

    def query(self) -> dict[str, Any]:
        """As the database takes it."""
        found: dict[str, Any] = {name: value for name, value in self.equal.items() if value}
        if self.reach:
            found["$or"] = [dict(part) for part in self.reach]
        return found


class RequestStore:
    """Reads and writes requests."""

    def get(self, request_id: str) -> Request:
        """One request; NotFoundError."""
        raw = collection_of(COLLECTION).find_one({"_id": request_id})
        if raw is None:
            raise NotFoundError(RequestDocument.label, request_id)
        return _record(raw)

    def get_many(self, request_ids: Sequence[str]) -> dict[str, Request]:
        """Those of the requests that are there."""
        rows = collection_of(COLLECTION).find({"_id": {"$in": list(request_ids)}}).sort("_id", 1)
        return {raw["_id"]: _record(raw) for raw in rows}

    def add(
        self, request_id: str, fields: Mapping[str, Any], by: str, at: datetime, *events: Event
    ) -> Request:
        """A new request; AlreadyExistsError."""
        insert(RequestDocument, request_id, by, at, *events, **fields, changed_hour=hour_of(at))
        return self.get(request_id)

    def change(
        self,
        request_id: str,
        fields: Mapping[str, Any],
        by: str,
        at: datetime,
        *events: Event,
        revision: int | None = None,
        where: Mapping[str, Any] | None = None,
        entries: Sequence[Mapping[str, Any]] = (),
        files: Sequence[Mapping[str, Any]] = (),
    ) -> Request:
        """One step: fields, further entries and files, and its events, from `revision` or where it is so."""
        pushed = {"entries": entries, "files": files}
        operators = {"$push": {name: {"$each": list(rows)} for name, rows in pushed.items() if rows}}
        changed = change_row(
            RequestDocument,
            request_id,
            by,
            at,
            *events,
            revision=revision,
            where=where,
            operators=operators if operators["$push"] else None,
            **fields,
            changed_hour=hour_of(at),
        )
        return _record(changed)

    def page(self, wanted: RequestFilter, limit: int, cursor: str | None) -> Page[Request]:
        """Requests, newest first."""
        found = page_by_id(RequestDocument, wanted.query(), limit, cursor, newest_first=True)
        return found.map(lambda document: _record(document.to_mongo().to_dict()))

    def of_warning(self, uscc: str, warning: str) -> Request | None:
        """The latest request a warning of the firm opened."""
        query = {"uscc": uscc, "source.warning": warning}
        raw = next(iter(collection_of(COLLECTION).find(query).sort("_id", -1).limit(1)), None)
        return _record(raw) if raw else None

    def count_untaken(self, today: str) -> tuple[int, int, int]:
        """Requests that wait for the commission itself: all, those overdue, those warnings opened."""
        query = {"state": OPEN, "level": "commission"}
        late: dict[str, Any] = {"due_on": {"$gt": "", "$lt": today}}
        narrowed: tuple[dict[str, Any], ...] = ({}, late, {"source.kind": "warning"})
        total, overdue, warned = (
            collection_of(COLLECTION).count_documents({**query, **more}) for more in narrowed
        )
        return total, overdue, warned

    def of_person(self, person: str) -> list[Request]:
        """What a person asked or wrote in."""
        names = ("person", "entries.person", "files.person", "rating.person")
        rows = collection_of(COLLECTION).find({"$or": [{name: person} for name in names]})
        return [_record(raw) for raw in rows.sort("_id", 1)]

    def helped_firms(self) -> set[str]:
        """The firms of which a request ended with help."""
        rows = collection_of(COLLECTION).find({"result": "helped"}, {"uscc": 1}).sort("_id", 1)
        return {raw["uscc"] for raw in rows}

    def uses_file(self, original: str) -> bool:
        """Whether any request still names these bytes."""
        return collection_of(COLLECTION).count_documents({"files.original": original}, limit=1) > 0

    def briefs(self, hours: Sequence[str] | None) -> Iterator[list[dict[str, Any]]]:
        """What the board counts: of all requests, or of those changed in one of these hours."""
        filters = {} if hours is None else {"changed_hour": {"$in": list(hours)}}
        return iterate_by_id(COLLECTION, filters, BRIEF, batch=5000)


def hour_of(at: datetime) -> str:
    """The hour by which the board finds what changed."""
    return at.astimezone(UTC).strftime("%Y%m%dT%H")


def _record(raw: Mapping[str, Any]) -> Request:
    lists = ("helpers", "offered", "route", "entries", "files")
    texts = (
        "area", "town", "policy", "condition", "help_kind", "text", "checked", "holding", "person", "owner",
        "department", "service_class", "due_on", "kept", "result",
    )  # fmt: skip
    given: dict[str, Any] = {name: tuple(raw.get(name) or ()) for name in lists}
    given |= {name: raw.get(name) or "" for name in texts}
    given |= {name: dict(raw.get(name) or {}) for name in ("source", "passed_over", "rating", "later")}
    numbers = ("promised_days", "left_days", "answers", "escalations")
    given |= {name: int(raw.get(name) or 0) for name in numbers}
    same = ("revision", "uscc", "title", "opened_on", "state", "level", "created_at", "updated_at")
    given |= {name: raw[name] for name in same}
    return Request(
        id=raw["_id"],
        reach=raw.get("reach") or "app",
        due_sure=bool(raw.get("due_sure", True)),
        reminded=bool(raw.get("reminded")),
        look_at=raw.get("look_at"),
        **given,
    )
