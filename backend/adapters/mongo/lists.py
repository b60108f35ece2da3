"""Pages of records in a stable order: by a sort field, `_id` last."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from backend.adapters.mongo.records import Record, RecordDocument, collection_of
from backend.shared.paging import Page, decode_cursor, encode_cursor


def page_by_id(
    cls: type[Record],
    filters: Mapping[str, Any],
    limit: int,
    cursor: str | None,
    newest_first: bool = False,
    fields: tuple[str, ...] = (),
) -> Page[Record]:
    """One page of the records that match the plain `filters`, by `_id` (or by falling `_id`).

    With `fields`, only these are read; the others hold their defaults.
    """
    return rows_by_id(cls, filters, limit, cursor, newest_first, fields).map(cls._from_son)


def rows_by_id(
    cls: type[RecordDocument],
    filters: Mapping[str, Any],
    limit: int,
    cursor: str | None,
    newest_first: bool = False,
    fields: tuple[str, ...] = (),
) -> Page[dict[str, Any]]:
    """The same as raw rows: making objects of them costs more than the read."""
    collection = collection_of(cls)
    query = dict(filters)
    if cursor:
        query["_id"] = {"$lt" if newest_first else "$gt": str(decode_cursor(cursor)[0])}
    order = -1 if newest_first else 1
    raw = list(collection.find(query, dict.fromkeys(fields, 1) or None).sort("_id", order).limit(limit + 1))
    more = encode_cursor([raw[limit - 1]["_id"]]) if len(raw) > limit else None
    total = len(raw) if not cursor and more is None else collection.count_documents(dict(filters))
    return Page(raw[:limit], total, more)


def listed_names(cls: type[RecordDocument], ids: Sequence[str], name: str) -> dict[str, str]:
    """Id and name of those of these records that are listed; nothing else of them is read."""
    rows = collection_of(cls).find({"_id": {"$in": list(ids)}}, {"listed": 1, name: 1})
    return {row["_id"]: row[name] for row in rows if row.get("listed")}


def within(areas: Collection[str], towns: Collection[str]) -> dict[str, Any]:
    """Records of firms that are registered or work in a scope; everything for an empty one."""
    places = {"area": areas, "operating_area": areas, "town": towns, "operating_town": towns}
    wanted = [{field: {"$in": sorted(words)}} for field, words in places.items() if words]
    return {"$or": wanted} if wanted else {}


def iterate_by_id(
    collection: str,
    filters: Mapping[str, Any],
    fields: tuple[str, ...] = (),
    after: str = "",
    batch: int = 500,
) -> Iterator[list[dict[str, Any]]]:
    """All matching raw rows by `_id`, in batches, starting after an id; safe against changes on the way."""
    collection_handle = collection_of(collection)
    projection = dict.fromkeys(fields, 1) or None
    last = after
    while True:
        query = {**filters, "_id": {"$gt": last}}
        rows = list(collection_handle.find(query, projection).sort("_id", 1).limit(batch).batch_size(batch))
        if not rows:
            return
        yield rows
        last = rows[-1]["_id"]
