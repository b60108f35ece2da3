"""Promised numbers in running text: 年均…超2000家, 占比不低于30%, 85件左右, 不少于 100 家."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policies.document.model import Comparator, PlannedTarget

_BEFORE: dict[str, Comparator] = {
    "超过": "more_than",
    "超": "more_than",
    "突破": "more_than",
    "不低于": "at_least",
    "不少于": "at_least",
    "不小于": "at_least",
    "至少": "at_least",
    "达到": "at_least",
    "达": "at_least",
    "不超过": "at_most",
    "不高于": "at_most",
    "不多于": "at_most",
    "约": "about",
}
_AFTER: dict[str, Comparator] = {"以上": "at_least", "左右": "about", "以内": "at_most", "以下": "at_most"}
_SCALE = {"": 1, "万": 10_000, "亿": 100_000_000}
_WORDS = "|".join(sorted(_BEFORE, key=len, reverse=True))
_TARGET = re.compile(
    rf"(?P<before>{_WORDS})?\s*(?<![\d.])(?P<number>\d{{1,12}}(?:\.\d{{1,4}})?)\s*(?P<scale>万|亿)?\s*"
    r"(?P<unit>个百分点|平方米|公里|[家户个件场人名项次所门支批元座台套]|[%％])(?!月|工作日|年)\s*"
    rf"(?P<after>{'|'.join(_AFTER)})?"
)
_YEAR = re.compile(r"到\s*((?:19|20)\d\d)\s*年")
_YEARLY = re.compile(r"年均|每年|逐年")


def find_targets(text: str, line: int) -> tuple[PlannedTarget, ...]:
    """The targets of a text that begins on `line`; a bare number without a comparing word is none, except
    a percentage that is to be 实现."""
    return tuple(
        target for sentence in re.split(r"(?<=[。；;\n])", text) for target in _in_sentence(sentence, line)
    )


def _in_sentence(sentence: str, line: int) -> Iterator[PlannedTarget]:
    year: int | None = None
    yearly = False
    for phrase in re.split(r"[，,]", sentence):
        named = _YEAR.search(phrase)
        year = int(named[1]) if named else year
        # “其中” speaks of the things counted just before it.
        yearly = bool(_YEARLY.search(phrase)) or (yearly and phrase.lstrip().startswith("其中"))
        for match in _TARGET.finditer(phrase):
            if target := _target(match, phrase, line, year, yearly):
                yield target


def _target(
    match: re.Match[str], phrase: str, line: int, year: int | None, yearly: bool
) -> PlannedTarget | None:
    comparator = _AFTER.get(match["after"] or "") or _BEFORE.get(match["before"] or "")
    unit = "%" if match["unit"] == "％" else match["unit"]
    if comparator is None and not (unit == "%" and "实现" in phrase):
        return None
    amount = float(match["number"]) if "." in match["number"] else int(match["number"])
    quantity = amount * _SCALE[match["scale"] or ""]
    if isinstance(quantity, float) and quantity.is_integer():
        quantity = int(quantity)
    per = "year" if yearly else "total" if year else None
    return PlannedTarget(phrase.strip(" \t。；;\n"), quantity, unit, line, comparator, year, per)  # type: ignore[arg-type]
