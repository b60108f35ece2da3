"""The relay: hands a record's events to their listeners and takes each off when all have answered."""

from __future__ import annotations

from collections.abc import Iterable

import structlog

from backend.adapters.mongo.records import collection_of, concrete_documents, unpacked
from backend.shared.events import Bus

log = structlog.get_logger(__name__)

SWEEP_BATCH = 500


class Relay:
    """Runs in the request that caused the events; `sweep` is the net for what was left lying."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    def hand_on(self, collection: str, record_id: str) -> bool:
        """Deliver the events of one record in their order; False when a listener failed (events stay)."""
        records = collection_of(collection)
        raw = records.find_one({"_id": record_id}, {"events": 1})
        if raw is None:
            return True
        for event in unpacked(collection, record_id, raw.get("events", [])):
            try:
                self._bus.deliver(event)
            except Exception:
                log.exception("event_left", event_kind=event.kind, collection=collection, record=record_id)
                return False
            records.update_one({"_id": record_id}, {"$pull": {"events": {"id": event.id}}})
        records.update_one({"_id": record_id, "events": []}, {"$set": {"pending": False}})
        return True

    def settle(self, collection: str, record_ids: Iterable[str], kind: str) -> None:
        """Take events of one kind off records whose listeners were all served at once (a rebuild)."""
        records = collection_of(collection)
        for record_id in record_ids:
            records.update_one({"_id": record_id}, {"$pull": {"events": {"kind": kind}}})
            records.update_one({"_id": record_id, "events": []}, {"$set": {"pending": False}})

    def sweep(self) -> dict[str, int]:
        """Hand on what dead processes left: counts of records done and still failing."""
        counts = {"done": 0, "failing": 0}
        for cls in concrete_documents():
            name = cls._get_collection_name()
            found = collection_of(name).find({"pending": True}, {"_id": 1}).sort("_id", 1).limit(SWEEP_BATCH)
            for raw in list(found):
                counts["done" if self.hand_on(name, raw["_id"]) else "failing"] += 1
        return counts
