"""Order and pages: the next page starts after the last hit's key and id, so edits never shift it."""

from __future__ import annotations

import base64
import bisect
import hashlib
import json
from dataclasses import dataclass

import numpy as np

from search_index.engines.whoosh.arrays import UNKNOWN, Array, Arrays
from search_index.engines.whoosh.matching import Matches
from search_index.query import Query, QueryError, Sort

Key = float | int


@dataclass(frozen=True)
class Place:
    """A hit's place in the order: by key, then by id."""

    key: Key
    id: str


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
    if after is not None:
        row = bisect.bisect_right(arrays.ids, after.id)
        positions = positions[(by > after.key) | ((by == after.key) & (matches.docs >= row))]
    if len(positions) > limit:
        threshold = np.partition(by[positions], limit - 1)[limit - 1]
        positions = positions[by[positions] <= threshold]
    ordered = positions[np.argsort(by[positions], kind="stable")][:limit]
    return [int(position) for position in ordered]


def write_cursor(query: Query, place: Place) -> str:
    """The cursor of the page after this place; it serves only the same question."""
    told = json.dumps([_question(query), place.key, place.id])
    return base64.urlsafe_b64encode(told.encode()).decode()


def read_cursor(query: Query) -> Place | None:
    """The place a cursor stands for; `QueryError` when it is broken or of another question."""
    if query.cursor is None:
        return None
    try:
        question, key, ident = json.loads(base64.b64decode(query.cursor, altchars=b"-_", validate=True))
    except (ValueError, TypeError):
        raise QueryError("翻页标记无效。", "cursor") from None
    if question != _question(query) or type(key) not in (int, float) or not isinstance(ident, str):
        raise QueryError("翻页标记不属于这次检索。", "cursor")
    return Place(key, ident)


def _question(query: Query) -> str:
    return hashlib.sha256(repr((query.text, query.filters, query.sort)).encode()).hexdigest()[:12]
