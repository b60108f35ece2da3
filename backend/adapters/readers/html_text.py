"""An HTML page as lines: block elements break, table cells are parted by tabs, scripts are left out."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from backend.adapters.readers.answers import Answer

_BREAKS = frozenset(
    ("address", "article", "aside", "blockquote", "body", "br", "dd", "div", "dl", "dt", "fieldset", "figure")
    + ("footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p")
    + ("pre", "section", "table", "tbody", "thead", "title", "tr", "ul")
)
_SILENT = frozenset(("script", "style", "template", "noscript"))
_CELLS = frozenset(("td", "th"))


class _Lines(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[tuple[int, str]] = []
        self._words: list[str] = []
        self._line = 1
        self._silent = 0
        self._row_depth = 0
        self._cells = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag in _SILENT:
            self._silent += 1
        elif tag in _CELLS:
            # A tab before every cell but the first; inside a row nothing else breaks.
            self._words += ["\t"] if self._cells else []
            self._cells += 1
        elif tag in _BREAKS and (tag == "tr" or not self._row_depth):
            self._finish()
        if tag == "tr":
            self._row_depth, self._cells = 1, 0

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in ("tr", "table"):
            self._row_depth = 0
            self._finish()
        elif tag in _BREAKS and not self._row_depth:
            self._finish()

    def handle_data(self, data: str) -> None:
        words = " ".join(data.split())
        if self._silent or not words:
            return
        if not self._words:
            self._line = self.getpos()[0] + data[: len(data) - len(data.lstrip())].count("\n")
        self._words.append(words)

    def close(self) -> None:
        super().close()
        self._finish()

    def _finish(self) -> None:
        text = "".join(self._words)
        if text.strip():
            self.lines.append((self._line, text))
        self._words = []


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
