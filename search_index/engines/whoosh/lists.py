"""For each word of the questions of one generation: the rows that hold it, in one stretch of memory."""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from struct import pack
from typing import NamedTuple

import numpy as np

from search_index.analysis import Analyzer, Word
from search_index.engines.whoosh import kernels
from search_index.engines.whoosh.arrays import Array
from search_index.engines.whoosh.blocks import Block, Blocks, Memory

# A row of a word takes 16 bytes; when all is used, words are forgotten, for they are soon read again.
_ROWS = 1 << 20
_REMEMBERED_QUESTIONS = 2_000
# A list is marked when it has more rows than this for each chunk: a shorter one is sought about as fast.
_ROWS_A_CHUNK = 4


class Listed(NamedTuple):
    """Where the rows of a word are, what it tells, where its marks are (if its list is long enough), and
    whether some row holds it in one piece.
    """

    start: int
    stop: int
    telling: float
    marked: int
    whole: bool


class Asked(NamedTuple):
    """The words of a question and their lists, ready to be crossed."""

    words: Sequence[Word]
    lists: Lists
    listed: Sequence[Listed]
    # For `kernels.cross`, the word with the shortest list first.
    numbers: Array
    shortest: Array


class Lists:
    """A stretch of memory; what lies in it stays as it is, so any thread may read it."""

    def __init__(self, size: int, chunks: int) -> None:
        self.rows = np.empty(size, np.int32)
        self.told = np.empty((size, 3), np.uint32)
        self.end = 0
        self.chunks = chunks
        self.marks = np.empty((size // _ROWS_A_CHUNK, 2), np.uint64)
        self.marks_end = 0
        self.of: dict[str, Listed] = {}
        self.asked: Memory[Asked] = Memory(_REMEMBERED_QUESTIONS)

    @property
    def free(self) -> int:
        """For how many more rows there is room."""
        return len(self.rows) - self.end

    def mark(self, start: int) -> int:
        """Mark the list that begins here and ends at the end, if it is long; returns where the marks are."""
        if self.end - start <= _ROWS_A_CHUNK * self.chunks:
            return kernels.UNMARKED
        marked = self.marks_end
        self.marks_end += self.chunks
        kernels.mark(self.rows, start, self.end, self.marks[marked : self.marks_end])
        return marked


class WordLists:
    """Reads the lists of words when they are first asked for."""

    def __init__(self, blocks: Blocks, analyzer: Analyzer) -> None:
        self._blocks = blocks.blocks
        self._analyzer = analyzer
        self._firsts = blocks.firsts.tolist()
        self._size = blocks.size
        self._lists = self._empty(0)
        self._rarities: dict[str, float] = {}
        self._lock = threading.Lock()

    def asked(self, text: str) -> Asked:
        """A question, read once."""
        asked = self._lists.asked.get(text)
        if asked is None:
            asked = self.of(self._analyzer.words_of(text))
            asked.lists.asked.keep(text, asked)
        return asked

    def of(self, words: Sequence[Word]) -> Asked:
        """These words and their lists."""
        lists = self._lists
        try:
            listed = [lists.of[word.written] for word in words]
        except KeyError:
            lists, listed = self._read(words)
        ordered = sorted(listed, key=_length)
        # Packed rather than np.array: that takes three times as long, nine times when the caches are cold.
        numbers = [number for one in ordered for number in one[: kernels.NUMBERS]]
        shortest = lists.rows[ordered[0].start : ordered[0].stop] if ordered else lists.rows[:0]
        return Asked(words, lists, listed, np.frombuffer(pack(f"{len(numbers)}d", *numbers)), shortest)

    def forget(self) -> None:
        """Read every word anew."""
        self._lists = self._empty(0)

    def _empty(self, size: int) -> Lists:
        return Lists(size, self._size // 64 + 1)

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
                lists = self._lists = self._empty(max(_ROWS, sum(map(self._most, missing))))
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
        whole = bool(lists.told[start : lists.end, kernels.PLACES].any())
        return Listed(start, lists.end, telling, lists.mark(start), whole)

    def _append(self, block: Block, first_row: int, word: Word, lists: Lists) -> None:
        held_by = block.arrays.held_by
        sides = [sorted(side, key=held_by) for side in (word.needed, word.literal)]
        terms = [*sides[0], *sides[1], *word.helpful]
        listed: list[Array] = [block.arrays.listed(term) for term in terms]
        starts = np.cumsum([0, *map(len, listed)])
        lists.end = kernels.hold(
            np.concatenate([postings.view(np.uint32) for postings in listed]).reshape(-1, 3),
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


def _length(listed: Listed) -> int:
    return listed.stop - listed.start


def of_term(term: str) -> Word:
    """A term asked for by itself; no word is written with this mark."""
    return Word(f"\0{term}", (term,), (), ())
