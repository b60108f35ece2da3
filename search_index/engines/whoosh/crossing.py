"""Rows that hold the words of a question, and which of them come first.

What is near together counts more: in the title, or in one sentence.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from search_index.engines.whoosh import kernels
from search_index.engines.whoosh.arrays import Array
from search_index.engines.whoosh.blocks import Blocks
from search_index.engines.whoosh.lists import Asked
from search_index.query import Filters

_TITLE = 2.0
# Many words in one sentence are no chance, two may be: the bonus grows with the number of words.
_SENTENCE, _WORDS_POWER = 0.25, 2
_NO_ROWS, _NO_SCORES = np.empty(0, np.int32), np.empty(0, np.float32)


class Found(NamedTuple):
    """How many rows hold what is asked, and how many of them pass the filters.

    `rows` are those that hold it, in order, with their scores, unless only the best were asked for. `best`
    are the best of those that pass as score and row, and what equals the last of them. None when not asked.
    """

    held: int
    total: int
    rows: Array = _NO_ROWS
    scores: Array = _NO_SCORES
    best: list[tuple[float, int]] | None = None


def crossed(
    blocks: Blocks,
    asked: Asked,
    words: int,
    filters: Filters = (),
    best: int = 0,
    all_rows: bool = True,
    least: int | None = None,
) -> Found:
    """Rows in all of the lists, or in at least so many; `words` is how many the question has.

    With a number of `best` only their scores count how near together they hold the words, else all do; and
    unless `all_rows` are wanted, only the best are told.
    """
    lists, candidates = asked.lists, asked.shortest
    if not asked.listed or not blocks.blocks:
        return Found(0, 0, best=[])
    if least is None or least == len(asked.listed):
        least = len(asked.listed)
    else:
        candidates = kernels.rows_with(lists.rows, asked.numbers, least, blocks.size)
    rows = np.empty(len(candidates), np.int32) if all_rows else _NO_ROWS
    scores = _NO_SCORES if best else np.empty(len(candidates), np.float32)
    merged = np.empty((len(blocks.firsts) * best, 2))
    held, passed, firsts = kernels.cross(
        lists.rows,
        lists.told,
        lists.marks,
        asked.numbers,
        least,
        _TITLE,
        _SENTENCE * (words - 1) ** _WORDS_POWER,
        candidates,
        blocks.mask(filters),
        blocks.firsts,
        rows,
        scores,
        best,
        merged,
    )
    if not best:
        return Found(held, passed, rows[:held], scores[:held])
    told = [(score, int(row)) for score, row in merged[:firsts].tolist()]
    return Found(held, passed, rows[:held] if all_rows else rows, scores, told)
