"""Lists with the newest first, by a text that orders rows by time and then by id."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from backend.adapters.mongo.records import collection_of
from backend.shared.paging import Page, decode_cursor, encode_cursor


def order_of(at: datetime, record_id: str) -> str:
    """The text rows are ordered by."""
    return f"{_moment(at)}|{record_id}"


@lru_cache(maxsize=8)
def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%d%H%M%S%f}"


def page_newest(
    name: str, filters: Mapping[str, Any], limit: int, cursor: str | None
) -> Page[dict[str, Any]]:
    """One page of a collection's rows by falling `order`; it has an index that ends with it."""
    collection = collection_of(name)
    query = dict(filters)
    if cursor:
        query["order"] = {"$lt": str(decode_cursor(cursor)[0])}
    rows = list(collection.find(query).sort([("order", -1), ("_id", -1)]).limit(limit + 1))
    more = encode_cursor([rows[limit - 1]["order"]]) if len(rows) > limit else None
    return Page(rows[:limit], collection.count_documents(dict(filters)), more)
