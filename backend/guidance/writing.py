"""Text from people is hostile: cleaned here before anything else looks at it. Pure."""

from __future__ import annotations

import re
import unicodedata

from backend.shared.errors import InvalidInputError

# What shows nothing, turns the writing round, or hides in names; tabs and line ends stay in texts.
_INVISIBLE = re.compile(
    "[\u00ad\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\ufff9-\ufffb]"
)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_BLANK_LINES = re.compile(r"\n{3,}")


def cleaned(text: str, where: str, longest: int, shortest: int = 1) -> str:
    """The text as it is kept; InvalidInputError when nothing, or too much, is left of it."""
    plain = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    plain = _BLANK_LINES.sub("\n\n", _CONTROL.sub("", _INVISIBLE.sub("", plain))).strip()
    if len(plain) < shortest:
        raise InvalidInputError.at(where, "不能为空或太短。")
    if len(plain) > longest:
        raise InvalidInputError.at(where, f"文字太长，最多 {longest} 字。")
    return plain


def one_line(text: str, where: str, longest: int, shortest: int = 1) -> str:
    """The same for a title: one line."""
    return cleaned(" ".join(text.split()), where, longest, shortest)
