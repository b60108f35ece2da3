"""The parts of the map in the database: one document per record that contributes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import mongoengine as me
from pymongo.errors import DuplicateKeyError

from backend.adapters.mongo import RecordDocument, collection_of
from backend.adapters.mongo.lists import iterate_by_id
from policies.graph import Part

COLLECTION = "graph_parts"


class GraphPartDocument(RecordDocument):
    """What one record contributes; `source_revision` is the record's revision it was made from."""

    meta = {"collection": COLLECTION, "indexes": ["updated_at"]}
    label = "导图部件"

    source_revision = me.IntField(required=True)
    removed = me.BooleanField(default=False)
    part = me.DictField()


class GraphStore:
    """Keeps parts; an older revision never overwrites a newer one."""

    def put(self, part: Part, source_revision: int, at: datetime, removed: bool = False) -> None:
        """Write a part unless a newer one is there; a removed part keeps its revision and nothing else."""
        parts = collection_of(COLLECTION)
        fields = {
            "source_revision": source_revision,
            "removed": removed,
            "part": part.as_dict(),
            "updated_at": at,
            "updated_by": "system",
        }
        query = {"_id": part.owner, "source_revision": {"$lte": source_revision}}
        if parts.find_one_and_update(query, {"$set": fields, "$inc": {"revision": 1}}) is not None:
            return
        first = {
            "_id": part.owner,
            "created_at": at,
            "revision": 1,
            "schema_version": 1,
            "pending": False,
            **fields,
        }
        try:
            parts.insert_one(first)
        except DuplicateKeyError:
            return  # a newer revision is there

    def parts(self) -> Iterator[Part]:
        """All parts that are not removed."""
        for batch in iterate_by_id(COLLECTION, {"removed": False}, ("part",)):
            yield from (Part.from_dict(row["part"]) for row in batch)

    def state(self) -> tuple[int, datetime | None]:
        """Changes when any part changes: the number of parts and the time of the newest change."""
        parts = collection_of(COLLECTION)
        newest = list(parts.find({}, {"updated_at": 1}).sort([("updated_at", -1), ("_id", -1)]).limit(1))
        return parts.estimated_document_count(), newest[0]["updated_at"] if newest else None

    def clear(self) -> None:
        """Drop all parts, before a full rebuild."""
        collection_of(COLLECTION).delete_many({})
