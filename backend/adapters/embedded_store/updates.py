"""Updates as the database does them, on a copy: a failed update leaves no trace."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import bson
from mongomock.filtering import BsonComparable
from pymongo.errors import WriteError

from backend.adapters.embedded_store.documents import Document
from backend.adapters.embedded_store.errors import UnsupportedError
from backend.adapters.embedded_store.filters import check_filter, filter_applies

_MISSING = object()
Slot = tuple[Any, Any]


def copied(value: Any) -> Any:
    """A copy; of all values the database knows, only objects and arrays can change."""
    if type(value) is dict:
        return {name: copied(item) if type(item) in (dict, list) else item for name, item in value.items()}
    return [copied(item) for item in value] if type(value) is list else value


def updated(stored: Document, update: Mapping[str, Any], inserting: bool = False) -> Document:
    """The document after the update; NotImplementedError names an operator outside the allowed set."""
    _check_paths(update)
    draft: Document = copied(stored)
    for operator, fields in update.items():
        for path, value in fields.items():
            if operator != "$setOnInsert" or inserting:
                _OPERATORS[operator](draft, path, value)
    if draft.get("_id") != stored.get("_id"):
        raise WriteError("Performing an update on the path '_id' would modify the immutable field '_id'", 66)
    return draft


def set_path(draft: Document, path: str, value: Any) -> None:
    """`$set`, making the objects on the way."""
    container, key = _slot(draft, path)
    container[key] = value


def _check_paths(update: Mapping[str, Any]) -> None:
    seen: set[str] = set()
    for operator, fields in update.items():
        if operator not in _OPERATORS:
            raise UnsupportedError(f"the update operator {operator}")
        for path in fields:
            parts = path.split(".")
            if any(part.startswith("$") for part in parts):
                raise UnsupportedError(f"the positional path {path}")
            above = {".".join(parts[:length]) for length in range(1, len(parts) + 1)}
            if "" in parts or above & seen or any(other.startswith(f"{path}.") for other in seen):
                raise WriteError(f"Updating the path '{path}' would create a conflict at '{path}'", 40)
            seen.add(path)


def _slot(draft: Document, path: str) -> Slot:
    """The container a path ends in and the key within it; missing objects are made."""
    node: Any = draft
    *way, last = path.split(".")
    for part in way:
        key = _key_within(node, part)
        if isinstance(node, dict) and key not in node:
            node[key] = {}
        node = node[key]
    return node, _key_within(node, last)


def _key_within(node: Any, part: str) -> str | int:
    if isinstance(node, dict):
        return part
    if isinstance(node, list) and part.isdigit():
        if int(part) < len(node):
            return int(part)
        raise UnsupportedError("a place beyond the end of an array")
    raise WriteError(f"Cannot create field '{part}' in element {node!r}", 28)


def _found(draft: Document, path: str) -> Slot | None:
    """The slot of a path that exists."""
    node: Any = draft
    parts = path.split(".")
    for place, part in enumerate(parts):
        key: Any = int(part) if isinstance(node, list) and part.isdigit() else part
        there = key in node if isinstance(node, dict) else isinstance(node, list) and type(key) is int
        if not there or (isinstance(node, list) and key >= len(node)):
            return None
        if place == len(parts) - 1:
            return node, key
        node = node[key]
    return None


def _value(container: Any, key: Any) -> Any:
    return container.get(key, _MISSING) if isinstance(container, dict) else container[key]


def _unset(draft: Document, path: str, _: Any) -> None:
    if slot := _found(draft, path):
        container, key = slot
        if isinstance(container, list):
            container[key] = None
        else:
            del container[key]


def _inc(draft: Document, path: str, by: Any) -> None:
    container, key = _slot(draft, path)
    old = _value(container, key)
    old = 0 if old is _MISSING else old
    if not _is_number(old) or not _is_number(by):
        raise WriteError(f"Cannot increment '{path}' from {old!r} by {by!r}: not a number", 14)
    container[key] = old + by


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _extreme(draft: Document, path: str, value: Any, largest: bool) -> None:
    container, key = _slot(draft, path)
    old = _value(container, key)
    low, high = (old, value) if largest else (value, old)
    if old is _MISSING or BsonComparable(low) < BsonComparable(high):
        container[key] = value


def _array(draft: Document, path: str) -> tuple[list[Any], Slot]:
    container, key = _slot(draft, path)
    old = _value(container, key)
    if old is _MISSING:
        old = []
    if not isinstance(old, list):
        raise WriteError(f"The field '{path}' must be an array but is {old!r}", 2)
    return old, (container, key)


def _push(draft: Document, path: str, value: Any) -> None:
    items, (container, key) = _array(draft, path)
    new, keep = _each(value, "$slice")
    items = [*items, *new]
    if keep is not None:
        items = items[keep:] if keep < 0 else items[:keep]
    container[key] = items


def _each(value: Any, *modifiers: str) -> tuple[list[Any], Any]:
    """The elements of `{"$each": [...]}` or the one value, and the `$slice` if any."""
    if not isinstance(value, Mapping) or not any(name.startswith("$") for name in value):
        return [value], None
    for name in value:
        if name not in ("$each", *modifiers):
            raise UnsupportedError(f"the array modifier {name}")
    return list(value["$each"]), value.get("$slice")


def _add_to_set(draft: Document, path: str, value: Any) -> None:
    items, (container, key) = _array(draft, path)
    container[key] = items = list(items)
    have = {bson.encode({"": item}) for item in items if not _is_number(item)}
    for item in _each(value)[0]:
        packed = bson.encode({"": item})
        if packed not in have and not (_is_number(item) and any(_is_number(i) and i == item for i in items)):
            have.add(packed)
            items.append(item)


def _pull(draft: Document, path: str, condition: Any) -> None:
    if (slot := _found(draft, path)) is None:
        return
    container, key = slot
    if not isinstance(container[key], list):
        raise WriteError(f"Cannot apply $pull to '{path}': not an array", 2)
    container[key] = [item for item in container[key] if not _pulled(item, condition)]


def _pulled(item: Any, condition: Any) -> bool:
    """An object given without operators is a filter over the elements that are objects."""
    if isinstance(condition, Mapping) and not any(name.startswith("$") for name in condition):
        check_filter(condition)
        return isinstance(item, dict) and bool(filter_applies(condition, item))
    check_filter({"element": condition})
    return bool(filter_applies({"element": condition}, {"element": item}))


_OPERATORS: dict[str, Callable[[Document, str, Any], None]] = {
    "$set": set_path,
    "$setOnInsert": set_path,
    "$unset": _unset,
    "$inc": _inc,
    "$max": lambda draft, path, value: _extreme(draft, path, value, largest=True),
    "$min": lambda draft, path, value: _extreme(draft, path, value, largest=False),
    "$push": _push,
    "$addToSet": _add_to_set,
    "$pull": _pull,
}
