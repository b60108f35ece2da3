"""What goes out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Generic, TypeVar

from flask import Response
from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema
from typing_extensions import TypedDict

from backend.shared.errors import Problem
from backend.shared.paging import Page

Item = TypeVar("Item")
Shown = TypeVar("Shown")


class PageJson(TypedDict, Generic[Shown]):
    """A list on the wire."""

    items: list[Shown]
    total: int
    next_cursor: str | None


class ProblemJson(TypedDict):
    """One thing that is wrong, and where."""

    where: str
    reason: str


class DumpOf:
    """`Annotated[dict[str, Any], DumpOf(Sheet)]`: in the API's document, what a pydantic model dumps."""

    def __init__(self, model: Any) -> None:
        self._model = model

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return handler.generate_schema(self._model)


def page_json(page: Page[Item], shape: Callable[[Item], Shown]) -> PageJson[Shown]:
    """A page of a list."""
    return {
        "items": [shape(item) for item in page.items],
        "total": page.total,
        "next_cursor": page.next_cursor,
    }


def list_json(items: Iterable[Shown]) -> PageJson[Shown]:
    """A list that is given whole."""
    shown = list(items)
    return {"items": shown, "total": len(shown), "next_cursor": None}


def problem_json(problem: Problem) -> ProblemJson:
    """One thing that is wrong."""
    return {"where": problem.where, "reason": problem.reason}


def json_response(text: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """An answer whose JSON is written already."""
    return Response(text, status, headers, mimetype="application/json")
