"""Other documents a document names, and in what role."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from policies.document.model import Citation, Head, Line, Role
from policies.document.numbers import DocumentNumber, find_numbers, read_number

_TITLE = re.compile(r"《((?:[^《》〈〉]|[〈《][^《》〈〉]{1,60}[〉》]){3,100})》")
_IS_DOCUMENT = re.compile(
    r"(?:法|条例|规定|办法|细则|意见|通知|决定|公告|方案|计划|规划|纲要|指南|规则|措施|政策|批复|通告|决议|条款)"
    r"(?:[（(〔][^（）()]{1,20}[）)〕])?$"
)
_BEFORE: tuple[tuple[Role, re.Pattern[str]], ...] = (
    ("based_on", re.compile(r"(?:根据|依据|(?<![请应须])按照|(?<![请应须])依照)[^，,。；;]*$")),
    ("implements", re.compile(r"(?:贯彻|落实|实施|细化)[^，,。；;]*$")),
    ("replaces", re.compile(r"(?:代替|替代|取代)[^，,。；;]*$")),
    ("amends", re.compile(r"(?:修改|修订|修正)[^，,。；;]*$")),
)
_AFTER: tuple[tuple[Role, re.Pattern[str]], ...] = (
    ("replaces", re.compile(r"^[^。；;]{0,40}(?:被本|由本)[^。；;]{0,12}(?:代替|替代|取代)")),
    ("repeals", re.compile(r"^[^。；;]*(?:废止|停止执行|失效|不再执行)")),
    ("amends", re.compile(r"^[^。；;]{0,30}(?:作如下修改|作出修改|予以修改|修改如下|作如下修订|修改为)")),
    ("implements", re.compile(r"^(?:的)?(?:实施|操作)(?:细则|办法|意见|方案)")),
    ("interprets", re.compile(r"^(?:的)?(?:政策)?(?:解读|有关问题的解释|问答)")),
)
# 印发《甲办法》的通知 brings the document itself; so does 征求《甲办法（征求意见稿）》意见.
_ITSELF = re.compile(r"(?:印发|发布|公布|征求(?:对)?|关于|现将|将)$")
_RUN_IN = re.compile(
    r"^(?:.*(?:根据|依据|按照|依照|执行|贯彻|落实|实施|修改|修订|废止|代替|替代|取代|转发|以下简称"
    r"|原|由|与|及|和|见|对|的))(?=[\u4e00-\u9fff]{2})"
)
_NEXT = re.compile(r"\s*[（(]([^（）()]{4,60})[）)]")


def find_citations(lines: Sequence[Line], head: Head) -> tuple[Citation, ...]:
    """Documents named in the text by number or by title, each once in each role."""
    own = head.number.value if head.number else ""
    title = _plain(head.title.value) if head.title else ""
    found: dict[tuple[str, str], Citation] = {}
    for line in lines:
        if "《" not in line.text and not re.search(r"(?:19|20)\d\d", line.text):
            continue
        if read_number(line.text.strip("# *")):
            continue
        for citation in _in_line(line, head.stage.value == "interpretation"):
            # 原《甲办法》同时废止 in a new 甲办法 speaks of the older one.
            older = citation.sure or citation.kind in ("repeals", "replaces")
            itself = _plain(citation.title) == title and not older
            if citation.target != own and not (title and itself):
                found.setdefault((citation.kind, citation.target), citation)
    return _merged(list(found.values()))


def _merged(found: list[Citation]) -> tuple[Citation, ...]:
    """What is named by title in one place and by number in another is one document; a plain mention adds
    nothing to a role."""
    numbers = {citation.title: citation.target for citation in found if citation.sure and citation.title}
    known: dict[tuple[str, str], Citation] = {}
    for item in found:
        number = numbers.get(item.title)
        whole = item if item.sure or number is None else replace(item, target=number, sure=True)
        known.setdefault((whole.kind, whole.target), whole)
    with_role = {target for kind, target in known if kind != "cites"}
    return tuple(item for item in known.values() if item.kind != "cites" or item.target not in with_role)


def _in_line(line: Line, interpreting: bool) -> Iterator[Citation]:
    for part in re.finditer(r"[^。]+。?", line.text):
        numbers = [number for number in find_numbers(part[0]) if not number.damage.startswith("缺")]
        for match in _TITLE.finditer(part[0]):
            if citation := _by_title(line.number, part, match, numbers, interpreting):
                yield citation
        yield from (_by_number(line.number, part, number) for number in numbers)


def _by_title(
    line: int,
    part: re.Match[str],
    match: re.Match[str],
    numbers: list[DocumentNumber],
    interpreting: bool,
) -> Citation | None:
    """The document a title in a sentence names; its number, if it stands beside, is taken from `numbers`."""
    sentence = part[0]
    number = _beside(match, sentence, numbers)
    if not number and not _IS_DOCUMENT.search(match[1]):
        return None
    kind = _role(sentence, match.start(), number.end if number else match.end())
    if kind == "cites" and not number and _ITSELF.search(sentence[: match.start()]):
        return None
    if kind == "cites" and interpreting and (sentence.startswith("《") or "解读" in sentence):
        kind = "interprets"
    target = _trimmed(number.text) if number else match[1]
    span = (part.start() + match.start(), part.start() + match.end())
    return Citation(kind, target, line, match[1], match[0], bool(number), span)


def _by_number(line: int, part: re.Match[str], number: DocumentNumber) -> Citation:
    target = _trimmed(number.text)
    start = number.start + max(0, number.text.find(target))
    kind = _role(part[0], start, number.end)
    span = (part.start() + start, part.start() + number.end)
    return Citation(kind, target, line, "", part[0][start : number.end], True, span)


def _beside(match: re.Match[str], sentence: str, numbers: list[DocumentNumber]) -> DocumentNumber | None:
    """The number in brackets right after a title; taken out of the list."""
    brackets = _NEXT.match(sentence, match.end())
    for number in numbers:
        if brackets and brackets.start(1) <= number.start and number.end <= brackets.end(1):
            numbers.remove(number)
            return number
    return None


def _role(sentence: str, start: int, end: int) -> Role:
    before, after = sentence[:start], sentence[end:].lstrip("）) ")
    for role, pattern in _BEFORE:
        if pattern.search(before):
            return role
    return next((role for role, pattern in _AFTER if pattern.search(after)), "cites")


def _plain(title: str) -> str:
    return re.sub(r"[\s（）()《》〈〉]", "", title)


def _trimmed(target: str) -> str:
    """Without words of the sentence that run into the organ's name (根据浦府规〔2021〕1号)."""
    return _RUN_IN.sub("", target)
