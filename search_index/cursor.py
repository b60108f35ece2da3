"""Cursors: the next page starts after the last hit's key and id, so edits never shift it."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass

from search_index.query import Query, QueryError

Key = float | int


@dataclass(frozen=True)
class Place:
    """A hit's place in the order: by key, then by id."""

    key: Key
    id: str


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
