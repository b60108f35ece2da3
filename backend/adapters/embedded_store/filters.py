"""Filters: which are allowed, which documents match, and in what order they come.

mongomock answers whether a document matches; what it answers differently from the database is refused here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from bson import Int64, ObjectId
from mongomock.filtering import filter_applies, resolve_sort_key

from backend.adapters.embedded_store.documents import Document, IndexKeys, is_scalar
from backend.adapters.embedded_store.errors import UnsupportedError

_LOGICAL = {"$and", "$or", "$nor"}
_COMPARING = {"$eq", "$ne", "$gt", "$gte", "$lt", "$lte", "$in", "$nin", "$exists", "$all"}
_NESTING = {"$elemMatch", "$not"}
_BOUNDS = {"$gt", "$gte", "$lt", "$lte"}
# The database's order of kinds. What Python compares as it does is compared natively, the rest by mongomock.
_NATIVE: dict[type[Any], int] = {str: 15, int: 10, Int64: 10, float: 10, ObjectId: 35, bool: 40, datetime: 45}
_RANKS: dict[type[Any], int] = {dict: 20, list: 25}

__all__ = [
    "bounds_of_id",
    "check_filter",
    "equalities",
    "filter_applies",
    "in_order",
    "sort_keys",
    "ties_only",
]


def check_filter(spec: Mapping[str, Any]) -> None:
    """Refuse whatever the store does not answer as a MongoDB server would."""
    for name, condition in spec.items():
        if name in _LOGICAL:
            for part in condition:
                check_filter(part)
        elif name.startswith("$"):
            raise UnsupportedError(f"the filter operator {name}")
        else:
            _check_condition(name, condition)


def _check_condition(field: str, condition: Any) -> None:
    if type(condition).__name__ in ("Regex", "Decimal128"):
        raise UnsupportedError(f"a filter by {type(condition).__name__}")
    if not isinstance(condition, Mapping):
        return
    for operator, value in condition.items():
        if operator not in _COMPARING | _NESTING:
            what = f"the filter operator {operator}"
            raise UnsupportedError(
                what if operator.startswith("$") else f"comparing {field} with a whole object"
            )
        if operator == "$elemMatch" and not all(name.startswith("$") for name in value):
            check_filter(value)
        elif operator in _NESTING:
            _check_condition(field, value)
        elif isinstance(value, Mapping):
            raise UnsupportedError(f"comparing {field} with a whole object")


def equalities(spec: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The fields that every match ties to a few plain values: `{"a": 1, "b": {"$in": [2, 3]}}`."""
    found: dict[str, list[Any]] = {}
    for part in spec.get("$and", ()):
        found.update(equalities(part))
    for field, condition in spec.items():
        values = [condition]
        if isinstance(condition, Mapping):
            values = [condition["$eq"]] if "$eq" in condition else condition.get("$in", [None])
        if not field.startswith("$") and all(is_scalar(value) for value in values):
            found[field] = values
    return found


def ties_only(condition: Any) -> bool:
    """Whether finding a field by value has answered its whole condition."""
    return condition is not None and (
        not isinstance(condition, Mapping) or set(condition) <= {"$eq", "$in"} and len(condition) == 1
    )


def bounds_of_id(spec: Mapping[str, Any]) -> dict[str, str]:
    """The text bounds a filter sets on `_id`."""
    condition = spec.get("_id")
    if not isinstance(condition, Mapping):
        return {}
    return {name: value for name, value in condition.items() if name in _BOUNDS and isinstance(value, str)}


def sort_keys(given: Any) -> IndexKeys:
    """A sort or index specification in any of pymongo's forms as pairs; only 1 and -1 are directions."""
    if isinstance(given, str):
        given = [(given, 1)]
    pairs = list(given.items() if isinstance(given, Mapping) else given or [])
    pairs = [(pair, 1) if isinstance(pair, str) else tuple(pair) for pair in pairs]
    for field, direction in pairs:
        if direction not in (1, -1) or field.startswith("$"):
            raise UnsupportedError(f"the order {field}: {direction!r}")
    return pairs


def in_order(found: Iterable[Document], keys: IndexKeys) -> list[Document]:
    """The documents sorted; equal ones keep their order."""
    documents = list(found)
    for field, direction in reversed(keys):
        documents.sort(key=partial(_sort_key, field), reverse=direction < 0)
    return documents


def _sort_key(field: str, document: Document) -> tuple[Any, ...]:
    present, comparable = resolve_sort_key(field, document)
    value = comparable.obj
    if value is None:
        return present, 5
    rank = _NATIVE.get(type(value))
    return (present, rank, value) if rank else (present, _RANKS.get(type(value), 30), comparable)
