"""Other documents a document names, and in what role."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from policies.document.model import Citation, Line
from policies.document.numbers import find_numbers, read_number

Role = Literal["based_on", "repeals", "cites"]
_BASIS = re.compile(r"根据|依据|按照|依照")
_REPEAL = re.compile(r"废止|停止执行|失效")


def find_citations(lines: Sequence[Line], own: str) -> tuple[Citation, ...]:
    """Numbers of other documents in running text; the role is taken from the sentence they stand in."""
    found: dict[Citation, None] = {}
    for line in lines:
        if not re.search(r"(?:19|20)\d\d", line.text) or read_number(line.text.strip("# *")):
            continue
        for sentence in re.split(r"(?<=。)", line.text):
            for number in find_numbers(sentence):
                target = _trimmed(number.text)
                if target != own and not number.damage.startswith("缺"):
                    found[Citation(_role(sentence, number.end), target, line.number)] = None
    return tuple(found)


def _role(sentence: str, end: int) -> Role:
    if _REPEAL.search(sentence, end):
        return "repeals"
    return "based_on" if _BASIS.search(sentence[:end]) else "cites"


def _trimmed(target: str) -> str:
    """Without words of the sentence that run into the organ's name (根据浦府规〔2021〕1号)."""
    return re.sub(
        r"^(?:.*(?:根据|依据|按照|依照|执行|以下简称|原|由|与|及|和|见|对|的))(?=[\u4e00-\u9fff]{2})",
        "",
        target,
    )
