"""What portraits compare with: the quartiles of each group of peers, and when a firm's was last looked at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import mongoengine as me

from backend.adapters.mongo import RecordDocument, collection_of


class PeerGroupDocument(RecordDocument):
    """`field/size`: "metric/year" -> firms, lower quartile, middle, upper quartile, as exact text."""

    meta = {"collection": "peer_groups"}
    label = "同类企业"

    figures = me.DictField()


class PortraitLookDocument(RecordDocument):
    """`USCC/side` (firm or staff): the day of the last look, and the instant of the one before that day."""

    meta = {"collection": "portrait_looks"}
    label = "画像查看"

    last = me.DateTimeField()
    before = me.DateTimeField()


class PortraitStore:
    """Reads and writes both."""

    def put_groups(self, groups: Iterable[tuple[str, Mapping[str, Any]]], at: datetime) -> int:
        """Write the figures of every group anew; how many."""
        first = {"schema_version": 1, "created_at": at, "events": [], "pending": False}
        stamps, count = {"updated_at": at, "updated_by": "system"}, 0
        for name, figures in groups:
            collection_of(PeerGroupDocument).update_one(
                {"_id": name},
                {
                    "$set": {"figures": dict(figures), **stamps},
                    "$inc": {"revision": 1},
                    "$setOnInsert": first,
                },
                upsert=True,
            )
            count += 1
        collection_of(PeerGroupDocument).delete_many({"updated_at": {"$lt": at}})
        return count

    def group(self, name: str) -> Mapping[str, Any]:
        """The figures of a group; empty when there is none."""
        raw = collection_of(PeerGroupDocument).find_one({"_id": name}, {"figures": 1})
        return raw["figures"] if raw else {}

    def look(self, uscc: str, side: str, at: datetime, begin_of_day: datetime) -> datetime | None:
        """Note a look; the instant of the last one before today, if there was one."""
        looks, key = collection_of(PortraitLookDocument), f"{uscc}/{side}"
        old = looks.find_one({"_id": key})
        before = old.get("before") if old else None
        if old and old["last"] < begin_of_day:
            before = old["last"]
        first = {
            "schema_version": 1,
            "created_at": at,
            "events": [],
            "pending": False,
            "updated_by": "system",
        }
        change = {"last": at, "before": before, "updated_at": at}
        looks.update_one(
            {"_id": key}, {"$set": change, "$inc": {"revision": 1}, "$setOnInsert": first}, upsert=True
        )
        return before
