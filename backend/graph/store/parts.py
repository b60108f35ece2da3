"""The parts of the map in the database: one document per record that contributes, and a count of changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import mongoengine as me
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from backend.adapters.mongo import RecordDocument, collection_of
from backend.adapters.mongo.lists import iterate_by_id
from policies.graph import Part

PARTS, STATE = "graph_parts", "graph_state"
_STATE_ID = "changes"
_BATCH = 200


class GraphPartDocument(RecordDocument):
    """What one record contributes; `source_revision` is the record's revision it was made from."""

    meta = {"collection": PARTS}
    label = "导图部件"

    source_revision = me.IntField(required=True)
    removed = me.BooleanField(default=False)
    part = me.DictField()


class GraphStateDocument(RecordDocument):
    """One document whose revision counts the changes of all parts."""

    meta = {"collection": STATE}
    label = "导图状态"


class GraphStore:
    """Keeps parts; an older revision never overwrites a newer one.

    The count of changes goes up after a part is written, so whoever has read the count and then the parts
    has missed nothing. A writer killed in between is called again by the relay.
    """

    def put(self, part: Part, source_revision: int, at: datetime, removed: bool = False) -> int | None:
        """Write a part, unless one of a newer record is there: the document's revision then, or None.

        A removed part keeps its revisions and nothing else.
        """
        parts = collection_of(PARTS)
        fields = {
            "source_revision": source_revision,
            "removed": removed,
            "part": Part(part.owner).as_dict() if removed else part.as_dict(),
            "updated_at": at,
            "updated_by": "system",
        }
        query = {"_id": part.owner, "source_revision": {"$lte": source_revision}}
        change = {"$set": fields, "$inc": {"revision": 1}}
        written = parts.find_one_and_update(query, change, return_document=ReturnDocument.AFTER)
        if written is not None:
            return int(written["revision"])
        try:
            parts.insert_one({**_first(part.owner, at), **fields})
        except DuplicateKeyError:
            return None  # a newer revision is there
        return 1

    def remove(self, owner: str, revision: int, at: datetime) -> bool:
        """Take away a part that nothing stands behind any more, unless it was written since."""
        fields = {"removed": True, "part": Part(owner).as_dict(), "updated_at": at, "updated_by": "system"}
        query = {"_id": owner, "revision": revision, "removed": False}
        found = collection_of(PARTS).find_one_and_update(query, {"$set": fields, "$inc": {"revision": 1}})
        return found is not None

    def revisions(self) -> dict[str, int]:
        """The document's revision of every part ever written."""
        rows = (row for batch in iterate_by_id(PARTS, {}, ("revision",)) for row in batch)
        return {row["_id"]: row["revision"] for row in rows}

    def parts(self, owners: Sequence[str]) -> Iterator[Part]:
        """These parts; a removed one is empty."""
        for start in range(0, len(owners), _BATCH):
            chosen = owners[start : start + _BATCH]
            for row in collection_of(PARTS).find({"_id": {"$in": chosen}}, {"part": 1}):
                yield Part.from_dict(row["part"])

    def count_change(self, at: datetime) -> int:
        """Count one more change; how many there are now."""
        state = collection_of(STATE)
        query, change = {"_id": _STATE_ID}, {"$inc": {"revision": 1}, "$set": {"updated_at": at}}
        counted = state.find_one_and_update(query, change, return_document=ReturnDocument.AFTER)
        if counted is None:
            try:
                state.insert_one({**_first(_STATE_ID, at), "updated_at": at, "updated_by": "system"})
            except DuplicateKeyError:
                return self.count_change(at)
            return 1
        return int(counted["revision"])

    def changes(self) -> int:
        """How many changes there have been."""
        row = collection_of(STATE).find_one({"_id": _STATE_ID}, {"revision": 1})
        return int(row["revision"]) if row else 0


def _first(record_id: str, at: datetime) -> dict[str, object]:
    return {
        "_id": record_id,
        "created_at": at,
        "revision": 1,
        "schema_version": 1,
        "events": [],
        "pending": False,
    }
