"""What the services of guidance answer in the shape it is shown: the board and the figures."""

from __future__ import annotations

from typing_extensions import TypedDict


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


class ClauseMarks(TypedDict):
    """How often what was said of a clause ("" is the whole policy)."""

    anchor: str
    marks: dict[str, int]


class PolicyFigures(TypedDict):
    """Read, understood, tried, obtained."""

    policy: str
    read: int
    understood: int
    not_understood: int
    tried: int
    obtained: int
    clauses: list[ClauseMarks]


class ReachedShare(TypedDict):
    """How many of these firms were reached."""

    firms: int
    of: int
    share: str | None


class ReachJson(ReachedShare):
    """How many firms of a class were reached in time, and what that means."""

    id: str
    label: str
    meaning: str
