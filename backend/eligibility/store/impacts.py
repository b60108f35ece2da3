"""Impact runs: asked for, worked on by the queue, readable afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import mongoengine as me
from typing_extensions import TypedDict

from backend.adapters.mongo import RecordDocument, collection_of, insert_row
from backend.adapters.mongo.lists import page_by_id
from backend.shared.errors import NotFoundError
from backend.shared.paging import Page
from policies.rules import ApplicationKind

RunStatus = Literal["running", "done", "failed"]
RUNNING: RunStatus = "running"
DONE: RunStatus = "done"
FAILED: RunStatus = "failed"


class Turn(TypedDict):
    """So many firms turn from one answer to another."""

    before: str
    after: str
    firms: int
    examples: list[str]


class MissingFact(TypedDict):
    """So many unknown firms wait for this fact."""

    fact: str
    label: str
    firms: int


class ImpactJson(TypedDict):
    """What a run finds, as it is kept and shown."""

    policy: str
    on: str
    firms: int
    gained: int
    lost: int
    unsettled: int
    before: dict[str, int]
    after: dict[str, int]
    turned: list[Turn]
    missing: list[MissingFact]
    missing_counted_in: int


class ImpactRunDocument(RecordDocument):
    """`slug.20260506T093000.1f2e3d4c`; `judged` is the revision of the working copy that is judged."""

    meta = {"collection": "impact_runs", "indexes": [("status", "held_until"), ("policy", "id")]}
    label = "规则试算"

    policy = me.StringField(required=True)
    judged = me.IntField(required=True)
    day = me.StringField(required=True)
    kind = me.StringField(default="")
    status = me.StringField(default=RUNNING)
    held_until = me.DateTimeField()
    total = me.IntField(default=0)
    firms = me.IntField(default=0)
    result = me.DictField()
    note = me.StringField(default="")


@dataclass(frozen=True)
class ImpactRun:
    """`firms` of `total` are judged; `result` is there once it is done, `note` says why it failed."""

    id: str
    policy: str
    judged: int
    day: date
    kind: ApplicationKind | None
    status: RunStatus
    total: int
    firms: int
    result: ImpactJson | None
    note: str
    by: str
    created_at: datetime


class ImpactStore:
    """Reads and writes impact runs."""

    def add(self, run_id: str, by: str, at: datetime, **fields: Any) -> ImpactRun:
        """A new run nobody works on yet."""
        return _run(insert_row(ImpactRunDocument, run_id, by, at, held_until=at, **fields))

    def get(self, run_id: str) -> ImpactRun:
        """One run; NotFoundError."""
        row = collection_of(ImpactRunDocument).find_one({"_id": run_id})
        if row is None:
            raise NotFoundError(ImpactRunDocument.label, run_id)
        return _run(row)

    def page(self, policy: str, limit: int, cursor: str | None) -> Page[ImpactRun]:
        """The runs about a policy, newest first."""
        found = page_by_id(ImpactRunDocument, {"policy": policy}, limit, cursor, newest_first=True)
        return found.map(lambda document: _run(document.to_mongo().to_dict()))

    def take(self, run_id: str, now: datetime, until: datetime) -> bool:
        """Take an unfinished run in hand."""
        free = {"_id": run_id, "status": RUNNING, "held_until": {"$lte": now}}
        held = {"$set": {"held_until": until}}
        return collection_of(ImpactRunDocument).find_one_and_update(free, held) is not None

    def progress(self, run_id: str, firms: int, until: datetime) -> None:
        """Still at it: so many firms are judged."""
        fields = {"firms": firms, "held_until": until}
        query = {"_id": run_id, "status": RUNNING}
        collection_of(ImpactRunDocument).update_one(query, {"$set": fields})

    def finish(self, run_id: str, status: RunStatus, at: datetime, **fields: Any) -> None:
        """The end of a run; its result stays as it is."""
        change = {"$set": {**fields, "status": status, "updated_at": at}}
        collection_of(ImpactRunDocument).update_one({"_id": run_id, "status": RUNNING}, change)

    def unfinished(self, now: datetime) -> list[str]:
        """Runs nobody holds."""
        query = {"status": RUNNING, "held_until": {"$lte": now}}
        return [row["_id"] for row in collection_of(ImpactRunDocument).find(query, {"_id": 1}).sort("_id", 1)]


def _run(row: Mapping[str, Any]) -> ImpactRun:
    return ImpactRun(
        id=row["_id"],
        policy=row["policy"],
        judged=row["judged"],
        day=date.fromisoformat(row["day"]),
        kind=row.get("kind") or None,
        status=row["status"],
        total=row.get("total") or 0,
        firms=row.get("firms") or 0,
        result=row.get("result") or None,
        note=row.get("note") or "",
        by=row["updated_by"],
        created_at=row["created_at"],
    )
