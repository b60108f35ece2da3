"""Rows into files that are safe to open in Excel: text stays text, and nothing is run."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

# What Excel takes for a formula, and what it takes for a number although it is a name of something.
_RUN = re.compile(r"[=+\-@\t\r\n'＝＋－＠]")
_LONG_NUMBER = re.compile(r"0\d+|\d{12,}|\d+[eE]\d+")
_NUMBER = re.compile(r"-?\d{1,15}(\.\d+)?%?")
LEAD = "'"


def csv_lines(rows: Iterable[Sequence[object]]) -> str:
    """Lines of CSV; the reader of imports takes the leading apostrophe off again."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([_guarded(cell) for cell in row] for row in rows)
    return text.getvalue()


def unguarded(text: str) -> str:
    """The text behind the apostrophe a guarded cell carries."""
    return (
        text[1:]
        if text.startswith(LEAD) and (_RUN.match(text[1:]) or _LONG_NUMBER.fullmatch(text[1:]))
        else text
    )


def write_workbook(path: Path, rows: Iterable[Sequence[object]], title: str = "企业") -> None:
    """A workbook of one sheet; whole numbers are numbers, everything else is text."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    for row in rows:
        cells = []
        for value in row:
            cell = WriteOnlyCell(sheet)
            if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**15:
                cell.value = value
            elif value not in (None, ""):
                cell.value = _printable(str(value))
                cell.data_type = "s"
                cell.number_format = "@"
            cells.append(cell)
        sheet.append(cells)
    book.save(path)


def _guarded(cell: object) -> str:
    if not cell or isinstance(cell, int):
        return "" if cell is None else str(cell)
    text = str(cell)
    if _NUMBER.fullmatch(text) and not _LONG_NUMBER.fullmatch(text):
        return text
    return LEAD + text if _RUN.match(text) or _LONG_NUMBER.fullmatch(text) else text


def _printable(text: str) -> str:
    """Without the control characters a workbook cannot hold."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", text)
