"""Bytes to text: UTF-8 with or without BOM, GB18030; anything else is refused, never guessed."""

from __future__ import annotations

from backend.adapters.files.errors import UnreadableFileError

_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_FAMILIAR = 0.9


def decode(data: bytes) -> tuple[str, str]:
    """Text and encoding; raises UnreadableFileError for NUL bytes, a cut end, or an unknown encoding."""
    if data.startswith(_UTF16):
        raise _unknown()
    if b"\0" in data:
        raise UnreadableFileError("nul_bytes", "文件中含有空字节，不是文本文件。", position=data.index(b"\0"))
    name = "utf-8-sig" if data.startswith(b"\xef\xbb\xbf") else "utf-8"
    try:
        return data.decode(name), name
    except UnicodeDecodeError as error:
        cut = error.reason == "unexpected end of data"
    # A cut UTF-8 file may decode as GB18030 by chance, into words nobody writes.
    if cut and not _familiar_gb(data):
        raise UnreadableFileError("cut_file", "文件不完整：末尾的字只有一半，请重新获取原文件。")
    return _decode_gb(data), "gb18030"


def _decode_gb(data: bytes) -> str:
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError as error:
        if error.start >= len(data) - 4 and _familiar_gb(data[: error.start]):
            message = "文件不完整：末尾的字只有一半，请重新获取原文件。"
            raise UnreadableFileError("cut_file", message) from error
        raise _unknown() from error
    if not _familiar(text):
        raise _unknown()
    return text


def _familiar_gb(data: bytes) -> bool:
    return _familiar(data.decode("gb18030", errors="replace"))


def _familiar(text: str) -> bool:
    """Whether nearly all characters outside ASCII are everyday ones (GB 2312), as in any Chinese document."""
    foreign = [char for char in text if char > "\x7f"]
    everyday = sum(_in_gb2312(char) for char in foreign)
    return not foreign or everyday / len(foreign) >= _FAMILIAR


def _in_gb2312(char: str) -> bool:
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _unknown() -> UnreadableFileError:
    return UnreadableFileError(
        "unknown_encoding",
        "认不出文件的编码，请另存为 UTF-8 或 GB18030 后再上传。",
        accepted=["UTF-8", "GB18030"],
    )
