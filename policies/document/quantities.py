"""Numbers as documents write them: 1,000, 1.5万, 二十, 三千."""

from __future__ import annotations

import re

SCALE = {"": 1, "万": 10_000, "亿": 100_000_000}
CHINESE = "〇零一二两三四五六七八九十百千"
NUMBER = rf"(?:\d{{1,3}}(?:[,，]\d{{3}})+(?!\d)|\d{{1,12}}(?:\.\d{{1,4}})?|[{CHINESE}]{{1,9}})"
_ONES = {
    "〇": 0,
    "零": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_TENS = {"十": 10, "百": 100, "千": 1000}


def read_quantity(text: str, scale: str = "") -> int | float | None:
    """The value of a text of the form NUMBER, times 万 or 亿; None for Chinese digits in no order."""
    if text[0] in CHINESE:
        value: int | float | None = chinese_number(text)
    else:
        plain = re.sub("[,，]", "", text)
        value = float(plain) if "." in plain else int(plain)
    if value is None:
        return None
    # 1.1 times 10,000 is not quite 11,000 for a machine.
    result = round(value * SCALE[scale], 4)
    return int(result) if isinstance(result, float) and result.is_integer() else result


def chinese_number(text: str) -> int | None:
    """三百零五 -> 305, 十二 -> 12, 两千 -> 2000; None when the digits stand in no order."""
    total = ones = 0
    below = 10_000
    pending = False
    for char in text:
        if char in _TENS:
            if _TENS[char] >= below or (ones == 0 and char != "十" and not pending):
                return None
            below = _TENS[char]
            total += (ones if pending else 1) * below
            ones, pending = 0, False
        elif char in "〇零":
            if pending:
                return None
        elif pending:
            return None
        else:
            ones, pending = _ONES[char], True
    return total + ones or None
