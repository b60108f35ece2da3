"""What people say about a policy, a course, an institution or the app; and their own marks on policies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import mongoengine as me

from backend.adapters.mongo import RecordDocument, change, collection_of, insert
from backend.adapters.mongo.lists import page_by_id
from backend.shared.errors import NotFoundError
from backend.shared.events import Event
from backend.shared.paging import Page

Mark = Literal["unclear", "wrong", "outdated", "helpful", "other"]
FeedbackState = Literal["given", "answered", "published"]
FEEDBACK, MARKS = "feedback", "policy_marks"
GIVEN, ANSWERED, PUBLISHED = "given", "answered", "published"


class FeedbackDocument(RecordDocument):
    """`id` begins with its milliseconds. `about` is "policy:slug", "course:id", "institution:id" or "app"."""

    meta = {"collection": FEEDBACK, "indexes": ["about", "state", "person", "day"]}
    label = "反馈"
    personal = ("text", "person")

    about = me.StringField(required=True)
    anchor = me.StringField(default="")
    mark = me.StringField(required=True)
    text = me.StringField(default="")
    checked = me.StringField(default="")
    person = me.StringField(default="")
    day = me.StringField(default="")
    state = me.StringField(default=GIVEN)
    answer = me.StringField(default="")
    answered_by = me.StringField(default="")
    question = me.StringField(default="")


class MarkDocument(RecordDocument):
    """`person~slug`: how far somebody came with a policy."""

    meta = {"collection": MARKS, "indexes": ["policy", "person"]}
    label = "政策阅读"
    personal = ("person",)

    policy = me.StringField(required=True)
    person = me.StringField(required=True)
    read = me.BooleanField(default=False)
    understood = me.BooleanField()


@dataclass(frozen=True)
class Feedback:
    """One piece of feedback; `checked` is what the content check said of its text."""

    id: str
    revision: int
    about: str
    anchor: str
    mark: Mark
    text: str
    checked: str
    person: str
    state: FeedbackState
    answer: str
    answered_by: str
    question: str
    created_at: datetime


class FeedbackStore:
    """Reads and writes feedback and marks."""

    def get(self, feedback_id: str) -> Feedback:
        """One piece; NotFoundError."""
        raw = collection_of(FEEDBACK).find_one({"_id": feedback_id})
        if raw is None:
            raise NotFoundError(FeedbackDocument.label, feedback_id)
        return _record(raw)

    def add(
        self, feedback_id: str, fields: Mapping[str, Any], by: str, at: datetime, event: Event
    ) -> Feedback:
        """One more."""
        insert(FeedbackDocument, feedback_id, by, at, event, **fields)
        return self.get(feedback_id)

    def change(
        self, held: Feedback, revision: int, fields: Mapping[str, Any], by: str, at: datetime, *events: Event
    ) -> Feedback:
        """One step from the revision somebody saw."""
        change(FeedbackDocument, held.id, by, at, *events, revision=revision, **fields)
        return self.get(held.id)

    def page(self, equal: Mapping[str, str], limit: int, cursor: str | None) -> Page[Feedback]:
        """Feedback, newest first, where these fields have these values."""
        filters = {name: value for name, value in equal.items() if value}
        found = page_by_id(FeedbackDocument, filters, limit, cursor, newest_first=True)
        return found.map(lambda document: _record(document.to_mongo().to_dict()))

    def count_of_day(self, person: str, day: str) -> int:
        """How much a person said on a day."""
        return collection_of(FEEDBACK).count_documents({"person": person, "day": day})

    def counts(self, about: str) -> dict[tuple[str, str], int]:
        """(Anchor, mark) -> how often it was said about this."""
        stages: list[dict[str, Any]] = [
            {"$match": {"about": about}},
            {"$group": {"_id": {"anchor": "$anchor", "mark": "$mark"}, "count": {"$sum": 1}}},
        ]
        rows = collection_of(FEEDBACK).aggregate(stages)
        return {(row["_id"].get("anchor", ""), row["_id"]["mark"]): row["count"] for row in rows}

    def of_person(self, person: str) -> list[Feedback]:
        """What a person said."""
        return [_record(raw) for raw in collection_of(FEEDBACK).find({"person": person}).sort("_id", 1)]

    def erase_person(self, person: str, at: datetime) -> tuple[int, int]:
        """Its texts and marks without the person: how many of each."""
        gone = {"$set": {"text": "", "person": "", "updated_at": at}, "$inc": {"revision": 1}}
        count = sum(
            collection_of(FEEDBACK).update_one({"_id": held.id}, gone).modified_count
            for held in self.of_person(person)
        )
        return count, collection_of(MARKS).delete_many({"person": person}).deleted_count

    def mark(self, person: str, policy: str, fields: Mapping[str, bool], at: datetime) -> None:
        """Set how far a person came with a policy."""
        first = {
            "policy": policy,
            "person": person,
            "schema_version": 1,
            "created_at": at,
            "events": [],
            "pending": False,
        }
        collection_of(MARKS).update_one(
            {"_id": f"{person}~{policy}"},
            {
                "$set": {**fields, "updated_at": at, "updated_by": f"person:{person}"},
                "$inc": {"revision": 1},
                "$setOnInsert": first,
            },
            upsert=True,
        )

    def marks(self, policy: str) -> tuple[int, int, int]:
        """How many read a policy, understood it, did not understand it."""
        rows = list(collection_of(MARKS).find({"policy": policy}).sort("_id", 1))
        said = [row.get("understood") for row in rows]
        return len(rows), said.count(True), said.count(False)

    def marks_of(self, person: str) -> list[dict[str, Any]]:
        """A person's own marks."""
        rows = collection_of(MARKS).find({"person": person}).sort("_id", 1)
        return [{"policy": row["policy"], "understood": row.get("understood")} for row in rows]


def _record(raw: Mapping[str, Any]) -> Feedback:
    texts = ("anchor", "text", "checked", "person", "answer", "answered_by", "question")
    given: dict[str, Any] = {name: raw.get(name) or "" for name in texts}
    same = ("revision", "about", "mark", "state", "created_at")
    return Feedback(id=raw["_id"], **{name: raw[name] for name in same}, **given)
