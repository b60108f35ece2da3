"""Money in running text: 给予20万元资助, 最高不超过1000万元, 按10%补贴, 收入1亿元以上."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from policies.document.model import Amount, Line
from policies.document.quantities import NUMBER, read_quantity

_MONEY = re.compile(
    rf"(?P<before>(?:最高|累计|总额|合计|原则上)*(?:不超过|不高于|上限为?|封顶|至多|最多|最高)?(?:给予)?\s*)"
    rf"(?<![\d.])(?P<number>{NUMBER})\s*(?:(?P<scale>万|亿)?\s*元(?!素|旦|宇)|(?P<percent>[%％]))"
    r"(?P<after>封顶|以内|为限|以上|以下)?"
)
_CAP = re.compile("最高|不超过|不高于|上限|封顶|至多|最多|以内|为限")
_GIVEN = re.compile("资助|补贴|补助|奖励|贴息|扶持|奖补|给予|支持")
_ASKED = re.compile(
    r"(?:收入|投入|资产|投资额?|费用|产值|注册资本|融资额?|销售额?|利润|市值|估值|占比|比例|增长|负债率)"
    r"[^，,。；;]{0,12}(?:不低于|不少于|达到?|超过|突破|大于|在)\s*$"
)
_REACHED = re.compile("不低于|不少于|不小于|超过|达到|大于|至少")
_LONGEST = 400


def find_amounts(lines: Sequence[Line]) -> tuple[Amount, ...]:
    """Every sum of money; percentages only where something is given."""
    return tuple(
        amount
        for line in lines
        if "元" in line.text or "%" in line.text or "％" in line.text
        for amount in _in_line(line)
    )


def _in_line(line: Line) -> Iterator[Amount]:
    for sentence in re.finditer(r"[^。；;]+", line.text):
        for match in _MONEY.finditer(sentence[0]):
            if amount := _amount(match, line.number, sentence.start()):
                yield amount


def _amount(match: re.Match[str], line: int, offset: int) -> Amount | None:
    sentence = match.string
    quantity = read_quantity(match["number"], match["scale"] or "")
    if quantity is None:
        return None
    before = sentence[max(0, match.start() - _LONGEST) : match.start()]
    role = _role(before, match, sentence)
    if match["percent"] and role != "support":
        return None
    written = sentence[match.start() : match.end()].strip()
    span = (offset + match.end() - len(match[0].lstrip()), offset + match.end())
    cap = bool(_CAP.search(match["before"] + (match["after"] or "") + before[-6:]))
    if match["percent"]:
        return Amount(written, line, span, role, percent=float(quantity), cap=cap)
    return Amount(written, line, span, role, yuan=round(quantity), cap=cap, sure=role != "other")


def _role(before: str, match: re.Match[str], sentence: str) -> Literal["support", "threshold", "other"]:
    phrase = re.split(r"[，,]", before)[-1]
    after = re.split(r"[，,]", sentence[match.end() : match.end() + _LONGEST])[0]
    if match["percent"] and "按" in phrase and _GIVEN.search(after):
        return "support"
    given = _GIVEN.search(phrase) or _GIVEN.search(sentence, match.end())
    if match["after"] in ("以上", "以下") or (_ASKED.search(phrase) and not _GIVEN.search(phrase)):
        return "threshold"
    if _REACHED.search(phrase[-6:]) and not match["before"].strip():
        return "threshold"
    return "support" if given or _GIVEN.search(before) else "other"
