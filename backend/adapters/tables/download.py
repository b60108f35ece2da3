"""A table as the bytes of one file, safe to open in Excel."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

from backend.adapters.tables.record_writing import csv_lines, write_workbook

Form = Literal["xlsx", "csv"]
CONTENT_TYPES: Mapping[str, str] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


def table_bytes(form: Form, rows: Iterable[tuple[Any, ...]], title: str) -> bytes:
    """The rows, the head first; CSV begins with the mark by which Excel knows it is UTF-8."""
    if form == "csv":
        return ("\ufeff" + csv_lines(rows)).encode()
    with tempfile.TemporaryDirectory(prefix="policymap-") as folder:
        path = Path(folder) / "table.xlsx"
        write_workbook(path, rows, title)
        return path.read_bytes()
