"""Shapes of the board on the wire."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict

from backend.adapters.http import Query


class RequestExportQuery(Query):
    """As which kind of file."""

    format: Literal["xlsx", "csv"] = "xlsx"


class PromiseShare(TypedDict):
    """How many promises were kept, of how many that are settled."""

    kept: int
    of: int
    share: str | None


class DeskLoad(TypedDict):
    """What lies on a desk."""

    desk: str
    name: str
    live: int
    capacity: int | None


class Stars(TypedDict):
    """The average of so many answers."""

    answers: int
    average: str | None


class CountOf(TypedDict):
    """How many requests concern this."""

    id: str
    requests: int


class BoardJson(TypedDict):
    """The board."""

    as_of: str
    requests: int
    live: int
    overdue: int
    states: dict[str, int]
    levels: dict[str, int]
    areas: dict[str, int]
    ages: dict[str, int]
    results: dict[str, int]
    promise: PromiseShare
    loads: list[DeskLoad]
    satisfaction: Stars
    later: dict[str, int]
    asked_most: list[CountOf]
    policies: list[CountOf]
