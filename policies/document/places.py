"""Where a value stands in the file: found again by its own words, whatever marks and breaks lie between."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from policies.document.model import Line, Span

# What reading leaves out: spaces, marks of Markdown, tags, characters nobody sees.
_LEFT_OUT = re.compile(
    "\\s+|</?[A-Za-z][^<>]{0,200}>|[#*_|]+|[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]+"
)
_NO_ACCIDENT = 4


@dataclass(frozen=True)
class Place:
    """A line and a stretch of it; not `whole` where the words do not stand together."""

    line: int
    span: Span
    whole: bool


class Places:
    """Finds words in the lines of one document."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = list(lines)
        self._index = {line.number: place for place, line in enumerate(self._lines)}
        self._starts: list[int] = []
        words: list[str] = []
        length = 0
        for line in self._lines:
            self._starts.append(length)
            words.append(_LEFT_OUT.sub("", line.text))
            length += len(words[-1])
        self._text = "".join(words)
        self._starts.append(length)
        self._kept: dict[int, tuple[list[int], list[int]]] = {}

    def find(self, written: str, first: int, last: int, from_end: bool = False) -> Place | None:
        """The line and the stretch of it where `written` stands between two lines; of words that run on
        (into the next line, round a cell of a table) the stretch where they begin. None where they do not."""
        words = _LEFT_OUT.sub("", written)
        if not words or first not in self._index or last not in self._index:
            return None
        start, end = self._starts[self._index[first]], self._starts[self._index[last] + 1]
        found = self._text.rfind(words, start, end) if from_end else self._text.find(words, start, end)
        length = len(words)
        if found < 0:
            found, length = self._beginning(words, start, end)
        if found < 0:
            return None
        place = bisect_right(self._starts, found) - 1
        offset = found - self._starts[place]
        kept = self._starts[place + 1] - self._starts[place]
        span = self._raw(place, offset), self._raw(place, min(offset + length, kept) - 1) + 1
        return Place(self._lines[place].number, span, length == len(words))

    def _beginning(self, words: str, start: int, end: int) -> tuple[int, int]:
        """Where the longest beginning of the words stands, if it is long enough to be no accident."""
        low, high = 0, len(words)
        while low < high:
            middle = (low + high + 1) // 2
            if self._text.find(words[:middle], start, end) < 0:
                high = middle - 1
            else:
                low = middle
        return (self._text.find(words[:low], start, end), low) if low >= _NO_ACCIDENT else (-1, 0)

    def _raw(self, place: int, offset: int) -> int:
        """Where in a raw line its kept character number `offset` stands."""
        if place not in self._kept:
            counts, positions = [0], [0]
            for gap in _LEFT_OUT.finditer(self._lines[place].text):
                counts.append(counts[-1] + gap.start() - positions[-1])
                positions.append(gap.end())
            self._kept[place] = counts, positions
        counts, positions = self._kept[place]
        stretch = bisect_right(counts, offset) - 1
        return positions[stretch] + offset - counts[stretch]
