"""What was asked in vain: the words and how often, never who asked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

import mongoengine as me
from pymongo import DESCENDING
from pymongo.errors import DuplicateKeyError

from backend.adapters.mongo import RecordDocument, collection_of
from search_index.analysis import fold

COLLECTION = "unanswered_questions"
LONGEST = 60
# Long numbers, addresses of mail and codes of firms may tell who asked; such questions are not kept.
_TELLING = re.compile(r"[0-9]{6}|@|[0-9a-z]{15}")


@dataclass(frozen=True)
class Unanswered:
    """A question, how often it was asked in vain, and when last."""

    text: str
    times: int
    last: datetime


class UnansweredDocument(RecordDocument):
    """One question, folded; its id is the question."""

    meta = {"collection": COLLECTION, "indexes": ["times", "updated_at"]}
    label = "未答检索"

    times = me.IntField(required=True)


class UnansweredStore:
    """Counts questions."""

    def count(self, text: str, at: datetime) -> None:
        """Count one more asking, unless the words may tell who asked."""
        words = " ".join(fold(text).split())
        if not words or len(words) > LONGEST or _TELLING.search(words):
            return
        rows = collection_of(COLLECTION)
        change = {"$inc": {"times": 1, "revision": 1}, "$set": {"updated_at": at}}
        if rows.find_one_and_update({"_id": words}, change) is None:
            try:
                rows.insert_one(_first(words, at))
            except DuplicateKeyError:
                rows.find_one_and_update({"_id": words}, change)

    def most_asked(self, limit: int) -> list[Unanswered]:
        """The most often asked first."""
        order = [("times", DESCENDING), ("_id", 1)]
        rows = collection_of(COLLECTION).find({}, {"times": 1, "updated_at": 1}).sort(order).limit(limit)
        return [Unanswered(row["_id"], row["times"], row["updated_at"]) for row in rows]

    def purge(self, before: datetime) -> int:
        """Drop what was last asked before."""
        return int(collection_of(COLLECTION).delete_many({"updated_at": {"$lt": before}}).deleted_count)


def _first(words: str, at: datetime) -> dict[str, object]:
    return {
        "_id": words,
        "schema_version": 1,
        "revision": 1,
        "created_at": at,
        "updated_at": at,
        "updated_by": "system",
        "events": [],
        "pending": False,
        "times": 1,
    }
