"""What `find` returns: asks at the first document, copies only what it hands out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

from backend.adapters.embedded_store.documents import Document, IndexKeys
from backend.adapters.embedded_store.errors import UnsupportedError
from backend.adapters.embedded_store.filters import sort_keys
from backend.adapters.embedded_store.updates import copied


class EmbeddedCursor:
    """The calls of pymongo's cursor that the house uses; any other raises UnsupportedError."""

    def __init__(
        self,
        collection: Any,
        ask: Callable[[IndexKeys], Iterator[Document]],
        projection: Any = None,
        sort: Any = None,
        skip: int = 0,
        limit: int = 0,
    ) -> None:
        self.collection, self._ask, self._projection = collection, ask, checked_projection(projection)
        self._fields = _whole_fields(self._projection)
        self._sort, self._skip, self._limit = sort_keys(sort), skip, abs(limit)
        self._found: Iterator[Document] | None = None

    def sort(self, key_or_list: Any, direction: int | None = None) -> EmbeddedCursor:
        self._sort = sort_keys(key_or_list if direction is None else [(key_or_list, direction)])
        return self

    def limit(self, limit: int) -> EmbeddedCursor:
        self._limit = abs(limit)
        return self

    def skip(self, skip: int) -> EmbeddedCursor:
        self._skip = skip
        return self

    def batch_size(self, _size: int) -> EmbeddedCursor:
        return self

    def clone(self) -> EmbeddedCursor:
        return EmbeddedCursor(
            self.collection, self._ask, self._projection, self._sort, self._skip, self._limit
        )

    def rewind(self) -> EmbeddedCursor:
        self._found = None
        return self

    def close(self) -> None:
        self._found = iter(())

    def to_list(self, length: int | None = None) -> list[Document]:
        return list(islice(self, length))

    def __iter__(self) -> EmbeddedCursor:
        return self

    def __next__(self) -> Document:
        if self._found is None:
            stop = self._skip + self._limit if self._limit else None
            self._found = islice(self._ask(self._sort), self._skip, stop)
        document = next(self._found)
        if self._fields:
            return {name: copied(document[name]) for name in self._fields if name in document}
        return handed_out(document, self._projection)

    next = __next__

    def __getitem__(self, place: Any) -> Any:
        one = self.clone()
        if isinstance(place, slice):
            self.skip(place.start or 0)
            return self.limit(0 if place.stop is None else place.stop - (place.start or 0))
        for document in one.skip(self._skip + place).limit(1):
            return document
        raise IndexError("no such item for Cursor instance")

    def __getattr__(self, name: str) -> Any:
        raise UnsupportedError(f"cursor.{name}")


def checked_projection(given: Any) -> dict[str, bool] | None:
    """A projection as path -> wanted; either all wanted or none, but for `_id`."""
    if not given:
        return None
    fields = dict(given) if isinstance(given, Mapping) else dict.fromkeys(given, 1)
    if not all(isinstance(wanted, int) for wanted in fields.values()):
        raise UnsupportedError(f"the projection {given!r}")
    if len({bool(wanted) for path, wanted in fields.items() if path != "_id"}) > 1:
        raise UnsupportedError("a projection that includes some fields and excludes others")
    return {path: bool(wanted) for path, wanted in fields.items()}


def _whole_fields(projection: dict[str, bool] | None) -> tuple[str, ...]:
    """The fields a projection asks for, when it asks for whole ones only: most reads do, and need no tree."""
    paths = {"_id": True, **(projection or {})}
    plain = len(paths) > 1 and all(paths.values()) and not any("." in path for path in paths)
    return tuple(paths) if plain else ()


def handed_out(document: Document, projection: dict[str, bool] | None) -> Document:
    """A copy of a stored document, or of the part of it that was asked for."""
    paths = dict(projection or {})
    with_id = paths.pop("_id", True)
    including = any(paths.values()) or (not paths and bool(projection) and with_id)
    tree: Document = {"_id": {}} if including else {}
    for path in paths:
        node = tree
        for name in path.split("."):
            node = node.setdefault(name, {})
    part: Document = _part(document, tree, including)
    if not with_id:
        del part["_id"]
    return part


def _part(value: Any, tree: Document, including: bool) -> Any:
    if isinstance(value, list):
        kept = [item for item in value if isinstance(item, dict | list) or not including]
        return [_part(item, tree, including) for item in kept]
    if not isinstance(value, dict):
        return value
    part = {}
    for name, item in value.items():
        below = tree.get(name)  # None: not named; empty: named; else something within it is named
        if below:
            if isinstance(item, dict | list) or not including:
                part[name] = _part(item, below, including)
        elif (below is not None) == including:
            part[name] = copied(item)
    return part
