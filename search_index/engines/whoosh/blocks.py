"""The segments of one generation: their rows numbered through, filtered, told of and counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, TypeVar

import numpy as np

from search_index.engines.whoosh.arrays import UNKNOWN, Array, Arrays
from search_index.engines.whoosh.inverting import as_number
from search_index.query import AnyOf, Between, Filters

_REMEMBERED_MASKS = 64
_REMEMBERED_HITS = 20_000
# Octets of a title that a question's words count half in; some seven characters.
_SHORT_TITLE = 20
_NO_ROWS = np.empty(0, np.int32)
_ALL_PASS = np.empty(0, bool)

Made = TypeVar("Made")


class Memory(dict[Hashable, Made]):
    """What was worked out; dropped whole when it is much, for it is soon worked out again."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def keep(self, key: Hashable, made: Made) -> Made:
        """Remember; two threads that do so at once do no harm."""
        if len(self) >= self._most:
            self.clear()
        self[key] = made
        return made


@dataclass(frozen=True)
class Block:
    """A segment, and which of its rows can be found."""

    arrays: Arrays
    shown: Array

    @cached_property
    def brevity(self) -> Array:
        """For each row how much of its title a few words are, from 0 to 1: a short one is about them."""
        octets = np.diff(self.arrays.names.starts)
        return (_SHORT_TITLE / (_SHORT_TITLE + octets)).astype(np.float32)


class Told(NamedTuple):
    """What a hit tells of itself."""

    id: str
    kind: str
    revision: int


class Blocks:
    """All segments; row n of a segment has the number of its first row and n."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self.blocks = blocks
        sizes = [block.arrays.size for block in blocks]
        self.size = sum(sizes)
        bounds = np.cumsum([0, *sizes])
        self.firsts, self._ends = bounds[:-1], bounds[1:]
        self.count = sum(int(np.count_nonzero(block.shown)) for block in blocks)
        self._masks: Memory[Array] = Memory(_REMEMBERED_MASKS)
        self._told: Memory[Told] = Memory(_REMEMBERED_HITS)

    @cached_property
    def rows(self) -> Array:
        """The rows that can be found."""
        if not self.blocks:
            return _NO_ROWS
        return np.concatenate([block.shown for block in self.blocks]).nonzero()[0].astype(np.int32)

    def mask(self, filters: Filters) -> Array:
        """True for the rows that pass all filters; empty when there are none to pass."""
        if not filters or not self.blocks:
            return _ALL_PASS
        mask = self._masks.get(filters)
        return self._masks.keep(filters, self._passing(filters)) if mask is None else mask

    def _passing(self, filters: Filters) -> Array:
        return np.concatenate(
            [
                np.logical_and.reduce([_passing(block.arrays, condition) for condition in filters])
                for block in self.blocks
            ]
        )

    def passing(self, rows: Array, filters: Filters) -> Array:
        """Those of the rows that pass all filters."""
        return rows[self.mask(filters).take(rows)] if filters and len(rows) else rows

    def by_block(self, rows: Array) -> Iterator[tuple[Arrays, int, slice]]:
        """Segments that have some of the rows, the number of their first, and which of the rows they have."""
        ends = rows.searchsorted(self._ends).tolist()
        start = 0
        for block, first, end in zip(self.blocks, self.firsts.tolist(), ends, strict=True):
            if end > start:
                yield block.arrays, first, slice(start, end)
            start = end

    def place(self, row: int) -> tuple[Arrays, int]:
        """The segment of a row and its number there."""
        number = int(self.firsts.searchsorted(row, "right")) - 1
        return self.blocks[number].arrays, row - int(self.firsts[number])

    def told(self, row: int) -> Told:
        """Id, kind and revision of a row that can be found."""
        return self._told.get(row) or self._told.keep(row, _told(*self.place(row)))

    def counts(self, name: str, rows: Array) -> dict[str, int]:
        """How many of the rows hold each value of a keyword field, most first."""
        total: Counter[str] = Counter()
        for arrays, first, within in self.by_block(rows):
            total.update(_counts(arrays, name, rows[within] - first))
        return dict(sorted(total.items(), key=lambda item: (-item[1], item[0])))


def _told(arrays: Arrays, row: int) -> Told:
    kinds = arrays.keywords["kind"]
    assert kinds.single is not None
    return Told(arrays.ids.text(row), kinds.names[kinds.single[row]], int(arrays.numbers["revision"][row]))


def _counts(arrays: Arrays, name: str, rows: Array) -> dict[str, int]:
    keywords = arrays.keywords[name]
    if keywords.single is not None:
        codes = keywords.single.take(rows)
    else:
        starts = keywords.starts.take(rows)
        sizes = keywords.starts.take(rows + 1) - starts
        before = np.cumsum(sizes) - sizes
        codes = keywords.codes.take(np.repeat(starts - before, sizes) + np.arange(int(sizes.sum())))
    numbers = np.bincount(codes, minlength=len(keywords.names) + 1)[: len(keywords.names)].tolist()
    return {value: n for value, n in zip(keywords.names, numbers, strict=True) if n}


def _passing(arrays: Arrays, condition: AnyOf | Between) -> Array:
    if isinstance(condition, Between):
        column = arrays.numbers[condition.field]
        known = column != UNKNOWN
        low = -UNKNOWN if condition.low is None else as_number(condition.low)
        high = UNKNOWN - 1 if condition.high is None else as_number(condition.high)
        within: Array = known & (column >= low) & (column <= high)
        return within | ~known if condition.or_unknown else within
    keywords = arrays.keywords[condition.field]
    wanted = [code for code, name in enumerate(keywords.names) if name in condition.values]
    mask = np.zeros(arrays.size, bool)
    mask[keywords.docs[np.isin(keywords.codes, wanted)]] = True
    return mask
