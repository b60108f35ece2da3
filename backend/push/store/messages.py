"""Messages: one row per firm, cause and day, written before anything is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import mongoengine as me

from backend.adapters.mongo import RecordDocument, collection_of
from backend.adapters.mongo.bulk import insert_rows, new_stamps
from backend.push.store.newest import order_of, page_newest
from backend.shared.clock import in_shanghai
from backend.shared.errors import NotFoundError
from backend.shared.paging import Page

COLLECTION = "messages"


class MessageDocument(RecordDocument):
    """What a firm is told and why; `_id` is uscc:cause:day."""

    meta = {
        "collection": COLLECTION,
        "indexes": ["order", ("uscc", "order"), ("policy", "order"), "run", ("cause", "uscc")],
    }
    label = "消息"

    uscc = me.StringField(required=True)
    policy = me.StringField(default="")
    version = me.IntField(default=0)
    kind = me.StringField(required=True)
    cause = me.StringField(required=True)
    day = me.StringField(required=True)
    run = me.StringField(required=True)
    title = me.StringField(required=True)
    text = me.StringField(required=True)
    why = me.DictField()
    worth = me.IntField(default=0)
    # False: it stays in the inbox, no carrier takes it.
    carried = me.BooleanField(default=True)
    # True: it is for the persons it was written to; whoever is bound to the firm later does not get it.
    addressed = me.BooleanField(default=False)
    # {at, reason} once the policy was withdrawn.
    withdrawn = me.DictField()
    order = me.StringField(required=True)


@dataclass(frozen=True)
class NewMessage:
    """A message about to be written; `day` is the target day: of the event, or the deadline it speaks of."""

    uscc: str
    policy: str
    version: int
    kind: str
    cause: str
    day: str
    run: str
    title: str
    text: str
    why: Mapping[str, Any]
    worth: int = 0
    carried: bool = True
    addressed: bool = False

    @property
    def id(self) -> str:
        """The natural key: the same cause on the same day is the same message."""
        return f"{self.uscc}:{self.cause}:{self.day}"

    def to_firm(self, uscc: str, why: Mapping[str, Any]) -> NewMessage:
        """The same words to a firm, with its own reasons."""
        return _copied(NewMessage, self, uscc=uscc, why=why)


@dataclass(frozen=True, kw_only=True)
class Message(NewMessage):
    """A message as it is stored; `withdrawn` is empty or says when and why."""

    created_at: datetime
    withdrawn: Mapping[str, Any]
    order: str


AnyMessage = TypeVar("AnyMessage", NewMessage, Message)


class MessageStore:
    """Reads and writes messages."""

    def put_many(
        self, messages: Sequence[NewMessage], by: str, at: datetime
    ) -> tuple[int, dict[str, Message]]:
        """Write those not yet there: how many were new, and all of them as they stand in the database now."""
        given = {message.id: message for message in messages}
        stamps = new_stamps(by, at)
        rows = [
            {"_id": key, **stamps, **vars(message), "withdrawn": {}, "order": order_of(at, key)}
            for key, message in given.items()
        ]
        old, created_at = insert_rows(MessageDocument, rows), in_shanghai(at)
        new = {
            row["_id"]: _stored(message, created_at, {}, row["order"])
            for row, message in zip(rows, given.values(), strict=True)
            if row["_id"] not in old
        }
        return len(new), {**new, **self._written([given[key] for key in old])}

    def _written(self, messages: Sequence[NewMessage]) -> dict[str, Message]:
        """The messages as they stand in the database now; in the words of those given."""
        if not messages:
            return {}
        fields = {"created_at": 1, "withdrawn": 1, "order": 1}
        query = {"_id": {"$in": [message.id for message in messages]}}
        rows = {row["_id"]: row for row in collection_of(COLLECTION).find(query, fields).sort("_id", 1)}
        return {message.id: _with(message, rows[message.id]) for message in messages}

    def get(self, message_id: str) -> Message:
        """One message; NotFoundError if there is none."""
        found = self.get_many([message_id])
        if not found:
            raise NotFoundError(MessageDocument.label, message_id)
        return found[message_id]

    def get_many(self, message_ids: Sequence[str]) -> dict[str, Message]:
        """Messages by id."""
        rows = collection_of(COLLECTION).find({"_id": {"$in": list(message_ids)}}).sort("_id", 1)
        return {row["_id"]: _message(row) for row in rows}

    def told(self, usccs: Sequence[str], cause: str, except_run: str) -> set[str]:
        """Those of the firms that another run has told of this cause, on whatever day."""
        query = {"cause": cause, "uscc": {"$in": list(usccs)}, "run": {"$ne": except_run}}
        rows = collection_of(COLLECTION).find(query, {"uscc": 1}).sort("_id", 1)
        return {row["uscc"] for row in rows}

    def told_since(self, usccs: Sequence[str], kind: str, since: datetime, except_run: str) -> set[str]:
        """Those of the firms that another run has told something of this kind since then."""
        query = {
            "uscc": {"$in": list(usccs)},
            "kind": kind,
            "created_at": {"$gte": since},
            "run": {"$ne": except_run},
        }
        rows = collection_of(COLLECTION).find(query, {"uscc": 1}).sort("_id", 1)
        return {row["uscc"] for row in rows}

    def told_by(self, usccs: Sequence[str], run_id: str) -> set[str]:
        """Those of the firms this run has told something."""
        query = {"uscc": {"$in": list(usccs)}, "run": run_id}
        rows = collection_of(COLLECTION).find(query, {"uscc": 1}).sort("_id", 1)
        return {row["uscc"] for row in rows}

    def last_of_cause(self, uscc: str, cause: str) -> Message | None:
        """The newest message of a cause to a firm."""
        rows = collection_of(COLLECTION).find({"cause": cause, "uscc": uscc}).sort([("order", -1)]).limit(1)
        return next((_message(row) for row in rows), None)

    def erase_cause(self, cause: str) -> int:
        """Remove the messages of a cause that names a person: how many."""
        return collection_of(COLLECTION).delete_many({"cause": cause}).deleted_count

    def of_policy(self, policy: str, usccs: Sequence[str]) -> list[Message]:
        """A policy's messages to these firms, oldest first."""
        query = {"policy": policy, "uscc": {"$in": list(usccs)}}
        rows = collection_of(COLLECTION).find(query).sort([("order", 1), ("_id", 1)])
        return [_message(row) for row in rows]

    def firms_of_policy(self, policy: str, after: str, limit: int) -> list[str]:
        """The next firms that were told of a policy, by USCC."""
        # A message's id begins with the USCC; the character after ":" ends the firm's own.
        query = {"policy": policy, "_id": {"$gt": f"{after};" if after else ""}}
        rows = collection_of(COLLECTION).find(query, {"uscc": 1}).sort("_id", 1).limit(limit)
        return sorted({row["uscc"] for row in rows})

    def created_until(self, uscc: str, at: datetime) -> list[Message]:
        """What was written to a firm until an instant, oldest first."""
        return [message for message in self.of_firm(uscc) if message.created_at < at]

    def of_firm(self, uscc: str) -> list[Message]:
        """All messages of a firm, oldest first."""
        rows = collection_of(COLLECTION).find({"uscc": uscc}).sort([("order", 1), ("_id", 1)])
        return [_message(row) for row in rows]

    def withdraw(self, policy: str, version: int, reason: str, at: datetime) -> None:
        """Mark the messages of a policy's versions up to this one."""
        query = {
            "policy": policy,
            "version": {"$lte": version},
            "kind": {"$ne": "correction"},
            "withdrawn.at": {"$exists": False},
        }
        mark = {"withdrawn": {"at": at, "reason": reason}, "updated_at": at}
        collection_of(COLLECTION).update_many(query, {"$set": mark})

    def withdraw_ids(self, message_ids: Sequence[str], reason: str, at: datetime) -> None:
        """Mark these messages as taken back."""
        if message_ids:
            query = {"_id": {"$in": list(message_ids)}, "withdrawn.at": {"$exists": False}}
            mark = {"withdrawn": {"at": at, "reason": reason}, "updated_at": at}
            collection_of(COLLECTION).update_many(query, {"$set": mark})

    def rewrite(self, message: NewMessage, at: datetime) -> Message:
        """A message that was taken back stands again, in these words."""
        fields = {"title": message.title, "text": message.text, "why": message.why, "run": message.run}
        update = {"$set": {**fields, "withdrawn": {}, "updated_at": at}, "$inc": {"revision": 1}}
        collection_of(COLLECTION).update_one({"_id": message.id}, update)
        return self.get(message.id)

    def count_of_run(self, run_id: str) -> int:
        """How many messages a run wrote."""
        return collection_of(COLLECTION).count_documents({"run": run_id})

    def of_run(self, run_id: str) -> list[Message]:
        """What a run wrote, oldest first."""
        rows = collection_of(COLLECTION).find({"run": run_id}).sort([("order", 1), ("_id", 1)])
        return [_message(row) for row in rows]

    def page(self, filters: Mapping[str, Any], limit: int, cursor: str | None) -> Page[Message]:
        """Messages by firm, policy or neither, newest first."""
        return page_newest(COLLECTION, filters, limit, cursor).map(_message)


_FIELDS = tuple(NewMessage.__dataclass_fields__)


def _message(row: Mapping[str, Any]) -> Message:
    return _with(NewMessage(**{name: row[name] for name in _FIELDS}), row)


def _with(message: NewMessage, row: Mapping[str, Any]) -> Message:
    return _stored(message, in_shanghai(row["created_at"]), row["withdrawn"], row["order"])


def _stored(message: NewMessage, created_at: datetime, withdrawn: Mapping[str, Any], order: str) -> Message:
    return _copied(Message, message, created_at=created_at, withdrawn=withdrawn, order=order)


def _copied(cls: type[AnyMessage], message: NewMessage, **fields: Any) -> AnyMessage:
    # Thousands at once: setting the fields of a frozen object one by one costs more than its row.
    copied = object.__new__(cls)
    copied.__dict__.update(vars(message), **fields)
    return copied
