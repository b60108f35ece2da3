"""Staff accounts, and how often a name was tried in vain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import mongoengine as me

from backend.adapters.mongo import RecordDocument, change, collection_of, insert
from backend.adapters.mongo.lists import page_by_id
from backend.shared.caller import Caller, Role, Scope
from backend.shared.paging import Page


class StaffDocument(RecordDocument):
    """A member of staff; `_id` is the login name, `password` an argon2 hash."""

    meta = {"collection": "staff"}
    label = "工作人员账号"

    password = me.StringField(required=True)
    display_name = me.StringField(default="")
    roles = me.ListField(me.StringField())
    areas = me.ListField(me.StringField())
    towns = me.ListField(me.StringField())
    department = me.StringField(default="")
    disabled = me.BooleanField(default=False)


class AttemptDocument(RecordDocument):
    """Failed sign-ins in a row for a name (hashed: what people mistype may be a password)."""

    meta = {"collection": "sign_in_attempts", "indexes": ["updated_at"]}
    label = "登录尝试"

    failures = me.IntField(default=0)


@dataclass(frozen=True)
class Staff:
    """A staff account without its password."""

    name: str
    revision: int
    display_name: str
    roles: frozenset[Role]
    scope: Scope
    disabled: bool
    updated_at: datetime

    def caller(self) -> Caller:
        """This member of staff as the one who asks."""
        return Caller("staff", self.name, self.display_name or self.name, self.roles, self.scope)


class StaffStore:
    """Reads and writes staff accounts."""

    def find(self, name: str) -> Staff | None:
        """One account, or None."""
        document = StaffDocument.objects(id=name).first()
        return _record(document) if document else None

    def password_of(self, name: str) -> str | None:
        """The stored hash, or None for an unknown name."""
        raw = collection_of(StaffDocument).find_one({"_id": name}, {"password": 1})
        return raw["password"] if raw else None

    def add(self, name: str, fields: dict[str, Any], by: str, at: datetime) -> Staff:
        """A new account; AlreadyExistsError if the name is taken."""
        return _record(insert(StaffDocument, name, by, at, **fields))

    def edit(self, name: str, fields: dict[str, Any], revision: int, by: str, at: datetime) -> Staff:
        """Change an account from the revision the edit started from."""
        return _record(change(StaffDocument, name, by, at, revision=revision, **fields))

    def rehash(self, name: str, old: str, new: str) -> None:
        """Keep the same password under newer parameters, unless it was changed meanwhile."""
        collection_of(StaffDocument).update_one({"_id": name, "password": old}, {"$set": {"password": new}})

    def listed(self, limit: int, cursor: str | None) -> Page[Staff]:
        """All accounts by name."""
        return page_by_id(StaffDocument, {}, limit, cursor).map(_record)


class AttemptStore:
    """Counts failures per key."""

    def of(self, key: str) -> tuple[int, datetime | None]:
        """Failures in a row, and when the last was."""
        raw = collection_of(AttemptDocument).find_one({"_id": key})
        return (raw["failures"], raw["updated_at"]) if raw else (0, None)

    def count(self, key: str, at: datetime) -> None:
        """One more failure."""
        fresh = {
            "created_at": at,
            "updated_by": "system",
            "schema_version": 1,
            "revision": 1,
            "pending": False,
        }
        collection_of(AttemptDocument).update_one(
            {"_id": key},
            {"$inc": {"failures": 1}, "$set": {"updated_at": at}, "$setOnInsert": fresh},
            upsert=True,
        )

    def forget(self, key: str) -> None:
        """The name was signed in: start anew."""
        collection_of(AttemptDocument).delete_one({"_id": key})

    def purge(self, before: datetime) -> int:
        """Remove counts whose last failure lies before an instant."""
        return collection_of(AttemptDocument).delete_many({"updated_at": {"$lt": before}}).deleted_count


def _record(document: StaffDocument) -> Staff:
    return Staff(
        name=document.id,
        revision=document.revision,
        display_name=document.display_name,
        roles=frozenset(Role(role) for role in document.roles),
        scope=Scope(frozenset(document.areas), frozenset(document.towns), document.department),
        disabled=document.disabled,
        updated_at=document.updated_at,
    )
