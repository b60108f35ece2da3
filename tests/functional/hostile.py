"""Bodies of plausible shape for every route, and hostile values to put in the place of any of their parts."""

from __future__ import annotations

import base64
import copy
import json
import re
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from backend.demo.firms import made_up_code

VALUES: tuple[Any, ...] = (
    "<script>alert(1)</script>",
    "(a+)+$.*[",
    "$where",
    {"$gt": ""},
    {"$where": "sleep(1000)"},
    [{"$gt": ""}],
    "../../etc/passwd",
    "空\x00字",
    "坏\ud800字",
    "长" * 6000,
    10**30,
    -(2**63) - 1,
    -1,
    0.1,
    1e308,
    float("nan"),
    float("inf"),
    True,
    None,
    "",
    [],
    {},
    "2026-02-30",
    "0000-00-00",
    "9999-12-31T23:59:59+14:00",
    "0001-01-01T00:00:00-14:00",
)
TEXTS: tuple[str, ...] = (
    "<script>alert(1)</script>",
    "(a+)+$.*[",
    "$where",
    '{"$gt": ""}',
    "../../etc/passwd",
    "..",
    "空\x00字",
    "长" * 3000,
    "1" * 40,
    "-1",
    "NaN",
    "0001-01-01",
    "9999-12-31",
    "9999-12-31T23:59:59-14:00",
    "%",
    "*",
    "'; DROP TABLE firms; --",
)
CURSORS = tuple(
    base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
    for text in (
        "[]",
        "[null]",
        '[{"$gt": ""}]',
        '{"$gt": ""}',
        "[1e999]",
        '["a","b","c","d"]',
        '"x"',
        "[" * 200,
    )
)
BODIES = (b"", b"null", b"[]", b'"x"', b"{", b"\x00", b"\xff\xfe", b"[" * 5000, b'{"a":' * 5000, b"1" * 5000)
_TEXT_SAMPLES = ("示例", "shili-x", "shili/x", "a.txt", "13800000000", "shili@1", "text-2026", "")
_BY_NAME = {"uscc": made_up_code(1), "slug": "shili-x", "id": "shili-x", "fact": "staff_last_year"}
_DEEPEST = 6


def plausible(model: type[BaseModel]) -> list[Any]:
    """Bodies with every field filled in, one for each way the model may be written."""
    schema = model.model_json_schema()
    definitions = schema.get("$defs", {})
    ways = schema.get("oneOf") or [schema]
    return [_sample(way, definitions, "", 0) for way in ways]


def _sample(schema: dict[str, Any], definitions: dict[str, Any], name: str, depth: int) -> Any:
    if "$ref" in schema:
        return _sample(definitions[schema["$ref"].rpartition("/")[2]], definitions, name, depth)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return _sample(schema["anyOf"][0], definitions, name, depth)
    match schema.get("type"):
        case "object":
            return _object(schema, definitions, depth)
        case "array":
            inside = schema.get("items") or (schema.get("prefixItems") or [{}])[0]
            return [_sample(inside, definitions, name, depth + 1)] if depth < _DEEPEST else []
        case "integer" | "number":
            return schema.get("minimum", 1)
        case "boolean":
            return True
        case "string":
            return _text(schema, name)
    return "示例"


def _object(schema: dict[str, Any], definitions: dict[str, Any], depth: int) -> dict[str, Any]:
    required = set(schema.get("required", ()))
    return {
        name: _sample(part, definitions, name, depth + 1)
        for name, part in schema.get("properties", {}).items()
        if depth < _DEEPEST and (name in required or depth < 2)
    }


def _text(schema: dict[str, Any], name: str) -> str:
    formats = {"date": "2026-05-06", "date-time": "2026-05-07T09:00:00+08:00"}
    if schema.get("format") in formats:
        return formats[schema["format"]]
    if name in _BY_NAME:
        return _BY_NAME[name]
    fitting = [text for text in _TEXT_SAMPLES if re.search(schema.get("pattern", ""), text)]
    return fitting[0] if fitting else "示例"


def spoiled(body: Any) -> Iterator[Any]:
    """The body with each hostile value in each of its places, and with a field too many."""
    for path in _places(body):
        for value in VALUES:
            yield _with(body, path, value)
    if isinstance(body, dict):
        yield {**body, "$where": "1"}
        yield {**body, "更多": 1}


def _places(body: Any, path: tuple[Any, ...] = (), depth: int = 0) -> Iterator[tuple[Any, ...]]:
    inside = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for key, value in inside:
        yield (*path, key)
        if depth < 3:
            yield from _places(value, (*path, key), depth + 1)


def _with(body: Any, path: tuple[Any, ...], value: Any) -> Any:
    changed = copy.deepcopy(body)
    place = changed
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return changed


def as_json(body: Any) -> bytes:
    """The body as text, with NaN and lone surrogates as JSON can carry them."""
    return json.dumps(body).encode()
