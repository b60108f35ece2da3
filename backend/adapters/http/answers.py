"""What goes out: lists, and answers whose shape the API document shows."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict

from backend.shared.paging import Page

Item = TypeVar("Item")
Function = TypeVar("Function", bound=Callable[..., Any])


class Answer(BaseModel):
    """Base of all answers that the API document describes."""

    model_config = ConfigDict(extra="forbid")


def page_json(page: Page[Item], shape: Callable[[Item], Any]) -> dict[str, Any]:
    """A list on the wire."""
    return {
        "items": [shape(item) for item in page.items],
        "total": page.total,
        "next_cursor": page.next_cursor,
    }


def answers(model: type[Answer], status: int = 200) -> Callable[[Function], Function]:
    """The method returns a `model` or what makes one; it goes out as JSON, its shape is documented."""

    def decorate(function: Function) -> Function:
        @functools.wraps(function)
        def wrapper(*args: Any, **kwargs: Any) -> tuple[dict[str, Any], int]:
            return model.model_validate(function(*args, **kwargs)).model_dump(mode="json"), status

        wrapper.answer_model = (status, model)  # type: ignore[attr-defined]
        return wrapper  # type: ignore[return-value]

    return decorate
