"""Counting and summing: the aggregation stages the house allows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

import bson
from mongomock.filtering import NOTHING, resolve_key

from backend.adapters.embedded_store import filters
from backend.adapters.embedded_store.documents import Document
from backend.adapters.embedded_store.errors import UnsupportedError
from backend.adapters.embedded_store.updates import copied


def aggregated(documents: Iterable[Document], stages: Iterable[Document]) -> list[Document]:
    """The documents after all stages."""
    found = documents
    for stage in stages:
        ((name, options),) = stage.items()
        if name == "$match":
            filters.check_filter(options)
            found = [document for document in found if filters.filter_applies(options, document)]
        elif name == "$group":
            found = _grouped(found, options)
        elif name == "$sort":
            found = filters.in_order(found, filters.sort_keys(options))
        elif name == "$limit":
            found = islice(found, options)
        else:
            raise UnsupportedError(f"the aggregation stage {name}")
    return [copied(document) for document in found]


def _grouped(documents: Iterable[Document], options: Document) -> list[Document]:
    sums = {name: _summed(name, accumulator) for name, accumulator in options.items() if name != "_id"}
    groups: dict[bytes, Document] = {}
    for document in documents:
        key = _group_key(options["_id"], document)
        group = groups.setdefault(bson.encode({"": key}), {"_id": key, **dict.fromkeys(sums, 0)})
        for name, what in sums.items():
            value = resolve_key(what[1:], document) if isinstance(what, str) else what
            if isinstance(value, int | float) and not isinstance(value, bool):
                group[name] += value
    return list(groups.values())


def _summed(name: str, accumulator: Any) -> Any:
    if not isinstance(accumulator, Mapping) or list(accumulator) != ["$sum"]:
        raise UnsupportedError(f"the accumulator of {name}: {accumulator!r}")
    what = accumulator["$sum"]
    if not isinstance(what, int | float) and not (isinstance(what, str) and what.startswith("$")):
        raise UnsupportedError(f"the sum {what!r}")
    return what


def _group_key(given: Any, document: Document) -> Any:
    if given is None:
        return None
    if isinstance(given, Mapping) and not any(name.startswith("$") for name in given):
        parts = {name: _field(path, document) for name, path in given.items()}
        return {name: value for name, value in parts.items() if value is not NOTHING}
    value = _field(given, document)
    return None if value is NOTHING else value


def _field(path: Any, document: Document) -> Any:
    if not isinstance(path, str) or not path.startswith("$") or path.startswith("$$"):
        raise UnsupportedError(f"grouping by {path!r}")
    return resolve_key(path[1:], document)
