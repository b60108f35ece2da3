"""What is asked of an index, and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

MAX_QUERY_CHARACTERS = 200
MAX_LIMIT = 100


class QueryError(Exception):
    """A question that cannot be asked: too long, an unknown field, a broken cursor."""

    code = "bad_query"

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.message = message
        self.reason = reason
        self.details = {"reason": reason}


@dataclass(frozen=True)
class AnyOf:
    """The field holds at least one of these values."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Between:
    """The day or number lies within both ends, which are included; an unknown value passes only if asked."""

    field: str
    low: int | date | None = None
    high: int | date | None = None
    or_unknown: bool = False


Filters = tuple[AnyOf | Between, ...]


@dataclass(frozen=True)
class Sort:
    """Order by a day or number; unknown values come last either way, equal ones by id."""

    field: str
    descending: bool = False


class Query(NamedTuple):
    """Words, filters (all must hold), fields to count, order and page. Empty text browses everything."""

    text: str = ""
    filters: Filters = ()
    facets: tuple[str, ...] = ()
    sort: Sort | None = None
    limit: int = 10
    cursor: str | None = None
    highlights: bool = True


class Piece(NamedTuple):
    """A stretch of text; `is_hit` when it is what was searched for."""

    text: str
    is_hit: bool = False


class SearchHit(NamedTuple):
    """One found document. The index says which; what it holds now is the database's to say."""

    id: str
    kind: str
    revision: int
    score: float
    title_highlight: tuple[Piece, ...]
    snippets: tuple[tuple[Piece, ...], ...]


class SearchResult(NamedTuple):
    """`matched` tells whether hits hold all words or, when none did, only some of them.

    `read_as` is the question that was answered when the one asked was spelled otherwise; `did_you_mean` are
    other readings that find something. `parts` are shorter questions with what each would find. The cursor of
    the next page is only written when somebody wants it.
    """

    total: int
    hits: tuple[SearchHit, ...]
    facets: dict[str, dict[str, int]]
    next_page: Callable[[], str] | None
    unmatched_words: tuple[str, ...]
    matched: Literal["all_words", "some_words"] = "all_words"
    read_as: str | None = None
    did_you_mean: tuple[str, ...] = ()
    parts: tuple[tuple[str, int], ...] = ()

    @property
    def next_cursor(self) -> str | None:
        """Where the next page begins; None on the last."""
        return self.next_page() if self.next_page else None
