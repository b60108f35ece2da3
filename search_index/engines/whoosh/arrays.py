"""A segment as flat arrays: terms, postings with BM25F folded into one weight each, columns, rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from search_index.engines.whoosh.block import Pieces
from search_index.engines.whoosh.rows import Row, unpack
from search_index.pairs import Pairs, pairs_among
from search_index.titles import Titles

UNKNOWN = np.iinfo(np.int64).max
_REMEMBERED = 20_000

Array = npt.NDArray[Any]
# A row that holds a term, how well, and where in it: one bit for the title, the others for its parts.
POSTING = np.dtype([("row", np.int32), ("weight", np.float32), ("places", np.uint32)])
NOWHERE = slice(0, 0)


@dataclass(frozen=True)
class Texts:
    """Many short texts in one array of bytes, each read alone."""

    octets: Pieces
    starts: Array

    @classmethod
    def of(cls, texts: Sequence[bytes]) -> Texts:
        """From the texts as bytes."""
        sizes = np.fromiter(map(len, texts), np.int64, len(texts))
        return cls(np.frombuffer(b"".join(texts), np.uint8), np.concatenate(([0], np.cumsum(sizes))))

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, number: int) -> bytes:
        return self.octets[self.starts[number] : self.starts[number + 1]].tobytes()

    def text(self, number: int) -> str:
        """One of them as characters."""
        return str(self[number], "utf-8", "surrogatepass")


@dataclass(frozen=True)
class Keywords:
    """The values of a keyword field as pairs (row, number of the value in `names`), in order of rows."""

    names: tuple[str, ...]
    docs: Array
    codes: Array
    size: int

    @cached_property
    def single(self) -> Array | None:
        """Per row the number of its value, or one beyond the last; None where a row has several."""
        if len(self.docs) > 1 and not (self.docs[1:] > self.docs[:-1]).all():
            return None
        found = np.full(self.size, len(self.names), np.int32)
        found[self.docs] = self.codes
        return found

    @cached_property
    def starts(self) -> Array:
        """Where the pairs of each row begin, and where the last ends."""
        return self.docs.searchsorted(np.arange(self.size + 1))


@dataclass(frozen=True)
class Arrays:
    """One immutable segment; row n of every column is document n, and rows are in order of id."""

    terms: Array
    starts: Array
    postings: Pieces
    gone: Array
    marks: Array
    ids: Texts
    lines: Texts
    names: Texts
    numbers: dict[str, Array]
    keywords: dict[str, Keywords]
    lengths: dict[str, int]
    titles: Titles
    # Kept with large segments: working them out takes longer than an edit may.
    stored_pairs: Pairs | None = None
    _spans: dict[str, slice] = field(default_factory=dict, repr=False, compare=False)

    @property
    def size(self) -> int:
        """How many rows, removed ones too."""
        return len(self.gone)

    @cached_property
    def pairs(self) -> Pairs:
        """The pairs of characters among the terms."""
        return self.stored_pairs or pairs_among(self.terms, np.diff(self.starts))

    def find(self, document_id: str) -> int | None:
        """The row of an id."""
        low = self.row_after(document_id) - 1
        return low if low >= 0 and self.ids.text(low) == document_id else None

    def row_after(self, document_id: str) -> int:
        """The first row whose id comes after."""
        wanted, low, high = document_id.encode("utf-8", "surrogatepass"), 0, self.size
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if wanted < self.ids[middle] else (middle + 1, high)
        return low

    def row(self, number: int) -> Row:
        """The whole row, read from its line."""
        return unpack(self.lines[number])

    def listed(self, term: str) -> Array:
        """The postings of a term in order of rows; of a single CJK character, of all terms it begins."""
        found = self.postings[self.span(term)]
        return found if _is_whole(term) else _merged(found)

    def held_by(self, term: str) -> int:
        """How many rows hold a term."""
        span = self.span(term)
        return span.stop - span.start if _is_whole(term) else len(self.listed(term))

    def span(self, term: str) -> slice:
        """Where the postings are; nowhere for an unknown term."""
        span = self._spans.get(term)
        if span is None:
            if len(self._spans) > _REMEMBERED:
                self._spans.clear()
            found = (
                self._find(term.encode("utf-8", "surrogatepass")) if _is_whole(term) else self._begun(term)
            )
            span = self._spans[term] = found
        return span

    def _find(self, encoded: bytes) -> slice:
        if len(encoded) > self.terms.itemsize:
            return NOWHERE
        low = int(self.terms.searchsorted(encoded))
        if low == len(self.terms) or self.terms[low] != encoded:
            return NOWHERE
        return slice(int(self.starts[low]), int(self.starts[low + 1]))

    def _begun(self, char: str) -> slice:
        low = int(self.terms.searchsorted(char.encode()))
        high = int(self.terms.searchsorted(chr(ord(char) + 1).encode()))
        return slice(int(self.starts[low]), int(self.starts[max(low, high)]))


def _is_whole(term: str) -> bool:
    return len(term) > 1 or term <= "ÿ"


def _merged(postings: Array) -> Array:
    """Each row once, with the best weight and all places."""
    ordered = postings[np.argsort(postings["row"], kind="stable")]
    first = np.flatnonzero(np.diff(ordered["row"], prepend=-1))
    found = ordered[first]
    if len(first):
        found["weight"] = np.maximum.reduceat(ordered["weight"], first)
        found["places"] = np.bitwise_or.reduceat(ordered["places"], first)
    return found
