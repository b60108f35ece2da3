"""Courses in the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import mongoengine as me

from backend.adapters.mongo import RecordDocument, change, collection_of, insert
from backend.adapters.mongo.lists import listed_names, page_by_id
from backend.shared.errors import NotFoundError, WrongStateError
from backend.shared.events import Event
from backend.shared.paging import Page

COLLECTION = "courses"


class CourseDocument(RecordDocument):
    """A course or training session; `helps` holds condition ids (policy slug/condition)."""

    meta = {"collection": COLLECTION, "indexes": ["series", "helps", ("listed", "id")]}
    label = "课程"

    title = me.StringField(required=True)
    series = me.StringField(required=True)
    summary = me.StringField(default="")
    place = me.StringField(default="")
    online = me.BooleanField(default=False)
    day = me.StringField()
    helps = me.ListField(me.StringField())
    help_kinds = me.ListField(me.StringField())
    listed = me.BooleanField(default=True)


@dataclass(frozen=True)
class Course:
    """A course as the service sees it; `day` is None while no date is set."""

    id: str
    revision: int
    title: str
    series: str
    summary: str
    place: str
    online: bool
    day: date | None
    helps: tuple[str, ...]
    help_kinds: tuple[str, ...]
    listed: bool
    updated_at: datetime
    updated_by: str


class CourseStore:
    """Reads and writes courses; returns plain records."""

    def get(self, course_id: str) -> Course:
        """One course; NotFoundError if there is none."""
        document = CourseDocument.objects(id=course_id).first()
        if document is None:
            raise NotFoundError(CourseDocument.label, course_id)
        return _record(document)

    def add(self, course_id: str, fields: dict[str, Any], by: str, at: datetime, *events: Event) -> Course:
        """A new course; AlreadyExistsError if the id is taken."""
        return _record(insert(CourseDocument, course_id, by, at, *events, **fields))

    def edit(
        self, course_id: str, fields: dict[str, Any], revision: int, by: str, at: datetime, *events: Event
    ) -> Course:
        """Change fields of the revision the edit started from."""
        return _record(change(CourseDocument, course_id, by, at, *events, revision=revision, **fields))

    def set_day(self, old: Course, day: date | None, by: str, at: datetime, *events: Event) -> Course | None:
        """The day of the next session, on the course as it was read; None when it has changed since."""
        where, value = {"revision": old.revision}, day.isoformat() if day else None
        try:
            return _record(change(CourseDocument, old.id, by, at, *events, where=where, day=value))
        except WrongStateError:
            return None

    def passed(self, today: date) -> list[str]:
        """The courses whose day has passed."""
        query = {"day": {"$gt": "", "$lt": today.isoformat()}}
        return [row["_id"] for row in collection_of(COLLECTION).find(query, {"_id": 1}).sort("_id", 1)]

    def listed(self, limit: int, cursor: str | None, series: str | None = None) -> Page[Course]:
        """Listed courses by id."""
        filters = {"listed": True, **({"series": series} if series else {})}
        return page_by_id(CourseDocument, filters, limit, cursor).map(_record)

    def page(self, limit: int, cursor: str | None) -> Page[Course]:
        """All courses by id, listed or not."""
        return page_by_id(CourseDocument, {}, limit, cursor).map(_record)

    def count_listed(self, series: str) -> int:
        """How many listed courses a series has."""
        return CourseDocument.objects(listed=True, series=series).count()

    def listed_ids(self, series: str | None = None) -> list[str]:
        """The ids of listed courses, of one series or of all."""
        query = {"listed": True, **({"series": series} if series else {})}
        return [row["_id"] for row in collection_of(COLLECTION).find(query, {"_id": 1}).sort("_id", 1)]

    def get_many(self, course_ids: Sequence[str]) -> dict[str, Course]:
        """Courses by id, listed or not."""
        return {document.id: _record(document) for document in CourseDocument.objects(id__in=course_ids)}

    def listed_names(self, ids: Sequence[str]) -> dict[str, str]:
        """Id and title of those of these that are listed."""
        return listed_names(CourseDocument, ids, "title")

    def helping(self, condition_ids: list[str], help_kinds: list[str]) -> list[Course]:
        """Listed courses attached to one of the conditions, or offering one of the kinds of help."""
        by_condition = CourseDocument.objects(helps__in=condition_ids, listed=True)
        by_kind = CourseDocument.objects(help_kinds__in=help_kinds, listed=True) if help_kinds else []
        found = {document.id: document for document in [*by_condition, *by_kind]}
        return [_record(found[key]) for key in sorted(found)]


def _record(document: CourseDocument) -> Course:
    return Course(
        id=document.id,
        revision=document.revision,
        title=document.title,
        series=document.series,
        summary=document.summary,
        place=document.place,
        online=document.online,
        day=date.fromisoformat(document.day) if document.day else None,
        helps=tuple(document.helps),
        help_kinds=tuple(document.help_kinds),
        listed=document.listed,
        updated_at=document.updated_at,
        updated_by=document.updated_by,
    )
