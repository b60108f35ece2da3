"""A segment to be searched, with what has been worked out about it for one generation."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

import numpy as np

from search_index.analysis import Word
from search_index.engines.whoosh.arrays import UNKNOWN, Array, Arrays
from search_index.engines.whoosh.holding import Held, Rarity, hold_terms, hold_word
from search_index.engines.whoosh.inverting import as_number
from search_index.query import AnyOf, Between, Filters

# A row of a word takes 20 bytes.
_REMEMBERED_ROWS = 1 << 20
_REMEMBERED_MASKS = 64
_REMEMBERED_HITS = 20_000

Made = TypeVar("Made")


class Memory(dict[Hashable, Made]):
    """What was worked out; dropped whole when it weighs too much, for it is soon worked out again."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most
        self._weighs = 0

    def keep(self, key: Hashable, made: Made, weight: int) -> None:
        """Remember; two threads that do so at once do no harm."""
        self._weighs += weight
        if self._weighs > self._most:
            self.clear()
            self._weighs = weight
        self[key] = made


@dataclass(frozen=True)
class Block:
    """Rows that can be found, and the words of earlier questions with the rows that hold them."""

    arrays: Arrays
    shown: Array
    _words: Memory[Held] = field(default_factory=lambda: Memory(_REMEMBERED_ROWS))
    _told: Memory[tuple[str, str, int]] = field(default_factory=lambda: Memory(_REMEMBERED_HITS))
    _masks: Memory[Array] = field(default_factory=lambda: Memory(_REMEMBERED_MASKS))

    @cached_property
    def all_shown(self) -> bool:
        """Whether no row is hidden."""
        return bool(self.shown.all())

    @cached_property
    def rows(self) -> Array:
        """The rows that can be found."""
        return np.flatnonzero(self.shown)

    def holding(self, word: Word, rarity: Rarity) -> Held:
        """Rows that can be found and hold the word."""
        held = self._words.get(word.written)
        return held or self._kept(word.written, hold_word(self.arrays, word, rarity))

    def holding_term(self, term: str, rarity: Rarity) -> Held:
        """Rows that can be found and hold one term."""
        held = self._words.get((term,))
        return held or self._kept((term,), hold_terms(self.arrays, (term,), rarity))

    def _kept(self, key: Hashable, held: Held) -> Held:
        if not self.all_shown:
            held = held.at(self.shown.take(held.docs).nonzero()[0])
        self._words.keep(key, held, len(held.docs) + 10)
        return held

    def passing(self, filters: Filters) -> Array:
        """True for the rows that pass all filters."""
        mask = self._masks.get(filters)
        if mask is None:
            mask = np.logical_and.reduce([_passing(self.arrays, condition) for condition in filters])
            self._masks.keep(filters, mask, 1)
        return mask

    def told(self, row: int) -> tuple[str, str, int]:
        """Id, kind and revision of a row that can be found."""
        told = self._told.get(row)
        if told is None:
            kinds = self.arrays.keywords["kind"]
            assert kinds.single is not None
            revision = int(self.arrays.numbers["revision"][row])
            told = self.arrays.ids.text(row), kinds.names[kinds.single[row]], revision
            self._told.keep(row, told, 1)
        return told

    def counts(self, name: str, docs: Array) -> dict[str, int]:
        """How many of the rows hold each value of a keyword field."""
        keywords = self.arrays.keywords[name]
        if keywords.single is not None:
            codes = keywords.single.take(docs)
        else:
            starts = keywords.starts.take(docs)
            sizes = keywords.starts.take(docs + 1) - starts
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
