"""Pieces of text on a page to lines: what stands at one height is a row, what wraps is one paragraph."""

from __future__ import annotations

import re
from dataclasses import dataclass

# In parts of the size of the letters.
_SAME_HEIGHT, _COLUMN_GAP, _NEAR_EDGE, _SAME_COLUMN, _LOOSE = 0.5, 1.4, 1.6, 1.0, 2.6
# A new numbered paragraph, even where the one above happens to fill the line.
_ENDS = ("。", "；", ";", "：", ":")
_NUMBERED = re.compile(
    r"第?[一二三四五六七八九十百\d]{1,4}[、．.条章]|[（(][一二三四五六七八九十\d]{1,3}[）)]"
)


@dataclass(frozen=True)
class Piece:
    """A stretch of text: left and right edge, height above the page's foot, size of its letters."""

    left: float
    right: float
    base: float
    size: float
    text: str


def page_rows(pieces: list[Piece]) -> list[str]:
    """The lines of a page from top to bottom."""
    rows = _rows(pieces)
    if not rows:
        return []
    left = min(row[0].left for row in rows)
    right = max(row[-1].right for row in rows)
    lines: list[str] = []
    columns: list[float] = []
    above: list[Piece] | None = None
    for row in rows:
        near = above is not None and above[0].base - row[0].base < _LOOSE * row[0].size
        if len(row) > 1:
            columns = _columns(columns if near else [], row)
            lines.append(_in_columns(row, columns))
        elif near and columns and _column_of(row[0], columns) > 0:
            lines.append(_in_columns(row, columns))
        elif near and above and len(above) == 1 and not columns and _wraps(above[0], row[0], left, right):
            lines[-1] += row[0].text
        else:
            columns = []
            lines.append(row[0].text)
        above = row
    return lines


def _rows(pieces: list[Piece]) -> list[list[Piece]]:
    """Pieces at one height, from left to right; those without a gap between them are one."""
    rows: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda item: (-item.base, item.left)):
        if rows and abs(rows[-1][0].base - piece.base) < _SAME_HEIGHT * piece.size:
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [_joined(sorted(row, key=lambda item: item.left)) for row in rows]


def _joined(row: list[Piece]) -> list[Piece]:
    done = [row[0]]
    for piece in row[1:]:
        last = done[-1]
        if piece.left - last.right < _COLUMN_GAP * piece.size:
            done[-1] = Piece(last.left, piece.right, last.base, last.size, last.text + piece.text)
        else:
            done.append(piece)
    return done


def _columns(known: list[float], row: list[Piece]) -> list[float]:
    """Left edges of the table's columns, with those this row adds."""
    edges = list(known)
    for piece in row:
        if all(abs(piece.left - edge) > _SAME_COLUMN * piece.size for edge in edges):
            edges.append(piece.left)
    return sorted(edges)


def _column_of(piece: Piece, columns: list[float]) -> int:
    """The place of the column a piece begins in; -1 when it begins in none."""
    for place, edge in enumerate(columns):
        if abs(piece.left - edge) <= _SAME_COLUMN * piece.size:
            return place
    return -1


def _in_columns(row: list[Piece], columns: list[float]) -> str:
    cells = [""] * len(columns)
    for piece in row:
        cells[max(0, _column_of(piece, columns))] += piece.text
    return "\t".join(cells)


def _wraps(above: Piece, piece: Piece, left: float, right: float) -> bool:
    """Whether a line goes on from one that fills the page's width, itself not set in."""
    if above.text.endswith(_ENDS) and _NUMBERED.match(piece.text):
        return False
    full = right - above.right < _NEAR_EDGE * above.size
    return full and piece.left - left < 0.5 * piece.size and abs(above.size - piece.size) < 0.5
