"""What holds the sending: the emergency stop, and a carrier that asked to wait."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import mongoengine as me

from backend.adapters.mongo import RecordDocument, collection_of
from backend.adapters.mongo.bulk import insert_absent
from backend.shared.clock import in_shanghai

COLLECTION = "push_switches"
STOP = "stop"


class SwitchDocument(RecordDocument):
    """The stop (`on`), or a carrier's pause (`until`)."""

    meta = {"collection": COLLECTION}
    label = "推送开关"

    on = me.BooleanField(default=False)
    until = me.DateTimeField()
    reason = me.StringField(default="")


@dataclass(frozen=True)
class Switch:
    """Who set it last, when and why."""

    on: bool
    until: datetime | None
    reason: str
    by: str
    at: datetime | None


class SwitchStore:
    """Reads and writes switches."""

    def get(self, name: str) -> Switch:
        """How a switch stands; one nobody touched is off."""
        return self.get_many([name])[0]

    def get_many(self, names: Sequence[str]) -> list[Switch]:
        """How switches stand, in the order asked."""
        found = collection_of(COLLECTION).find({"_id": {"$in": list(names)}}).sort("_id", 1)
        rows = {row["_id"]: row for row in found}
        return [_switch(rows[name]) if name in rows else Switch(False, None, "", "", None) for name in names]

    def set(
        self, name: str, by: str, at: datetime, on: bool, reason: str = "", until: datetime | None = None
    ) -> None:
        """Turn a switch."""
        insert_absent([SwitchDocument(id=name, created_at=at, updated_at=at, updated_by=by)])
        fields = {"on": on, "until": until, "reason": reason, "updated_by": by, "updated_at": at}
        collection_of(COLLECTION).update_one({"_id": name}, {"$set": fields, "$inc": {"revision": 1}})


def _switch(row: Mapping[str, Any]) -> Switch:
    until = in_shanghai(row["until"]) if row.get("until") else None
    at = in_shanghai(row["updated_at"])
    return Switch(row.get("on", False), until, row.get("reason", ""), row["updated_by"], at)
