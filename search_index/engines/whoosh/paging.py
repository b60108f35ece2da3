"""Order and pages: what the rows of a block are ordered by, and the first of them after a place."""

from __future__ import annotations

import bisect

import numpy as np

from search_index.cursor import Place
from search_index.engines.whoosh.arrays import UNKNOWN, Array, Arrays
from search_index.engines.whoosh.matching import Matches
from search_index.query import Query, Sort


def keys(arrays: Arrays, matches: Matches, sort: Sort | None) -> Array:
    """Per match what it is ordered by, smallest first; unknown values last in both directions."""
    if sort is None:
        return -matches.scores.astype(np.float64)
    values = arrays.numbers[sort.field][matches.docs]
    return np.where(values == UNKNOWN, UNKNOWN, -values) if sort.descending else values


def first(arrays: Arrays, matches: Matches, query: Query, after: Place | None, limit: int) -> list[int]:
    """Positions in `matches` of the first `limit` after a place; rows are in order of id already."""
    by = keys(arrays, matches, query.sort)
    positions = np.arange(len(by))
    if after is not None and after.seen:
        marks = np.array(after.seen, np.uint32)
        positions = positions[~np.isin(arrays.marks[matches.docs], marks)]
    elif after is not None:
        row = bisect.bisect_right(arrays.ids, after.id)
        positions = positions[(by > after.key) | ((by == after.key) & (matches.docs >= row))]
    if len(positions) > limit:
        threshold = np.partition(by[positions], limit - 1)[limit - 1]
        positions = positions[by[positions] <= threshold]
    ordered = positions[np.argsort(by[positions], kind="stable")][:limit]
    return [int(position) for position in ordered]
