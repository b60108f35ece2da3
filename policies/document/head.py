"""The head of a document: number, issuers, title, dates, openness and stage."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from policies.document.dates import DAY, read_day
from policies.document.headings import bare
from policies.document.model import Found, Head, Line, Remark, Stage
from policies.document.numbers import read_number

_ORGAN = re.compile(
    r"[\u4e00-\u9fff]{2,24}(?:委员会|人民政府|管委会|管理委员会|管理局|[局厅部署]|总局|领导小组|科技部|税务局)"
)
_PRINTED = re.compile(rf"^\s*({DAY})\s*印发")
_DAY_LINE = re.compile(rf"^\s*({DAY})\s*$")
_OPENNESS = re.compile(r"信息公开属性\s*[:：]\s*(主动公开|依申请公开|不予公开)")
_ISSUED = re.compile(r"关于(?:印发|发布|公布)\s*《(.+?)》\s*的(?:通知|公告|决定)")
_ABOUT = re.compile(
    r"^(?:[\u4e00-\u9fff、 ]{2,40})?关于.{2,60}的?(?:通知|公告|意见|决定|通告|批复|函|公示|解读)$"
)
_TITLED = re.compile(
    r"^[\u4e00-\u9fff].{3,60}(?:办法|细则|规定|行动计划|指南|方案|规划|意见|公告|公示|解读)"
    r"(?:[（(].{2,20}[）)])?$"
)
_EFFECTIVE = re.compile(rf"自\s*({DAY})\s*起\s*(?:施行|实施|执行|生效)")
_EXPIRES = re.compile(rf"有效期\s*(?:至|到|截至)\s*({DAY})")
_YEARS = re.compile(r"有效期\s*(?:为)?\s*(\d{1,2}|[一二三四五六七八九十])\s*年")
_LONGEST = 200
_STAGES: tuple[tuple[Stage, str], ...] = (
    ("consultation", "征求意见"),
    ("interpretation", "解读"),
    ("name_list", "名单|公示"),
    ("notice", r"申报(?:的)?(?:通知|指南)|(?:组织|开展).{0,30}申报|申报工作"),
)


class HeadReader:
    """Reads the head; `used` are the lines something was read from, `remarks` what to look at."""

    def __init__(self, lines: Sequence[Line], body_start: int) -> None:
        self._texts = [(line.number, bare(line.text)) for line in lines]
        # Names, titles and dates stand on short lines; a paragraph is none of them.
        self._top = [item for item in self._texts if item[0] < body_start and 0 < len(item[1]) <= _LONGEST]
        self.used: set[int] = set()
        self.remarks: list[Remark] = []

    def read(self) -> Head:
        """The head; what is missing stays None and is remarked."""
        number = self._number()
        title = self._title()
        signed, printed = self._signed(), self._printed()
        effective, expires = self._validity()
        head = Head(
            number,
            self._issuers(),
            title,
            signed,
            printed,
            effective,
            expires,
            self._openness(),
            self._stage(title),
        )
        wanted = (("number", number, "文号"), ("title", title, "标题"), ("signed", signed, "成文日期"))
        for code, value, label in (*wanted, ("issuer", head.issuers, "发文机关")):
            if not value:
                self.remarks.append(Remark(0, f"no_{code}", f"没有读到{label}"))
        return head

    def _number(self) -> Found[str] | None:
        for line, text in self._texts:
            found = read_number(text)
            if found:
                self.used.add(line)
                if found.damage:
                    self.remarks.append(
                        Remark(line, "number_spelling", f"文号“{text}”{found.damage}，读作“{found.text}”")
                    )
                return Found(found.text, line, found.sure)
        return None

    def _issuers(self) -> tuple[Found[str], ...]:
        issuers: dict[str, Found[str]] = {}
        for line, text in self._top:
            parts = text.split()
            if parts and all(_ORGAN.fullmatch(part) for part in parts):
                self.used.add(line)
                for part in parts:
                    issuers.setdefault(part, Found(part, line))
            elif re.fullmatch(r"[\u4e00-\u9fff]{4,40}办公室", text):
                self.used.add(line)
        return tuple(issuers.values()) or self._signature()

    def _signature(self) -> tuple[Found[str], ...]:
        """Who signs at the end, right above the date."""
        filled = [item for item in self._texts if item[1]]
        for (line, text), (_, below) in zip(filled, filled[1:], strict=False):
            if _DAY_LINE.match(below) and all(_ORGAN.fullmatch(part) for part in text.split()):
                self.used.add(line)
                return tuple(Found(part, line) for part in text.split())
        return ()

    def _title(self) -> Found[str] | None:
        for line, text in self._top:
            match = _ISSUED.search(text)
            if match and not text.endswith("。"):
                self.used.add(line)
                return Found(match[1], line)
        for pattern in (_ABOUT, _TITLED):
            for line, text in self._top:
                if pattern.match(text):
                    self.used.add(line)
                    return Found(text, line)
        return None

    def _signed(self) -> Found[date] | None:
        return self._day(self._texts, _DAY_LINE)

    def _printed(self) -> Found[date] | None:
        return self._day(self._texts, _PRINTED)

    def _day(self, texts: Sequence[tuple[int, str]], pattern: re.Pattern[str]) -> Found[date] | None:
        for line, text in texts:
            match = pattern.search(text)
            if match:
                self.used.add(line)
                day = read_day(match[1])
                if day:
                    return Found(day, line)
                self.remarks.append(Remark(line, "bad_date", f"“{match[1]}”不是有效日期"))
        return None

    def _validity(self) -> tuple[Found[date] | None, Found[date] | None]:
        effective = self._day(self._texts, _EFFECTIVE)
        expires = self._day(self._texts, _EXPIRES)
        if effective and not expires:
            for line, text in self._texts:
                match = _YEARS.search(text)
                if match:
                    years = (
                        int(match[1]) if match[1].isdecimal() else "一二三四五六七八九十".index(match[1]) + 1
                    )
                    expires = Found(_years_on(effective.value, years), line, sure=False)
                    break
        return effective, expires

    def _openness(self) -> Found[str] | None:
        for line, text in self._texts:
            if match := _OPENNESS.search(text):
                self.used.add(line)
                return Found(match[1], line)
        return None

    def _stage(self, title: Found[str] | None) -> Found[Stage]:
        if title is None:
            return Found("final", 0, False)
        around = " ".join(text for line, text in self._top if line == title.line or "征求意见" in text[:40])
        for stage, words in _STAGES:
            if re.search(words, f"{title.value} {around}"):
                return Found(stage, title.line)
        return Found("final", title.line)


def _years_on(start: date, years: int) -> date:
    """The last day of a period of whole years."""
    try:
        return start.replace(year=start.year + years) - timedelta(days=1)
    except ValueError:  # 29 February
        return date(start.year + years, 2, 28)
