"""From what people ask to what the index is asked: standing, areas, dates, order."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from backend.catalogue import indexing as policy_documents
from backend.courses import indexing as course_documents
from backend.institutions import indexing as institution_documents
from backend.people import indexing as people_documents
from search_index.query import AnyOf, Between, Query, Sort
from search_index.schema import Schema

Standing = Literal["in_force", "expired", "consultation", "not_yet", "all"]
Filters = tuple[AnyOf | Between, ...]

SCHEMA = Schema(
    tuple(
        dict.fromkeys(
            (
                *policy_documents.FIELDS,
                *course_documents.FIELDS,
                *institution_documents.FIELDS,
                *people_documents.FIELDS,
            )
        )
    )
)
FACETS = ("kind", "policy_kind", "level", "area", "department", "title_id", "industry", "status", "year")
SORTS = {"newest": Sort("issued", descending=True), "deadline": Sort("valid_to")}
STANDINGS: tuple[Standing, ...] = ("in_force", "expired", "not_yet", "consultation")


@dataclass(frozen=True)
class Wanted:
    """What is asked: words, filters by field, which policies by where they stand today, and days.

    `home_area` filters nothing; it says whose area others are told apart from.
    """

    text: str = ""
    filters: dict[str, tuple[str, ...]] = field(default_factory=dict)
    standing: Standing = "in_force"
    sort: str = "relevance"
    limit: int = 20
    cursor: str | None = None
    issued_from: date | None = None
    issued_to: date | None = None
    issued_within: int | None = None
    closing_within: int | None = None
    home_area: str | None = None


def query_of(wanted: Wanted, today: date) -> Query:
    """The question for the index."""
    return Query(
        text=wanted.text,
        filters=(*chosen(wanted, today), *standing_filters(wanted.standing, today)),
        facets=FACETS,
        sort=SORTS.get(wanted.sort),
        limit=wanted.limit,
        cursor=wanted.cursor,
    )


def chosen(wanted: Wanted, today: date) -> Filters:
    """The filters somebody chose, without the standing."""
    filters: list[AnyOf | Between] = [
        AnyOf(name, values) for name, values in wanted.filters.items() if values
    ]
    low, high = wanted.issued_from, wanted.issued_to
    if wanted.issued_within is not None:
        low = max(filter(None, (low, today - timedelta(days=wanted.issued_within))))
    if low or high:
        filters.append(Between("issued", low, high))
    if wanted.closing_within is not None:
        filters.append(Between("valid_to", today, today + timedelta(days=wanted.closing_within)))
    return tuple(filters)


def standing_filters(standing: Standing, today: date) -> Filters:
    """What stands so on a day; courses and institutions are always in force."""
    if standing == "all":
        return ()
    if standing == "consultation":
        return (AnyOf("status", ("consultation",)),)
    final = AnyOf("status", ("published", "listed"))
    if standing == "expired":
        return (final, Between("valid_to", high=today - timedelta(days=1)))
    if standing == "not_yet":
        return (final, Between("valid_from", low=today + timedelta(days=1)))
    return (
        final,
        Between("valid_from", high=today, or_unknown=True),
        Between("valid_to", low=today, or_unknown=True),
    )
