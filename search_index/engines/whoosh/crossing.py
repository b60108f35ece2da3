"""Rows that hold the words of a question, and which of them come first.

What is near together counts more: in the title, or in one sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from struct import pack
from typing import NamedTuple

import numpy as np

from search_index.engines.whoosh import kernels
from search_index.engines.whoosh.arrays import Array
from search_index.engines.whoosh.blocks import Blocks
from search_index.engines.whoosh.lists import Listed, Lists
from search_index.query import Filters

_TITLE = 2.0
# Many words in one sentence are no chance, two may be: the bonus grows with the number of words.
_SENTENCE, _WORDS_POWER = 0.25, 2


class Found(NamedTuple):
    """Rows in order that hold what is asked, their scores, and how many of them pass the filters.

    `best` are the best of those that pass as score and row: for each block, best first. None when not asked.
    """

    rows: Array
    scores: Array
    total: int
    best: list[tuple[float, int]] | None = None


NOTHING = Found(np.empty(0, np.int32), np.empty(0, np.float32), 0, [])


def crossed(
    blocks: Blocks,
    lists: Lists,
    listed: Sequence[Listed],
    words: int,
    filters: Filters = (),
    best: int = 0,
    least: int | None = None,
) -> Found:
    """Rows in all of the lists, or in at least so many; `words` is how many the question has.

    With a number of `best` only their scores count how near together they hold the words, else all do.
    """
    if not listed or not blocks.blocks:
        return NOTHING
    listed = sorted(listed, key=_length)
    # Packed rather than np.array: that takes three times as long, nine times when the caches are cold.
    numbers = [number for one in listed for number in one[:3]]
    asked = np.frombuffer(pack(f"{len(numbers)}d", *numbers))
    if least is None or least == len(listed):
        candidates, least = lists.rows[listed[0].start : listed[0].stop], len(listed)
    else:
        candidates = kernels.rows_with(lists.rows, asked, least, blocks.size)
    rows, scores = np.empty(len(candidates), np.int32), np.empty(len(candidates), np.float32)
    firsts = np.empty((len(blocks.firsts), best, 2))
    count, passed = kernels.cross(
        lists.rows,
        lists.told,
        asked,
        least,
        _TITLE,
        _SENTENCE * (words - 1) ** _WORDS_POWER,
        candidates,
        blocks.mask(filters),
        blocks.firsts,
        rows,
        scores,
        firsts,
    )
    pairs = [(score, int(row)) for block in firsts.tolist() for score, row in block if row >= 0]
    return Found(rows[:count], scores[:count], passed, pairs if best else None)


def _length(listed: Listed) -> int:
    return listed.stop - listed.start
