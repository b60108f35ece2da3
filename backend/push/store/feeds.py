"""Calendar feeds: one secret address per person, kept only as its hash."""

from __future__ import annotations

from datetime import datetime

import mongoengine as me

from backend.adapters.mongo import RecordDocument, collection_of, insert

COLLECTION = "calendar_feeds"


class FeedDocument(RecordDocument):
    """A feed by the hash of its secret; a person has at most one that is open."""

    meta = {"collection": COLLECTION, "indexes": [("person", "open")]}
    label = "日历订阅"
    personal = ("person",)

    person = me.StringField(required=True)
    open = me.BooleanField(default=True)


class FeedStore:
    """Reads and writes feeds."""

    def add(self, secret_hash: str, person: str, at: datetime) -> None:
        """Open a feed."""
        insert(FeedDocument, secret_hash, f"person:{person}", at, person=person)

    def close(self, person: str, at: datetime, keep: str = "") -> int:
        """Close a person's feeds but one: how many."""
        query = {"person": person, "open": True, "_id": {"$ne": keep}}
        update = {"$set": {"open": False, "updated_at": at}}
        return collection_of(COLLECTION).update_many(query, update).modified_count

    def person_of(self, secret_hash: str) -> str | None:
        """Whose open feed it is."""
        row = collection_of(COLLECTION).find_one({"_id": secret_hash, "open": True}, {"person": 1})
        return row["person"] if row else None

    def since(self, person: str) -> datetime | None:
        """Since when the person has an open feed."""
        row = collection_of(COLLECTION).find_one({"person": person, "open": True}, {"created_at": 1})
        return row["created_at"] if row else None

    def erase_person(self, person: str) -> int:
        """Remove a person's feeds: how many."""
        return collection_of(COLLECTION).delete_many({"person": person}).deleted_count
