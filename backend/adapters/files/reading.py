"""A file's bytes to numbered lines, or a clear reason why not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePath

from backend.adapters.files.encodings import decode
from backend.adapters.files.errors import UnreadableFileError
from backend.adapters.files.isolation import read_isolated
from policies.document import Line, Remark

MAX_BYTES = 20 * 1024 * 1024
MAX_LINE = 100_000
_KINDS = {".txt": "text", ".md": "markdown", ".markdown": "markdown", ".html": "html", ".htm": "html"}
_ACCEPTED = "可上传 txt、Markdown（.md）或网页（.html）文件"
_MAGIC = (
    (b"%PDF", "PDF"),
    (b"PK\x03\x04", "压缩包或 Office 文档（docx、xlsx）"),
    (b"\xd0\xcf\x11\xe0", "旧版 Office 文档（doc、xls）"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"GIF8", "图片"),
    (b"\x1f\x8b", "压缩包"),
    (b"Rar!", "压缩包"),
    (b"7z\xbc\xaf", "压缩包"),
    (b"\x7fELF", "程序"),
    (b"MZ\x90", "程序"),
    (b"{\\rtf", "RTF 文档"),
)
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_CONTROL = re.compile("[\x01-\x08\x0b\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class ReadFile:
    """The lines of a file, how its bytes were read, and what to look at."""

    lines: tuple[Line, ...]
    encoding: str
    kind: str
    warnings: tuple[Remark, ...] = ()


def read_lines(data: bytes, filename: str) -> ReadFile:
    """The lines of a txt, Markdown or HTML file; raises UnreadableFileError with a code and a reason."""
    kind = _kind(data, filename)
    if not data.strip():
        raise UnreadableFileError("empty_file", "文件是空的。")
    if len(data) > MAX_BYTES:
        raise UnreadableFileError(
            "too_large", f"文件太大，最多 {MAX_BYTES // 1024 // 1024} MB。", limit=MAX_BYTES
        )
    text, encoding = decode(data)
    lines = read_isolated("html_text", text) if kind == "html" else _text_lines(text)
    if not any(line.text.strip() for line in lines):
        raise UnreadableFileError("empty_file", "文件中没有文字。")
    lines, warnings = _cleaned(lines)
    return ReadFile(lines, encoding, kind, warnings)


def _kind(data: bytes, filename: str) -> str:
    suffix = PurePath(filename).suffix.lower()
    for magic, what in _MAGIC:
        if data.startswith(magic):
            reason = f"文件内容是{what}，目前不能读取。{_ACCEPTED}。"
            code = "wrong_type" if suffix in _KINDS else "unsupported_type"
            raise UnreadableFileError(code, reason, accepted=sorted(_KINDS))
    if suffix not in _KINDS:
        raise UnreadableFileError(
            "unsupported_type", f"不支持的文件类型“{suffix[:20]}”。{_ACCEPTED}。", accepted=sorted(_KINDS)
        )
    return _KINDS[suffix]


def _text_lines(text: str) -> tuple[Line, ...]:
    lines = re.split(r"\r\n|\r|\n", text)
    # The end of the last line is not one more line.
    if lines[-1] == "":
        lines.pop()
    return tuple(Line(number, line) for number, line in enumerate(lines, 1))


def _cleaned(lines: tuple[Line, ...]) -> tuple[tuple[Line, ...], tuple[Remark, ...]]:
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
