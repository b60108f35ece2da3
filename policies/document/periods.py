"""Time limits in running text: windows, last days, "within 20 days", "by the end of May each year"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from policies.document.dates import DAY, read_day
from policies.document.model import Line, Period

_CLOCK = r"(?:\s*[（(]?(?:上午|下午|晚)?\d{1,2}[:：时点]\d{0,2}分?[）)]?)?"
_NO_YEAR = r"\d{1,2}\s*月\s*\d{1,2}\s*日"
_TO = r"\s*(?:起)?\s*(?:至|到|—+|--?|–|~|～)\s*"
_WINDOW = re.compile(
    rf"(?P<first>{DAY}|{_NO_YEAR}){_CLOCK}{_TO}(?P<last>{DAY}|(?:\d{{1,2}}\s*月\s*)?\d{{1,2}}\s*日){_CLOCK}"
)
_DEADLINE = re.compile(
    rf"(?:截止(?:时间|日期|日)?\s*(?:为|是|[:：])?\s*(?P<after>{DAY}|{_NO_YEAR}){_CLOCK}(?:前|止)?"
    rf"|(?P<before>{DAY}|{_NO_YEAR}){_CLOCK}\s*(?:（含）)?\s*(?:之前|以前|前|截止|止))"
)
_COUNT = r"(?:\d{1,3}|[一二三四五六七八九十]{1,3})\s*个?(?:工作日|自然日|日历天|日|天|月|年)"
_DURATION = re.compile(
    rf"{_COUNT}之?内|(?:不少于|不超过|至少)\s*(?:\d{{1,3}}|[一二三四五六七八九十]{{1,3}})\s*个?(?:工作日|自然日|日历天|天)"
)
_YEARLY = re.compile(
    r"每年\s*(?:度)?\s*\d{1,2}\s*月\s*(?:\d{1,2}\s*日|底|末|上旬|中旬|下旬)?\s*(?:之?前|至\s*\d{1,2}\s*月(?:\s*\d{1,2}\s*日|底)?)?"
)
_ABOUT: tuple[tuple[str, str], ...] = (
    ("consultation", "征求意见|反馈意见|意见反馈"),
    ("public_notice", "公示"),
    ("application", "申报|申请|受理|填报|提交|报名|征集|报送|上报"),
)
_IN_FORCE = re.compile("施行|实施|执行|生效|有效期")


def find_periods(lines: Sequence[Line]) -> tuple[Period, ...]:
    """Every time limit but the document's own validity, in the order of the text."""
    return tuple(
        period for line in lines if re.search("[日月天年]|截止", line.text) for period in _in_line(line)
    )


def _in_line(line: Line) -> Iterator[Period]:
    found: list[Period] = []
    text = line.text
    for match in _WINDOW.finditer(text):
        first, last = _window(match["first"], match["last"])
        kind = _kind(text, match, "other")
        if not (kind == "other" and _IN_FORCE.search(_around(text, match))):
            found.append(_period(kind, line, match, first, last))
    for match in _DEADLINE.finditer(text):
        day = _day(match["after"] or match["before"])
        found.append(_period(_kind(text, match, "deadline"), line, match, None, day))
    for kind, pattern in (("every_year", _YEARLY), ("duration", _DURATION)):
        found += [_period(kind, line, match, None, None) for match in pattern.finditer(text)]
    end = 0
    for period in sorted(found, key=lambda item: (item.span[0], -item.span[1])):
        if period.span[0] >= end:
            end = period.span[1]
            yield period


def _period(kind: str, line: Line, match: re.Match[str], first: date | None, last: date | None) -> Period:
    # A window whose days stand in the wrong order is a slip of the pen: nothing of it is sure.
    upside_down = bool(first and last and last < first)
    sure = last is not None and not upside_down
    return Period(kind, match[0].strip(), line.number, match.span(), first, last, sure)  # type: ignore[arg-type]


def _window(first: str, last: str) -> tuple[date | None, date | None]:
    """Both days; the second takes year and month from the first where it names none."""
    start = _day(first)
    parts = [int(part) for part in re.findall(r"\d+", last)]
    if start and len(parts) < 3 and not re.match(DAY, last):
        year, month = start.year, start.month
        return start, read_day(
            "-".join(map(str, ([year, *parts] if len(parts) == 2 else [year, month, *parts])))
        )
    return start, _day(last)


def _day(text: str) -> date | None:
    return read_day(text) if re.fullmatch(DAY, text) else None


def _around(text: str, match: re.Match[str]) -> str:
    """The sentence a match stands in."""
    start = max(text.rfind(mark, 0, match.start()) for mark in "。；;") + 1
    ends = [place for mark in "。；;" if (place := text.find(mark, match.end())) >= 0]
    return text[start : min(ends, default=len(text))][:400]


def _kind(text: str, match: re.Match[str], otherwise: str) -> str:
    sentence = _around(text, match)
    return next((kind for kind, words in _ABOUT if re.search(words, sentence)), otherwise)
