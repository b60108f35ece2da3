"""The ledger of WeChat consents: one tap is one permit, one permit is one message."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

import mongoengine as me

from backend.adapters.mongo import RecordDocument, collection_of
from backend.adapters.mongo.bulk import insert_absent

COLLECTION, USES = "permits", "permit_uses"
REFUSED = "refused"


class PermitDocument(RecordDocument):
    """One consent of a person to one message by a template."""

    meta = {"collection": COLLECTION, "indexes": [("person", "template")]}
    label = "订阅授权"
    personal = ("person",)

    person = me.StringField(required=True)
    template = me.StringField(required=True)


class PermitUseDocument(RecordDocument):
    """What a permit was spent on; `_id` is the permit, so none is spent twice."""

    meta = {"collection": USES, "indexes": ["delivery", "person"]}
    label = "订阅授权使用"
    personal = ("person",)

    person = me.StringField(required=True)
    delivery = me.StringField(required=True)


class PermitStore:
    """Grants, uses, and what is left."""

    def grant(self, person: str, template: str, nonce: str, at: datetime) -> bool:
        """Write a consent down; the same tap reported twice is one permit."""
        document = PermitDocument(
            id=f"{person}:{template}:{nonce}",
            created_at=at,
            updated_at=at,
            updated_by=f"person:{person}",
            person=person,
            template=template,
        )
        return insert_absent([document]) == 1

    def free(self, persons: Sequence[str]) -> dict[tuple[str, str], list[str]]:
        """(person, template) -> unused permits, oldest first."""
        rows = list(
            collection_of(COLLECTION)
            .find({"person": {"$in": list(persons)}}, {"person": 1, "template": 1})
            .sort([("created_at", 1), ("_id", 1)])
        )
        used = self._used(persons)
        left: dict[tuple[str, str], list[str]] = defaultdict(list)
        for row in rows:
            if row["_id"] not in used:
                left[row["person"], row["template"]].append(row["_id"])
        return dict(left)

    def spend(self, uses: Mapping[str, tuple[str, str]], at: datetime) -> dict[str, str]:
        """Permit -> (person, delivery): the permits that are now spent on these very deliveries."""
        if not uses:
            return {}
        new = insert_absent(
            [_use(permit, person, delivery, at) for permit, (person, delivery) in uses.items()]
        )
        if new == len(uses):
            return {permit: delivery for permit, (_, delivery) in uses.items()}
        rows = collection_of(PermitUseDocument).find({"_id": {"$in": list(uses)}}).sort("_id", 1)
        return {row["_id"]: row["delivery"] for row in rows if uses[row["_id"]][1] == row["delivery"]}

    def give_back(self, deliveries: Sequence[str]) -> None:
        """A carrier surely did not send: the permits are free again."""
        query = {"delivery": {"$in": list(deliveries)}}
        collection_of(PermitUseDocument).delete_many(query)

    def burn(self, deliveries: Sequence[str]) -> None:
        """WeChat took these permits for none: they bought nothing and are not free either."""
        query = {"delivery": {"$in": list(deliveries)}}
        collection_of(PermitUseDocument).update_many(query, {"$set": {"delivery": REFUSED}})

    def void(self, person: str, template: str, at: datetime) -> int:
        """WeChat says there is no permit left: what the ledger still holds is worth nothing."""
        left = self.free([person]).get((person, template), [])
        return insert_absent([_use(permit, person, REFUSED, at) for permit in left])

    def spent_for(self, deliveries: Sequence[str]) -> dict[str, str]:
        """Delivery -> the permit it was paid with."""
        query = {"delivery": {"$in": list(deliveries)}}
        rows = collection_of(PermitUseDocument).find(query, {"delivery": 1}).sort("_id", 1)
        return {row["delivery"]: row["_id"] for row in rows}

    def export(self, person: str) -> dict[str, int]:
        """How many permits a person gave and how many were used."""
        given = collection_of(COLLECTION).count_documents({"person": person})
        return {"given": given, "used": len(self._used([person]))}

    def erase_person(self, person: str) -> int:
        """Remove a person's ledger: how many rows."""
        uses = collection_of(PermitUseDocument).delete_many({"person": person}).deleted_count
        return uses + collection_of(COLLECTION).delete_many({"person": person}).deleted_count

    def _used(self, persons: Sequence[str]) -> set[str]:
        query = {"person": {"$in": list(persons)}}
        return {row["_id"] for row in collection_of(PermitUseDocument).find(query, {"_id": 1}).sort("_id", 1)}


def _use(permit: str, person: str, delivery: str, at: datetime) -> PermitUseDocument:
    stamps = {"created_at": at, "updated_at": at, "updated_by": "system:policymap"}
    return PermitUseDocument(id=permit, person=person, delivery=delivery, **stamps)
