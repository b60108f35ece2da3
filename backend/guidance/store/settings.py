"""The figures of service as the commission set them, with every earlier version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import mongoengine as me

from backend.adapters.mongo import RecordDocument, change, collection_of, insert

COLLECTION = "guidance_settings"


class GuidanceSettingDocument(RecordDocument):
    """One setting by its name; `earlier` holds the versions before, oldest first."""

    meta = {"collection": COLLECTION}
    label = "服务口径"

    value = me.DictField()
    confirmed = me.BooleanField(default=False)
    source = me.StringField(default="")
    earlier = me.ListField(me.DictField())


@dataclass(frozen=True)
class GuidanceSetting:
    """A setting; revision 0: nobody has set it, this is what the house came with."""

    name: str
    revision: int
    value: Mapping[str, Any]
    confirmed: bool
    source: str
    by: str = ""
    at: datetime | None = None
    earlier: tuple[Mapping[str, Any], ...] = ()


class GuidanceSettingStore:
    """Reads and writes settings."""

    def find(self, names: Sequence[str]) -> dict[str, GuidanceSetting]:
        """Those of the settings that somebody has set."""
        rows = collection_of(COLLECTION).find({"_id": {"$in": list(names)}}).sort("_id", 1)
        return {raw["_id"]: _record(raw) for raw in rows}

    def put(self, old: GuidanceSetting, fields: Mapping[str, Any], by: str, at: datetime) -> None:
        """Set it anew from the version that was read, which is kept."""
        if old.revision == 0:
            insert(GuidanceSettingDocument, old.name, by, at, **fields)
            return
        kept = {
            "revision": old.revision,
            "value": dict(old.value),
            "confirmed": old.confirmed,
            "source": old.source,
            "by": old.by,
            "at": old.at,
        }
        change(
            GuidanceSettingDocument,
            old.name,
            by,
            at,
            revision=old.revision,
            operators={"$push": {"earlier": kept}},
            **fields,
        )


def _record(raw: Mapping[str, Any]) -> GuidanceSetting:
    return GuidanceSetting(
        raw["_id"],
        raw["revision"],
        dict(raw["value"]),
        bool(raw.get("confirmed")),
        raw.get("source") or "",
        raw["updated_by"],
        raw["updated_at"],
        tuple(raw.get("earlier") or ()),
    )
