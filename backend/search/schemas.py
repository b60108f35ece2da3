"""Shapes of search on the wire."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Literal, get_args
from urllib.parse import urlencode

from pydantic import Field

from backend.adapters.http import Query
from backend.adapters.http.answers import PageJson, list_json
from backend.catalogue.service import PublishedPolicy
from backend.catalogue.service.published import Standing
from backend.search.answers import (
    FindingsJson,
    FoundAnswer,
    FoundClause,
    FoundHead,
    FoundPolicy,
    HighlightsJson,
    Kind,
    PieceJson,
    UnansweredJson,
)
from backend.search.service import Answer, Finding, Findings, Unanswered, Wanted
from search_index.query import MAX_QUERY_CHARACTERS, Piece, SearchHit

KINDS: Mapping[str, Kind] = {kind: kind for kind in get_args(Kind)}
StandingOf = Callable[[PublishedPolicy], Standing]
Word = Literal["national", "city", "district", "area"]


class SearchQuery(Query):
    """The words, filters that may be repeated, and which policies by where they stand today."""

    q: str = Field(default="", max_length=MAX_QUERY_CHARACTERS)
    kind: list[Kind] = Field(default_factory=list, max_length=6)
    policy_kind: list[str] = Field(default_factory=list, max_length=10)
    level: list[Word] = Field(default_factory=list, max_length=4)
    area: list[str] = Field(default_factory=list, max_length=20)
    department: list[str] = Field(default_factory=list, max_length=20)
    title: list[str] = Field(default_factory=list, max_length=20)
    industry: list[str] = Field(default_factory=list, max_length=20)
    status: list[str] = Field(default_factory=list, max_length=4)
    year: list[str] = Field(default_factory=list, max_length=20)
    standing: Literal["in_force", "expired", "consultation", "not_yet", "all"] = "in_force"
    issued_from: date | None = None
    issued_to: date | None = None
    issued_within: int | None = Field(default=None, ge=0, le=3650, description="几天之内发布")
    closing_within: int | None = Field(default=None, ge=0, le=3650, description="几天之内到期")
    home_area: str | None = Field(default=None, max_length=60, description="本企业所在片区，别处的会注明")
    sort: Literal["relevance", "newest", "deadline"] = "relevance"
    limit: int = Field(default=20, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=3600)

    def wanted(self) -> Wanted:
        """As the service takes it; a policy bound to no area holds in every area."""
        filters = {
            "kind": tuple(self.kind),
            "policy_kind": tuple(self.policy_kind),
            "level": tuple(self.level),
            "area": (*self.area, "*") if self.area else (),
            "department": tuple(self.department),
            "title_id": tuple(self.title),
            "industry": tuple(self.industry),
            "status": tuple(self.status),
            "year": tuple(self.year),
        }
        return Wanted(
            self.q,
            filters,
            self.standing,
            self.sort,
            self.limit,
            self.cursor,
            self.issued_from,
            self.issued_to,
            self.issued_within,
            self.closing_within,
            self.home_area,
        )

    def address(self) -> str:
        """Where this set of results is, whatever page: the same question has the same address."""
        asked = self.model_dump(mode="json", exclude_defaults=True, exclude={"cursor", "limit"})
        pairs = [
            (name, value)
            for name, told in sorted(asked.items())
            for value in (sorted(set(told)) if isinstance(told, list) else [told])
        ]
        return f"/search?{urlencode(pairs)}"


class SuggestionQuery(Query):
    """What has been typed so far."""

    q: str = Field(min_length=1, max_length=60)
    limit: int = Field(default=8, ge=1, le=20)


class UnansweredQuery(Query):
    """How many of the questions asked in vain."""

    limit: int = Field(default=50, ge=1, le=100)


def unanswered_json(asked: list[Unanswered]) -> PageJson[UnansweredJson]:
    """Questions without answers, most often asked first."""
    return list_json(UnansweredJson(q=one.text, times=one.times, last=one.last.isoformat()) for one in asked)


def findings_json(found: Findings, address: str, standing_of: StandingOf) -> FindingsJson:
    """A page of findings; `standing_of(policy)` says where a policy stands today."""
    kinds = found.facets.get("kind", {})
    return {
        "address": address,
        "tabs": {"all": sum(kinds.values()), **{kind: kinds.get(kind, 0) for kind in get_args(Kind)}},
        "items": [_finding_json(finding, standing_of) for finding in found.items],
        "total": found.total,
        "next_cursor": found.next_cursor,
        "facets": found.facets,
        "matched": found.matched,
        "unmatched_words": list(found.unmatched_words),
        "read_as": found.read_as,
        "did_you_mean": list(found.did_you_mean),
        "parts": [{"q": text, "total": total} for text, total in found.parts],
        "related": list(found.related),
        "choices": {short: list(meant) for short, meant in found.choices.items()},
        "standings": found.standings,
        "elsewhere": {name: n for name, n in found.standings.items() if name != "in_force"},
        "unfiltered": found.unfiltered,
    }


def _finding_json(finding: Finding, standing_of: StandingOf) -> FoundPolicy | FoundAnswer | FoundHead:
    hit, record = finding.hit, finding.record
    shown: FoundHead = {
        "id": hit.id,
        "kind": KINDS[hit.kind],
        "notes": list(finding.notes),
        "highlights": _highlights(hit),
        "title": _title(finding),
    }
    if isinstance(record, PublishedPolicy):
        sheet = record.sheet
        part = finding.part
        return {
            **shown,
            "policy": record.slug,
            "policy_title": sheet.title,
            "anchor": part.anchor if part else None,
            "number": sheet.number,
            "level": sheet.level,
            "areas": list(sheet.areas),
            "validity": sheet.validity.model_dump(mode="json"),
            "standing": standing_of(record),
            "clause": _clause_json(finding.clause) if finding.clause else None,
        }
    if isinstance(record, Answer):
        return {
            **shown,
            "answer": record.answer,
            "anchor": record.anchor,
            "policy": record.policy.slug,
            "policy_title": record.policy.sheet.title,
        }
    return shown


def _title(finding: Finding) -> str:
    record = finding.record
    if isinstance(record, PublishedPolicy):
        return finding.part.title if finding.part else record.sheet.title
    return record.question if isinstance(record, Answer) else record


def _clause_json(hit: SearchHit) -> FoundClause:
    return {"anchor": hit.id.partition("#")[2], "highlights": _highlights(hit)}


def _highlights(hit: SearchHit) -> HighlightsJson:
    return {
        "title": _pieces(hit.title_highlight),
        "text": [_pieces(snippet) for snippet in hit.snippets],
    }


def _pieces(pieces: tuple[Piece, ...]) -> list[PieceJson]:
    return [{"text": piece.text, "hit": piece.is_hit} for piece in pieces]
