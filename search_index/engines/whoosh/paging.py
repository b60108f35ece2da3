"""Order and pages: what the rows of a block are ordered by, and the first of them after a place."""

from __future__ import annotations

import numpy as np

from search_index.cursor import Place
from search_index.engines.whoosh.arrays import UNKNOWN, Array, Arrays
from search_index.query import Sort

# Sorting so few is faster than finding the first of them.
_SORTED_WHOLE = 300


def keys(arrays: Arrays, docs: Array, scores: Array, sort: Sort | None) -> Array:
    """Per row what it is ordered by, smallest first; unknown values last in both directions."""
    if sort is None:
        return -scores
    values = arrays.numbers[sort.field][docs]
    return np.where(values == UNKNOWN, UNKNOWN, -values) if sort.descending else values


def first(arrays: Arrays, docs: Array, by: Array, after: Place | None, limit: int) -> Array:
    """Positions of the first `limit` rows after a place; rows are in order of id already."""
    positions = None if after is None else _after(arrays, docs, by, after)
    left = by if positions is None else by[positions]
    if len(left) > _SORTED_WHOLE:
        threshold = np.partition(left, limit - 1)[limit - 1]
        within = (left <= threshold).nonzero()[0]
        ordered = within[left[within].argsort(kind="stable")[:limit]]
    else:
        ordered = left.argsort(kind="stable")[:limit]
    return ordered if positions is None else positions[ordered]


def _after(arrays: Arrays, docs: Array, by: Array, after: Place) -> Array:
    if after.seen:
        marks = np.array(after.seen, np.uint32)
        return (~np.isin(arrays.marks[docs], marks)).nonzero()[0]
    row = arrays.row_after(after.id)
    return ((by > after.key) | ((by == after.key) & (docs >= row))).nonzero()[0]
