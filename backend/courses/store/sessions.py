"""Sessions of courses in the database: when, where, how many seats, and who holds them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

import mongoengine as me

from backend.adapters.mongo import RecordDocument, change, collection_of, insert
from backend.shared.clock import in_shanghai
from backend.shared.errors import NotFoundError, WrongStateError
from backend.shared.events import Event
from backend.shared.paging import Page, decode_cursor, encode_cursor

COLLECTION = "course_sessions"
SEATED: Final = "seated"
WAITING: Final = "waiting"
LEFT: Final = "left"
# How the book names who moved somebody up.
QUEUE = "queue"


class SessionDocument(RecordDocument):
    """A session and its seat book.

    `book` says of every person who ever asked where it stands (`state`, `at`, `by`, `why`), `waiting` is the
    queue, `free` the seats nobody holds. Nobody waits while a seat is free.
    """

    meta = {
        "collection": COLLECTION,
        "indexes": ["order", ("course", "order"), ("ends_at", "order")],
    }
    label = "课程场次"
    personal = ("book", "waiting")

    course = me.StringField(required=True)
    starts_at = me.DateTimeField(required=True)
    ends_at = me.DateTimeField(required=True)
    opens_at = me.DateTimeField(required=True)
    closes_at = me.DateTimeField(required=True)
    place = me.StringField(default="")
    area = me.StringField(default="")
    online = me.BooleanField(default=False)
    link = me.StringField(default="")
    seats = me.IntField(required=True)
    free = me.IntField(required=True)
    book = me.DictField()
    waiting = me.ListField(me.StringField())
    code = me.StringField(required=True)
    cancelled_because = me.StringField(default="")
    material = me.ListField(me.DictField())
    plan = me.StringField(default="")
    # Counts the edits of staff. Every sign-up raises `revision`; it must not make an editor's form stale.
    edition = me.IntField(default=1)
    order = me.StringField(required=True)


@dataclass(frozen=True)
class Seat:
    """Where a person stands in a session; `late`: it left shortly before the start."""

    state: Literal["seated", "waiting", "left"]
    at: datetime
    by: str = ""
    why: str = ""
    late: bool = False


@dataclass(frozen=True)
class Material:
    """A file handed out with a session; `id` is the hash of its bytes."""

    id: str
    name: str
    size: int


@dataclass(frozen=True)
class Session:
    """A session as the service sees it."""

    id: str
    revision: int
    edition: int
    course: str
    starts_at: datetime
    ends_at: datetime
    opens_at: datetime
    closes_at: datetime
    place: str
    area: str
    online: bool
    link: str
    seats: int
    free: int
    book: Mapping[str, Seat]
    waiting: tuple[str, ...]
    code: str
    cancelled_because: str
    material: tuple[Material, ...]
    plan: str
    updated_at: datetime
    updated_by: str

    @property
    def seated(self) -> list[str]:
        """Who holds a seat."""
        return [person for person, seat in self.book.items() if seat.state == SEATED]

    def state_of(self, person: str) -> Literal["seated", "waiting", "left"] | None:
        """Where the person stands; None for one who never asked."""
        return self.book[person].state if person in self.book else None

    def holds(self, person: str) -> bool:
        """Whether the person has a seat or a place in the queue."""
        return self.state_of(person) in (SEATED, WAITING)


class SessionStore:
    """Reads sessions and writes what staff say of them; seats are taken and left in `seats`."""

    def get(self, session_id: str) -> Session:
        """One session; NotFoundError if there is none."""
        found = self.get_many([session_id])
        if not found:
            raise NotFoundError(SessionDocument.label, session_id)
        return found[session_id]

    def get_many(self, session_ids: Sequence[str]) -> dict[str, Session]:
        """Sessions by id."""
        found = SessionDocument.objects(id__in=list(session_ids))
        return {document.id: record_of(document) for document in found}

    def add(
        self, session_id: str, fields: Mapping[str, Any], by: str, at: datetime, *events: Event
    ) -> Session:
        """A new session with all its seats free; AlreadyExistsError if the id is taken."""
        order = _order(fields["starts_at"], session_id)
        return record_of(
            insert(SessionDocument, session_id, by, at, *events, free=fields["seats"], order=order, **fields)
        )

    def edit(
        self, old: Session, fields: Mapping[str, Any], by: str, at: datetime, *events: Event
    ) -> Session | None:
        """Change what staff say, from exactly the session that was read; None when it has changed since.

        More seats move up who waits: the first of the queue, in the same command.
        """
        promoted = old.waiting[: max(0, fields["seats"] - len(old.seated))]
        entry = seat_entry(SEATED, at, QUEUE)
        moved: dict[str, Any] = {f"book.{person}": entry for person in promoted}
        moved["waiting"] = list(old.waiting[len(promoted) :])
        moved["free"] = fields["seats"] - len(old.seated) - len(promoted)
        return attempt(
            old.id, by, at, *events,
            where={"revision": old.revision, "cancelled_because": ""},
            operators={"$inc": {"edition": 1}},
            **fields, **moved, order=_order(fields["starts_at"], old.id),
        )  # fmt: skip

    def cancel(self, old: Session, why: str, by: str, at: datetime, *events: Event) -> Session | None:
        """Call a session off, from the edition that was read; None when it has changed since."""
        return attempt(
            old.id, by, at, *events,
            where={"edition": old.edition, "cancelled_because": ""},
            operators={"$inc": {"edition": 1}},
            cancelled_because=why,
        )  # fmt: skip

    def add_material(self, session_id: str, material: Material, by: str, at: datetime) -> Session | None:
        """Hand a file out with the session; None when these bytes are there already."""
        return attempt(
            session_id, by, at,
            where={"material.id": {"$ne": material.id}},
            operators={"$push": {"material": dict(vars(material))}},
        )  # fmt: skip

    def drop_material(self, session_id: str, material_id: str, by: str, at: datetime) -> Session:
        """Take a file back; twice does no harm."""
        return record_of(
            change(
                SessionDocument, session_id, by, at, operators={"$pull": {"material": {"id": material_id}}}
            )
        )

    def of_course(self, course: str, ending_after: datetime) -> list[Session]:
        """The sessions of a course that are not called off and not over by then, by their start."""
        query = {"course": course, "cancelled_because": "", "ends_at": {"$gt": ending_after}}
        rows = collection_of(COLLECTION).find(query).sort("order", 1)
        return [record_of(SessionDocument._from_son(row)) for row in rows]

    def has_any(self, course: str) -> bool:
        """Whether the course ever had a session."""
        return collection_of(COLLECTION).count_documents({"course": course}, limit=1) > 0

    def starting(self, after: datetime, before: datetime) -> list[Session]:
        """The sessions that start between two instants and are not called off, by their start."""
        query = {"order": {"$gt": _order(after, "~"), "$lt": _order(before, "")}, "cancelled_because": ""}
        rows = collection_of(COLLECTION).find(query).sort("order", 1)
        return [record_of(SessionDocument._from_son(row)) for row in rows]

    def page(
        self, filters: Mapping[str, Any], ending_after: datetime | None, limit: int, cursor: str | None
    ) -> Page[Session]:
        """Sessions by their start; with `ending_after` only those not over by then."""
        rows = collection_of(COLLECTION)
        query = {**filters, **({"ends_at": {"$gt": ending_after}} if ending_after else {})}
        after = {"order": {"$gt": str(decode_cursor(cursor)[0])}} if cursor else {}
        raw = list(rows.find({**query, **after}).sort("order", 1).limit(limit + 1))
        more = encode_cursor([raw[limit - 1]["order"]]) if len(raw) > limit else None
        found = [record_of(SessionDocument._from_son(row)) for row in raw[:limit]]
        return Page(found, rows.count_documents(query), more)


def attempt(
    session_id: str, by: str, at: datetime, *events: Event, where: Mapping[str, Any], **update: Any
) -> Session | None:
    """One command on one session; None when it is not (or no longer) as `where` says."""
    try:
        return record_of(change(SessionDocument, session_id, by, at, *events, where=where, **update))
    except WrongStateError:
        return None


def seat_entry(state: str, at: datetime, by: str, why: str = "", late: bool = False) -> dict[str, Any]:
    """A line of the seat book as it is stored."""
    return {"state": state, "at": at, "by": by, "why": why, "late": late}


def _order(starts_at: datetime, session_id: str) -> str:
    return f"{int(starts_at.timestamp()):012}:{session_id}"


def record_of(document: SessionDocument) -> Session:
    """The plain record of a stored session."""
    book = {
        person: Seat(**{**entry, "at": in_shanghai(entry["at"])}) for person, entry in document.book.items()
    }
    return Session(
        id=document.id,
        revision=document.revision,
        edition=document.edition,
        course=document.course,
        starts_at=in_shanghai(document.starts_at),
        ends_at=in_shanghai(document.ends_at),
        opens_at=in_shanghai(document.opens_at),
        closes_at=in_shanghai(document.closes_at),
        place=document.place,
        area=document.area,
        online=document.online,
        link=document.link,
        seats=document.seats,
        free=document.free,
        book=book,
        waiting=tuple(document.waiting),
        code=document.code,
        cancelled_because=document.cancelled_because,
        material=tuple(Material(**item) for item in document.material),
        plan=document.plan,
        updated_at=document.updated_at,
        updated_by=document.updated_by,
    )
