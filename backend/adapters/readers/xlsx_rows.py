"""A workbook (xlsx) as rows of text: values as last calculated, days as YYYY-MM-DD, percentages as shown."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from backend.adapters.readers.answers import Answer, RefusedError
from backend.adapters.readers.packages import open_package, read_part, remark_dangers

MOST_ROWS, MOST_COLUMNS, MOST_CELLS = 100_000, 500, 2_000_000
_BROKEN = (InvalidFileException, ParseError, DefusedXmlException, zipfile.BadZipFile)
_ODD = (KeyError, ValueError, TypeError, AttributeError, IndexError, OverflowError, EOFError)


def read(data: bytes) -> dict[str, Any]:
    """Rows as lines parted by tabs; the page is the sheet's place. `sheets` holds the names, `rows` where
    each line stands in its sheet."""
    package = open_package(data)
    if "xl/workbook.xml" not in package.namelist():
        raise RefusedError("wrong_type", "文件内容不是 Excel 工作簿（xlsx）。")
    answer = Answer()
    rows: list[int] = []
    try:
        remark_dangers(package, answer)
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        names = [_sheet(sheet, place, answer, rows) for place, sheet in enumerate(book.worksheets, 1)]
    except (*_BROKEN, *_ODD) as error:
        raise RefusedError("damaged_file", "文件内容已损坏或含有不允许的结构，无法读取。") from error
    if _has_uncalculated(package):
        answer.remark("uncalculated", "部分公式没有保存计算结果，这些单元格按空白处理")
    return {**answer.as_json(), "sheets": names, "rows": rows}


def _sheet(sheet: Any, place: int, answer: Answer, rows: list[int]) -> str:
    sheet.reset_dimensions()  # what the file says of its own size may be wrong
    wide = False
    cells = 0
    for number, row in enumerate(sheet.iter_rows(), 1):
        texts = [_text(cell) for cell in row[:MOST_COLUMNS]]
        while texts and not texts[-1]:
            texts.pop()
        cells += len(texts)
        if number > MOST_ROWS or cells > MOST_CELLS or len(row) > MOST_COLUMNS:
            raise RefusedError(
                "too_large_table", f"表格太大，最多 {MOST_ROWS} 行、{MOST_COLUMNS} 列，请拆分后再上传。"
            )
        wide = wide or len(texts) > 1
        if texts:
            # Above the table stand its title and date, below it every row is a row.
            rows.append(number)
            answer.line("\t".join(texts) + ("\t" if wide and len(texts) == 1 else ""), place)
    if sheet.sheet_state != "visible":
        answer.remark("hidden_sheet", f"工作表“{sheet.title}”是隐藏的，也已读入")
    return str(sheet.title)


def _text(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time(0) else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float):
        return _number(value, cell.number_format or "")
    return re.sub(r"\s*[\r\n\t]+\s*", "", str(value)).strip()


def _number(value: int | float, shown_as: str) -> str:
    if "%" in shown_as:
        return f"{round(value * 100, 6):g}%"
    return f"{value:.0f}" if float(value).is_integer() and abs(value) < 1e15 else repr(value)


def _has_uncalculated(package: zipfile.ZipFile) -> bool:
    """Whether a formula was saved without its result, as programs that write files do."""
    return any(
        b"<f" in cell and not re.search(rb"<v>[^<]|<is>", cell)
        for part in _sheets(package)
        if b"<f" in part
        for cell in part.split(b"</c>")
    )


def _sheets(package: zipfile.ZipFile) -> Iterator[bytes]:
    for name in package.namelist():
        if name.startswith("xl/worksheets/") and name.endswith(".xml"):
            yield read_part(package, name) or b""
