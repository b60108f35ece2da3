"""The head of a document: number, issuers, title, dates, openness and stage."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from policies.document.dates import DAY, read_day
from policies.document.headings import bare
from policies.document.model import Found, Head, Line, Remark, Stage
from policies.document.numbers import read_number
from policies.document.validity import find_validity

_ORGAN = re.compile(
    r"[\u4e00-\u9fff]{2,24}(?:委员会|人民政府(?:办公室)?|管委会|管理委员会|管理局|[局厅部署]|总局|领导小组|科技部|税务局)"
)
_PRINTED = re.compile(rf"^\s*({DAY})\s*印发")
_DAY_LINE = re.compile(rf"^\s*({DAY})\s*$")
_ISSUED = re.compile(r"关于(?:印发|发布|公布)\s*《(.+?)》\s*的(?:通知|公告|决定)")
_ABOUT = re.compile(
    r"^(?:[\u4e00-\u9fff、 ]{2,40})?关于.{2,80}的?(?:通知|公告|意见|决定|通告|批复|函|公示|解读|答复)$"
)
_ABOUT_BEGINS = re.compile(r"^(?:[\u4e00-\u9fff、 ]{2,40})?关于.{2,60}$")
_TITLED = re.compile(
    r"^[\u4e00-\u9fff《].{3,60}(?:办法|细则|规定|行动计划|指南|方案|规划|意见|公告|公示|解读)"
    r"(?:[（(].{2,20}[）)])?$"
)
_LABELS = {
    "number": re.compile(r"^(?:文件编号|发文字号|文\s*号)\s*[:：]\s*(\S.*)$"),
    "issuer": re.compile(r"^(?:发布机构|发文机关|制发机关)\s*[:：]\s*(\S.*)$"),
    "openness": re.compile(r"^(?:信息公开属性|公开类别|公开属性)\s*[:：]\s*(主动公开|依申请公开|不予公开)"),
    "published": re.compile(rf"^(?:发布时间|发布日期|公开日期)\s*[:：]\s*({DAY})"),
    "signed": re.compile(rf"^成文日期\s*[:：]\s*({DAY})"),
    "index": re.compile(r"^索\s*引\s*号\s*[:：]\s*([A-Za-z0-9][A-Za-z0-9-]{3,40})"),
}
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
        signed = self._labelled_day("signed") or self._day(_DAY_LINE)
        printed = self._day(_PRINTED)
        published = self._labelled_day("published")
        effective, expires, used = find_validity(
            self._texts, title.value if title else "", signed, printed or published
        )
        self.used |= used
        head = Head(
            number,
            self._issuers(),
            title,
            signed,
            printed,
            published,
            effective,
            expires,
            self._labelled("openness"),
            self._labelled("index"),
            self._stage(title),
        )
        wanted = (("number", number, "文号"), ("title", title, "标题"), ("signed", signed, "成文日期"))
        for code, value, label in (*wanted, ("issuer", head.issuers, "发文机关")):
            if not value:
                self.remarks.append(Remark(0, f"no_{code}", f"没有读到{label}"))
        return head

    def _number(self) -> Found[str] | None:
        for line, text in self._texts:
            label = _LABELS["number"].match(text)
            found = read_number(label[1] if label else text)
            if found:
                self.used.add(line)
                if found.damage:
                    self.remarks.append(
                        Remark(line, "number_spelling", f"文号“{text}”{found.damage}，读作“{found.text}”")
                    )
                return Found(found.text, line, found.sure, label[1] if label else text)
        return None

    def _issuers(self) -> tuple[Found[str], ...]:
        issuers: dict[str, Found[str]] = {}
        for line, text in self._top:
            parts = text.split()
            if parts and all(_ORGAN.fullmatch(part) for part in parts):
                self.used.add(line)
                for part in parts:
                    issuers.setdefault(part, Found(part, line, written=part))
            elif re.fullmatch(r"[\u4e00-\u9fff]{4,40}办公室", text):
                self.used.add(line)
        return tuple(issuers.values()) or self._labelled_issuers() or self._signature()

    def _labelled_issuers(self) -> tuple[Found[str], ...]:
        found = self._labelled("issuer")
        names = re.split(r"[、，,\s]+", found.value) if found else []
        return tuple(Found(name, found.line, written=name) for name in names if name and found)

    def _signature(self) -> tuple[Found[str], ...]:
        """Who signs at the end, right above the date."""
        filled = [item for item in self._texts if item[1]]
        for (line, text), (_, below) in zip(filled, filled[1:], strict=False):
            if _DAY_LINE.match(below) and all(_ORGAN.fullmatch(part) for part in text.split()):
                self.used.add(line)
                return tuple(Found(part, line, written=part) for part in text.split())
        return ()

    def _title(self) -> Found[str] | None:
        for line, text in self._top:
            match = _ISSUED.search(text)
            if match and not text.endswith("。"):
                self.used.add(line)
                return Found(match[1], line, written=match[1])
        for pattern in (_ABOUT, _TITLED):
            for line, text in self._top:
                if pattern.match(text):
                    self.used.add(line)
                    return Found(text, line, written=text)
        return self._broken_title()

    def _broken_title(self) -> Found[str] | None:
        """A title set in two or three lines."""
        for place, (line, text) in enumerate(self._top):
            if not _ABOUT_BEGINS.match(text):
                continue
            for more in (2, 3):
                parts = self._top[place : place + more]
                whole = "".join(part for _, part in parts)
                match = _ISSUED.search(whole)
                if _ABOUT.match(whole) or (match and not whole.endswith("。")):
                    self.used |= {number for number, _ in parts}
                    return Found(match[1] if match else whole, line, written=match[1] if match else whole)
        return None

    def _labelled(self, name: str) -> Found[str] | None:
        """A value a line names itself: 索引号：…"""
        for line, text in self._texts:
            if match := _LABELS[name].match(text):
                self.used.add(line)
                return Found(match[1].strip(), line, written=match[1])
        return None

    def _labelled_day(self, name: str) -> Found[date] | None:
        return self._day(_LABELS[name])

    def _day(self, pattern: re.Pattern[str]) -> Found[date] | None:
        for line, text in self._texts:
            match = pattern.search(text)
            if match:
                self.used.add(line)
                day = read_day(match[1])
                if day:
                    return Found(day, line, written=match[1])
                self.remarks.append(Remark(line, "bad_date", f"“{match[1]}”不是有效日期"))
        return None

    def _stage(self, title: Found[str] | None) -> Found[Stage]:
        if title is None:
            return Found("final", 0, False)
        around = " ".join(text for line, text in self._top if line == title.line or "征求意见" in text[:40])
        for stage, words in _STAGES:
            if re.search(words, f"{title.value} {around}"):
                return Found(stage, title.line, written=title.value)
        return Found("final", title.line, written=title.value)
