"""When which request must be looked at. The id begins with the instant, so a sweep reads only what is due.

A row is a hint, the request is the truth: the row is written first, and one whose request has moved on is
dropped unread.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from backend.adapters.mongo import RecordDocument, collection_of
from backend.adapters.mongo.bulk import insert_absent_rows, new_row

COLLECTION = "request_looks"


class LookDocument(RecordDocument):
    """`20260506T010000Z~request`."""

    meta = {"collection": COLLECTION}
    label = "诉求时限"


@dataclass(frozen=True)
class Look:
    """A row and the request it is about."""

    id: str
    request: str


class LookStore:
    """Writes, reads and drops rows."""

    def put(self, moments: Sequence[tuple[datetime, str]], by: str, now: datetime) -> None:
        """(When, request) to look at; the same again changes nothing."""
        rows = [new_row(f"{_stamp(at)}~{request}", by, now) for at, request in moments]
        insert_absent_rows(LookDocument, rows)

    def due(self, now: datetime, after: str, limit: int) -> list[Look]:
        """What is due by now, the longest due first, from after an id on."""
        bounds = {"$gt": after, "$lt": f"{_stamp(now)}~~"}
        rows = collection_of(COLLECTION).find({"_id": bounds}, {"_id": 1}).sort("_id", 1).limit(limit)
        return [Look(row["_id"], row["_id"].partition("~")[2]) for row in rows]

    def drop(self, looks: Sequence[Look]) -> None:
        """These were looked at."""
        if looks:
            collection_of(COLLECTION).delete_many({"_id": {"$in": [look.id for look in looks]}})

    def count(self) -> int:
        """How many rows wait."""
        return collection_of(COLLECTION).count_documents({})


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
