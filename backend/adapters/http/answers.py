"""What goes out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from backend.shared.paging import Page

Item = TypeVar("Item")


def page_json(page: Page[Item], shape: Callable[[Item], dict[str, Any]]) -> dict[str, Any]:
    """A list on the wire."""
    return {
        "items": [shape(item) for item in page.items],
        "total": page.total,
        "next_cursor": page.next_cursor,
    }
