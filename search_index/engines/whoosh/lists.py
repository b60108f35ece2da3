"""For each word of the questions of one generation: the rows that hold it, in one stretch of memory."""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from search_index.analysis import Word
from search_index.engines.whoosh import kernels
from search_index.engines.whoosh.arrays import Array
from search_index.engines.whoosh.blocks import Block, Blocks

# A row of a word takes 16 bytes; when all is used, words are forgotten, for they are soon read again.
_ROWS = 1 << 20


class Listed(NamedTuple):
    """Where the rows of a word are, what it tells, and whether some row holds it in one piece."""

    start: int
    stop: int
    telling: float
    whole: bool


class Lists:
    """A stretch of memory; what lies in it stays as it is, so any thread may read it."""

    def __init__(self, size: int) -> None:
        self.rows = np.empty(size, np.int32)
        self.told = np.empty((size, 3), np.uint32)
        self.end = 0
        self.of: dict[str, Listed] = {}

    @property
    def free(self) -> int:
        """For how many more rows there is room."""
        return len(self.rows) - self.end


class WordLists:
    """Reads the lists of words when they are first asked for."""

    def __init__(self, blocks: Blocks) -> None:
        self._blocks = blocks.blocks
        self._firsts = blocks.firsts.tolist()
        self._size = blocks.size
        self._lists = Lists(0)
        self._rarities: dict[str, float] = {}
        self._lock = threading.Lock()

    def of(self, words: Sequence[Word]) -> tuple[Lists, list[Listed]]:
        """The lists of these words, and the memory they are in."""
        lists = self._lists
        try:
            return lists, [lists.of[word.written] for word in words]
        except KeyError:
            return self._read(words)

    def forget(self) -> None:
        """Read every word anew."""
        self._lists = Lists(0)

    def rarity(self, term: str) -> float:
        """How much a term tells: more, the fewer rows hold it; zero when none does."""
        rarity = self._rarities.get(term)
        if rarity is None:
            held = sum(block.arrays.held_by(term) for block in self._blocks)
            rarity = math.log(1 + (self._size - held + 0.5) / (held + 0.5)) if held else 0.0
            self._rarities[term] = rarity
        return rarity

    def _read(self, words: Sequence[Word]) -> tuple[Lists, list[Listed]]:
        with self._lock:
            lists = self._lists
            asked = {word.written: word for word in words}
            missing = [word for written, word in asked.items() if written not in lists.of]
            if lists.free < sum(map(self._most, missing)):
                # A new one, since another thread may be reading this.
                missing = list(asked.values())
                lists = self._lists = Lists(max(_ROWS, sum(map(self._most, missing))))
            for word in missing:
                lists.of[word.written] = self._listed(word, lists)
            return lists, [lists.of[word.written] for word in words]

    def _most(self, word: Word) -> int:
        """No fewer rows than hold the word."""
        return sum(
            min(block.arrays.held_by(term) for term in side)
            for side in (word.needed, word.literal)
            for block in self._blocks
            if side
        )

    def _listed(self, word: Word, lists: Lists) -> Listed:
        start = lists.end
        for block, first_row in zip(self._blocks, self._firsts, strict=True):
            self._append(block, first_row, word, lists)
        telling = sum(map(self.rarity, word.needed))
        return Listed(start, lists.end, telling, bool(lists.told[start : lists.end, kernels.PLACES].any()))

    def _append(self, block: Block, first_row: int, word: Word, lists: Lists) -> None:
        held_by = block.arrays.held_by
        sides = [sorted(side, key=held_by) for side in (word.needed, word.literal)]
        terms = [*sides[0], *sides[1], *word.helpful]
        listed: list[Array] = [block.arrays.listed(term) for term in terms]
        starts = np.cumsum([0, *map(len, listed)])
        postings = np.concatenate(listed)
        lists.end = kernels.hold(
            postings["row"].copy(),
            postings["weight"].copy(),
            postings["places"].copy(),
            starts,
            np.array([self.rarity(term) for term in terms], np.float32),
            len(sides[0]),
            len(sides[1]),
            block.shown,
            block.brevity,
            first_row,
            lists.rows,
            lists.told,
            lists.end,
        )


def of_term(term: str) -> Word:
    """A term asked for by itself; no word is written with this mark."""
    return Word(f"\0{term}", (term,), (), ())
