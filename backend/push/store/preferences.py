"""What a person wants to get, and how: rhythm, kinds, address, and what was not relevant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import mongoengine as me

from backend.adapters.mongo import RecordDocument, collection_of
from backend.adapters.mongo.bulk import insert_absent
from backend.adapters.mongo.lists import iterate_by_id

COLLECTION = "push_preferences"
Rhythm = Literal["at_once", "daily", "weekly"]
AT_ONCE: Rhythm = "at_once"
DAILY: Rhythm = "daily"
WEEKLY: Rhythm = "weekly"


class PreferencesDocument(RecordDocument):
    """A person's wishes by person id; a field that was never set has its default."""

    meta = {"collection": COLLECTION, "indexes": ["email_hash"]}
    label = "推送设置"
    personal = ("email", "irrelevant")

    rhythm = me.DictField()
    muted = me.ListField(me.StringField())
    personalised = me.BooleanField(default=True)
    email = me.StringField(default="")
    email_confirmed = me.BooleanField(default=False)
    email_hash = me.StringField(default="")
    email_bounced = me.StringField(default="")
    irrelevant = me.ListField(me.DictField())


@dataclass(frozen=True)
class Preferences:
    """A person's wishes; `rhythm` is by firm; `irrelevant` are the marks {message, kind, policy, reason}."""

    person: str
    rhythm: Mapping[str, Rhythm] = field(default_factory=dict)
    muted: frozenset[str] = frozenset()
    personalised: bool = True
    email: str = ""
    email_confirmed: bool = False
    email_bounced: str = ""
    irrelevant: tuple[Mapping[str, Any], ...] = ()

    def rhythm_for(self, uscc: str) -> Rhythm:
        """How often the person hears of a firm outside the inbox."""
        return self.rhythm.get(uscc, AT_ONCE)

    def marks(self, kind: str) -> int:
        """How often the person said "not relevant" to this kind."""
        return sum(mark["kind"] == kind for mark in self.irrelevant)

    def dislikes(self, policy: str) -> bool:
        """Whether the person said so of this policy."""
        return bool(policy) and any(mark["policy"] == policy for mark in self.irrelevant)

    @property
    def mail_address(self) -> str:
        """Where mail may go; "" when nowhere."""
        return self.email if self.email_confirmed and not self.email_bounced else ""


class PreferencesStore:
    """Reads and writes wishes."""

    def get_many(self, persons: Sequence[str]) -> dict[str, Preferences]:
        """The wishes of each person, defaults where none were given."""
        rows = collection_of(COLLECTION).find({"_id": {"$in": list(persons)}}).sort("_id", 1)
        found = {row["_id"]: _preferences(row) for row in rows}
        return {person: found.get(person) or Preferences(person) for person in persons}

    def get(self, person: str) -> Preferences:
        """One person's wishes."""
        return self.get_many([person])[person]

    def set(self, person: str, at: datetime, **fields: Any) -> Preferences:
        """Set some wishes and leave the others."""
        self._change(person, at, {"$set": {**fields, "updated_at": at}})
        return self.get(person)

    def mark_irrelevant(self, person: str, mark: Mapping[str, Any], at: datetime) -> None:
        """One mark per message; the reason of the last one stays."""
        self._change(person, at, {"$pull": {"irrelevant": {"message": mark["message"]}}})
        self._change(person, at, {"$push": {"irrelevant": dict(mark)}})

    def confirm_email(self, person: str, code_hash: str, at: datetime) -> bool:
        """The address is the person's own: True when the code was the one it was sent."""
        query = {"_id": person, "email_hash": code_hash, "email": {"$ne": ""}}
        update = {"$set": {"email_confirmed": True, "email_hash": "", "updated_at": at}}
        return collection_of(COLLECTION).update_one(query, update).matched_count == 1

    def bounced(self, person: str, reason: str, at: datetime) -> None:
        """Mail to the person's address comes back."""
        update = {"$set": {"email_bounced": reason, "updated_at": at}}
        collection_of(COLLECTION).update_one({"_id": person}, update)

    def with_rhythm(self, rhythm: str) -> list[tuple[str, str]]:
        """(person, USCC) who hear in this rhythm."""
        rows = [row for batch in iterate_by_id(COLLECTION, {}, ("rhythm",)) for row in batch]
        return [
            (row["_id"], uscc)
            for row in rows
            for uscc, chosen in sorted(row.get("rhythm", {}).items())
            if chosen == rhythm
        ]

    def erase_person(self, person: str) -> int:
        """Remove a person's wishes: how many."""
        return collection_of(COLLECTION).delete_many({"_id": person}).deleted_count

    def _change(self, person: str, at: datetime, update: Mapping[str, Any]) -> None:
        stamps = {"created_at": at, "updated_at": at, "updated_by": f"person:{person}"}
        insert_absent([PreferencesDocument(id=person, **stamps)])
        collection_of(COLLECTION).update_one({"_id": person}, {**update, "$inc": {"revision": 1}})


def _preferences(row: Mapping[str, Any]) -> Preferences:
    return Preferences(
        person=row["_id"],
        rhythm=row.get("rhythm", {}),
        muted=frozenset(row.get("muted", [])),
        personalised=row.get("personalised", True),
        email=row.get("email", ""),
        email_confirmed=row.get("email_confirmed", False),
        email_bounced=row.get("email_bounced", ""),
        irrelevant=tuple(row.get("irrelevant", [])),
    )
