"""What a person does with what reached its inbox."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from backend.adapters.mongo import collection_of
from backend.push.store.deliveries import (
    COLLECTION,
    DELIVERED,
    INBOX,
    Delivery,
    delivery_from,
)
from backend.push.store.newest import page_newest
from backend.shared.paging import Page


class InboxStore:
    """Reads inboxes and notes what their owner says."""

    def page(
        self, person: str, firms: Collection[str], box: str, now: datetime, limit: int, cursor: str | None
    ) -> Page[Delivery]:
        """What reached a person from the firms it is bound to now, newest first."""
        return page_newest(COLLECTION, _filters(person, firms, box, now), limit, cursor).map(delivery_from)

    def count(self, person: str, firms: Collection[str], box: str, now: datetime) -> int:
        """How much of it there is."""
        return collection_of(COLLECTION).count_documents(_filters(person, firms, box, now))

    def mark_read(self, record_id: str, at: datetime) -> None:
        """Read, the first time it was read."""
        self._note(record_id, at, {"read_at": None}, read_at=at)

    def mark_done(self, record_id: str, done: bool, at: datetime) -> None:
        """Done, or open again."""
        if done:
            self._note(record_id, at, {"done_at": None}, done_at=at)
        else:
            self._note(record_id, at, {}, done_at=None)

    def snooze(self, record_id: str, until: datetime, at: datetime) -> None:
        """Out of sight until then, and unread again."""
        self._note(record_id, at, {}, snoozed_until=until, read_at=None)

    def mark_not_relevant(self, record_id: str, reason: str, at: datetime) -> None:
        """Not relevant, for the person's reason."""
        self._note(record_id, at, {}, not_relevant=reason)

    def undigested(self, person: str, uscc: str) -> list[Delivery]:
        """What no digest has listed yet, oldest first."""
        query = {"person": person, "uscc": uscc, "carrier": INBOX, "state": DELIVERED, "digest": ""}
        rows = collection_of(COLLECTION).find(query).sort([("order", 1), ("_id", 1)])
        return [delivery_from(row) for row in rows]

    def mark_digested(self, ids: Collection[str], digest: str, at: datetime) -> None:
        """A digest lists them."""
        query = {"_id": {"$in": sorted(ids)}, "digest": ""}
        collection_of(COLLECTION).update_many(query, {"$set": {"digest": digest, "updated_at": at}})

    def _note(self, record_id: str, at: datetime, where: Mapping[str, Any], **fields: Any) -> None:
        query = {"_id": record_id, "state": DELIVERED, **where}
        steps = [
            {"state": name, "at": at, "reason": str(value or "")}
            for name, value in fields.items()
            if name != "read_at" or value
        ]
        update = {
            "$set": {**fields, "updated_at": at},
            "$push": {"history": {"$each": steps}},
            "$inc": {"revision": 1},
        }
        collection_of(COLLECTION).update_one(query, update)


def _filters(person: str, firms: Collection[str], box: str, now: datetime) -> dict[str, Any]:
    found: dict[str, Any] = {
        "person": person,
        "uscc": {"$in": sorted(firms)},
        "carrier": INBOX,
        "state": DELIVERED,
    }
    if box == "snoozed":
        return {**found, "snoozed_until": {"$gt": now}}
    if box == "done":
        return {**found, "done_at": {"$ne": None}}
    if box in ("unread", "open"):
        found["$or"] = [{"snoozed_until": None}, {"snoozed_until": {"$lte": now}}]
        found["done_at" if box == "open" else "read_at"] = None
    return found
