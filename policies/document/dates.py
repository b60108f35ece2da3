"""Days as documents write them."""

from __future__ import annotations

import re
from datetime import date

_DIGITS = {char: str(value) for value, char in enumerate("〇一二三四五六七八九")} | {
    "零": "0",
    "○": "0",
    "Ｏ": "0",
}
_WESTERN = r"(?:19|20)\d\d ?(?:年|[-/.]) ?\d{1,2} ?(?:月|[-/.]) ?\d{1,2}(?:(?<=\d) ?日)?"
_CHINESE = r"[〇零○Ｏ一二三四五六七八九]{4}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}日"
DAY = rf"(?:{_WESTERN}|{_CHINESE})"


def read_day(text: str) -> date | None:
    """The day a text of the form DAY names; None when there is no such day (31 February)."""
    numbers = [int(part) for part in re.findall(r"\d+", text)]
    if not numbers:
        numbers = [_chinese_number(part) for part in re.split("[年月日]", text) if part]
    if len(numbers) != 3:
        return None
    try:
        return date(*numbers)
    except ValueError:
        return None


def _chinese_number(text: str) -> int:
    """二〇二三 -> 2023, 十二 -> 12, 三十一 -> 31, 二十 -> 20."""
    if "十" not in text:
        return int("".join(_DIGITS.get(char, "") for char in text) or 0)
    tens, _, ones = text.partition("十")
    return int(_DIGITS.get(tens, "1")) * 10 + int(_DIGITS.get(ones, "0"))
