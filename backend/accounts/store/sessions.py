"""Sign-ins: a family per sign-in, and its refresh tokens one after the other (only their hashes)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import mongoengine as me

from backend.adapters.mongo import RecordDocument, collection_of, insert


class FamilyDocument(RecordDocument):
    """One sign-in, from the password or code to the sign-out; all its tokens live and die with it."""

    meta = {"collection": "session_families", "indexes": [("kind", "holder"), "expires_at"]}
    label = "登录"

    kind = me.StringField(required=True)
    holder = me.StringField(required=True)
    expires_at = me.DateTimeField(required=True)
    ended = me.BooleanField(default=False)


class RefreshDocument(RecordDocument):
    """A refresh token; `_id` is its hash. Spent ones are kept until they expire, so that reuse is seen."""

    meta = {"collection": "refresh_tokens", "indexes": ["expires_at"]}
    label = "登录"

    family = me.StringField(required=True)
    expires_at = me.DateTimeField(required=True)
    spent = me.BooleanField(default=False)


@dataclass(frozen=True)
class Family:
    """A sign-in that may be ended."""

    id: str
    kind: str
    holder: str
    ended: bool


class SessionStore:
    """Reads and writes sign-ins."""

    def open_family(self, family: Family, at: datetime, expires_at: datetime) -> None:
        """Begin a sign-in."""
        insert(
            FamilyDocument,
            family.id,
            f"{family.kind}:{family.holder}",
            at,
            kind=family.kind,
            holder=family.holder,
            expires_at=expires_at,
        )

    def family(self, family_id: str) -> Family | None:
        """One sign-in, or None."""
        raw = collection_of(FamilyDocument).find_one({"_id": family_id})
        return Family(raw["_id"], raw["kind"], raw["holder"], raw["ended"]) if raw else None

    def add_refresh(self, token_hash: str, family: Family, at: datetime, expires_at: datetime) -> None:
        """Add the family's next refresh token and let the family live as long."""
        by = f"{family.kind}:{family.holder}"
        insert(RefreshDocument, token_hash, by, at, family=family.id, expires_at=expires_at)
        collection_of(FamilyDocument).update_one({"_id": family.id}, {"$max": {"expires_at": expires_at}})

    def spend(self, token_hash: str, now: datetime) -> str | None:
        """Use a token: its family when it was unspent and unexpired, else None. One caller wins."""
        raw = collection_of(RefreshDocument).find_one_and_update(
            {"_id": token_hash, "spent": False, "expires_at": {"$gt": now}},
            {"$set": {"spent": True, "updated_at": now}},
        )
        return raw["family"] if raw else None

    def family_of_spent(self, token_hash: str) -> str | None:
        """The family of a token that was used before."""
        raw = collection_of(RefreshDocument).find_one({"_id": token_hash, "spent": True}, {"family": 1})
        return raw["family"] if raw else None

    def end_family(self, family_id: str, at: datetime) -> None:
        """End a sign-in; ending it again changes nothing."""
        collection_of(FamilyDocument).update_one(
            {"_id": family_id}, {"$set": {"ended": True, "updated_at": at}}
        )

    def end_all(self, kind: str, holder: str, at: datetime) -> None:
        """End every sign-in of somebody."""
        families = collection_of(FamilyDocument)
        families.update_many(
            {"kind": kind, "holder": holder, "ended": False}, {"$set": {"ended": True, "updated_at": at}}
        )

    def purge(self, now: datetime) -> int:
        """Remove what has expired: tokens and families."""
        expired = {"expires_at": {"$lte": now}}
        tokens = collection_of(RefreshDocument).delete_many(expired).deleted_count
        return tokens + collection_of(FamilyDocument).delete_many(expired).deleted_count
