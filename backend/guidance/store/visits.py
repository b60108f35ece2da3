"""Visits and calls: planned, done, by whom, what was found, and when next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import mongoengine as me

from backend.adapters.mongo import RecordDocument, change, collection_of, insert
from backend.adapters.mongo.lists import page_by_id
from backend.shared.errors import NotFoundError
from backend.shared.events import Event
from backend.shared.paging import Page

COLLECTION = "visits"
VisitKind = Literal["visit", "call", "checkup"]
VisitState = Literal["planned", "done", "cancelled"]
PLANNED, DONE, CANCELLED = "planned", "done", "cancelled"


class VisitDocument(RecordDocument):
    """`id` begins with the planned day, so the list of what is due is in order. Days are YYYY-MM-DD."""

    meta = {"collection": COLLECTION, "indexes": ["uscc", "state", "area", "town", "desk"]}
    label = "走访"

    uscc = me.StringField(required=True)
    area = me.StringField(default="")
    town = me.StringField(default="")
    kind = me.StringField(required=True)
    state = me.StringField(required=True)
    why = me.StringField(default="")
    planned_on = me.StringField(required=True)
    done_on = me.StringField(default="")
    desk = me.StringField(default="")
    found = me.StringField(default="")
    next_on = me.StringField(default="")


@dataclass(frozen=True)
class Visit:
    """A visit as the service sees it."""

    id: str
    revision: int
    uscc: str
    area: str
    town: str
    kind: VisitKind
    state: VisitState
    why: str
    planned_on: str
    done_on: str
    desk: str
    found: str
    next_on: str
    updated_at: datetime


class VisitStore:
    """Reads and writes visits."""

    def get(self, visit_id: str) -> Visit:
        """One visit; NotFoundError."""
        raw = collection_of(COLLECTION).find_one({"_id": visit_id})
        if raw is None:
            raise NotFoundError(VisitDocument.label, visit_id)
        return _record(raw)

    def add(self, visit_id: str, fields: Mapping[str, Any], by: str, at: datetime) -> Visit:
        """A planned visit; AlreadyExistsError."""
        insert(VisitDocument, visit_id, by, at, **fields)
        return self.get(visit_id)

    def change(self, visit: Visit, fields: Mapping[str, Any], by: str, at: datetime, *events: Event) -> Visit:
        """One step of the visit as it was read."""
        change(VisitDocument, visit.id, by, at, *events, revision=visit.revision, **fields)
        return self.get(visit.id)

    def page(
        self,
        equal: Mapping[str, str],
        reach: Sequence[Mapping[str, Any]],
        limit: int,
        cursor: str | None,
        until: str = "",
    ) -> Page[Visit]:
        """Visits by planned day; `reach` are the alternatives of a caller's view."""
        filters: dict[str, Any] = {name: value for name, value in equal.items() if value}
        if reach:
            filters["$or"] = [dict(part) for part in reach]
        if until:
            filters["planned_on"] = {"$lte": until}
        found = page_by_id(VisitDocument, filters, limit, cursor)
        return found.map(lambda document: _record(document.to_mongo().to_dict()))

    def latest(self, uscc: str) -> str:
        """The day of a firm's last visit (calls do not count), "" if there was none."""
        rows = collection_of(COLLECTION).find({"uscc": uscc, "state": DONE}).sort("_id", 1)
        return max((row["done_on"] for row in rows if row["kind"] != "call"), default="")

    def done_since(self, day: str) -> list[tuple[str, str, str]]:
        """(Firm, kind, day) of what was done since a day."""
        fields = {"uscc": 1, "kind": 1, "done_on": 1}
        rows = collection_of(COLLECTION).find({"state": DONE}, fields).sort("_id", 1)
        return [(row["uscc"], row["kind"], row["done_on"]) for row in rows if row["done_on"] >= day]


def _record(raw: Mapping[str, Any]) -> Visit:
    texts = ("area", "town", "why", "done_on", "desk", "found", "next_on")
    given: dict[str, Any] = {name: raw.get(name) or "" for name in texts}
    same = ("revision", "uscc", "kind", "state", "planned_on", "updated_at")
    return Visit(id=raw["_id"], **{name: raw[name] for name in same}, **given)
