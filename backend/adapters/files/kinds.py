"""What a file is, by its name and by its first bytes; where they disagree it is refused."""

from __future__ import annotations

from pathlib import PurePath

from backend.adapters.files.errors import UnreadableFileError

_KINDS = {
    ".txt": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".docx": "docx",
    ".pdf": "pdf",
    ".xlsx": "xlsx",
}
_ACCEPTED = "可上传 txt、Markdown（.md）、网页（.html）、Word（.docx）、PDF 或 Excel（.xlsx）文件"
_PACKAGE = "压缩包"
_MAGIC = (
    (b"%PDF", "PDF"),
    (b"PK\x03\x04", _PACKAGE),
    (b"\xd0\xcf\x11\xe0", "旧版 Office 文档（doc、xls）"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"GIF8", "图片"),
    (b"\x1f\x8b", _PACKAGE),
    (b"Rar!", _PACKAGE),
    (b"7z\xbc\xaf", _PACKAGE),
    (b"\x7fELF", "程序"),
    (b"MZ\x90", "程序"),
    (b"{\\rtf", "RTF 文档"),
)
_PARTS = ((b"word/document.xml", "docx", "Word 文档"), (b"xl/workbook.xml", "xlsx", "Excel 工作簿"))
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def kind_of(data: bytes, filename: str) -> str:
    """text, markdown, html, docx, pdf or xlsx; raises UnreadableFileError for anything else."""
    suffix = PurePath(filename).suffix.lower()
    kind = _KINDS.get(suffix, "")
    inside, what = _inside(data)
    if what == "locked":
        raise _refused("password_protected", "文件有密码保护，请去掉密码后再上传。")
    if kind in ("docx", "pdf", "xlsx") and data.strip() and inside != kind:
        found = f"文件内容是{what}" if what else "文件内容不是这种格式"
        raise _refused("wrong_type", f"文件名以 {suffix} 结尾，但{found}。{_ACCEPTED}。")
    if kind not in ("docx", "pdf", "xlsx") and what:
        code = "wrong_type" if kind else "unsupported_type"
        raise _refused(code, f"文件内容是{what}，与文件名不符或不能读取。{_ACCEPTED}。")
    if not kind:
        raise _refused("unsupported_type", f"不支持的文件类型“{suffix[:20]}”。{_ACCEPTED}。")
    return kind


def _inside(data: bytes) -> tuple[str, str]:
    """The kind the bytes show and its name; ("", "") for text."""
    what = next((name for magic, name in _MAGIC if data.startswith(magic)), "")
    if what == "PDF":
        return "pdf", what
    if what == _PACKAGE and data.startswith(b"PK"):
        return next(((kind, name) for part, kind, name in _PARTS if part in data), ("", what))
    if data.startswith(b"\xd0\xcf\x11\xe0") and _ENCRYPTED in data:
        return "", "locked"
    return "", what


def _refused(code: str, message: str) -> UnreadableFileError:
    return UnreadableFileError(code, message, accepted=sorted(_KINDS))
