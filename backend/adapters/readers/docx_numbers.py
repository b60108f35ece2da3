"""Numbers that Word makes by itself (一、, （一）, 1.): they stand in no text, but a reader sees them."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DIGITS = "零一二三四五六七八九"
_CIRCLED = 0x2460
_CHINESE = ("chinese", "japaneseCounting", "ideographTraditional", "taiwaneseCounting")


class AutoNumbers:
    """Counts the numbered paragraphs of one document."""

    def __init__(self, numbering: Any | None, styles: Any | None) -> None:
        self._abstract: dict[str, dict[int, tuple[str, str, int]]] = {}
        self._instances: dict[str, str] = {}
        self._styles: dict[str, tuple[str, int]] = {}
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        if numbering is not None:
            self._read(numbering)
        for style in styles.iter(f"{W}style") if styles is not None else ():
            if found := _number_of(style.find(f"{W}pPr")):
                self._styles[style.get(f"{W}styleId", "")] = found

    def _read(self, numbering: Any) -> None:
        for abstract in numbering.iter(f"{W}abstractNum"):
            levels = {}
            for level in abstract.iter(f"{W}lvl"):
                start = _value(level.find(f"{W}start"), "1")
                levels[int(level.get(f"{W}ilvl", "0"))] = (
                    _value(level.find(f"{W}numFmt"), "decimal"),
                    _value(level.find(f"{W}lvlText"), ""),
                    int(start) if start.isdecimal() else 1,
                )
            self._abstract[abstract.get(f"{W}abstractNumId", "")] = levels
        for instance in numbering.iter(f"{W}num"):
            self._instances[instance.get(f"{W}numId", "")] = _value(instance.find(f"{W}abstractNumId"), "")

    def label(self, properties: Any | None) -> str:
        """The label the paragraph with these properties carries, "" when it is not numbered."""
        if properties is None:
            return ""
        style = _value(properties.find(f"{W}pStyle"), "")
        found = _number_of(properties) or self._styles.get(style)
        if found is None or found[0] == "0":
            return ""
        abstract = self._instances.get(found[0], "")
        levels = self._abstract.get(abstract, {})
        if found[1] not in levels:
            return ""
        kind, text, start = levels[found[1]]
        if kind == "bullet":
            return ""
        counts = self._counts[abstract]
        counts[found[1]] = counts.get(found[1], start - 1) + 1
        for deeper in [level for level in counts if level > found[1]]:
            del counts[deeper]
        return re.sub(r"%(\d)", lambda match: self._shown(levels, counts, int(match[1]) - 1), text)

    @staticmethod
    def _shown(levels: dict[int, tuple[str, str, int]], counts: dict[int, int], level: int) -> str:
        kind, _, start = levels.get(level, ("decimal", "", 1))
        return in_format(counts.get(level, start), kind)


def in_format(number: int, kind: str) -> str:
    """A number as the list shows it: 12 as 12, 十二, l, XII or ⑫."""
    if kind.startswith(_CHINESE):
        return _chinese(number)
    if kind.startswith("decimalEnclosedCircle") and number <= 20:
        return chr(_CIRCLED + number - 1)
    if kind in ("lowerLetter", "upperLetter"):
        letter = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter.upper() if kind == "upperLetter" else letter
    return str(number)


def _chinese(number: int) -> str:
    if not 0 < number < 100:
        return str(number)
    tens, ones = divmod(number, 10)
    front = ("" if tens == 1 else _DIGITS[tens]) + "十" if tens else ""
    return front + (_DIGITS[ones] if ones else "")


def _number_of(properties: Any | None) -> tuple[str, int] | None:
    found = properties.find(f"{W}numPr") if properties is not None else None
    if found is None or found.find(f"{W}numId") is None:
        return None
    level = _value(found.find(f"{W}ilvl"), "0")
    return _value(found.find(f"{W}numId"), "0"), int(level) if level.isdecimal() else 0


def _value(element: Any | None, otherwise: str) -> str:
    return otherwise if element is None else element.get(f"{W}val", otherwise)
