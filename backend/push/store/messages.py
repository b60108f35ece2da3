"""Messages: one row per firm, cause and day, written before anything is sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import mongoengine as me

from backend.adapters.mongo import RecordDocument, collection_of
from backend.adapters.mongo.bulk import insert_absent
from backend.adapters.mongo.lists import iterate_by_id
from backend.push.store.newest import order_of, page_newest
from backend.shared.clock import in_shanghai
from backend.shared.errors import NotFoundError
from backend.shared.paging import Page

COLLECTION = "messages"


class MessageDocument(RecordDocument):
    """What a firm is told and why; `_id` is uscc:cause:day."""

    meta = {"collection": COLLECTION, "indexes": ["order", ("uscc", "order"), ("policy", "order"), "run"]}
    label = "消息"

    uscc = me.StringField(required=True)
    policy = me.StringField(required=True)
    version = me.IntField(required=True)
    cause = me.StringField(required=True)
    day = me.StringField(required=True)
    run = me.StringField(required=True)
    title = me.StringField(required=True)
    text = me.StringField(required=True)
    why = me.DictField()
    # {at, reason} once the policy was withdrawn.
    withdrawn = me.DictField()
    order = me.StringField(required=True)


@dataclass(frozen=True)
class NewMessage:
    """A message about to be written."""

    uscc: str
    policy: str
    version: int
    cause: str
    day: str
    run: str
    title: str
    text: str
    why: Mapping[str, Any]

    @property
    def id(self) -> str:
        """The natural key: the same cause on the same day is the same message."""
        return f"{self.uscc}:{self.cause}:{self.day}"


@dataclass(frozen=True)
class Message(NewMessage):
    """A message as it is stored; `withdrawn` is empty or says when and why."""

    created_at: datetime
    withdrawn: Mapping[str, Any]
    order: str


class MessageStore:
    """Reads and writes messages."""

    def put_many(self, messages: Sequence[NewMessage], by: str, at: datetime) -> int:
        """Write those not yet there; how many were new."""
        return insert_absent([_document(message, by, at) for message in messages])

    def get(self, message_id: str) -> Message:
        """One message; NotFoundError if there is none."""
        found = self.get_many([message_id])
        if not found:
            raise NotFoundError(MessageDocument.label, message_id)
        return found[message_id]

    def get_many(self, message_ids: Sequence[str]) -> dict[str, Message]:
        """Messages by id."""
        rows = collection_of(COLLECTION).find({"_id": {"$in": list(message_ids)}}).sort("_id", 1)
        return {row["_id"]: _message(MessageDocument._from_son(row)) for row in rows}

    def of_firm(self, uscc: str) -> list[Message]:
        """All messages of a firm, oldest first."""
        rows = collection_of(COLLECTION).find({"uscc": uscc}).sort([("order", 1), ("_id", 1)])
        return [_message(MessageDocument._from_son(row)) for row in rows]

    def withdraw(self, policy: str, version: int, reason: str, at: datetime) -> None:
        """Mark the messages of a policy's versions up to this one."""
        query = {"policy": policy, "version": {"$lte": version}, "withdrawn.at": {"$exists": False}}
        mark = {"withdrawn": {"at": at, "reason": reason}, "updated_at": at}
        collection_of(COLLECTION).update_many(query, {"$set": mark})

    def iterate_of_run(self, run_id: str) -> Iterator[list[str]]:
        """The ids of a run's messages, in batches."""
        for rows in iterate_by_id(COLLECTION, {"run": run_id}, ("_id",)):
            yield [row["_id"] for row in rows]

    def count_of_run(self, run_id: str) -> int:
        """How many messages a run wrote."""
        return collection_of(COLLECTION).count_documents({"run": run_id})

    def page(self, filters: Mapping[str, Any], limit: int, cursor: str | None) -> Page[Message]:
        """Messages by firm, policy or neither, newest first."""
        return page_newest(MessageDocument, filters, limit, cursor).map(_message)


def _document(message: NewMessage, by: str, at: datetime) -> MessageDocument:
    stamps = {"created_at": at, "updated_at": at, "updated_by": by, "order": order_of(at, message.id)}
    return MessageDocument(id=message.id, **stamps, **vars(message))


def _message(document: MessageDocument) -> Message:
    return Message(
        uscc=document.uscc,
        policy=document.policy,
        version=document.version,
        cause=document.cause,
        day=document.day,
        run=document.run,
        title=document.title,
        text=document.text,
        why=document.why,
        created_at=in_shanghai(document.created_at),
        withdrawn=document.withdrawn,
        order=document.order,
    )
