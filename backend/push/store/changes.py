"""Firms whose facts or place in the pool changed, until a run has looked at them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

import mongoengine as me

from backend.adapters.mongo import RecordDocument, collection_of, insert
from backend.adapters.mongo.lists import iterate_by_id
from backend.shared.errors import AlreadyExistsError

COLLECTION = "firm_changes"


class ChangeDocument(RecordDocument):
    """A firm by its USCC: when it last changed, and whether a run has judged it; each change has a token."""

    meta = {"collection": COLLECTION, "indexes": [("seen", "id"), "changed_at", "token"]}
    label = "企业变化"

    changed_at = me.DateTimeField(required=True)
    token = me.StringField(required=True)
    seen = me.BooleanField(default=False)


class ChangeStore:
    """A set difference that survives every worker: what changed and was not yet judged."""

    def note(self, uscc: str, by: str, at: datetime) -> None:
        """The firm changed; noting it again is the same."""
        token = uuid.uuid4().hex
        try:
            insert(ChangeDocument, uscc, by, at, changed_at=at, token=token)
        except AlreadyExistsError:
            fields = {"seen": False, "changed_at": at, "token": token, "updated_at": at, "updated_by": by}
            collection_of(COLLECTION).update_one({"_id": uscc}, {"$set": fields})

    def unseen(self, after: str, limit: int) -> list[str]:
        """The next firms no run has judged since they changed, by USCC."""
        query = {"seen": False, "_id": {"$gt": after}}
        rows = collection_of(COLLECTION).find(query, {"_id": 1}).sort("_id", 1).limit(limit)
        return [row["_id"] for row in rows]

    def tokens(self, usccs: Sequence[str]) -> list[str]:
        """What marks the last change of each; read before the firms' facts are."""
        rows = collection_of(COLLECTION).find({"_id": {"$in": list(usccs)}}, {"token": 1}).sort("_id", 1)
        return [row["token"] for row in rows]

    def see(self, tokens: Sequence[str], at: datetime) -> None:
        """These changes were judged; a firm that changed again meanwhile stays to be judged."""
        query = {"token": {"$in": list(tokens)}}
        collection_of(COLLECTION).update_many(query, {"$set": {"seen": True, "updated_at": at}})

    def since(self, at: datetime) -> list[str]:
        """Firms that changed since an instant."""
        batches = iterate_by_id(COLLECTION, {"changed_at": {"$gte": at}}, ("_id",), batch=5000)
        return [row["_id"] for rows in batches for row in rows]
