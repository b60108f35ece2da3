"""发文字号: organ + 〔year〕 + number + 号, in the spellings found in the wild (GB/T 9704-2012)."""

from __future__ import annotations

import re
from dataclasses import dataclass

_OPEN, _CLOSE = r"〔\[［（(【﹝", r"〕\]］）)】﹞"
_NUMBER = re.compile(
    rf"(?P<organ>[\u4e00-\u9fff]{{2,12}})[ \u3000]*"
    rf"(?P<open>[{_OPEN}])?[ \u3000]*(?P<year>(?:19|20)\d\d)[ \u3000]*(?P<close>[{_CLOSE}])?[ \u3000]*"
    rf"(?P<the>第)?[ \u3000]*(?P<serial>\d{{1,5}})(?!\d)[ \u3000]*(?P<end>号)?"
)
_ANNOUNCEMENT = re.compile(
    r"公告[ \u3000]*(?P<year>(?:19|20)\d\d)[ \u3000]*年[ \u3000]*第?[ \u3000]*(?P<serial>\d{1,5})[ \u3000]*号"
)
# Joint announcements list their organs before the word, parted by spaces or 、.
_ORGANS = re.compile(r"[\u4e00-\u9fff \u3000、]{0,40}$")


@dataclass(frozen=True)
class DocumentNumber:
    """A number in its one normal form; `damage` says in Chinese what was wrong with the spelling,
    `sure` is False where characters of it are lost."""

    text: str
    start: int
    end: int
    damage: str = ""
    sure: bool = True


def read_number(line: str) -> DocumentNumber | None:
    """The number when the whole line is one; None otherwise."""
    text = line.strip()
    for found in find_numbers(text):
        if found.start == 0 and found.end == len(text):
            return found
    return None


def find_numbers(text: str) -> list[DocumentNumber]:
    """All numbers in a text, in order."""
    found = [_announcement(match) for match in _ANNOUNCEMENT.finditer(text)]
    found += [number for match in _NUMBER.finditer(text) if (number := _standard(match))]
    return sorted(found, key=lambda number: number.start)


def _standard(match: re.Match[str]) -> DocumentNumber | None:
    opened, closed, ended = match["open"], match["close"], match["end"]
    # At least two of bracket, bracket, 号: anything less is a year that happens to be followed by digits.
    if not opened or not (closed or ended or match.end() == len(match.string)):
        return None
    damage = ""
    if not closed:
        damage = "年份后缺括号"
    elif not ended:
        damage = "缺“号”字"
    elif (opened, closed) not in {("〔", "〕"), ("﹝", "﹞")}:
        damage = "年份未用六角括号"
    elif match["the"] or match["serial"].startswith("0"):
        damage = "序号前不应有“第”或 0"
    text = f"{match['organ']}〔{match['year']}〕{int(match['serial'])}号"
    return DocumentNumber(text, match.start(), match.end(), damage, bool(closed and ended))


def _announcement(match: re.Match[str]) -> DocumentNumber:
    before = match.string[max(0, match.start() - 40) : match.start()]
    organs = _ORGANS.search(before)
    start = match.start() - len(organs[0].lstrip(" \u3000、") if organs else "")
    names = re.sub(r"[ \u3000、]+", " ", match.string[start : match.start()]).rstrip()
    return DocumentNumber(f"{names}公告{match['year']}年第{int(match['serial'])}号", start, match.end())
