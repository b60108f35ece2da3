"""Warnings: one record for a firm and a rule; what it was raised on, what was done, how it ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import mongoengine as me

from backend.adapters.mongo import RecordDocument, change, collection_of, insert
from backend.adapters.mongo.lists import page_by_id, within
from backend.shared.errors import NotFoundError
from backend.shared.events import Event
from backend.shared.paging import Page

COLLECTION = "warnings"
OPEN, ENDED = "open", "ended"
PLACES = ("area", "town", "operating_area", "operating_town")


class WarningDocument(RecordDocument):
    """`USCC/rule`; `evidence_key` names the evidence it stands on, `endings` counts by result."""

    meta = {
        "collection": COLLECTION,
        "indexes": [("state", "deadline"), ("area", "id"), ("town", "id"), "rule"],
    }
    label = "预警"

    uscc = me.StringField(required=True)
    rule = me.StringField(required=True)
    rule_version = me.StringField(required=True)
    state = me.StringField(default=OPEN)
    severity = me.StringField(default="")
    evidence = me.ListField(me.DictField())
    evidence_key = me.StringField(default="")
    finder = me.StringField(default="")
    deadline = me.StringField(default="")
    days = me.IntField(default=30)
    level = me.IntField(default=0)
    area = me.StringField(default="")
    town = me.StringField(default="")
    operating_area = me.StringField(default="")
    operating_town = me.StringField(default="")
    steps = me.ListField(me.DictField())
    result = me.StringField(default="")
    raised = me.IntField(default=1)
    ended = me.IntField(default=0)
    false_alarms = me.IntField(default=0)


@dataclass(frozen=True)
class FirmWarning:
    """A warning as the service sees it."""

    uscc: str
    rule: str
    rule_version: str
    revision: int
    state: str
    severity: str
    evidence: tuple[Mapping[str, Any], ...]
    evidence_key: str
    finder: str
    deadline: str
    days: int
    level: int
    places: Mapping[str, str]
    steps: tuple[Mapping[str, Any], ...]
    result: str


@dataclass(frozen=True)
class WarningFilter:
    """Which warnings to list; `areas` and `towns` together are a scope."""

    state: str = ""
    rule: str = ""
    areas: frozenset[str] = frozenset()
    towns: frozenset[str] = frozenset()


class WarningStore:
    """Reads and writes warnings."""

    def get(self, uscc: str, rule: str) -> FirmWarning:
        """One warning; NotFoundError."""
        raw = collection_of(COLLECTION).find_one({"_id": f"{uscc}/{rule}"})
        if raw is None:
            raise NotFoundError(WarningDocument.label, f"{uscc}/{rule}")
        return _warning(raw)

    def of_rule(self, rule: str, usccs: Sequence[str]) -> dict[str, FirmWarning]:
        """Firm -> its warning by this rule, of those of the firms that have one."""
        ids = [f"{uscc}/{rule}" for uscc in usccs]
        rows = collection_of(COLLECTION).find({"_id": {"$in": ids}}).sort("_id", 1)
        return {row["uscc"]: _warning(row) for row in rows}

    def open_of(self, rule: str) -> list[FirmWarning]:
        """The open warnings of a rule."""
        rows = collection_of(COLLECTION).find({"rule": rule, "state": OPEN}).sort("_id", 1)
        return [_warning(row) for row in rows]

    def overdue(self, day: str) -> list[FirmWarning]:
        """Open warnings whose deadline has passed on a day."""
        rows = collection_of(COLLECTION).find({"state": OPEN, "deadline": {"$lt": day}}).sort("_id", 1)
        return [_warning(row) for row in rows]

    def changed_since(self, at: datetime) -> list[FirmWarning]:
        """Warnings, open or ended, that somebody or a night wrote to since an instant."""
        rows = collection_of(COLLECTION).find({"updated_at": {"$gte": at}}).sort("_id", 1)
        return [_warning(row) for row in rows]

    def raise_new(
        self, uscc: str, rule: str, fields: Mapping[str, Any], by: str, at: datetime, event: Event
    ) -> None:
        """A first warning; AlreadyExistsError when another worker raised it."""
        insert(WarningDocument, f"{uscc}/{rule}", by, at, event, uscc=uscc, rule=rule, **fields)

    def change(
        self,
        warning: FirmWarning,
        fields: Mapping[str, Any],
        step: Mapping[str, Any],
        by: str,
        at: datetime,
        *events: Event,
        counts: Mapping[str, int] | None = None,
    ) -> FirmWarning:
        """One more step, and what it changes, on the warning as it was read; StaleRevisionError."""
        operators: dict[str, Mapping[str, Any]] = {"$push": {"steps": dict(step)}}
        if counts:
            operators["$inc"] = counts
        record_id = f"{warning.uscc}/{warning.rule}"
        done = change(
            WarningDocument,
            record_id,
            by,
            at,
            *events,
            revision=warning.revision,
            operators=operators,
            **fields,
        )
        return _warning(done.to_mongo().to_dict())

    def page(self, wanted: WarningFilter, limit: int, cursor: str | None) -> Page[FirmWarning]:
        """Warnings by firm and rule."""
        filters: dict[str, Any] = {
            name: getattr(wanted, name) for name in ("state", "rule") if getattr(wanted, name)
        }
        filters |= within(wanted.areas, wanted.towns)
        found = page_by_id(WarningDocument, filters, limit, cursor)
        return found.map(lambda document: _warning(document.to_mongo().to_dict()))

    def rates(self) -> dict[str, tuple[int, int, int]]:
        """Rule -> how often it raised one, how often these ended, how often as a false alarm."""
        sums = {
            "raised": {"$sum": "$raised"},
            "ended": {"$sum": "$ended"},
            "false": {"$sum": "$false_alarms"},
        }
        rows = collection_of(COLLECTION).aggregate([{"$group": {"_id": "$rule", **sums}}])
        return {row["_id"]: (row["raised"], row["ended"], row["false"]) for row in rows}


_TEXTS = (
    "uscc", "rule", "rule_version", "state", "severity", "evidence_key", "finder", "deadline", "result",
)  # fmt: skip


def _warning(raw: Mapping[str, Any]) -> FirmWarning:
    texts = {name: raw.get(name, "") for name in _TEXTS}
    return FirmWarning(
        **texts,
        revision=raw["revision"],
        days=raw.get("days", 30),
        level=raw.get("level", 0),
        places={name: raw.get(name, "") for name in PLACES},
        evidence=tuple(raw.get("evidence", ())),
        steps=tuple(raw.get("steps", ())),
    )
