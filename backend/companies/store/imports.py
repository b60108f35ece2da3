"""Runs of an import: how far each has come, and what it came to; and the mappings staff keep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import mongoengine as me

from backend.adapters.mongo import RecordDocument, change, collection_of, insert
from backend.adapters.mongo.lists import page_by_id
from backend.shared.errors import NotFoundError
from backend.shared.paging import Page

RunStatus = Literal["waiting", "running", "stopping", "stopped", "done", "failed"]
WAITING, RUNNING, STOPPING, STOPPED, DONE, FAILED = (
    "waiting", "running", "stopping", "stopped", "done", "failed",
)  # fmt: skip
UNFINISHED = (WAITING, RUNNING)
NEW, CHANGED, SAME, REFUSED = "new", "changed", "same", "refused"
OUTCOMES = (NEW, CHANGED, SAME, REFUSED)


class ImportDocument(RecordDocument):
    """One run over one file; `row` is the last that is done, `report_bytes` how much of the report counts."""

    meta = {"collection": "company_imports", "indexes": [("status", "held_until")]}
    label = "企业导入"

    file = me.StringField(required=True)
    dry = me.BooleanField(default=False)
    source = me.StringField(required=True)
    header_row = me.IntField(default=1)
    columns = me.ListField(me.DictField())
    status = me.StringField(default=WAITING)
    row = me.IntField(default=0)
    total = me.IntField(default=0)
    counts = me.DictField()
    report_bytes = me.IntField(default=0)
    note = me.StringField(default="")
    held_until = me.DateTimeField()


class MappingDocument(RecordDocument):
    """A mapping of columns by its name: header as it is compared -> target, period, unit."""

    meta = {"collection": "company_mappings"}
    label = "列对应表"

    columns = me.DictField()


@dataclass(frozen=True)
class ImportRun:
    """A run as the service sees it."""

    id: str
    revision: int
    file: str
    dry: bool
    source: str
    header_row: int
    columns: tuple[Mapping[str, Any], ...]
    status: RunStatus
    row: int
    total: int
    counts: Mapping[str, int]
    report_bytes: int
    note: str
    by: str
    created_at: datetime

    @property
    def finished(self) -> bool:
        return self.status in (DONE, FAILED)


@dataclass(frozen=True)
class SavedMapping:
    """A mapping staff keep."""

    name: str
    revision: int
    columns: Mapping[str, Mapping[str, Any]]


class ImportStore:
    """Reads and writes runs; one worker at a time holds a run."""

    def add(self, run_id: str, fields: Mapping[str, Any], by: str, at: datetime) -> ImportRun:
        """A new run, waiting."""
        counts = dict.fromkeys(OUTCOMES, 0)
        return _run(insert(ImportDocument, run_id, by, at, counts=counts, held_until=at, **fields))

    def get(self, run_id: str) -> ImportRun:
        """One run; NotFoundError."""
        document = ImportDocument.objects(id=run_id).first()
        if document is None:
            raise NotFoundError(ImportDocument.label, run_id)
        return _run(document)

    def page(self, limit: int, cursor: str | None) -> Page[ImportRun]:
        """All runs."""
        return page_by_id(ImportDocument, {}, limit, cursor, newest_first=True).map(_run)

    def begin(self, run_id: str, now: datetime, until: datetime) -> ImportRun | None:
        """Take an unfinished run in hand; None when another worker has it or nothing is left to do."""
        raw = collection_of(ImportDocument).find_one_and_update(
            {"_id": run_id, "status": {"$in": list(UNFINISHED)}, "held_until": {"$lte": now}},
            {"$set": {"status": RUNNING, "held_until": until, "updated_at": now}},
        )
        return None if raw is None else self.get(run_id)

    def advance(
        self,
        run: ImportRun,
        fields: Mapping[str, int],
        counts: Mapping[str, int],
        now: datetime,
        until: datetime,
    ) -> ImportRun | None:
        """Rows up to `row` are done; None when the run was stopped or taken over."""
        collection_of(ImportDocument).update_one(
            {"_id": run.id, "row": run.row, "status": {"$in": [RUNNING, STOPPING]}},
            {
                "$set": {**fields, "held_until": until, "updated_at": now},
                "$inc": {f"counts.{name}": count for name, count in counts.items()},
            },
        )
        found = self.get(run.id)
        return found if found.status == RUNNING and found.row == fields["row"] else None

    def finish(self, run_id: str, status: str, note: str, now: datetime, **fields: Any) -> None:
        """The run is over, or put down for now."""
        change_ = {"status": status, "note": note, "held_until": now, "updated_at": now, **fields}
        collection_of(ImportDocument).update_one({"_id": run_id}, {"$set": change_})

    def set_status(self, run_id: str, before: Sequence[str], status: str, by: str, at: datetime) -> ImportRun:
        """Stop or go on; WrongStateError when the run is in none of the states `before`."""
        return _run(
            change(ImportDocument, run_id, by, at, where={"status": {"$in": list(before)}}, status=status)
        )

    def waiting(self, now: datetime) -> list[str]:
        """Unfinished runs nobody holds, oldest first."""
        query = {"status": {"$in": [*UNFINISHED, STOPPING]}, "held_until": {"$lte": now}}
        return [row["_id"] for row in collection_of(ImportDocument).find(query, {"_id": 1}).sort("_id", 1)]

    def older_than(self, before: datetime) -> list[str]:
        """Finished runs begun before an instant."""
        query = {"status": {"$in": [DONE, FAILED, STOPPED]}, "created_at": {"$lt": before}}
        return [row["_id"] for row in collection_of(ImportDocument).find(query, {"_id": 1}).sort("_id", 1)]

    def save_mapping(
        self, name: str, columns: Mapping[str, Any], revision: int | None, by: str, at: datetime
    ) -> SavedMapping:
        """Keep a mapping: a new one without a revision, else the edit of that revision."""
        if revision is None:
            return _mapping(insert(MappingDocument, name, by, at, columns=dict(columns)))
        return _mapping(change(MappingDocument, name, by, at, revision=revision, columns=dict(columns)))

    def mapping(self, name: str) -> SavedMapping:
        """One mapping; NotFoundError."""
        document = MappingDocument.objects(id=name).first()
        if document is None:
            raise NotFoundError(MappingDocument.label, name)
        return _mapping(document)

    def mappings(self, limit: int, cursor: str | None) -> Page[SavedMapping]:
        """All mappings by name."""
        return page_by_id(MappingDocument, {}, limit, cursor).map(_mapping)


def _run(document: ImportDocument) -> ImportRun:
    return ImportRun(
        document.id, document.revision, document.file, document.dry, document.source, document.header_row,
        tuple(document.columns), document.status, document.row, document.total, dict(document.counts),
        document.report_bytes, document.note, document.updated_by, document.created_at,
    )  # fmt: skip


def _mapping(document: MappingDocument) -> SavedMapping:
    return SavedMapping(document.id, document.revision, dict(document.columns))
