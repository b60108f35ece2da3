"""A file's bytes to numbered lines, or a clear reason why not."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from backend.adapters.files.encodings import decode
from backend.adapters.files.errors import UnreadableFileError
from backend.adapters.files.isolation import read_isolated
from backend.adapters.files.kinds import kind_of
from policies.document import Line, Remark

MAX_BYTES = 20 * 1024 * 1024
MAX_LINE = 100_000
MAX_LINES = 200_000
_READERS = {"html": "html_text", "docx": "docx_text", "pdf": "pdf_text", "xlsx": "xlsx_rows"}
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class ReadFile:
    """The lines of a file, how its bytes were read ("" where the format says), and what to look at."""

    lines: tuple[Line, ...]
    encoding: str
    kind: str
    warnings: tuple[Remark, ...] = ()


def read_lines(data: bytes, filename: str) -> ReadFile:
    """The lines of a txt, Markdown, HTML, docx, PDF or xlsx file; raises UnreadableFileError with a code
    and a reason."""
    check_size(len(data))
    kind = kind_of(data, filename)
    if not data.strip():
        raise UnreadableFileError("empty_file", "文件是空的。")
    read = _foreign(data, kind) if kind in _READERS else _text(data, kind)
    if not any(line.text.strip() for line in read.lines):
        raise UnreadableFileError("empty_file", "文件中没有文字。")
    if len(read.lines) > MAX_LINES:
        raise UnreadableFileError("too_many_lines", f"文件超过 {MAX_LINES} 行，请拆分后再上传。")
    lines, warnings = _cleaned(read.lines)
    return replace(read, lines=lines, warnings=(*read.warnings, *warnings))


def check_size(size: int) -> None:
    """Refuse what is too large, before it is read where the size is known before."""
    if size > MAX_BYTES:
        limit = MAX_BYTES // 1024 // 1024
        raise UnreadableFileError("too_large", f"文件太大，最多 {limit} MB。", limit=MAX_BYTES)


def _text(data: bytes, kind: str) -> ReadFile:
    text, encoding = decode(data)
    lines = re.split(r"\r\n|\r|\n", text)
    # The end of the last line is not one more line.
    if lines[-1] == "":
        lines.pop()
    return ReadFile(tuple(Line(number, line) for number, line in enumerate(lines, 1)), encoding, kind)


def _foreign(data: bytes, kind: str) -> ReadFile:
    encoding = ""
    if kind == "html":
        text, encoding = decode(data)
        data = text.encode("utf-8")
    answer = read_isolated(_READERS[kind], data)
    lines = tuple(Line(number, text, page) for number, text, page in answer["lines"])
    remarks = tuple(Remark(line, code, message) for line, code, message in answer["remarks"])
    return ReadFile(lines, encoding, kind, remarks)


def _cleaned(lines: Iterable[Line]) -> tuple[tuple[Line, ...], tuple[Remark, ...]]:
    """Without characters that show nothing or turn the writing round, each place remarked."""
    cleaned: list[Line] = []
    warnings: list[Remark] = []
    for line in lines:
        if len(line.text) > MAX_LINE:
            raise UnreadableFileError(
                "long_line", f"第 {line.number} 行太长（超过 {MAX_LINE} 字）。", line=line.number
            )
        text = _CONTROL.sub("", _INVISIBLE.sub("", line.text))
        if text != line.text:
            message = "含有看不见的控制字符，已去掉"
            warnings.append(Remark(line.number, "invisible_characters", message))
            line = Line(line.number, text, line.page)
        cleaned.append(line)
    return tuple(cleaned), tuple(warnings)
