"""Many new records in one command."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from pymongo.errors import BulkWriteError

from backend.adapters.mongo.records import RecordDocument, collection_of

_DUPLICATE = 11000


def insert_absent(documents: Sequence[RecordDocument]) -> int:
    """Write those of the documents (of one class) whose id is free; the others stay as they are.

    Returns how many were new. Written again after a kill, the same documents change nothing.
    """
    if not documents:
        return 0
    for document in documents:
        document.validate()
    return insert_absent_rows(type(documents[0]), [document.to_mongo().to_dict() for document in documents])


def new_row(record_id: str, by: str, at: datetime, **fields: Any) -> dict[str, Any]:
    """A new record as the store keeps it, for the few places where thousands are written at once."""
    return {"_id": record_id, **new_stamps(by, at), **fields}


def new_stamps(by: str, at: datetime) -> dict[str, Any]:
    """What every record carries beside its id and its own fields; the same for all of one command."""
    at = at.astimezone(UTC)  # as it is kept: else every row would be reckoned over again
    stamps = {"created_at": at, "updated_at": at, "updated_by": by, "revision": 1, "schema_version": 1}
    return {**stamps, "events": [], "pending": False}


def insert_absent_rows(cls: type[RecordDocument], rows: Sequence[dict[str, Any]]) -> int:
    """The same for rows as they are stored; their types are the caller's promise."""
    return len(rows) - len(insert_rows(cls, rows))


def insert_rows(cls: type[RecordDocument], rows: Sequence[dict[str, Any]]) -> set[str]:
    """The same; the ids of those that were there already."""
    if not rows:
        return set()
    try:
        collection_of(cls).insert_many(rows, ordered=False)
    except BulkWriteError as error:
        refused = error.details["writeErrors"]
        if any(item["code"] != _DUPLICATE for item in refused):
            raise
        return {rows[item["index"]]["_id"] for item in refused}
    return set()
