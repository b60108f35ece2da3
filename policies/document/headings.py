"""What a line is by its own words: marks of Markdown and HTML lie about level, numbering does not."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TAG = re.compile(r"</?(?:p|b|strong|span|div|br|em|u|font|h[1-6])(?: [^<>]*)?/?>", re.IGNORECASE)
_MARKS = re.compile(r"^\s{0,3}(#{1,9})\s*|\*\*|__")
# Control characters, line separators and what is no character at all: no document means them.
_UNSEEN = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
_CN = "一二三四五六七八九十百零〇"
_HEADS = (
    (1, "chapter", re.compile(rf"^第([{_CN}\d]{{1,5}})[章编]\s*(.*)$")),
    (1, "chapter", re.compile(rf"^(专题[{_CN}]{{1,3}})\s*[:：、]?\s*(.*)$")),
    (1, "annex", re.compile(r"^(附件\s*\d{0,2})\s*[:：]?\s*(.{0,60})$")),
    (1, "part", re.compile(rf"^([{_CN}]{{1,3}})、\s*(.+)$")),
    (2, "part", re.compile(rf"^[（(]\s*([{_CN}]{{1,3}})\s*[）)]\s*(.+)$")),
    (3, "article", re.compile(rf"^第([{_CN}\d]{{1,5}})条\s*(.*)$")),
    (3, "item", re.compile(r"^(\d{1,3})\s*[、．.]\s*(?!\d)(.+)$")),
    (4, "item", re.compile(r"^[（(]\s*(\d{1,3})\s*[）)]\s*(.+)$")),
)
_ORDER = {char: value for value, char in enumerate("〇一二三四五六七八九")}


@dataclass(frozen=True)
class Heading:
    """A numbered line: its level, kind chapter, part, annex, article or item, number and words after it.

    Levels are 1-4 by the numbering alone; where the line stands may make them deeper.
    """

    level: int
    kind: str
    number: str
    rest: str


def bare(text: str) -> str:
    """The text without marks of Markdown and HTML and without characters nobody sees."""
    return _MARKS.sub("", _TAG.sub("", _UNSEEN.sub("", text))).strip(" \t\u3000")


def marks_in(text: str) -> tuple[int, bool]:
    """How many # stand before the text, and whether HTML marks stand in it."""
    match = re.match(r"\s{0,3}(#{1,9})", text)
    return (len(match[1]) if match else 0), bool(_TAG.search(text))


def read_heading(text: str) -> Heading | None:
    """The numbered heading a bare line is; None for prose."""
    for level, kind, pattern in _HEADS:
        match = pattern.match(text)
        if match:
            return Heading(level, kind, match[1].replace(" ", ""), match[2].strip())
    return None


def ordinal(number: str) -> int | None:
    """十二 -> 12, 一百零三 -> 103, "7" -> 7; None when it is no number."""
    if number.isdecimal():
        return int(number)
    total = value = 0
    for char in number:
        if char in _ORDER:
            value = _ORDER[char]
        elif char in "十百":
            total, value = total + (value or 1) * (10 if char == "十" else 100), 0
        elif char != "零":
            return None
    return total + value or None
