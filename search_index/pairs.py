"""Pairs of characters that follow each other, by what is heard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from search_index.pinyin import FIRST, LAST, code_tables

Array = npt.NDArray[Any]
_PER_PAIR = 40
_PAIR_BYTES = 6
_THREE_BYTES = 0xE0


@dataclass(frozen=True)
class Pairs:
    """Pairs of characters with their counts, in order of what is heard."""

    heard: Array
    firsts: Array
    seconds: Array
    counts: Array

    @classmethod
    def of(cls, pairs: Sequence[str] | Array, counts: Sequence[int] | Array) -> Pairs:
        """From pairs as a sequence of two-character texts; others are left out."""
        codes = np.array(["", *pairs], "U2").view(np.uint32).reshape(-1, 2)[1:]
        return cls.of_codes(codes[:, 0], codes[:, 1], np.asarray(counts, np.int64))

    @classmethod
    def of_codes(cls, firsts: Array, seconds: Array, counts: Array) -> Pairs:
        """From code points; a pair stands once for every way its characters are heard."""
        known = (firsts >= FIRST) & (firsts <= LAST) & (seconds >= FIRST) & (seconds <= LAST)
        firsts, seconds, counts = firsts[known], seconds[known], counts[known]
        table = code_tables().astype(np.int64)
        found = []
        for one in table:
            for other in table:
                low, high = one[firsts - FIRST], other[seconds - FIRST]
                has = (low > 0) & (high > 0)
                found.append((low[has] << 16 | high[has], firsts[has], seconds[has], counts[has]))
        key, first, second, count = (np.concatenate(part) for part in zip(*found, strict=True))
        order = np.lexsort((-count, key))
        return cls(key[order], first[order].astype(np.uint32), second[order].astype(np.uint32), count[order])

    def sounding(self, one: int, other: int) -> list[tuple[str, str, int]]:
        """The most usual pairs heard as these two sounds."""
        key = one << 16 | other
        low = int(self.heard.searchsorted(key))
        high = min(int(self.heard.searchsorted(key + 1)), low + _PER_PAIR)
        return [
            (chr(a), chr(b), int(n))
            for a, b, n in zip(
                self.firsts[low:high], self.seconds[low:high], self.counts[low:high], strict=True
            )
        ]


def pairs_among(terms: Array, counts: Array) -> Pairs:
    """The pairs among the terms of an index, which are bytes, with how many rows hold each."""
    width = terms.itemsize
    if width < _PAIR_BYTES or not len(terms):
        return Pairs.of((), ())
    octets = np.ascontiguousarray(terms).view(np.uint8).reshape(-1, width)
    chosen = (octets[:, 0] >= _THREE_BYTES) & (octets[:, 3] >= _THREE_BYTES)
    if width > _PAIR_BYTES:
        chosen &= octets[:, _PAIR_BYTES] == 0
    pairs = octets[chosen].astype(np.int64)
    return Pairs.of_codes(_code_points(pairs), _code_points(pairs[:, 3:]), counts[chosen])


def _code_points(octets: Array) -> Array:
    """Characters of three bytes in UTF-8, which all CJK ones are."""
    return (octets[:, 0] & 0x0F) << 12 | (octets[:, 1] & 0x3F) << 6 | (octets[:, 2] & 0x3F)
