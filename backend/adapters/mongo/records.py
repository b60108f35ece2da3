"""Records: every document carries its revision, who changed it when, and the events it caused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NoReturn, TypeVar

import mongoengine as me
from mongoengine.connection import get_db
from pymongo import ReturnDocument
from pymongo.collection import Collection
from pymongo.errors import DuplicateKeyError

from backend.shared.errors import AlreadyExistsError, NotFoundError, StaleRevisionError, WrongStateError
from backend.shared.events import Event


class RecordDocument(me.Document):
    """Base of all stored documents.

    Class attributes a store sets: `label` (Chinese, for messages) and `personal` (names of fields that hold
    personal data; the room must then register an exporter and an eraser).
    """

    meta = {"abstract": True, "strict": False, "indexes": ["pending"]}
    label = "记录"
    personal: tuple[str, ...] = ()

    id = me.StringField(primary_key=True)
    schema_version = me.IntField(default=1, required=True)
    revision = me.IntField(default=1, required=True)
    created_at = me.DateTimeField(required=True)
    updated_at = me.DateTimeField(required=True)
    updated_by = me.StringField(required=True)
    events = me.ListField(me.DictField())
    # True while `events` holds something the relay has not handed on; the sweep reads by it.
    pending = me.BooleanField(default=False)


Record = TypeVar("Record", bound=RecordDocument)


def concrete_documents() -> Iterator[type[RecordDocument]]:
    """Every document class that has a collection of its own."""
    stack = list(RecordDocument.__subclasses__())
    while stack:
        cls = stack.pop()
        stack.extend(cls.__subclasses__())
        if not cls._meta.get("abstract"):
            yield cls


def ensure_indexes() -> None:
    """Create the indexes of every known document."""
    for cls in concrete_documents():
        cls.ensure_indexes()


def personal_stores() -> dict[str, tuple[str, ...]]:
    """Collection name -> its personal fields, for the collections that have any."""
    return {cls._get_collection_name(): cls.personal for cls in concrete_documents() if cls.personal}


def collection_of(cls: type[RecordDocument] | str) -> Collection[dict[str, Any]]:
    """The raw collection of a document class, or of a collection's name."""
    return get_db()[cls if isinstance(cls, str) else cls._get_collection_name()]


def insert(cls: type[Record], record_id: str, by: str, at: datetime, *events: Event, **fields: Any) -> Record:
    """Write a new record and the events it causes in one command; AlreadyExistsError if the id is taken."""
    return _inserted(cls, record_id, by, at, *events, **fields)[0]


def insert_row(
    cls: type[RecordDocument], record_id: str, by: str, at: datetime, *events: Event, **fields: Any
) -> dict[str, Any]:
    """The same, answering with the raw row."""
    return _inserted(cls, record_id, by, at, *events, **fields)[1]


def _inserted(
    cls: type[Record], record_id: str, by: str, at: datetime, *events: Event, **fields: Any
) -> tuple[Record, dict[str, Any]]:
    document = cls(
        id=record_id,
        created_at=at,
        updated_at=at,
        updated_by=by,
        events=[_packed(event) for event in events],
        pending=bool(events),
        **fields,
    )
    document.validate()
    row = document.to_mongo().to_dict()
    try:
        collection_of(cls).insert_one(row)
    except DuplicateKeyError as error:
        raise AlreadyExistsError(cls.label, record_id) from error
    return document, row


def change(
    cls: type[Record],
    record_id: str,
    by: str,
    at: datetime,
    *events: Event,
    revision: int | None = None,
    where: Mapping[str, Any] | None = None,
    operators: Mapping[str, Mapping[str, Any]] | None = None,
    **fields: Any,
) -> Record:
    """Set `fields`, apply further update `operators`, raise the revision and add events: one command.

    `revision` is the one the edit started from, `where` further conditions the record must meet.
    Raises NotFoundError, StaleRevisionError, or WrongStateError when `where` does not hold.
    """
    row = change_row(
        cls, record_id, by, at, *events, revision=revision, where=where, operators=operators, **fields
    )
    return cls._from_son(row)


def change_row(
    cls: type[RecordDocument],
    record_id: str,
    by: str,
    at: datetime,
    *events: Event,
    revision: int | None = None,
    where: Mapping[str, Any] | None = None,
    operators: Mapping[str, Mapping[str, Any]] | None = None,
    **fields: Any,
) -> dict[str, Any]:
    """The same, answering with the raw row: making an object of it costs more than the command."""
    update: dict[str, dict[str, Any]] = {name: dict(values) for name, values in (operators or {}).items()}
    update.setdefault("$set", {}).update({**fields, "updated_by": by, "updated_at": at})
    update.setdefault("$inc", {})["revision"] = 1
    if events:
        update.setdefault("$push", {})["events"] = {"$each": [_packed(event) for event in events]}
        update["$set"]["pending"] = True
    query = {"_id": record_id, **(where or {}), **({} if revision is None else {"revision": revision})}
    raw = collection_of(cls).find_one_and_update(query, update, return_document=ReturnDocument.AFTER)
    if raw is None:
        _explain_miss(cls, record_id, revision)
    return raw


def _explain_miss(cls: type[RecordDocument], record_id: str, revision: int | None) -> NoReturn:
    found = collection_of(cls).find_one({"_id": record_id}, {"revision": 1})
    if found is None:
        raise NotFoundError(cls.label, record_id)
    if revision is not None and found["revision"] != revision:
        raise StaleRevisionError(cls.label, record_id, revision, found["revision"])
    raise WrongStateError(f"{cls.label}“{record_id}”当前的状态不允许这一步。", id=record_id)


def _packed(event: Event) -> dict[str, Any]:
    return {"id": event.id, "kind": event.kind, "at": event.at, "by": event.by, "data": dict(event.data)}


def unpacked(collection: str, record_id: str, raw: Sequence[Mapping[str, Any]]) -> list[Event]:
    """The events of a record as they were stored, oldest first."""
    return [
        Event(e["kind"], record_id, e["at"], e["by"], e.get("data", {}), collection=collection, id=e["id"])
        for e in raw
    ]
