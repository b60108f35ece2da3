"""What each scheduled job last completed, so that a missed night is caught up."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

import mongoengine as me
from pymongo.errors import DuplicateKeyError

from backend.adapters.mongo.records import RecordDocument, collection_of

COLLECTION = "schedules"


class ScheduleDocument(RecordDocument):
    """One job of the schedule table: the last completed period, and who holds it until when."""

    meta = {"collection": COLLECTION}
    label = "定时任务"

    completed = me.StringField(default="")
    held_until = me.DateTimeField()


def completed_period(name: str) -> str:
    """The last period the job completed, "" if none."""
    raw = collection_of(COLLECTION).find_one({"_id": name}, {"completed": 1})
    return raw["completed"] if raw else ""


def claim(name: str, period: str, now: datetime, lease: timedelta) -> bool:
    """Take the job for `lease`; False when another worker holds it or the period is done."""
    schedules = collection_of(COLLECTION)
    stamps = {
        "created_at": now,
        "updated_at": now,
        "updated_by": "system",
        "revision": 1,
        "schema_version": 1,
    }
    with suppress(DuplicateKeyError):  # the usual case: the job has run before
        schedules.insert_one({"_id": name, "completed": "", "held_until": now, "pending": False, **stamps})
    taken = schedules.find_one_and_update(
        {"_id": name, "completed": {"$lt": period}, "held_until": {"$lte": now}},
        {"$set": {"held_until": now + lease, "updated_at": now}},
    )
    return taken is not None


def complete(name: str, period: str, now: datetime) -> None:
    """The period is done; let go of the job."""
    collection_of(COLLECTION).update_one(
        {"_id": name}, {"$set": {"completed": period, "held_until": now, "updated_at": now}}
    )
