"""A CSV or XLSX file as rows of cells, read as a stream: any number of rows in little memory."""

from __future__ import annotations

import codecs
import csv
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from backend.adapters.files import UnreadableFileError
from backend.adapters.tables import workbook_rows
from backend.adapters.tables.cells import KINDS

CPU_SECONDS, MEMORY_BYTES, WALL_SECONDS = 120, 2 * 1024**3, 300
_PIECE = 1 << 20
csv.field_size_limit(1 << 20)


@dataclass(frozen=True)
class RecordTable:
    """A file that can be read again and again; `rows` counts from 1 as the file's own program does."""

    path: Path
    encoding: str = ""
    delimiter: str = ","

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Row number and cells; raises UnreadableFileError where the file is damaged."""
        yield from self._csv() if self.encoding else self._lines()

    def _csv(self) -> Iterator[tuple[int, list[str]]]:
        with self.path.open(encoding=self.encoding, newline="") as file:
            rows = csv.reader(file, delimiter=self.delimiter)
            try:
                yield from enumerate(rows, 1)
            except (csv.Error, UnicodeDecodeError) as error:
                message = f"第 {rows.line_num} 行附近的写法有误，无法继续读取。"
                raise UnreadableFileError("damaged_file", message) from error

    def _lines(self) -> Iterator[tuple[int, list[str]]]:
        with self.path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                cells = json.loads(line)
                yield number, [cell if isinstance(cell, str) else KINDS[cell[0]](cell[1]) for cell in cells]


@contextmanager
def open_records(path: Path, name: str) -> Iterator[RecordTable]:
    """The table in a file called `name`; raises UnreadableFileError. A workbook is read once, aside."""
    with path.open("rb") as file:
        start = file.read(4096)
    if not start.strip():
        raise UnreadableFileError("empty_file", "文件是空的。")
    if start.startswith(b"PK\x03\x04"):
        with tempfile.TemporaryDirectory(prefix="policymap-") as folder:
            lines = Path(folder) / "rows.jsonl"
            _read_workbook(path, lines)
            yield RecordTable(lines)
        return
    if start.startswith(b"\xd0\xcf\x11\xe0") or not name.lower().endswith((".csv", ".txt")):
        reason = "这里只能读入 CSV 或 Excel（.xlsx）文件；旧的 .xls 或有密码的文件请另存为 .xlsx。"
        raise UnreadableFileError("unsupported_type", reason, accepted=[".csv", ".xlsx"])
    encoding = _encoding_of(path)
    first = start.decode(encoding, "ignore").lstrip().partition("\n")[0]
    yield RecordTable(path, encoding, max(",\t;", key=first.count))


def _read_workbook(path: Path, lines: Path) -> None:
    command = [sys.executable, "-I", "-X", "utf8", workbook_rows.__file__, str(path), str(lines)]
    try:
        done = subprocess.run(
            [*command, str(CPU_SECONDS), str(MEMORY_BYTES)],
            capture_output=True,
            timeout=WALL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise UnreadableFileError("too_complex", "工作簿太大，请拆分或另存为 CSV 后再读入。") from error
    if done.returncode == workbook_rows.NOT_A_WORKBOOK:
        raise UnreadableFileError("damaged_file", "文件不是完好的 Excel 工作簿（.xlsx）。")
    if done.returncode:
        raise UnreadableFileError("too_complex", "工作簿结构异常或太大，请另存为 CSV 后再读入。")


def _encoding_of(path: Path) -> str:
    """UTF-8 when the whole file is, else GB18030 when the whole file is; anything else is refused."""
    for encoding in ("utf-8-sig", "gb18030"):
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            with path.open("rb") as file:
                while piece := file.read(_PIECE):
                    if "\0" in decoder.decode(piece):
                        break
                else:
                    decoder.decode(b"", final=True)
                    return encoding
        except UnicodeDecodeError:
            continue
    raise UnreadableFileError(
        "unknown_encoding",
        "认不出文件的编码，请另存为 UTF-8 或 GB18030 后再读入。",
        accepted=["UTF-8", "GB18030"],
    )
