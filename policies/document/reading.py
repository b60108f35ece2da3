"""Lines to meaning: one pass sorts the lines into head, sections, provisions and table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from policies.document.amounts import find_amounts
from policies.document.citations import find_citations
from policies.document.duties import find_duties, read_duties
from policies.document.head import HeadReader
from policies.document.headings import Heading, bare, marks_in, read_heading
from policies.document.locating import locate_values
from policies.document.model import Document, Head, Line, PartDuty, PlannedTarget, Remark, Section, Unit
from policies.document.outline import make_outline, parts_of
from policies.document.periods import find_periods
from policies.document.provisions import ProvisionDraft, finish
from policies.document.tables import TableReader, cells_of
from policies.document.targets import find_targets
from policies.document.terms import find_terms
from policies.document.topics import link_rows
from policies.document.units import UnitReader

_RULE = re.compile(r"^[-—_*=\s]{3,}$")
_PAGE_NUMBER = re.compile(r"^[-—–\s]*(?:第\s*)?\d{1,4}(?:\s*页)?(?:\s*[/／共]\s*\d{1,4}(?:\s*页)?)?[-—–\s]*$")
_COPIES = re.compile(r"^[（(]?共印\s*\d+\s*份[）)]?$")
_MASTHEAD = re.compile(r"^[\u4e00-\u9fff]{2,30}(?:政府|委员会|[局厅部委办])(?:文件|令)$")
_SENTENCE = re.compile(r"[。！？：:；;]\s*$")


def read_document(lines: Sequence[Line | str], name: str) -> Document:
    """The meaning of a document's lines (plain strings are numbered from 1). Never raises: what cannot be
    read is listed in `unread`, what is doubtful in `remarks`."""
    return _Reading(
        [line if isinstance(line, Line) else Line(n, line) for n, line in enumerate(lines, 1)]
    ).read(name)


class _Reading:
    def __init__(self, lines: list[Line]) -> None:
        self._lines = lines
        self._units = UnitReader()
        self._table = TableReader(self._units)
        self._drafts: list[ProvisionDraft] = []
        self._open: ProvisionDraft | None = None
        self._starts: list[tuple[Line, Heading]] = []
        self._path: dict[int, str] = {}
        self._remarks: list[Remark] = []
        self._prose: list[Line] = []
        self._goals: list[PlannedTarget] = []
        self._chapters = False
        self._article = False
        self._marks: dict[int, int] = {}

    def read(self, name: str) -> Document:
        for line in self._lines:
            self._take(line)
        start = next((line.number for line, heading in self._starts if heading.kind != "item"), None)
        start = start or (self._starts[0][0].number if self._starts else len(self._lines) + 1)
        head_reader = HeadReader(self._lines, start)
        head = head_reader.read()
        rows = self._table.rows()
        provisions, found = finish(self._provisions(head), self._units)
        rows, linked = link_rows(rows, provisions)
        outline, misnumbered = make_outline(self._lines, self._starts, provisions)
        duties = () if provisions else self._duties(outline)
        remarks = [
            *self._remarks,
            *head_reader.remarks,
            *self._table.remarks,
            *found,
            *linked,
            *misnumbered,
            *self._units.remarks,
            *_group_remarks(self._table, self._starts),
        ]
        document = Document(
            name=name,
            lines=tuple(self._lines),
            head=head,
            outline=outline,
            provisions=provisions,
            duties=duties,
            rows=rows,
            goals=tuple(self._goals),
            citations=find_citations(self._lines, head),
            amounts=find_amounts(self._lines),
            periods=find_periods(self._lines),
            terms=find_terms(self._lines),
            remarks=tuple(
                sorted(set(remarks), key=lambda remark: (remark.line, remark.code, remark.message))
            ),
            unread=self._unread(start, head_reader.used, head),
        )
        return locate_values(document)

    def _provisions(self, head: Head) -> list[ProvisionDraft]:
        """Numbered items are measures only in a plan, or where departments are named for them; not where
        departments are named for the parts around them."""
        title = head.title.value if head.title else ""
        items = (text for draft in self._drafts for _, text in draft.parts)
        parts = [heading.rest for _, heading in self._starts if heading.kind == "part"]
        around = (*parts, *(bare(line.text) for line in self._prose))
        if not _name_departments(around) and (re.search(r"计划|方案", title) or _name_departments(items)):
            return self._drafts
        return [draft for draft in self._drafts if draft.kind != "measure"]

    def _duties(self, outline: Sequence[Section]) -> tuple[PartDuty, ...]:
        """Who is named for the parts, line by line: brackets and sentences end where lines do."""
        texts = {line.number: bare(line.text) for line in self._lines if cells_of(line.text) is None}
        found = []
        for part, last in parts_of(outline):
            lead: dict[str, Unit] = {}
            support: dict[str, Unit] = {}
            for number in range(part.first, last + 1):
                leading, supporting = read_duties(find_duties(texts.get(number, "")), number, self._units)
                lead |= {unit.label: unit for unit in leading}
                support |= {unit.label: unit for unit in supporting}
            if lead or support:
                others = (unit for label, unit in support.items() if label not in lead)
                found.append(PartDuty(part.anchor, part.first, last, tuple(lead.values()), tuple(others)))
        return tuple(found)

    def _take(self, line: Line) -> None:
        cells = cells_of(line.text)
        if cells is not None:
            self._open = None
            self._table.take(line, cells)
            return
        text = bare(line.text)
        if not text or _RULE.match(line.text) or (line.page and _PAGE_NUMBER.match(text)):
            return
        heading = self._placed(read_heading(text))
        if heading and heading.kind != "item":
            self._start(line, heading)
        elif heading and heading.level == self._measure_level() and self._in_measures():
            self._begin(line, "measure", heading, heading.rest)
        elif self._starts and marks_in(line.text)[0]:
            self._start(line, Heading(1, "annex", "", text))
        else:
            if heading:
                self._starts.append((line, heading))
            self._add(line, text)

    def _add(self, line: Line, text: str) -> None:
        """A line of text: of the provision that is open, or of the section."""
        if self._open:
            self._open.add(line, text)
            return
        self._prose.append(line)
        self._goals += find_targets(text, line.number) if self._starts else ()

    def _placed(self, heading: Heading | None) -> Heading | None:
        """The heading one level deeper where chapters or 专题 stand above 一、, and below its article."""
        if heading is None:
            return None
        if heading.kind == "chapter":
            self._chapters = True
        if heading.kind in ("chapter", "annex") or (heading.kind, heading.level) == ("part", 1):
            self._article = False
        if heading.kind == "article":
            self._article = True
        if self._article and heading.kind in ("part", "item"):
            # （一） / 1. / （1） under an article are its items.
            return replace(heading, kind="item", level=heading.level + (2 if heading.kind == "part" else 3))
        if self._chapters and heading.kind in ("part", "item"):
            return replace(heading, level=heading.level + 1)
        return heading

    def _measure_level(self) -> int:
        return 4 if self._chapters else 3

    def _start(self, line: Line, heading: Heading) -> None:
        self._check_marks(line, heading)
        self._open = None
        if heading.kind == "article":
            self._begin(line, "article", heading, heading.rest)
            return
        self._starts.append((line, heading))
        self._goals += find_targets(heading.rest, line.number)
        self._path = {level: title for level, title in self._path.items() if level < heading.level}
        self._path[heading.level] = heading.rest
        if heading.level == 2 and "保障" in self._path.get(1, ""):
            self._begin(line, "safeguard", heading, "")

    def _begin(self, line: Line, kind: str, heading: Heading, text: str) -> None:
        group = self._path.get(1 if kind == "safeguard" else max(self._path, default=0), "")
        self._open = ProvisionDraft(kind, heading, group, line.number, line.number)  # type: ignore[arg-type]
        self._drafts.append(self._open)
        if text:
            self._open.add(line, text)
        if kind != "safeguard":
            self._starts.append((line, heading))

    def _in_measures(self) -> bool:
        return bool(self._path) and not self._article and "保障" not in self._path.get(1, "")

    def _check_marks(self, line: Line, heading: Heading) -> None:
        """Remark a heading whose # marks differ from those its level had before."""
        marks = marks_in(line.text)[0]
        if not heading.number:
            return
        usual = self._marks.setdefault(heading.level, marks)
        outer = self._marks.get(heading.level - 1)
        if marks and (marks != usual or (heading.level > 1 and outer is not None and marks <= outer)):
            self._remarks.append(
                Remark(
                    line.number,
                    "heading_marks",
                    f"标题“{heading.rest[:20]}”的 # 号级别与编号不符，以编号为准",
                )
            )

    def _unread(self, body_start: int, used: set[int], head: Head) -> tuple[int, ...]:
        """Lines above the text that are neither part of the head nor sentences, and broken table lines."""
        title = head.title.value if head.title else ""
        strange = [
            line.number
            for line in self._prose
            if line.number < body_start and line.number not in used and not _is_cover(bare(line.text), title)
        ]
        return tuple(sorted({*strange, *self._table.unread}))


def _name_departments(texts: Iterable[str]) -> bool:
    return any(duty.apart for text in texts for duty in find_duties(text))


def _is_cover(text: str, title: str) -> bool:
    """A sentence, an addressee, a copy count, the masthead, or the title again."""
    plain, whole = re.sub(r"[（()）\s]", "", text), re.sub(r"[（()）\s]", "", title)
    cover = _SENTENCE.search(text) or _COPIES.match(text) or _MASTHEAD.match(text)
    return bool(cover or (plain and plain in whole))


def _group_remarks(table: TableReader, starts: list[tuple[Line, Heading]]) -> list[Remark]:
    """Remark a group of the table that the outline numbers differently."""
    outline = {heading.rest: heading for _, heading in starts}
    remarks = []
    for group, (number, line) in table.groups.items():
        heading = outline.get(group)
        if heading and (heading.number, heading.level) != (number, 2):
            message = f"表中“（{number}）{group}”在正文中编号为“{heading.number}”"
            remarks.append(Remark(line, "group_renumbered", message))
    return remarks
