"""What fits into a template's fields: WeChat refuses the whole message for one value that is too long."""

from __future__ import annotations

import re
from datetime import date

_LONGEST = {
    "thing": 20,
    "number": 32,
    "letter": 32,
    "symbol": 5,
    "character_string": 32,
    "phone_number": 17,
    "car_number": 8,
    "name": 10,
    "phrase": 5,
}
_WORDS = frozenset({"thing", "phrase", "name"})
_KEY = re.compile(r"([a-z_]+?)\d+")


def fit(key: str, text: str) -> str:
    """The text cut to what the field named `key` takes: one line, an ellipsis where something was cut.

    A `date` field takes a day as YYYY-MM-DD and shows it the way WeChat asks for.
    """
    found = _KEY.fullmatch(key)
    kind = found[1] if found else key
    if kind == "date":
        day = date.fromisoformat(text)
        return f"{day.year}年{day.month}月{day.day}日"
    line = " ".join(text.split())
    longest = _LONGEST.get(kind)
    if longest is None or len(line) <= longest:
        return line
    return line[: longest - 1] + "…" if kind in _WORDS else line[:longest]
