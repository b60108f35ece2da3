"""What one carrier passed on to the next about a firm: 孵化器, 加速器, 园区, 管理局."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import mongoengine as me

from backend.adapters.mongo import RecordDocument, collection_of, insert
from backend.adapters.mongo.lists import page_by_id
from backend.shared.events import Event
from backend.shared.paging import Page

COLLECTION = "firm_handovers"


class HandoverDocument(RecordDocument):
    """`id` begins with its milliseconds. `ends` repeats both ends, by which each is found: "park/id"."""

    meta = {"collection": COLLECTION, "indexes": ["uscc", "ends"]}
    label = "跟踪信息"

    uscc = me.StringField(required=True)
    ends = me.ListField(me.StringField())
    given_by = me.StringField(required=True)
    given_to = me.StringField(required=True)
    topic = me.StringField(required=True)
    note = me.StringField(default="")


@dataclass(frozen=True)
class Handover:
    """A hand-over as the service sees it; both ends as "kind/id"."""

    id: str
    uscc: str
    given_by: str
    given_to: str
    topic: str
    note: str
    by: str
    at: datetime


class HandoverStore:
    """Adds and reads hand-overs; they are never changed."""

    def add(
        self, handover_id: str, fields: Mapping[str, Any], by: str, at: datetime, event: Event
    ) -> Handover:
        """One more."""
        ends = [fields["given_by"], fields["given_to"]]
        return _record(insert(HandoverDocument, handover_id, by, at, event, ends=ends, **fields))

    def page(self, uscc: str, ends: Sequence[str] | None, limit: int, cursor: str | None) -> Page[Handover]:
        """A firm's hand-overs, newest first; with `ends` only those that came from or went to one of them."""
        filters: dict[str, Any] = {"uscc": uscc} if uscc else {}
        if ends is not None:
            filters["ends"] = {"$in": list(ends)}
        return page_by_id(HandoverDocument, filters, limit, cursor, newest_first=True).map(_record)

    def reached(self, uscc: str) -> list[str]:
        """Where the firm's information has come to so far."""
        rows = collection_of(COLLECTION).find({"uscc": uscc}, {"given_to": 1}).sort("_id", 1)
        return [row["given_to"] for row in rows]


def _record(document: HandoverDocument) -> Handover:
    return Handover(
        document.id,
        document.uscc,
        document.given_by,
        document.given_to,
        document.topic,
        document.note or "",
        document.updated_by,
        document.created_at,
    )
