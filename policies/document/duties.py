"""Who is to do it, where no table says so: after a label, in brackets, or in the sentence itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from policies.document.model import Unit
from policies.document.units import UnitReader
from policies.vocabulary import DEPARTMENTS, find

_LEADS = r"(?:牵头|责任|负责|主办|承办|实施)(?:部门|单位)"
_SUPPORTS = r"(?:配合|协同|协办|参与|支持)(?:部门|单位)"
_LABEL = re.compile(rf"({_LEADS}|{_SUPPORTS})\s*[:：]\s*((?:[^；;。）)】\]（(【\[]|[（(]牵头[）)])*)")
_BRACKETS = re.compile(r"[（(【\[]\s*([^（(【\[）)】\]。]{2,200})\s*[）)】\]]")
_SHARED = r"(?:等)?(?:有关|相关)?(?:部门|单位)?(?:按照?(?:各自)?职责(?:分工)?|分别|共同|分工)?"
_LED = re.compile(
    rf"^(.+?)(?:等)?牵头(?:负责)?(?:[，,、；;\s]*(?:会同)?(.*?){_SHARED}(?:配合|参与|协同|协办|负责|落实)?)?$"
)
_CHARGED = re.compile(rf"^(.+?){_SHARED}(?:负责|落实|承担)$")
_FIRST_MARK = re.compile(r"[（(]牵头[）)]")
# What a department is named by at its end: what brackets hold besides is no duty.
_OFFICE = re.compile(r"(?:局|委|办|部|会|镇|街道|院|中心|政府|厅|署|协|机构|单位|部门|公司)$")


@dataclass(frozen=True)
class Duty:
    """The words that name who leads and who supports. `apart`: the sentence is whole without them."""

    start: int
    end: int
    lead: str
    support: str
    apart: bool


def find_duties(text: str) -> list[Duty]:
    """Every duty of a text in order; those in the sentence only where none stands apart from it."""
    apart = sorted((*_labelled(text), *_bracketed(text)), key=lambda duty: duty.start)
    return apart or list(_running(text))


def without(text: str, duties: Sequence[Duty]) -> str:
    """The text without the duties that stand apart from it."""
    for duty in reversed([duty for duty in duties if duty.apart]):
        before, after = text[: duty.start], text[duty.end :]
        # A full stop stays where the sentence before has none.
        closed = not before or before.rstrip()[-1:] in "。；;！？："
        text = before + (after.lstrip("。；; ") if closed else after)
    return text.strip()


def read_duties(
    duties: Sequence[Duty], line: int, units: UnitReader
) -> tuple[tuple[Unit, ...], tuple[Unit, ...]]:
    """Who leads and who supports; a department that does both leads."""
    lead: dict[str, Unit] = {}
    support: dict[str, Unit] = {}
    for duty in duties:
        lead |= {unit.label: unit for unit in units.read(duty.lead, line)}
        level = units.level_of(duty.lead)
        support |= {unit.label: unit for unit in units.read(duty.support, line, level)}
    return tuple(lead.values()), tuple(unit for label, unit in support.items() if label not in lead)


def _labelled(text: str) -> Iterator[Duty]:
    """牵头部门：甲；配合部门：乙. A supporting label belongs to the leading one before it."""
    found = [match for match in _LABEL.finditer(text) if match[2].strip()]
    while found:
        first = last = found.pop(0)
        leads = bool(re.match(_LEADS, first[1]))
        lead, support = (first[2], "") if leads else ("", first[2])
        if (
            leads
            and found
            and not re.match(_LEADS, found[0][1])
            and not text[first.end() : found[0].start()].strip("；;，, \n")
        ):
            last = found.pop(0)
            support = last[2]
        if _FIRST_MARK.search(lead):
            lead, support = _marked(lead, support)
        start = re.search(r"[（(【\[]?\s*$", text[: first.start()]).start()  # type: ignore[union-attr]
        end = last.end() + re.match(r"\s*[）)】\]]?", text[last.end() :]).end()  # type: ignore[union-attr]
        yield Duty(start, end, lead.strip(), support.strip(), apart=True)


def _marked(names: str, support: str) -> tuple[str, str]:
    """甲（牵头）、乙: whoever bears the mark leads."""
    chunks = re.split(r"[、，,]", names)
    lead = [_FIRST_MARK.sub("", chunk) for chunk in chunks if _FIRST_MARK.search(chunk)]
    rest = [chunk for chunk in chunks if not _FIRST_MARK.search(chunk)]
    return "、".join(lead), "、".join(filter(None, (*rest, support)))


def _bracketed(text: str) -> Iterator[Duty]:
    """（甲牵头，乙、丙配合） and （甲、乙按职责分工负责）."""
    for match in _BRACKETS.finditer(text):
        if _LABEL.match(match[1]):
            continue
        led = _LED.match(match[1])
        charged = None if led else _CHARGED.match(match[1])
        lead = led[1] if led else charged[1] if charged else ""
        names = [name.strip() for name in re.split(r"[、，,]", lead)]
        # 牵头 is said of offices; 负责 of anybody, so one of them must be known.
        if _OFFICE.search(names[0]) if led else any(find(DEPARTMENTS, name) for name in names if name):
            yield Duty(match.start(), match.end(), lead, (led[2] or "") if led else "", apart=True)


def _running(text: str) -> Iterator[Duty]:
    """由甲牵头，会同乙; names are read only where the vocabulary knows them: anybody may be 牵头."""
    names, leading = _patterns()
    for match in leading.finditer(text):
        rest = re.split(r"[。；;\n]", text[match.end() :])[0]
        together = (
            rf"(?:会同|商)\s*({names})|[，,]\s*({names})(?:等)?(?:部门|单位)?\s*(?:配合|参与|协同|协办)"
        )
        if match["word"] == "会同":
            rest = f"会同{rest}"
        others = [a or b for a, b in re.findall(together, rest)]
        yield Duty(match.start(), match.end(), match["lead"], "、".join(others), apart=False)


@cache
def _patterns() -> tuple[str, re.Pattern[str]]:
    """A list of known departments, and where such a list leads."""
    known = {name for entry in DEPARTMENTS for name in (entry.label, *entry.aliases)}
    one = "|".join(re.escape(name) for name in sorted(known, key=len, reverse=True))
    names = rf"(?:{one})(?:\s*[、和与及]\s*(?:{one}))*"
    before, after = r"(?:由|^|(?<=[。；;：:，,\n]))\s*", r"(?:等)?(?:部门|单位)?\s*"
    # Who explains the text is no department in charge.
    word = r"(?P<word>牵头|会同|负责(?!解释)|主管)"
    return names, re.compile(rf"{before}(?P<lead>{names}){after}{word}", re.MULTILINE)
