"""What the doors of search answer, as types."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from typing_extensions import TypedDict

from backend.adapters.http.answers import DumpOf
from backend.catalogue.service.published import Standing
from policies.sheet import Validity
from policies.sheet.model import Level

Kind = Literal["policy", "measure", "course", "institution", "mentor", "question"]


class PieceJson(TypedDict):
    """A stretch of text, and whether it is what was asked for."""

    text: str
    hit: bool


class HighlightsJson(TypedDict):
    """Where the words stand, in the title and in snippets of the text."""

    title: list[PieceJson]
    text: list[list[PieceJson]]


class FoundHead(TypedDict):
    """What all findings have; `notes` say what to mind."""

    id: str
    kind: Kind
    notes: list[str]
    highlights: HighlightsJson
    title: str


class FoundClause(TypedDict):
    """The clause that answers inside a policy found as a whole."""

    anchor: str
    highlights: HighlightsJson


class FoundPolicy(FoundHead):
    """A policy, or a measure or clause of it."""

    policy: str
    policy_title: str
    anchor: str | None
    number: str
    level: Level
    areas: list[str]
    validity: Annotated[dict[str, Any], DumpOf(Validity)]
    standing: Standing
    clause: FoundClause | None


class FoundAnswer(FoundHead):
    """A question that firms ask, with its answer."""

    answer: str
    anchor: str | None
    policy: str
    policy_title: str


class PartJson(TypedDict):
    """A shorter question, and how much it would find."""

    q: str
    total: int


class FindingsJson(TypedDict):
    """A page of findings, and what helps when there are few."""

    address: str
    tabs: dict[Kind | Literal["all"], int]
    items: list[FoundPolicy | FoundAnswer | FoundHead]
    total: int
    next_cursor: str | None
    facets: dict[str, dict[str, int]]
    matched: str
    unmatched_words: list[str]
    read_as: str | None
    did_you_mean: list[str]
    parts: list[PartJson]
    related: list[str]
    choices: dict[str, list[str]]
    standings: dict[str, int]
    elsewhere: dict[str, int]
    unfiltered: int | None


class UnansweredJson(TypedDict):
    """A question without answers, and how often it was asked."""

    q: str
    times: int
    last: str
