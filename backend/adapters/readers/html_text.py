"""An HTML page as lines: block elements break, table cells are parted by tabs, scripts are left out."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from backend.adapters.readers.answers import Answer
from backend.adapters.readers.spans import Spans

_BREAKS = frozenset(
    ("address", "article", "aside", "blockquote", "body", "br", "dd", "div", "dl", "dt", "fieldset", "figure")
    + ("footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p")
    + ("pre", "section", "table", "tbody", "thead", "title", "tr", "ul")
)
_SILENT = frozenset(("script", "style", "template", "noscript"))
_CELLS = frozenset(("td", "th"))
_TO_THE_END = 1_000_000


@dataclass
class _Cell:
    columns: int
    rows: int
    words: list[str] = field(default_factory=list)


class _Lines(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[tuple[int, str]] = []
        self._words: list[str] = []
        self._line = 0
        self._silent = 0
        self._in_row = False
        self._cells: list[_Cell] = []
        self._spans = Spans()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag in _CELLS:
            sizes = dict(attrs)
            self._cells.append(_Cell(_size(sizes.get("colspan")), _size(sizes.get("rowspan"), _TO_THE_END)))
        elif tag in _BREAKS and (tag in ("tr", "table") or not self._in_row):
            # Inside a row nothing else breaks.
            self._finish()
        if tag == "table":
            self._spans = Spans()
        if tag == "tr":
            self._in_row = True

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in ("tr", "table") or tag in _BREAKS and not self._in_row:
            self._finish()

    def handle_data(self, data: str) -> None:
        words = " ".join(data.split())
        if self._silent or not words:
            return
        if not self._line:
            self._line = self.getpos()[0] + data[: len(data) - len(data.lstrip())].count("\n")
        (self._cells[-1].words if self._cells else self._words).append(words)

    def close(self) -> None:
        super().close()
        self._finish()

    def _finish(self) -> None:
        """End the line, or the row; a row that says nothing of its own is none."""
        row: list[str] = []
        if self._in_row or self._cells:
            row = self._spans.row(("".join(cell.words), cell.columns, cell.rows) for cell in self._cells)
        if self._line:
            self.lines.append((self._line, "".join((*self._words, "\t".join(row)))))
        self._words, self._cells, self._line, self._in_row = [], [], 0, False


def _size(value: str | None, of_zero: int = 1) -> int:
    """A colspan or rowspan as written; rowspan 0 reaches to the end."""
    digits = (value or "").strip()
    return int(digits[:6]) or of_zero if digits.isascii() and digits.isdigit() else 1


def read(data: bytes) -> dict[str, Any]:
    """The visible text of a page (UTF-8); numbers are those of the source, made to grow by one where several
    visible lines stand on one line of source."""
    parser = _Lines()
    parser.feed(data.decode("utf-8"))
    parser.close()
    answer = Answer()
    for number, words in parser.lines:
        answer.line(words, number=max(number, answer.last + 1))
    return answer.as_json()
