"""A Word document (docx) as lines: paragraphs with the numbers Word makes, table rows with tabs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from backend.adapters.readers.answers import Answer, RefusedError
from backend.adapters.readers.docx_numbers import AutoNumbers, W
from backend.adapters.readers.packages import open_package, read_part, remark_dangers

# Deleted text, field codes, and the copy of a drawing kept for old programs.
_SKIPPED = {f"{W}del", f"{W}moveFrom", f"{W}instrText", f"{W}delText", f"{W}pPr", f"{W}tblPr", f"{W}sectPr"}
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_DEEPEST = 400
# What a hostile file could multiply is kept small.
_WIDEST, _LONGEST_MERGED = 50, 400


def read(data: bytes) -> dict[str, Any]:
    """The lines of a document."""
    package = open_package(data)
    answer = Answer()
    try:
        main = read_part(package, "word/document.xml")
        if main is None:
            raise RefusedError("wrong_type", "文件内容不是 Word 文档（docx）。")
        reading = _Reading(answer, _part(package, "word/numbering.xml"), _part(package, "word/styles.xml"))
        reading.body(fromstring(main, forbid_dtd=True))
        for name, what in (("word/footnotes.xml", "脚注"), ("word/endnotes.xml", "尾注")):
            reading.notes(_part(package, name), what)
        remark_dangers(package, answer)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise RefusedError("damaged_file", "文件内容已损坏或含有不允许的结构，无法读取。") from error
    return answer.as_json()


def _part(package: Any, name: str) -> Any | None:
    data = read_part(package, name)
    return fromstring(data, forbid_dtd=True) if data else None


class _Reading:
    def __init__(self, answer: Answer, numbering: Any | None, styles: Any | None) -> None:
        self._answer = answer
        self._numbers = AutoNumbers(numbering, styles)
        self._page = 1
        self._paged = False
        self._revised = False

    def body(self, root: Any) -> None:
        """Every paragraph and table in order; pages are those Word last laid out."""
        body = root.find(f"{W}body")
        if body is None:
            raise RefusedError("damaged_file", "文件内容已损坏，没有正文。")
        self._paged = next(root.iter(f"{W}lastRenderedPageBreak"), None) is not None
        self._blocks(body)
        if self._revised:
            self._answer.remark("tracked_changes", "文件含有修订，按接受修订后的文字读取")

    def notes(self, root: Any | None, what: str) -> None:
        """Footnotes stand at the end, each on a line of its own."""
        for note in root or ():
            if note.get(f"{W}type"):  # separators
                continue
            text = "".join(self._inline(note)).strip()
            if text:
                self._answer.line(text)
                self._answer.remark("note", f"这一行是{what}", self._answer.last)

    def _blocks(self, parent: Any, depth: int = 0) -> None:
        if depth > _DEEPEST:
            raise RefusedError("too_complex", "文件结构嵌套过深，无法读取。")
        for child in parent:
            if child.tag == f"{W}p":
                self._paragraph(child)
            elif child.tag == f"{W}tbl":
                self._table(child)
            elif child.tag not in _SKIPPED:
                self._blocks(child, depth + 1)

    def _paragraph(self, paragraph: Any) -> None:
        words = [self._numbers.label(paragraph.find(f"{W}pPr"))]
        page = None
        for word in self._inline(paragraph):
            words.append(word)
            # A page may turn before the first word, or after.
            page = page or (self._page if word.strip() else None)
        for line in "".join(words).split("\n"):
            self._answer.line(line.replace("\t", " "), (page or self._page) if self._paged else None)

    def _table(self, table: Any) -> None:
        merged: dict[int, str] = {}
        for row in table.iter(f"{W}tr"):
            page = self._page if self._paged else None
            cells, own = self._row(row, merged)
            if own:
                # A row of one cell is still a row.
                self._answer.line("\t".join(cells) + ("\t" if len(cells) == 1 else ""), page)

    def _row(self, row: Any, merged: dict[int, str]) -> tuple[list[str], bool]:
        """The columns of a row, and whether it says anything of its own. A cell merged with the one above
        says the same; the further columns of a wide cell stay empty. `merged` is what stands above."""
        texts = [""] * _count(row.find(f"{W}trPr/{W}gridBefore"))
        own = False
        for cell in _cells(row):
            merge = cell.find(f"{W}tcPr/{W}vMerge")
            place = len(texts)
            if merge is not None and merge.get(f"{W}val", "continue") == "continue":
                texts.append(merged.get(place, ""))
            else:
                texts.append(self._cell(cell))
                own = own or bool(texts[-1])
                merged[place] = texts[-1] if len(texts[-1]) <= _LONGEST_MERGED else ""
            texts += [""] * (_count(cell.find(f"{W}tcPr/{W}gridSpan"), 1) - 1)
        return texts, own

    def _cell(self, cell: Any) -> str:
        words = []
        for paragraph in cell.iter(f"{W}p"):
            label = self._numbers.label(paragraph.find(f"{W}pPr"))
            words.append(label + "".join(self._inline(paragraph)))
        return "".join(words).replace("\n", "").replace("\t", " ").strip()

    def _inline(self, parent: Any) -> Iterator[str]:
        stack = list(reversed(parent))
        while stack:
            element = stack.pop()
            if element.tag in (f"{W}del", f"{W}ins", f"{W}moveFrom"):
                self._revised = True
            if element.tag in _SKIPPED or element.tag == _FALLBACK:
                continue
            if element.tag == f"{W}t":
                yield element.text or ""
            elif element.tag in (f"{W}tab", f"{W}ptab"):
                yield "\t"
            elif element.tag == f"{W}noBreakHyphen":
                yield "-"
            elif element.tag == f"{W}lastRenderedPageBreak":
                self._page += 1
            elif element.tag in (f"{W}br", f"{W}cr"):
                yield "\n"
            else:
                stack.extend(reversed(element))


def _cells(row: Any) -> Iterator[Any]:
    """The cells of a row, also those inside a content control."""
    for child in row:
        if child.tag == f"{W}tc":
            yield child
        elif child.tag == f"{W}sdt":
            yield from child.iterfind(f"{W}sdtContent/{W}tc")


def _count(element: Any | None, usual: int = 0) -> int:
    """How many columns an element says."""
    digits = (element.get(f"{W}val") or "").strip() if element is not None else ""
    return min(int(digits[:6]), _WIDEST) if digits.isascii() and digits.isdigit() else usual
