"""Deliveries: one row per message, person and carrier, with every step it went through."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import mongoengine as me

from backend.adapters.mongo import RecordDocument, collection_of
from backend.adapters.mongo.bulk import insert_absent_rows, new_row
from backend.push.store.messages import Message
from backend.shared.clock import in_shanghai

COLLECTION = "deliveries"
INBOX = "inbox"
PENDING, SENDING, SENT, DELIVERED = "pending", "sending", "sent", "delivered"
NOT_SENT, FAILED, UNKNOWN = "not_sent", "failed", "unknown"
# What reached a carrier, or may have.
TRIED = (SENDING, SENT, DELIVERED, FAILED, UNKNOWN)


class DeliveryDocument(RecordDocument):
    """What became of a message for one person by one carrier.

    `order` is the message's, so an inbox is one index walk; `week` is the ISO week it was sent in, `batch`
    the attempt it went out with, `digest` the digest that listed it; a `quiet` one brings no carrier along.
    """

    meta = {
        "collection": COLLECTION,
        "indexes": [
            ("person", "order"),
            ("carrier", "state", "worth"),
            ("state", "id"),
            ("policy", "state"),
            ("message", "id"),
            ("uscc", "week"),
            "batch",
        ],
    }
    label = "投递"
    personal = ("person", "not_relevant")

    message = me.StringField(required=True)
    uscc = me.StringField(required=True)
    policy = me.StringField(default="")
    version = me.IntField(default=0)
    kind = me.StringField(required=True)
    worth = me.IntField(default=0)
    person = me.StringField(required=True)
    carrier = me.StringField(required=True)
    state = me.StringField(default=PENDING)
    reason = me.StringField(default="")
    not_before = me.DateTimeField()
    quiet = me.BooleanField(default=False)
    batch = me.StringField(default="")
    week = me.StringField(default="")
    sent_at = me.DateTimeField()
    delivered_at = me.DateTimeField()
    read_at = me.DateTimeField()
    done_at = me.DateTimeField()
    snoozed_until = me.DateTimeField()
    not_relevant = me.StringField(default="")
    digest = me.StringField(default="")
    history = me.ListField(me.DictField())
    order = me.StringField(required=True)


@dataclass(frozen=True)
class Delivery:
    """A delivery as the service sees it; `reason` says why it was not sent, `history` what happened when."""

    id: str
    message: str
    uscc: str
    policy: str
    version: int
    kind: str
    worth: int
    person: str
    carrier: str
    state: str
    reason: str
    quiet: bool
    batch: str
    sent_at: datetime | None
    delivered_at: datetime | None
    read_at: datetime | None
    done_at: datetime | None
    snoozed_until: datetime | None
    not_relevant: str
    digest: str
    history: tuple[Mapping[str, Any], ...]
    order: str


@dataclass(frozen=True)
class Wanted:
    """A delivery to write: `worth` is what the message is worth to this person."""

    message: Message
    person: str
    carrier: str = INBOX
    worth: int = 0
    quiet: bool = False
    id: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "id", delivery_id(self.message.id, self.person, self.carrier))


def delivery_id(message: str, person: str, carrier: str = INBOX) -> str:
    """The natural key."""
    return f"{message}|{person}|{carrier}"


class DeliveryStore:
    """Reads and writes deliveries; who reads an inbox is in `store.inboxes`."""

    def put_many(self, wanted: Sequence[Wanted], by: str, at: datetime) -> None:
        """A pending delivery each, unless it is there."""
        insert_absent_rows(DeliveryDocument, [_row(item, by, at) for item in wanted])

    def move(
        self,
        ids: Sequence[str],
        start: Collection[str],
        state: str,
        at: datetime,
        reason: str = "",
        where: Mapping[str, Any] | None = None,
        **fields: Any,
    ) -> int:
        """Take these from one of the `start` states to another, with the step in their history."""
        if not ids:
            return 0
        query = {"_id": {"$in": list(ids)}, **(where or {})}
        return self._move(query, start, state, at, reason, **fields)

    def claim(self, ids: Sequence[str], at: datetime) -> int:
        """Take pending deliveries into the inbox: how many were still pending."""
        return self.move(ids, [PENDING], DELIVERED, at, delivered_at=at)

    def refuse(self, ids: Sequence[str], reason: str, at: datetime) -> int:
        """Pending deliveries are not sent, for this reason."""
        return self.move(ids, [PENDING], NOT_SENT, at, reason)

    def refuse_policy(self, policy: str, version: int, reason: str, at: datetime) -> None:
        """What is pending of a policy's versions up to this one is not sent."""
        query = {"policy": policy, "version": {"$lte": version}, "kind": {"$ne": "correction"}}
        self._move(query, [PENDING], NOT_SENT, at, reason)

    def refuse_person(self, person: str, uscc: str, reason: str, at: datetime) -> None:
        """What is pending for a person from a firm is not sent."""
        self._move({"person": person, "uscc": uscc}, [PENDING], NOT_SENT, at, reason)

    def revive(self, person: str, uscc: str, reason: str, at: datetime) -> None:
        """What did not reach a person's inbox from a firm for this reason is pending again."""
        query = {"person": person, "uscc": uscc, "reason": reason, "carrier": INBOX}
        self._move(query, [NOT_SENT], PENDING, at)

    def pending(self, carrier: str, after: str, limit: int) -> list[Delivery]:
        """Pending deliveries of a carrier by id, after a given one."""
        query = {"carrier": carrier, "state": PENDING, "_id": {"$gt": after}}
        rows = collection_of(COLLECTION).find(query).sort("_id", 1).limit(limit)
        return [_delivery(row) for row in rows]

    def most_worth(self, carrier: str, now: datetime, held: Collection[str], limit: int) -> list[Delivery]:
        """What a carrier may take now, the most valuable first; nothing of the `held` policies."""
        query = {
            "carrier": carrier,
            "state": PENDING,
            "policy": {"$nin": sorted(held)},
            "$or": [{"not_before": None}, {"not_before": {"$lte": now}}],
        }
        rows = collection_of(COLLECTION).find(query).sort([("worth", -1), ("_id", 1)]).limit(limit)
        return [_delivery(row) for row in rows]

    def in_batch(self, batch: str) -> list[Delivery]:
        """The deliveries of one attempt."""
        return [_delivery(row) for row in collection_of(COLLECTION).find({"batch": batch}).sort("_id", 1)]

    def batches_in(self, state: str, carrier: str) -> list[str]:
        """The attempts that have deliveries in this state."""
        query = {"carrier": carrier, "state": state}
        rows = collection_of(COLLECTION).find(query, {"batch": 1}).sort("_id", 1)
        return sorted({row["batch"] for row in rows})

    def sent_in_week(self, week: str, usccs: Sequence[str]) -> dict[str, set[str]]:
        """USCC -> the messages a carrier took for it in a week."""
        query = {"uscc": {"$in": list(usccs)}, "week": week, "state": {"$in": list(TRIED)}}
        found: dict[str, set[str]] = {}
        rows = collection_of(COLLECTION).find(query, {"uscc": 1, "message": 1, "kind": 1}).sort("_id", 1)
        for row in rows:
            found.setdefault(row["uscc"], set()).add(f"{row['kind']}|{row['message']}")
        return found

    def find(self, record_id: str) -> Delivery | None:
        """One delivery."""
        row = collection_of(COLLECTION).find_one({"_id": record_id})
        return _delivery(row) if row else None

    def of_messages(self, messages: Sequence[str]) -> list[Delivery]:
        """All deliveries of these messages."""
        rows = collection_of(COLLECTION).find({"message": {"$in": list(messages)}}).sort("_id", 1)
        return [_delivery(row) for row in rows]

    def of_message(self, message: str) -> list[Delivery]:
        """All deliveries of a message."""
        return self.of_messages([message])

    def in_state(self, state: str, limit: int, **about: Any) -> list[Delivery]:
        """Deliveries in a state, by id."""
        rows = collection_of(COLLECTION).find({"state": state, **about}).sort("_id", 1).limit(limit)
        return [_delivery(row) for row in rows]

    def iterate_in_state(self, state: str, **about: Any) -> Iterator[Delivery]:
        """All deliveries in a state, by id, in batches."""
        after = ""
        while found := self.in_state(state, 500, _id={"$gt": after}, **about):
            yield from found
            after = found[-1].id

    def of_person(self, person: str) -> list[Delivery]:
        """All deliveries to a person, of any firm and state."""
        rows = collection_of(COLLECTION).find({"person": person}).sort([("order", 1), ("_id", 1)])
        return [_delivery(row) for row in rows]

    def erase_person(self, person: str) -> int:
        """Remove a person's deliveries: how many."""
        return collection_of(COLLECTION).delete_many({"person": person}).deleted_count

    def _move(
        self,
        query: Mapping[str, Any],
        start: Collection[str],
        state: str,
        at: datetime,
        reason: str = "",
        **fields: Any,
    ) -> int:
        step = {"state": state, "at": at, "reason": reason}
        update = {
            "$set": {"state": state, "reason": reason, "updated_at": at, **fields},
            "$push": {"history": step},
            "$inc": {"revision": 1},
        }
        found = {**query, "state": {"$in": sorted(start)}}
        return collection_of(COLLECTION).update_many(found, update).modified_count


