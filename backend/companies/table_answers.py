"""What the doors of tables of firms answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from typing_extensions import TypedDict

from backend.companies.store.imports import ImportRun, RunStatus, SavedMapping
from backend.shared.clock import in_shanghai


class ColumnMeaning(TypedDict):
    """What a column is about."""

    target: str
    period: str
    unit: str


class ColumnJson(ColumnMeaning):
    """The same with its header."""

    header: str


class ImportJson(TypedDict):
    """How far an import has come."""

    id: str
    file: str
    dry_run: bool
    source: str
    status: RunStatus
    rows_done: int
    rows: int
    counts: dict[str, int]
    columns: list[ColumnJson]
    note: str
    by: str
    created_at: str


class MappingJson(TypedDict):
    """A saved mapping."""

    name: str
    revision: int
    columns: dict[str, ColumnMeaning]


def import_json(run: ImportRun) -> ImportJson:
    """How far an import has come."""
    return {
        "id": run.id,
        "file": run.file,
        "dry_run": run.dry,
        "source": run.source,
        "status": run.status,
        "rows_done": sum(run.counts.values()),
        "rows": run.total,
        "counts": dict(run.counts),
        "columns": [{"header": column["header"], **_meaning(column)} for column in run.columns],
        "note": run.note,
        "by": run.by,
        "created_at": in_shanghai(run.created_at).isoformat(),
    }


def mapping_json(mapping: SavedMapping) -> MappingJson:
    """A saved mapping."""
    columns = {header: _meaning(column) for header, column in mapping.columns.items()}
    return {"name": mapping.name, "revision": mapping.revision, "columns": columns}


def _meaning(column: Mapping[str, Any]) -> ColumnMeaning:
    return {"target": column["target"], "period": column["period"], "unit": column["unit"]}
