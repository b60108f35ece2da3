"""Deliveries: one row per message, person and carrier."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import mongoengine as me
from pymongo import ReturnDocument

from backend.adapters.mongo import RecordDocument, collection_of
from backend.adapters.mongo.bulk import insert_absent
from backend.push.store.messages import Message
from backend.push.store.newest import page_newest
from backend.shared.clock import in_shanghai
from backend.shared.paging import Page

COLLECTION = "deliveries"
INBOX = "inbox"
PENDING, DELIVERED, NOT_SENT = "pending", "delivered", "not_sent"


class DeliveryDocument(RecordDocument):
    """What became of a message for one person; `order` is the message's, so an inbox is one index walk."""

    meta = {
        "collection": COLLECTION,
        "indexes": [("person", "order"), ("state", "id"), ("policy", "state"), ("message", "id")],
    }
    label = "投递"
    personal = ("person", "not_relevant")

    message = me.StringField(required=True)
    uscc = me.StringField(required=True)
    policy = me.StringField(required=True)
    version = me.IntField(required=True)
    person = me.StringField(required=True)
    carrier = me.StringField(required=True)
    state = me.StringField(default=PENDING)
    reason = me.StringField(default="")
    delivered_at = me.DateTimeField()
    read_at = me.DateTimeField()
    not_relevant = me.StringField(default="")
    order = me.StringField(required=True)


@dataclass(frozen=True)
class Delivery:
    """A delivery as the service sees it; `reason` says why it was not sent."""

    id: str
    message: str
    uscc: str
    person: str
    carrier: str
    state: str
    reason: str
    delivered_at: datetime | None
    read_at: datetime | None
    not_relevant: str


def delivery_id(message: str, person: str, carrier: str = INBOX) -> str:
    """The natural key."""
    return f"{message}|{person}|{carrier}"


class DeliveryStore:
    """Reads and writes deliveries."""

    def put_many(self, wanted: Sequence[tuple[Message, str]], by: str, at: datetime) -> None:
        """A pending inbox delivery per (message, person), unless it is there."""
        insert_absent([_document(message, person, by, at) for message, person in wanted])

    def claim(self, record_id: str, at: datetime) -> bool:
        """Take a pending delivery into the inbox; False when it is no longer pending."""
        return self._set({"_id": record_id, "state": PENDING}, state=DELIVERED, delivered_at=at) is not None

    def refuse(self, record_id: str, reason: str, at: datetime) -> None:
        """A pending delivery is not sent, for this reason."""
        self._set({"_id": record_id, "state": PENDING}, state=NOT_SENT, reason=reason, updated_at=at)

    def refuse_policy(self, policy: str, version: int, reason: str, at: datetime) -> None:
        """What is pending of a policy's versions up to this one is not sent."""
        self._refuse_all({"policy": policy, "version": {"$lte": version}}, reason, at)

    def refuse_person(self, person: str, uscc: str, reason: str, at: datetime) -> None:
        """What is pending for a person from a firm is not sent."""
        self._refuse_all({"person": person, "uscc": uscc}, reason, at)

    def revive(self, person: str, uscc: str, reason: str, at: datetime) -> None:
        """What was not sent to a person from a firm for this reason is pending again."""
        query = {"person": person, "uscc": uscc, "state": NOT_SENT, "reason": reason}
        fields = {"state": PENDING, "reason": "", "updated_at": at}
        collection_of(COLLECTION).update_many(query, {"$set": fields})

    def pending(self, after: str, limit: int) -> list[Delivery]:
        """Pending deliveries by id, after a given one."""
        query = {"state": PENDING, "_id": {"$gt": after}}
        rows = collection_of(COLLECTION).find(query).sort("_id", 1).limit(limit)
        return [_delivery(row) for row in rows]

    def find(self, record_id: str) -> Delivery | None:
        """One delivery."""
        row = collection_of(COLLECTION).find_one({"_id": record_id})
        return _delivery(row) if row else None

    def of_message(self, message: str) -> list[Delivery]:
        """All deliveries of a message."""
        return [_delivery(row) for row in collection_of(COLLECTION).find({"message": message}).sort("_id", 1)]

    def inbox(self, person: str, firms: Collection[str], limit: int, cursor: str | None) -> Page[Delivery]:
        """What reached a person from the firms it is bound to now, newest first."""
        found = page_newest(DeliveryDocument, _inbox(person, firms), limit, cursor)
        return found.map(lambda document: _delivery(document.to_mongo().to_dict()))

    def count_unread(self, person: str, firms: Collection[str]) -> int:
        """How much of it is unread."""
        return collection_of(COLLECTION).count_documents({**_inbox(person, firms), "read_at": None})

    def mark_read(self, record_id: str, at: datetime) -> None:
        """Read, the first time it was read."""
        self._set({"_id": record_id, "state": DELIVERED, "read_at": None}, read_at=at)

    def mark_not_relevant(self, record_id: str, reason: str, at: datetime) -> None:
        """Not relevant, for the person's reason."""
        self._set({"_id": record_id, "state": DELIVERED}, not_relevant=reason, updated_at=at)

    def of_person(self, person: str) -> list[Delivery]:
        """All deliveries to a person, of any firm and state."""
        rows = collection_of(COLLECTION).find({"person": person}).sort([("order", 1), ("_id", 1)])
        return [_delivery(row) for row in rows]

    def erase_person(self, person: str) -> int:
        """Remove a person's deliveries: how many."""
        return collection_of(COLLECTION).delete_many({"person": person}).deleted_count

    def _set(self, query: dict[str, Any], **fields: Any) -> Any:
        update = {"$set": fields, "$inc": {"revision": 1}}
        return collection_of(COLLECTION).find_one_and_update(
            query, update, return_document=ReturnDocument.AFTER
        )

    def _refuse_all(self, query: dict[str, Any], reason: str, at: datetime) -> None:
        fields = {"state": NOT_SENT, "reason": reason, "updated_at": at}
        collection_of(COLLECTION).update_many({**query, "state": PENDING}, {"$set": fields})


def _inbox(person: str, firms: Collection[str]) -> dict[str, Any]:
    return {"person": person, "uscc": {"$in": sorted(firms)}, "state": DELIVERED}


def _document(message: Message, person: str, by: str, at: datetime) -> DeliveryDocument:
    return DeliveryDocument(
        id=delivery_id(message.id, person),
        created_at=at,
        updated_at=at,
        updated_by=by,
        message=message.id,
        uscc=message.uscc,
        policy=message.policy,
        version=message.version,
        person=person,
        carrier=INBOX,
        order=message.order,
    )


def _delivery(row: dict[str, Any]) -> Delivery:
    moments = {name: row.get(name) for name in ("delivered_at", "read_at")}
    return Delivery(
        id=row["_id"],
        message=row["message"],
        uscc=row["uscc"],
        person=row["person"],
        carrier=row["carrier"],
        state=row["state"],
        reason=row.get("reason", ""),
        not_relevant=row.get("not_relevant", ""),
        **{name: in_shanghai(moment) if moment else None for name, moment in moments.items()},
    )
