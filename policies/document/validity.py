"""From when to when a document itself holds, by its own sentence and not those on certificates or others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from policies.document.dates import DAY, read_day
from policies.document.model import Found
from policies.document.quantities import chinese_number

Text = tuple[int, str]
_ITSELF = re.compile(
    "本(?:办法|细则|规定|通知|意见|公告|方案|计划|政策|规则|措施|指南|文件|通告|决定|实施细则|操作细则|行动计划)"
)
_FROM = re.compile(rf"自\s*({DAY})\s*(?:起|开始)\s*(?:正式)?(?:施行|实施|执行|生效|试行)")
_FROM_NOW = re.compile(
    r"自(印发|发布|公布|颁布|下发)之日起\s*(?:(\d{1,3}|[一二三四五六七八九十]{1,3})\s*(?:个)?(日|天|个?月)后)?"
    r"\s*(?:正式)?(?:施行|实施|执行|生效|试行)"
)
_TERM = re.compile(
    rf"(?:有效期|施行期|执行期|实施期|试行期)限?\s*(?:为|自|从|[:：])?\s*({DAY})\s*(?:起)?\s*(?:至|到|-|—+|~)\s*({DAY})"
)
_TO = re.compile(rf"(?:有效期限?|施行|执行|实施)\s*(?:期限?)?\s*(?:至|到|截至|截止到)\s*({DAY})")
_YEARS = re.compile(
    r"(?:有效期|施行期|试行期|试行)\s*限?\s*(?:为)?\s*(\d{1,2}|[一二三四五六七八九十]{1,2})\s*年"
)


def find_validity(
    texts: Sequence[Text], title: str, signed: Found[date] | None, announced: Found[date] | None
) -> tuple[Found[date] | None, Found[date] | None, set[int]]:
    """First and last day of the document itself, and the lines they were read from. Days worked out from
    the day of issue or from a number of years are not sure."""
    effective = expires = None
    for line, sentence in _sentences(texts, title):
        effective = effective or _first_day(line, sentence, signed, announced)
        expires = expires or _last_day(line, sentence, effective)
        if effective and expires:
            break
    used = {found.line for found in (effective, expires) if found}
    return effective, expires, used


def _sentences(texts: Sequence[Text], title: str) -> Iterator[Text]:
    """Sentences that speak of the document's own validity."""
    for line, text in texts:
        if not re.search("施行|实施|执行|生效|有效期|试行", text):
            continue
        before = False
        for sentence in re.split("(?<=[。；;])", text):
            begins = _FROM.search(sentence) or _FROM_NOW.search(sentence)
            # 《甲办法》自…起施行 tells of another document unless this one is named too.
            named = re.sub("[〈《〉》]", "", sentence[: begins.start()]) if begins else ""
            itself = _ITSELF.search(sentence) or (title and re.sub("[〈《〉》]", "", title) in named)
            of_other = begins and "《" in sentence[: begins.start()] and not itself
            # …起施行。有效期5年。
            goes_on = before and re.match(r"\s*(?:有效期|试行期)", sentence)
            before = bool(begins or _ITSELF.search(sentence) or goes_on) and not of_other
            if before:
                yield line, sentence


def _first_day(
    line: int, sentence: str, signed: Found[date] | None, announced: Found[date] | None
) -> Found[date] | None:
    if (match := _FROM.search(sentence) or _TERM.search(sentence)) and (day := read_day(match[1])):
        return Found(day, line, True, match[1])
    match = _FROM_NOW.search(sentence)
    start = signed or announced
    if not match or not start:
        return None
    later = _count(match[2]) if match[2] else 0
    if later is None or (match[3] and "月" in match[3]):
        return None
    return Found(start.value + timedelta(days=later), line, False, match[0])


def _last_day(line: int, sentence: str, effective: Found[date] | None) -> Found[date] | None:
    if (match := _TERM.search(sentence)) and (day := read_day(match[2])):
        return Found(day, line, True, match[2])
    if (match := _TO.search(sentence)) and (day := read_day(match[1])):
        return Found(day, line, True, match[1])
    match = _YEARS.search(sentence)
    years = _count(match[1]) if match else None
    if match and years and effective:
        return Found(_years_on(effective.value, years), line, False, match[0])
    return None


def _count(text: str) -> int | None:
    return int(text) if text.isdecimal() else chinese_number(text)


def _years_on(start: date, years: int) -> date:
    """The last day of a period of whole years."""
    try:
        return start.replace(year=start.year + years) - timedelta(days=1)
    except ValueError:  # 29 February
        return date(start.year + years, 2, 28)
