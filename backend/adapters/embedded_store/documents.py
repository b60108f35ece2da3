"""The documents of one collection in memory, and where to find them by the fields of an index.

A stored document is never changed in place, only replaced: readers may keep what they were given to look at.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from bson import ObjectId
from mongomock.filtering import iter_key_candidates

Document = dict[str, Any]
IndexKeys = list[tuple[str, int]]

_SCALARS = (str, int, float, bool, bytes, datetime, ObjectId, UUID)


@dataclass(frozen=True)
class Change:
    """One document put (new or replaced), or deleted when `document` is None; `body` is its BSON."""

    id: Any
    document: Document | None
    body: bytes = b""


class Documents:
    """One collection. Every field named by an index is looked up by its values, arrays by each element."""

    def __init__(self, indexes: Mapping[str, IndexKeys]) -> None:
        self.indexes = {name: [(field, order) for field, order in keys] for name, keys in indexes.items()}
        self._by_id: dict[Any, Document] = {}
        fields = {field for keys in self.indexes.values() for field, _ in keys} - {"_id"}
        self._by_value: dict[str, dict[Hashable, dict[Any, None]]] = {field: {} for field in sorted(fields)}
        self._in_order: list[str] | None = None

    def load(self, documents: Iterable[Document]) -> None:
        """Take in what the file holds."""
        for document in documents:
            self._put(document["_id"], document)

    def apply(self, changes: Iterable[Change]) -> None:
        """Follow what has been written to the file."""
        for change in changes:
            if change.document is None:
                self._remove(change.id)
            else:
                self._put(change.id, change.document)

    def __contains__(self, record_id: Any) -> bool:
        return record_id in self._by_id

    def __len__(self) -> int:
        return len(self._by_id)

    def candidates(self, wanted: Mapping[str, list[Any]]) -> tuple[list[Document], str | None]:
        """The documents found by one `wanted` field, and that field; all and None if none is indexed."""
        if "_id" in wanted:
            ids = dict.fromkeys(map(_key, wanted["_id"]))
            return [self._by_id[key] for key in ids if key in self._by_id], "_id"
        found = {
            field: [self._by_value[field].get(_key(value), {}) for value in values]
            for field, values in wanted.items()
            if field in self._by_value
        }
        if not found:
            return list(self._by_id.values()), None
        field = min(found, key=lambda name: sum(map(len, found[name])))
        ids = dict.fromkeys(key for entries in found[field] for key in entries)
        return [self._by_id[key] for key in ids], field

    def by_id(self, bounds: Mapping[str, str], falling: bool) -> list[Document] | None:
        """The documents within the bounds (`$gt $gte $lt $lte`) by `_id`; None unless all ids are text."""
        if self._in_order is None:
            if not all(type(key) is str for key in self._by_id):
                return None
            self._in_order = sorted(self._by_id)
        ids, start, stop = self._in_order, 0, len(self._in_order)
        for operator, bound in bounds.items():
            place = (bisect_right if operator in ("$gt", "$lte") else bisect_left)(ids, bound)
            if operator in ("$gt", "$gte"):
                start = max(start, place)
            else:
                stop = min(stop, place)
        within = ids[start:stop]
        return [self._by_id[key] for key in (reversed(within) if falling else within)]

    def _put(self, key: Any, document: Document) -> None:
        old = self._by_id.get(key)
        self._by_id[key] = document
        if old is None and self._in_order is not None:
            if type(key) is str:
                insort(self._in_order, key)
            else:
                self._in_order = None
        for field, entries in self._by_value.items():
            before = set(_keys(field, old)) if old is not None else set()
            after = set(_keys(field, document))
            _forget(entries, before - after, key)
            for value in after - before:
                entries.setdefault(value, {})[key] = None

    def _remove(self, key: Any) -> None:
        document = self._by_id.pop(key)
        if self._in_order is not None:
            del self._in_order[bisect_left(self._in_order, key)]
        for field, entries in self._by_value.items():
            _forget(entries, set(_keys(field, document)), key)


def is_scalar(value: Any) -> bool:
    """Whether an index can find this value (NaN equals nothing, null is found by a scan)."""
    return isinstance(value, _SCALARS) and value == value


def _key(value: Any) -> Hashable:
    """Python takes True for 1, the database does not."""
    return (bool, value) if isinstance(value, bool) else value


def _keys(field: str, document: Document) -> Iterator[Hashable]:
    for found in iter_key_candidates(field, document) if "." in field else (document.get(field),):
        for value in found if isinstance(found, list) else (found,):
            if is_scalar(value):
                yield _key(value)


def _forget(entries: dict[Hashable, dict[Any, None]], values: Iterable[Hashable], key: Any) -> None:
    for value in values:
        del entries[value][key]
        if not entries[value]:
            del entries[value]
