"""One row of a segment: a document, or what is remembered of a removed one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

from search_index.document import FieldValue, SearchDocument


@dataclass(frozen=True)
class Row:
    """`written` is the commit that first brought it; `gone` marks a removal, kept for its revision."""

    document: SearchDocument
    written: int
    gone: bool = False


def tombstone(document_id: str, revision: int, written: int) -> Row:
    """A row that finds nothing and keeps older revisions out."""
    return Row(SearchDocument(document_id, "", revision, "", "", ""), written, gone=True)


def pack(row: Row) -> bytes:
    """The row as one JSON line."""
    d = row.document
    fields = {name: _plain(value) for name, value in d.fields.items()}
    packed = [d.id, d.kind, d.revision, d.status, d.title, d.text, fields, row.written, row.gone]
    return json.dumps(packed, ensure_ascii=False).encode("utf-8", "surrogatepass")


def unpack(line: bytes) -> Row:
    """The row `pack` made the line of."""
    ident, kind, revision, status, title, text, fields, written, gone = json.loads(
        line.decode("utf-8", "surrogatepass")
    )
    values = {name: _value(value) for name, value in fields.items()}
    return Row(SearchDocument(ident, kind, revision, status, title, text, values), written, gone)


def _plain(value: FieldValue) -> object:
    if isinstance(value, date):
        return {"day": value.isoformat()}
    return list(value) if isinstance(value, tuple) else value


def _value(plain: object) -> FieldValue:
    if isinstance(plain, dict):
        return date.fromisoformat(plain["day"])
    if isinstance(plain, list):
        return tuple(plain)
    assert isinstance(plain, str | int)
    return plain
