"""Whom to call in a firm: kept apart from the firm, so that nobody reads it along with something else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import mongoengine as me

from backend.adapters.mongo import RecordDocument, collection_of

COLLECTION = "company_contacts"


class ContactDocument(RecordDocument):
    """A firm's contact by USCC; `person` is the account of the person who wrote it, "" for lists of staff."""

    meta = {"collection": COLLECTION, "indexes": ["person"]}
    label = "企业联系人"
    personal = ("contact_name", "contact_phone")

    contact_name = me.StringField(default="")
    contact_phone = me.StringField(default="")
    person = me.StringField(default="")


@dataclass(frozen=True)
class Contact:
    """Name and phone in full; the service masks them."""

    uscc: str
    contact_name: str = ""
    contact_phone: str = ""
    person: str = ""
    updated_at: datetime | None = None


class ContactStore:
    """Reads and writes contacts."""

    def get(self, uscc: str) -> Contact:
        """The firm's contact, empty when there is none."""
        return self.get_many([uscc]).get(uscc) or Contact(uscc)

    def get_many(self, usccs: Sequence[str]) -> dict[str, Contact]:
        """Code -> contact of the firms that have one."""
        rows = collection_of(COLLECTION).find({"_id": {"$in": list(usccs)}}).sort("_id", 1)
        return {row["_id"]: _contact(row) for row in rows}

    def of_person(self, person: str) -> list[Contact]:
        """The contacts this person wrote."""
        return [_contact(row) for row in collection_of(COLLECTION).find({"person": person}).sort("_id", 1)]

    def put(self, uscc: str, fields: Mapping[str, str], person: str, by: str, at: datetime) -> None:
        """Set what is given of a firm's contact."""
        first = {"schema_version": 1, "created_at": at, "events": [], "pending": False}
        changed = {**fields, "person": person, "updated_at": at, "updated_by": by}
        collection_of(COLLECTION).update_one(
            {"_id": uscc},
            {"$set": changed, "$inc": {"revision": 1}, "$setOnInsert": first},
            upsert=True,
        )

    def erase(self, uscc: str) -> int:
        """Remove a firm's contact: 1 if there was one."""
        return collection_of(COLLECTION).delete_one({"_id": uscc}).deleted_count

    def erase_person(self, person: str) -> int:
        """Remove the contacts this person wrote."""
        return collection_of(COLLECTION).delete_many({"person": person}).deleted_count


def _contact(row: Mapping[str, Any]) -> Contact:
    name, phone, person = (row.get(field, "") for field in ("contact_name", "contact_phone", "person"))
    return Contact(row["_id"], name, phone, person, row["updated_at"])
