"""What is read of a made-up document, in the shape of the expectation that stands beside it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from backend.adapters.files import read_lines
from policies.document import Document, PlannedTarget, Unit, draft_sheet, read_document

FOLDER = Path(__file__).parents[3] / "fixtures/documents"


def read_file(path: Path) -> Document:
    """The document in a file."""
    return read_document(read_lines(path.read_bytes(), path.name).lines, path.name)


def reading_of(path: Path) -> dict[str, Any]:
    """The reading of a file as plain data."""
    return as_data(read_file(path))


def as_data(document: Document) -> dict[str, Any]:
    """A reading as plain data; what is unsure ends in "?"."""
    head, sheet = document.head, draft_sheet(document)
    values = {
        name: str(found.value) + _mark(found.sure)
        for name in ("number", "title", "signed", "printed", "published", "effective", "expires")
        if (found := getattr(head, name))
    }
    return {
        "head": values
        | {"issuers": [found.value for found in head.issuers], "stage": head.stage.value}
        | {name: found.value for name in ("openness", "index") if (found := getattr(head, name))},
        "outline": [section.anchor for section in document.outline],
        "provisions": {item.anchor: item.title for item in document.provisions},
        "duties": {
            item.anchor: f"{_units(item.lead)} | {_units(item.support)}"
            for item in (*document.provisions, *document.duties)
            if item.lead or item.support
        },
        "rows": [
            f"{row.number} {row.topic}: {row.text} [{_units(row.units)}] {row.measure} {row.due}".strip()
            for row in document.rows
        ],
        "targets": [_target(goal) for goal in document.goals]
        + [
            f"{item.anchor} {_target(target)}"
            for item in (*document.provisions, *document.rows)
            for target in item.targets
        ],
        "amounts": [
            f"{item.written} = {'' if item.yuan is None else item.yuan}{_percent(item.percent)} {item.role}"
            f"{' cap' * item.cap}{_mark(item.sure)}"
            for item in document.amounts
        ],
        "periods": [
            f"{item.written} = {item.kind} {item.first or ''}..{item.last or ''}{_mark(item.sure)}"
            for item in document.periods
        ],
        "citations": [f"{item.kind} {item.target}{_mark(item.sure)}" for item in document.citations],
        "terms": [f"{item.words}/{item.id} {item.written}{_mark(item.sure)}" for item in document.terms],
        "remarks": sorted({remark.code for remark in document.remarks}),
        "unread": list(document.unread),
        "sheet": [sheet.kind, sheet.level, sheet.slug],
    }


def _mark(sure: bool) -> str:
    return "" if sure else "?"


def _percent(percent: float | None) -> str:
    return "" if percent is None else f"{percent:g}%"


def _units(units: Iterable[Unit]) -> str:
    return " ".join(unit.label + _mark(unit.sure) for unit in units)


def _target(target: PlannedTarget) -> str:
    upto = f"-{target.upto}" if target.upto is not None else ""
    more = (target.comparator, target.year, target.per, target.of)
    return f"{target.quantity}{upto}{target.unit} {' '.join(str(part) for part in more if part)}".strip()
