"""Workbooks (xlsx) of given rows."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from typing import Any

from openpyxl import Workbook


def workbook(sheets: Mapping[str, Iterable[Iterable[Any]]], percent: tuple[str, ...] = ()) -> bytes:
    """A workbook of these sheets; the cells named in `percent` (A1) are shown as percentages."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        for cell in percent:
            sheet[cell].number_format = "0%"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
