"""Shapes of search on the wire."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from backend.adapters.http import Query
from backend.catalogue.service import PublishedPolicy
from backend.courses.service import Course
from backend.search.service import Finding, Findings, Wanted
from search_index.query import MAX_QUERY_CHARACTERS, Piece

Kind = Literal["policy", "measure", "course", "institution"]
Word = Literal["national", "city", "district", "area"]


class SearchQuery(Query):
    """The words, filters that may be repeated, and which policies by where they stand today."""

    q: str = Field(default="", max_length=MAX_QUERY_CHARACTERS)
    kind: list[Kind] = Field(default_factory=list, max_length=4)
    policy_kind: list[str] = Field(default_factory=list, max_length=10)
    level: list[Word] = Field(default_factory=list, max_length=4)
    area: list[str] = Field(default_factory=list, max_length=20)
    department: list[str] = Field(default_factory=list, max_length=20)
    title: list[str] = Field(default_factory=list, max_length=20)
    industry: list[str] = Field(default_factory=list, max_length=20)
    standing: Literal["in_force", "expired", "consultation", "all"] = "in_force"
    sort: Literal["relevance", "newest", "deadline"] = "relevance"
    limit: int = Field(default=20, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=600)

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
        }
        return Wanted(self.q, filters, self.standing, self.sort, self.limit, self.cursor)


class SuggestionQuery(Query):
    """What has been typed so far."""

    q: str = Field(min_length=1, max_length=60)
    limit: int = Field(default=8, ge=1, le=20)


def findings_json(found: Findings, standing_of: Any) -> dict[str, Any]:
    """A page of findings; `standing_of(policy)` says where a policy stands today."""
    return {
        "items": [_finding_json(finding, standing_of) for finding in found.items],
        "total": found.total,
        "next_cursor": found.next_cursor,
        "facets": found.facets,
        "matched": found.matched,
        "unmatched_words": list(found.unmatched_words),
        "elsewhere": found.elsewhere,
    }


def _finding_json(finding: Finding, standing_of: Any) -> dict[str, Any]:
    hit, record = finding.hit, finding.record
    shown = {
        "id": hit.id,
        "kind": hit.kind,
        "highlights": {
            "title": _pieces(hit.title_highlight),
            "text": [_pieces(snippet) for snippet in hit.snippets],
        },
    }
    if isinstance(record, PublishedPolicy):
        sheet = record.sheet
        part = finding.part
        return {
            **shown,
            "title": part.title if part else sheet.title,
            "policy": record.slug,
            "policy_title": sheet.title,
            "anchor": part.anchor if part else None,
            "number": sheet.number,
            "level": sheet.level,
            "areas": list(sheet.areas),
            "validity": sheet.validity.model_dump(mode="json"),
            "standing": standing_of(record),
        }
    return {**shown, "title": record.title if isinstance(record, Course) else record.name}


def _pieces(pieces: tuple[Piece, ...]) -> list[dict[str, Any]]:
    return [{"text": piece.text, "hit": piece.is_hit} for piece in pieces]
