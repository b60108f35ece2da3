"""A CSV or XLSX file as tables of text, or a clear reason why not."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from backend.adapters.files import UnreadableFileError, check_size
from backend.adapters.files.encodings import decode
from backend.adapters.files.isolation import read_isolated
from backend.adapters.files.kinds import kind_of

MOST_ROWS = 100_000


@dataclass(frozen=True)
class Table:
    """One sheet: its name, its rows that hold anything with the number of each in the sheet, what to look at.

    Cells are text as a reader sees them: days as YYYY-MM-DD, 30% as 30%, empty cells as "".
    """

    name: str
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...]
    warnings: tuple[str, ...] = ()


def read_tables(data: bytes, filename: str) -> tuple[Table, ...]:
    """The tables of a file, one for each sheet; raises UnreadableFileError with a code and a reason."""
    check_size(len(data))
    if not data.strip():
        raise UnreadableFileError("empty_file", "文件是空的。")
    if filename.lower().endswith(".csv"):
        return (_csv(data, filename),)
    if kind_of(data, filename) != "xlsx":
        reason = "这里只能上传表格：CSV 或 Excel（.xlsx）文件。"
        raise UnreadableFileError("unsupported_type", reason, accepted=[".csv", ".xlsx"])
    return _xlsx(data)


def _csv(data: bytes, filename: str) -> Table:
    text, _ = decode(data)
    first = text.lstrip().partition("\n")[0]
    delimiter = max(",\t;，", key=first.count)
    try:
        rows = [
            tuple(cell.strip() for cell in row)
            for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        ]
    except csv.Error as error:
        raise UnreadableFileError("damaged_file", f"CSV 写法有误：{error}。") from error
    if len(rows) > MOST_ROWS:
        raise UnreadableFileError("too_large_table", f"表格太大，最多 {MOST_ROWS} 行。")
    filled = [(number, row) for number, row in enumerate(rows, 1) if any(row)]
    return Table(filename, tuple(row for _, row in filled), tuple(number for number, _ in filled))


def _xlsx(data: bytes) -> tuple[Table, ...]:
    answer = read_isolated("xlsx_rows", data)
    rows: dict[int, list[tuple[str, ...]]] = {}
    numbers: dict[int, list[int]] = {}
    for (_, text, place), number in zip(answer["lines"], answer["rows"], strict=True):
        rows.setdefault(place, []).append(tuple(text.removesuffix("\t").split("\t")))
        numbers.setdefault(place, []).append(number)
    warnings = tuple(message for _, _, message in answer["remarks"])
    return tuple(
        Table(name, tuple(rows.get(place, ())), tuple(numbers.get(place, ())), warnings)
        for place, name in enumerate(answer["sheets"], 1)
    )
