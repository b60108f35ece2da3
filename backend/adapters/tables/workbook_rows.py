"""The child process that reads a workbook: rows of its first sheet with content, as lines of JSON.

    python -I workbook_rows.py IN OUT CPU_SECONDS MEMORY_BYTES

A cell is text, ["n", number], or ["f", formula]; days are YYYY-MM-DD. Exit status 3: not a workbook.
"""

from __future__ import annotations

import json
import resource
import sys
import zipfile
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

MOST_COLUMNS = 500
LARGEST_WHOLE = 2 * 1024**3
NOT_A_WORKBOOK = 3


def main(source: Path, out: Path) -> int:
    """Write the rows of the first sheet that has any."""
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(source) as package:
            if sum(part.file_size for part in package.infolist()) > LARGEST_WHOLE:
                return NOT_A_WORKBOOK
        # As an open file: by its name a workbook must end in .xlsx, and ours do not.
        book = load_workbook(source.open("rb"), read_only=True, keep_links=False)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError):
        return NOT_A_WORKBOOK
    with out.open("w", encoding="utf-8") as lines:
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # what the file says of its own size may be wrong
            written = False
            for row in sheet.iter_rows(max_col=MOST_COLUMNS):
                cells = [_cell(cell, book.epoch) for cell in row]
                while cells and cells[-1] == "":
                    cells.pop()
                written = written or bool(cells)
                lines.write(json.dumps(cells, ensure_ascii=False) + "\n")
            if written:
                return 0
            lines.seek(0)
            lines.truncate()
    return 0


def _cell(cell: Any, epoch: datetime) -> Any:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        return ["f", str(getattr(value, "text", value))]
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time(0) else value.isoformat(" ", "seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time | timedelta):
        return str(value)
    if isinstance(value, int | float):
        # A bare number in a column of days counts from the workbook's first day, 1900 or 1904.
        kind = "n" if epoch.year < 1904 else "n1904"
        return [kind, _number(value, cell.number_format or "")]
    return str(value).strip()


def _number(value: float, shown_as: str) -> str:
    exact = Decimal(repr(int(value) if float(value).is_integer() else value))
    if "%" in shown_as:
        return f"{exact * 100:f}%"
    if abs(value) >= 1e15:
        return f"{value:E}"  # a double holds no more digits than this: the last ones are already gone
    return f"{exact:f}"


if __name__ == "__main__":
    for limit, value in ((resource.RLIMIT_CPU, sys.argv[3]), (resource.RLIMIT_AS, sys.argv[4])):
        resource.setrlimit(limit, (int(value), int(value)))
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
