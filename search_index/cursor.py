"""Cursors: the next page starts after what was shown, so edits never repeat a hit or leave one out."""

from __future__ import annotations

import base64
import hashlib
import json
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from search_index.query import Query, QueryError

Key = float | int


# More would not fit into the line of a request.
MOST_SEEN = 500


def mark_of(document_id: str) -> int:
    """A number to know a document by; two of a few hundred hardly ever share one."""
    return zlib.crc32(document_id.encode("utf-8", "surrogatepass"))


@dataclass(frozen=True)
class Place:
    """Where a page ended: the last hit's key and id, and the marks of all hits shown so far.

    An edit changes how much every word tells, and so every score: by relevance, what was shown is left out
    rather than what scores more. Without marks (too many, or an order of its own) the key decides.
    """

    key: Key
    id: str
    seen: tuple[int, ...] = ()


def next_place(query: Query, before: Place | None, key: Key, shown: Sequence[str]) -> Place:
    """The place after a page that showed these ids."""
    complete = before is None or before.seen
    if query.sort or not query.text.strip() or not complete:
        return Place(key, shown[-1])
    seen = (*(before.seen if before else ()), *map(mark_of, shown))
    return Place(key, shown[-1], seen if len(seen) <= MOST_SEEN else ())


def write_cursor(query: Query, place: Place) -> str:
    """The cursor of the page after this place; it serves only the same question."""
    told = json.dumps([_question(query), place.key, place.id]).encode()
    seen = struct.pack(f"<{len(place.seen)}I", *place.seen)
    return ".".join(base64.urlsafe_b64encode(part).decode() for part in (told, seen))


def read_cursor(query: Query) -> Place | None:
    """The place a cursor stands for; `QueryError` when it is broken or of another question."""
    if query.cursor is None:
        return None
    try:
        told, seen = (base64.b64decode(p, altchars=b"-_", validate=True) for p in query.cursor.split("."))
        question, key, ident = json.loads(told)
        marks = struct.unpack(f"<{len(seen) // 4}I", seen)
    except (ValueError, TypeError, struct.error):
        raise QueryError("翻页标记无效。", "cursor") from None
    if question != _question(query) or type(key) not in (int, float) or not isinstance(ident, str):
        raise QueryError("翻页标记不属于这次检索。", "cursor")
    return Place(key, ident, marks)


def _question(query: Query) -> str:
    return hashlib.sha256(repr((query.text, query.filters, query.sort)).encode()).hexdigest()[:12]
