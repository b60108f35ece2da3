"""Where things stood in a picture, so that they stand there again the next day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import mongoengine as me
from pymongo.errors import DuplicateKeyError

from backend.adapters.mongo import RecordDocument, collection_of

COLLECTION = "graph_layouts"


class GraphLayoutDocument(RecordDocument):
    """One view by its centre and depth; `slots` are pairs of node id and place."""

    meta = {"collection": COLLECTION}
    label = "导图版面"

    slots = me.ListField(me.DictField())


class LayoutStore:
    """Keeps the places of a view; of two writers at once either may win, both computed the same."""

    def get(self, view: str) -> dict[str, int]:
        """The places kept; none for a view nobody has drawn."""
        row = collection_of(COLLECTION).find_one({"_id": view}, {"slots": 1})
        return {item["id"]: item["slot"] for item in row["slots"]} if row else {}

    def put(self, view: str, slots: Mapping[str, int], at: datetime) -> None:
        """Keep the places of a view."""
        fields = {
            "slots": [{"id": node_id, "slot": slot} for node_id, slot in slots.items()],
            "updated_at": at,
            "updated_by": "system",
        }
        layouts = collection_of(COLLECTION)
        change = {"$set": fields, "$inc": {"revision": 1}}
        if layouts.find_one_and_update({"_id": view}, change) is not None:
            return
        first = {"_id": view, "created_at": at, "schema_version": 1, "events": [], "pending": False}
        try:
            layouts.insert_one({**first, **fields, "revision": 1})
        except DuplicateKeyError:
            return  # somebody else drew the same view at the same time
