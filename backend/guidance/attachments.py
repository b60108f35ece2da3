"""What may be attached: documents and pictures by their content, of bounded size. Pure."""

from __future__ import annotations

from pathlib import PurePath

from backend.adapters.files import UnreadableFileError
from backend.adapters.files.kinds import kind_of
from backend.shared.writing import one_line

MAX_FILE_BYTES = 10 * 1024 * 1024
MAX_FILES = 10
_PICTURES = {
    ".png": (b"\x89PNG\r\n\x1a\n", "png"),
    ".jpg": (b"\xff\xd8\xff", "jpeg"),
    ".jpeg": (b"\xff\xd8\xff", "jpeg"),
}
_REFUSED = {"html", "markdown"}


def checked_file(name: str, data: bytes) -> tuple[str, str]:
    """Name as it is kept and kind; UnreadableFileError says why a file is not taken."""
    shown = one_line(PurePath(name.replace("\\", "/")).name, "file", 120)
    if not data.strip():
        raise UnreadableFileError("empty_file", "文件是空的。")
    if len(data) > MAX_FILE_BYTES:
        limit = MAX_FILE_BYTES // 1024 // 1024
        raise UnreadableFileError("too_large", f"文件太大，最多 {limit} MB。", limit=MAX_FILE_BYTES)
    suffix = PurePath(shown).suffix.lower()
    if suffix in _PICTURES:
        magic, kind = _PICTURES[suffix]
        if not data.startswith(magic):
            raise UnreadableFileError("wrong_type", f"文件名以 {suffix} 结尾，但内容不是图片。")
        return shown, kind
    kind = kind_of(data, shown)
    if kind in _REFUSED:
        raise UnreadableFileError(
            "unsupported_type", "可附 Word（.docx）、PDF、Excel（.xlsx）、txt 文件或图片（png、jpg）。"
        )
    return shown, kind
