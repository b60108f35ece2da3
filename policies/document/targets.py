"""Promised numbers in running text: 年均…超2000家, 占比不低于30%, 85件左右, 不少于 100 家."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policies.document.model import Comparator, PlannedTarget
from policies.document.quantities import CHINESE, read_quantity

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
_WORDS = "|".join(sorted(_BEFORE, key=len, reverse=True))
_NUMBER = rf"(?:\d{{1,3}}(?:[,，]\d{{3}})+|\d{{1,12}}(?:\.\d{{1,4}})?|[{CHINESE}]{{1,9}})"
_TARGET = re.compile(
    rf"(?P<before>{_WORDS})?\s*(?<![\d.])(?P<number>{_NUMBER})"
    rf"(?:\s*[%％]?\s*(?:-|—+|–|~|～|至|到)\s*(?P<upto>\d{{1,12}}(?:\.\d{{1,4}})?))?\s*(?P<scale>万|亿)?\s*"
    r"(?P<unit>个百分点|平方米|公里|[家户个件场人名项次所门支批元座台套]|[%％])(?!月|工作日|年|自然日)\s*"
    rf"(?P<after>{'|'.join(_AFTER)})?"
)
# A comma inside 1,000 parts nothing.
_PHRASES = re.compile(r"，|,(?!\d{3})")
# Money that is given, or that a firm must have, is no promise.
_NO_PROMISE = re.compile(
    r"资助|补贴|补助|奖励|贴息|扶持|奖补|给予|累计|额度|最高|上限|元(?:以上|以下|以内)?的"
)
_SHARE = re.compile(r"占比|比重|比例|占[^，,。]{0,20}$")
_RATE = re.compile(r"增长|增速|增幅|[率](?:$|[^，,。]{0,6}$)")
_YEAR = re.compile(r"到\s*((?:19|20)\d\d)\s*年")
_SENTENCE = re.compile(r"[^。；;\n]+")
_PROMISING = re.compile(rf"\d|{_WORDS}")
_YEARLY = re.compile(r"年均|每年|逐年")


def find_targets(text: str, line: int) -> tuple[PlannedTarget, ...]:
    """The targets of a text that begins on `line`; a bare number without a comparing word is none, except
    a percentage that is to be 实现."""
    return tuple(
        target
        for sentence in _SENTENCE.findall(text)
        if _PROMISING.search(sentence)
        for target in _in_sentence(sentence, line)
    )


def _in_sentence(sentence: str, line: int) -> Iterator[PlannedTarget]:
    year: int | None = None
    yearly = False
    for phrase in _PHRASES.split(sentence):
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
    if comparator is None and not (unit == "%" and "实现" in phrase) and not match["upto"]:
        return None
    if unit == "元" and _NO_PROMISE.search(phrase):
        return None
    scale = match["scale"] or ""
    quantity = read_quantity(match["number"], scale)
    upto = read_quantity(match["upto"], scale) if match["upto"] else None
    # 第一项, 每两年一次: Chinese digits count only after a comparing word; a range that falls is none.
    if quantity is None or (match["number"][0] in CHINESE and not match["before"]):
        return None
    if upto is not None and upto <= quantity:
        return None
    before = phrase[: match.start()]
    share = "share" if _SHARE.search(before) else "rate" if _RATE.search(before) else None
    return PlannedTarget(
        phrase.strip(" \t。；;\n"),
        quantity,
        unit,
        line,
        comparator,
        year,
        "year" if yearly else "total" if year else None,
        upto,
        share if unit in ("%", "个百分点") else None,  # type: ignore[arg-type]
    )
