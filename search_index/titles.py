"""Titles to offer while someone types: every title is found by any part of it, as characters or as pinyin.

A window is the start of what follows one character of a title. All windows in order make "contains" a
bisection. They are plain arrays, so that an engine may keep them in files.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from search_index.analysis import fold
from search_index.pinyin import spelled

Array = npt.NDArray[Any]
CHARACTERS, LETTERS = 8, 20
_LONGEST_TITLE = 60


@dataclass(frozen=True)
class Windows:
    """Sorted starts of what is to be found, the row each belongs to, and its place in the title."""

    keys: Array
    rows: Array
    places: Array

    def starting(self, typed: str, most: int) -> Iterator[tuple[int, int]]:
        """Rows and places of up to `most` windows that start with what was typed."""
        kind = self.keys.dtype.kind
        width = self.keys.dtype.itemsize // (4 if kind == "U" else 1)
        first: str | bytes = typed[:width]
        last: str | bytes = typed[:width] + "\U0010ffff"
        if kind == "S":
            first, last = (
                typed[:width].encode("ascii", "replace"),
                typed[:width].encode("ascii", "replace") + b"\x7f",
            )
        low = int(self.keys.searchsorted(first))
        high = min(int(self.keys.searchsorted(last)), low + most)
        yield from zip(self.rows[low:high].tolist(), self.places[low:high].tolist(), strict=True)


@dataclass(frozen=True)
class Titles:
    """The windows of many titles: those at the start of a title, those inside, and the same as letters."""

    heads: Windows
    inner: Windows
    letter_heads: Windows
    letter_inner: Windows


PARTS = ("heads", "inner", "letter_heads", "letter_inner")


def windows_of(titles: Sequence[str]) -> Titles:
    """All windows of these titles; a row is a title's place in the sequence."""
    heads, inner = _characters([fold(title)[:_LONGEST_TITLE] for title in titles])
    letter_heads, letter_inner = _letters([spelled(fold(title)[:_LONGEST_TITLE]) for title in titles])
    return Titles(heads, inner, letter_heads, letter_inner)


def _characters(folded: Sequence[str]) -> tuple[Windows, Windows]:
    padding = "\0" * CHARACTERS
    joined = padding.join(folded) + padding
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)
    keys = _sliding(codes, CHARACTERS).view(f"U{CHARACTERS}").reshape(-1)
    sizes = np.array([len(title) for title in folded], np.int64)
    starts = np.cumsum(sizes + CHARACTERS) - (sizes + CHARACTERS)
    rows, places = _positions(sizes)
    return _sorted(keys[starts[rows] + places] if len(rows) else keys[:0], rows, places)


def _letters(titles: Sequence[Sequence[str]]) -> tuple[Windows, Windows]:
    """Both whole syllables and initials, from every character that has letters."""
    found = []
    for initials in (False, True):
        spoken = [[s[:1] for s in title] if initials else title for title in titles]
        padding = "\0" * LETTERS
        joined = padding.join("".join(title) for title in spoken) + padding
        letters = np.frombuffer(joined.encode("ascii"), np.uint8)
        keys = _sliding(letters, LETTERS).view(f"S{LETTERS}").reshape(-1)
        sizes = np.array([len(title) for title in spoken], np.int64)
        rows, places = _positions(sizes)
        lengths = np.array([len(s) for title in spoken for s in title], np.int64)
        before = np.cumsum(lengths) - lengths + rows * LETTERS
        has = lengths > 0
        found.append((keys[before[has]], rows[has], places[has]))
    keys, rows, places = (np.concatenate(part) for part in zip(*found, strict=True))
    return _sorted(keys, rows, places)


def _sliding(values: Array, width: int) -> Array:
    view = np.lib.stride_tricks.sliding_window_view(values, width)
    return np.ascontiguousarray(view)


def _positions(sizes: Array) -> tuple[Array, Array]:
    rows = np.repeat(np.arange(len(sizes)), sizes)
    places = np.arange(len(rows)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return rows, places


def _sorted(keys: Array, rows: Array, places: Array) -> tuple[Windows, Windows]:
    return _ordered(keys, rows, places, places == 0), _ordered(keys, rows, places, places > 0)


def _ordered(keys: Array, rows: Array, places: Array, chosen: Array) -> Windows:
    keys, rows, places = keys[chosen], rows[chosen], places[chosen]
    order = np.argsort(keys, kind="stable")
    return Windows(keys[order], rows[order].astype(np.int32), places[order].astype(np.uint8))
