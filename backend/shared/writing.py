"""Text from people is hostile: cleaned and checked here before anything else looks at it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from backend.shared.errors import InvalidInputError

# What shows nothing, turns the writing round, or hides in names; tabs and line ends stay in texts.
_INVISIBLE = re.compile(
    "[\u00ad\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\ufff9-\ufffb]"
)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_BLANK_LINES = re.compile(r"\n{3,}")
# What the content check says of a text: passed, held for staff, refused, or not checked at all.
PASSED, HELD, REFUSED, UNCHECKED = "passed", "held", "refused", "unchecked"
# Person and text -> one of these.
CheckText = Callable[[str, str], str]


def plain(text: str) -> str:
    """The text without what shows nothing or hides something."""
    one_way = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _BLANK_LINES.sub("\n\n", _CONTROL.sub("", _INVISIBLE.sub("", one_way))).strip()


def cleaned(text: str, where: str, longest: int, shortest: int = 1) -> str:
    """The text as it is kept; InvalidInputError when nothing, or too much, is left of it."""
    kept = plain(text)
    if len(kept) < shortest:
        raise InvalidInputError.at(where, "不能为空或太短。")
    if len(kept) > longest:
        raise InvalidInputError.at(where, f"文字太长，最多 {longest} 字。")
    return kept


def one_line(text: str, where: str, longest: int, shortest: int = 1) -> str:
    """The same for a title: one line."""
    return cleaned(" ".join(text.split()), where, longest, shortest)


def checked(check: CheckText, person: str, text: str, where: str = "text") -> str:
    """What the check says of a person's text, "" of none; InvalidInputError for what it refuses."""
    said = check(person, text) if text else ""
    if said == REFUSED:
        raise InvalidInputError.at(where, "内容未通过安全检查，请修改后再提交。")
    return said
