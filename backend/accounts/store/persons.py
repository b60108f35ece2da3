"""Persons of firms: who they are to WeChat, their phone, what they agreed to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import mongoengine as me

from backend.adapters.mongo import RecordDocument, change, collection_of, insert
from backend.adapters.mongo.lists import iterate_by_id
from backend.shared.errors import AlreadyExistsError, NotFoundError

PERSONS = "persons"
IDENTITIES = "wechat_identities"
CONSENTS = "consents"


class PersonDocument(RecordDocument):
    """A person of a firm; `state` is active, leaving (deletion asked for) or erased (only a tombstone)."""

    meta = {"collection": PERSONS, "indexes": ["state"]}
    label = "用户"
    personal = ("phone",)

    phone = me.StringField(default="")
    origin = me.StringField(default="wechat")
    state = me.StringField(default="active")


class IdentityDocument(RecordDocument):
    """A WeChat identity; `_id` is the openid, so one openid is one person."""

    meta = {"collection": IDENTITIES, "indexes": ["person"]}
    label = "微信身份"
    personal = ("id",)

    person = me.StringField(required=True)


class ConsentDocument(RecordDocument):
    """One statement of a person about the notice; never changed, the newest counts (`_id` person:number)."""

    meta = {"collection": CONSENTS, "indexes": [("person", "id")]}
    label = "同意记录"

    person = me.StringField(required=True)
    notice = me.StringField(required=True)
    push = me.BooleanField(required=True)
    contact = me.BooleanField(required=True)


@dataclass(frozen=True)
class Person:
    """A person of a firm; `phone` is "" when none was given."""

    id: str
    phone: str
    origin: str
    state: str
    created_at: datetime


@dataclass(frozen=True)
class Consent:
    """What a person agreed to, when: the version of the notice and the optional purposes."""

    notice: str
    push: bool
    contact: bool
    at: datetime


class PersonStore:
    """Reads and writes persons and their statements."""

    def find(self, person_id: str) -> Person | None:
        """One person, or None."""
        document = PersonDocument.objects(id=person_id).first()
        return _person(document) if document else None

    def get(self, person_id: str) -> Person:
        """One person; NotFoundError if there is none."""
        found = self.find(person_id)
        if found is None:
            raise NotFoundError(PersonDocument.label, person_id)
        return found

    def add(self, person_id: str, origin: str, at: datetime) -> None:
        """A new person; adding the same one again changes nothing."""
        try:
            insert(PersonDocument, person_id, f"person:{person_id}", at, origin=origin)
        except AlreadyExistsError:
            return

    def set_phone(self, person_id: str, phone: str, at: datetime) -> Person:
        """Store a phone number, "" to remove it; only of an active person."""
        active = {"state": "active"}
        return _person(
            change(PersonDocument, person_id, f"person:{person_id}", at, where=active, phone=phone)
        )

    def mark_leaving(self, person_id: str, by: str, at: datetime) -> None:
        """Deletion begins; from here on it is finished even if the process dies."""
        collection_of(PersonDocument).update_one(
            {"_id": person_id, "state": "active"},
            {"$set": {"state": "leaving", "updated_at": at, "updated_by": by}, "$inc": {"revision": 1}},
        )

    def mark_erased(self, person_id: str, at: datetime) -> None:
        """Only the tombstone remains."""
        collection_of(PersonDocument).update_one(
            {"_id": person_id, "state": "leaving"}, {"$set": {"state": "erased", "updated_at": at}}
        )

    def leaving(self) -> Iterator[str]:
        """Persons whose deletion was begun and not finished."""
        for batch in iterate_by_id(PERSONS, {"state": "leaving"}, ("_id",)):
            yield from (raw["_id"] for raw in batch)

    def erase_phone(self, person_id: str, at: datetime) -> int:
        """Remove the phone: 1 if there was one."""
        found = collection_of(PersonDocument).update_one(
            {"_id": person_id, "phone": {"$ne": ""}}, {"$set": {"phone": "", "updated_at": at}}
        )
        return found.modified_count

    def person_of(self, openid: str) -> str | None:
        """The person a WeChat identity belongs to."""
        raw = collection_of(IdentityDocument).find_one({"_id": openid})
        return raw["person"] if raw else None

    def identify(self, openid: str, person_id: str, at: datetime) -> str:
        """Tie an openid to a person; the person it belongs to (another, if a second sign-in was faster)."""
        try:
            insert(IdentityDocument, openid, f"person:{person_id}", at, person=person_id)
        except AlreadyExistsError:
            return self.person_of(openid) or person_id
        return person_id

    def openids(self, person_id: str) -> list[str]:
        """The WeChat identities of a person."""
        rows = collection_of(IdentityDocument).find({"person": person_id}, {"_id": 1}).sort("_id", 1)
        return [raw["_id"] for raw in rows]

    def openids_of(self, person_ids: Sequence[str]) -> dict[str, str]:
        """Person -> one of its WeChat identities, of the persons that have any."""
        query = {"person": {"$in": list(person_ids)}}
        rows = collection_of(IdentityDocument).find(query, {"person": 1}).sort("_id", -1)
        return {raw["person"]: raw["_id"] for raw in rows}

    def allowing_push(self, person_ids: Sequence[str]) -> set[str]:
        """Those of the persons whose newest statement allows pushes."""
        query = {"person": {"$in": list(person_ids)}}
        rows = collection_of(ConsentDocument).find(query, {"person": 1, "push": 1}).sort("_id", 1)
        newest = {raw["person"]: raw["push"] for raw in rows}
        return {person for person, push in newest.items() if push}

    def erase_identities(self, person_id: str) -> int:
        """Remove the WeChat identities of a person: how many there were."""
        return collection_of(IdentityDocument).delete_many({"person": person_id}).deleted_count

    def add_consent(self, person_id: str, consent: Consent) -> None:
        """Write down one more statement, numbered after the last."""
        number = len(self.consents(person_id)) + 1
        fields = {"notice": consent.notice, "push": consent.push, "contact": consent.contact}
        by = f"person:{person_id}"
        while True:
            try:
                insert(
                    ConsentDocument, f"{person_id}:{number:05}", by, consent.at, person=person_id, **fields
                )
            except AlreadyExistsError:
                number += 1
            else:
                return

    def consents(self, person_id: str) -> list[Consent]:
        """All statements of a person, oldest first."""
        rows = ConsentDocument.objects(person=person_id).order_by("id")
        return [Consent(row.notice, row.push, row.contact, row.created_at) for row in rows]


def _person(document: PersonDocument) -> Person:
    return Person(document.id, document.phone, document.origin, document.state, document.created_at)
