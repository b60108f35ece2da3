"""What goes out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flask import Response

from backend.shared.paging import Page

Item = TypeVar("Item")


def json_response(text: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """An answer whose JSON is written already."""
    return Response(text, status, headers, mimetype="application/json")


def page_json(page: Page[Item], shape: Callable[[Item], dict[str, Any]]) -> dict[str, Any]:
    """A list on the wire."""
    return {
        "items": [shape(item) for item in page.items],
        "total": page.total,
        "next_cursor": page.next_cursor,
    }
