"""Sign-ups in the database: for which firm, who came, and what they thought of it.

Whether a person has a seat is said by the session's seat book and nowhere else.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import mongoengine as me

from backend.adapters.mongo import RecordDocument, change, collection_of, insert
from backend.adapters.mongo.lists import page_by_id
from backend.shared.clock import in_shanghai
from backend.shared.errors import AlreadyExistsError, NotFoundError, WrongStateError
from backend.shared.paging import Page
from backend.shared.writing import HELD, UNCHECKED

COLLECTION = "course_sign_ups"
MOST_TRIES = 8


class SignUpDocument(RecordDocument):
    """One person in one session; `_id` is session~person, so there is one."""

    meta = {
        "collection": COLLECTION,
        "indexes": [("person", "id"), ("session", "id"), "course"],
    }
    label = "报名"
    personal = ("person", "words")

    session = me.StringField(required=True)
    course = me.StringField(required=True)
    person = me.StringField(required=True)
    uscc = me.StringField(required=True)
    came_at = me.DateTimeField()
    # Wrong codes at the door; a few may be slips, many are guesses.
    tries = me.IntField(default=0)
    score = me.IntField(default=0)
    words = me.StringField(default="")
    # What the content check said of the words, and by what name staff release them: not by who wrote them.
    checked = me.StringField(default="")
    words_id = me.StringField(default="")


@dataclass(frozen=True)
class SignUp:
    """A sign-up; `score` is 0 until the person rates the session."""

    id: str
    session: str
    course: str
    person: str
    uscc: str
    signed_at: datetime
    came_at: datetime | None
    tries: int
    score: int
    words: str


@dataclass(frozen=True)
class Words:
    """What somebody wrote of a session; `held`: the content check could not pass it."""

    id: str
    text: str
    held: bool


class SignUpStore:
    """Reads and writes sign-ups."""

    def put(self, session: str, course: str, person: str, uscc: str, at: datetime) -> SignUp:
        """The person's sign-up for this session, new or as it is."""
        fields = {"session": session, "course": course, "person": person, "uscc": uscc}
        try:
            return _record(insert(SignUpDocument, _key(session, person), f"person:{person}", at, **fields))
        except AlreadyExistsError:
            return self.get(session, person)

    def set_firm(self, session: str, person: str, uscc: str, at: datetime) -> SignUp:
        """Who left and comes back may come for another firm."""
        return self._change(session, person, f"person:{person}", at, uscc=uscc)

    def get(self, session: str, person: str) -> SignUp:
        """One sign-up; NotFoundError if there is none."""
        found = SignUpDocument.objects(id=_key(session, person)).first()
        if found is None:
            raise NotFoundError(SignUpDocument.label, person)
        return _record(found)

    def of_session(self, session: str) -> dict[str, SignUp]:
        """Person -> sign-up of everybody who ever asked for a session."""
        found = SignUpDocument.objects(session=session).order_by("id")
        return {document.person: _record(document) for document in found}

    def page_of_session(self, session: str, limit: int, cursor: str | None) -> Page[SignUp]:
        """The sign-ups of a session by person."""
        return page_by_id(SignUpDocument, {"session": session}, limit, cursor).map(_record)

    def page_of_person(self, person: str, limit: int, cursor: str | None) -> Page[SignUp]:
        """A person's sign-ups by session."""
        return page_by_id(SignUpDocument, {"person": person}, limit, cursor).map(_record)

    def of_person(self, person: str) -> list[SignUp]:
        """All sign-ups of a person."""
        return [_record(document) for document in SignUpDocument.objects(person=person).order_by("id")]

    def erase_person(self, person: str) -> int:
        """Remove a person's sign-ups: how many."""
        return collection_of(COLLECTION).delete_many({"person": person}).deleted_count

    def mark_came(self, session: str, person: str, came_at: datetime | None, by: str, at: datetime) -> SignUp:
        """Whether the person was there; the first time counts."""
        where = {"came_at": None} if came_at else {}
        try:
            return self._change(session, person, by, at, where=where, came_at=came_at)
        except WrongStateError:
            return self.get(session, person)

    def count_try(self, session: str, person: str, at: datetime) -> bool:
        """Count a wrong code; False when there were too many."""
        try:
            self._change(
                session, person, f"person:{person}", at,
                where={"tries": {"$lt": MOST_TRIES}}, operators={"$inc": {"tries": 1}},
            )  # fmt: skip
        except WrongStateError:
            return False
        return True

    def rate(
        self, session: str, person: str, score: int, words: str, checked: str, at: datetime
    ) -> SignUp | None:
        """What one who came thought of it; None for one who did not come."""
        try:
            return self._change(
                session, person, f"person:{person}", at,
                where={"came_at": {"$ne": None}}, score=score, words=words, checked=checked,
                words_id=secrets.token_hex(6),
            )  # fmt: skip
        except WrongStateError:
            return None

    def scores(self, field: str, ids: Sequence[str]) -> dict[str, tuple[int, int]]:
        """By "course" or "session": id -> (answers, their sum), of those that have any."""
        match = {field: {"$in": list(ids)}, "score": {"$gt": 0}}
        group = {"_id": f"${field}", "answers": {"$sum": 1}, "total": {"$sum": "$score"}}
        rows = collection_of(COLLECTION).aggregate([{"$match": match}, {"$group": group}])
        return {row["_id"]: (row["answers"], row["total"]) for row in rows}

    def words(self, session: str, limit: int) -> list[Words]:
        """What people wrote about a session, without who; in the order of the words."""
        query = {"session": session, "score": {"$gt": 0}, "words": {"$ne": ""}}
        rows = collection_of(COLLECTION).find(query).sort("_id", 1).limit(limit)
        found = [Words(row.get("words_id", ""), row["words"], row.get("checked") == HELD) for row in rows]
        return sorted(found, key=lambda words: words.text)

    def release(self, session: str, words_id: str, by: str, at: datetime) -> None:
        """The held words of one person may be used; NotFoundError when none are held by this name."""
        query = {"session": session, "words_id": words_id, "checked": HELD}
        row = collection_of(COLLECTION).find_one(query, {"person": 1})
        if row is None:
            raise NotFoundError("暂扣的评价", words_id)
        self._change(session, row["person"], by, at, where={"words_id": words_id}, checked=UNCHECKED)

    def _change(self, session: str, person: str, by: str, at: datetime, **update: Any) -> SignUp:
        return _record(change(SignUpDocument, _key(session, person), by, at, **update))


def _key(session: str, person: str) -> str:
    return f"{session}~{person}"


def _record(document: SignUpDocument) -> SignUp:
    return SignUp(
        id=document.id,
        session=document.session,
        course=document.course,
        person=document.person,
        uscc=document.uscc,
        signed_at=in_shanghai(document.created_at),
        came_at=in_shanghai(document.came_at) if document.came_at else None,
        tries=document.tries,
        score=document.score,
        words=document.words,
    )