def _row(wanted: Wanted, by: str, at: datetime) -> dict[str, Any]:
    message = wanted.message
    return new_row(
        wanted.id,
        by,
        at,
        message=message.id,
        uscc=message.uscc,
        policy=message.policy,
        version=message.version,
        kind=message.kind,
        worth=wanted.worth or message.worth,
        person=wanted.person,
        carrier=wanted.carrier,
        quiet=wanted.quiet,
        state=PENDING,
        digest="",
        week="",
        batch="",
        history=[{"state": PENDING, "at": at, "reason": ""}],
        order=message.order,
    )


_MOMENTS = ("sent_at", "delivered_at", "read_at", "done_at", "snoozed_until")
_TEXTS = ("policy", "reason", "batch", "not_relevant", "digest")


def delivery_from(row: Mapping[str, Any]) -> Delivery:
    """A stored row as the service sees it."""
    moments: dict[str, Any] = {name: in_shanghai(row[name]) if row.get(name) else None for name in _MOMENTS}
    texts: dict[str, Any] = {name: row.get(name, "") for name in _TEXTS}
    return Delivery(
        id=row["_id"],
        message=row["message"],
        uscc=row["uscc"],
        version=row.get("version", 0),
        kind=row["kind"],
        worth=row.get("worth", 0),
        person=row["person"],
        carrier=row["carrier"],
        quiet=row.get("quiet", False),
        state=row["state"],
        history=tuple({**step, "at": in_shanghai(step["at"])} for step in row.get("history", [])),
        order=row["order"],
        **texts,
        **moments,
    )


_delivery = delivery_from
