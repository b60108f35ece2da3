"""Lists on the wire: `{items, total, next_cursor}`. A cursor is opaque to the caller."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from backend.shared.errors import InvalidInputError

Item = TypeVar("Item")
Other = TypeVar("Other")

LARGEST_PAGE = 100


@dataclass(frozen=True)
class Page(Generic[Item]):
    """One page of a list; `next_cursor` is None on the last."""

    items: Sequence[Item]
    total: int
    next_cursor: str | None = None

    def map(self, shape: Callable[[Item], Other]) -> Page[Other]:
        """The same page with every item reshaped."""
        return Page([shape(item) for item in self.items], self.total, self.next_cursor)


def every(page_after: Callable[[str | None], Page[Item]]) -> Iterator[Item]:
    """Every item of a list, page by page; `page_after` gives the page that follows a cursor."""
    cursor: str | None = None
    while True:
        page = page_after(cursor)
        yield from page.items
        cursor = page.next_cursor
        if cursor is None:
            return


def encode_cursor(key: Sequence[Any]) -> str:
    """The cursor that stands for the last row's sort key (JSON values)."""
    return base64.urlsafe_b64encode(json.dumps(key, ensure_ascii=False).encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> list[Any]:
    """The sort key in a cursor; a cursor we did not make is an InvalidInputError."""
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error) as error:
        raise InvalidInputError.at("cursor", "翻页标记无效，请从第一页重新开始。") from error
    if not isinstance(key, list) or not key or any(isinstance(part, (dict, list)) for part in key):
        raise InvalidInputError.at("cursor", "翻页标记无效，请从第一页重新开始。")
    return key
