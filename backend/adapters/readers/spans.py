"""Cells that reach over columns and into the rows below: every column keeps its place."""

from __future__ import annotations

from collections.abc import Iterable

_WIDEST = 50
# Repeated text is kept to a size that a hostile file cannot multiply.
_LONGEST, _MOST_REPEATED = 400, 500_000


class Spans:
    """The rows of one table. What a cell says of several rows stands in each of them; the further columns
    of a wide cell stay empty."""

    def __init__(self) -> None:
        self._below: dict[int, tuple[str, int]] = {}
        self._left = _MOST_REPEATED

    def row(self, cells: Iterable[tuple[str, int, int]]) -> list[str]:
        """The columns of the next row; of each cell its text, and how many columns and rows it covers."""
        above, self._below = self._below, {}
        row: list[str] = []
        for text, columns, rows in cells:
            self._carry(row, above)
            for place in range(min(columns, _WIDEST)):
                words = "" if place else text
                if rows > 1:
                    self._below[len(row)] = words, rows - 1
                row.append(words)
        while above:
            row += [""] * (min(above) - len(row))
            self._carry(row, above)
        return row

    def _carry(self, row: list[str], above: dict[int, tuple[str, int]]) -> None:
        while len(row) in above:
            text, rows = above.pop(len(row))
            if len(text) > _LONGEST or len(text) > self._left:
                text = ""
            self._left -= len(text)
            if rows > 1:
                self._below[len(row)] = text, rows - 1
            row.append(text)
