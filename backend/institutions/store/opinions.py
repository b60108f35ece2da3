"""What firms say of institutions, in the database: ratings, and complaints with their decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import mongoengine as me

from backend.adapters.mongo import RecordDocument, change, collection_of, insert
from backend.adapters.mongo.lists import page_by_id
from backend.shared.clock import in_shanghai
from backend.shared.errors import AlreadyExistsError, NotFoundError
from backend.shared.events import Event
from backend.shared.paging import Page
from backend.shared.writing import HELD, UNCHECKED

RATINGS, COMPLAINTS = "institution_ratings", "institution_complaints"
ComplaintState = Literal["open", "upheld", "dismissed", "withdrawn"]


class RatingDocument(RecordDocument):
    """A firm's rating of an institution, one per firm; `_id` is institution~USCC."""

    meta = {"collection": RATINGS, "indexes": ["institution", "person"]}
    label = "机构评价"
    personal = ("person",)

    institution = me.StringField(required=True)
    uscc = me.StringField(required=True)
    person = me.StringField(default="")
    score = me.IntField(required=True)


class ComplaintDocument(RecordDocument):
    """A person's complaint; staff uphold or dismiss it and say why."""

    meta = {"collection": COMPLAINTS, "indexes": [("institution", "id"), ("person", "id"), "uscc"]}
    label = "投诉"
    personal = ("person", "text")

    institution = me.StringField(required=True)
    uscc = me.StringField(required=True)
    person = me.StringField(default="")
    text = me.StringField(default="")
    checked = me.StringField(default="")
    state = me.StringField(default="open")
    answer = me.StringField(default="")
    decided_at = me.DateTimeField()


@dataclass(frozen=True)
class Complaint:
    """A complaint; `person` and `text` are empty once the person had its data erased."""

    id: str
    institution: str
    uscc: str
    person: str
    text: str
    checked: str
    state: ComplaintState
    answer: str
    made_at: datetime
    decided_at: datetime | None


class OpinionStore:
    """Reads and writes ratings and complaints."""

    def rate(self, institution: str, uscc: str, person: str, score: int, at: datetime) -> None:
        """The firm's rating; the last one counts."""
        by, key = f"person:{person}", f"{institution}~{uscc}"
        try:
            fields: dict[str, Any] = {"institution": institution, "uscc": uscc, "person": person}
            insert(RatingDocument, key, by, at, score=score, **fields)
        except AlreadyExistsError:
            change(RatingDocument, key, by, at, score=score, person=person)

    def scores(self, institutions: Sequence[str]) -> dict[str, tuple[int, int]]:
        """Institution -> (answers, their sum), of those that have any."""
        match = {"institution": {"$in": list(institutions)}}
        group = {"_id": "$institution", "answers": {"$sum": 1}, "total": {"$sum": "$score"}}
        rows = collection_of(RATINGS).aggregate([{"$match": match}, {"$group": group}])
        return {row["_id"]: (row["answers"], row["total"]) for row in rows}

    def complain(
        self,
        complaint_id: str,
        institution: str,
        uscc: str,
        person: str,
        text: str,
        checked: str,
        at: datetime,
    ) -> Complaint:
        """A new complaint; `checked` is what the content check said of its text."""
        fields = {
            "institution": institution, "uscc": uscc, "person": person, "text": text, "checked": checked,
        }  # fmt: skip
        return _record(insert(ComplaintDocument, complaint_id, f"person:{person}", at, **fields))

    def get(self, complaint_id: str) -> Complaint:
        """One complaint; NotFoundError if there is none."""
        document = ComplaintDocument.objects(id=complaint_id).first()
        if document is None:
            raise NotFoundError(ComplaintDocument.label, complaint_id)
        return _record(document)

    def release(self, complaint_id: str, by: str, at: datetime) -> Complaint:
        """Its held text may be used; WrongStateError when it is not held."""
        where = {"checked": HELD}
        return _record(change(ComplaintDocument, complaint_id, by, at, where=where, checked=UNCHECKED))

    def decide(
        self, complaint_id: str, state: str, answer: str, by: str, at: datetime, *events: Event
    ) -> Complaint:
        """Close an open complaint; WrongStateError when it is closed already."""
        closed: dict[str, Any] = {"state": state, "answer": answer, "decided_at": at}
        where = {"state": "open"}
        return _record(change(ComplaintDocument, complaint_id, by, at, *events, where=where, **closed))

    def count_open(self, person: str) -> int:
        """How many of a person's complaints nobody has decided."""
        return ComplaintDocument.objects(person=person, state="open").count()

    def counts(self, institutions: Sequence[str], state: str, since: datetime | None) -> dict[str, int]:
        """Institution -> how many complaints in a state, of those that have any; decided since an instant."""
        match: dict[str, Any] = {"institution": {"$in": list(institutions)}, "state": state}
        if since is not None:
            match["decided_at"] = {"$gte": since}
        group = {"_id": "$institution", "count": {"$sum": 1}}
        rows = collection_of(COMPLAINTS).aggregate([{"$match": match}, {"$group": group}])
        return {row["_id"]: row["count"] for row in rows}

    def page(
        self, field: str, value: str, limit: int, cursor: str | None, state: str | None = None
    ) -> Page[Complaint]:
        """Complaints about an "institution" or of a "person"."""
        filters = {field: value, **({"state": state} if state else {})}
        return page_by_id(ComplaintDocument, filters, limit, cursor).map(_record)

    def of_person(self, person: str) -> list[Complaint]:
        """All complaints of a person."""
        return [_record(document) for document in ComplaintDocument.objects(person=person).order_by("id")]

    def ratings_of_person(self, person: str) -> list[dict[str, Any]]:
        """The ratings a person gave for its firms."""
        found = RatingDocument.objects(person=person).order_by("id")
        return [{"institution": row.institution, "firm": row.uscc, "score": row.score} for row in found]

    def erase_person(self, person: str, at: datetime) -> dict[str, int]:
        """Strike the person and its words; what was decided stays as a number."""
        erased = {"person": "", "updated_by": "system", "updated_at": at}
        ratings = collection_of(RATINGS).update_many({"person": person}, {"$set": erased})
        for complaint in self.of_person(person):
            state = "withdrawn" if complaint.state == "open" else complaint.state
            change(ComplaintDocument, complaint.id, "system", at, person="", text="", checked="", state=state)
        return {"ratings": ratings.modified_count}


def _record(document: ComplaintDocument) -> Complaint:
    return Complaint(
        id=document.id,
        institution=document.institution,
        uscc=document.uscc,
        person=document.person,
        text=document.text,
        checked=document.checked,
        state=document.state,
        answer=document.answer,
        made_at=in_shanghai(document.created_at),
        decided_at=in_shanghai(document.decided_at) if document.decided_at else None,
    )
