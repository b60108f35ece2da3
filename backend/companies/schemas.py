"""Shapes of firms on the wire."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from backend.adapters.http import Body, Query
from backend.adapters.http.fields import Uscc
from backend.companies.facts import KeptFact
from backend.companies.store import Company
from backend.shared.clock import in_shanghai
from policies.facts import SOURCES, fact_named

Source = Literal["registry", "tax", "staff_verified", "self_declared"]


class StatedFact(Body):
    """One fact; `period` is a year ("2025") for yearly facts."""

    name: str = Field(min_length=1, max_length=60)
    value: bool | int | str | list[str]
    period: str | None = Field(default=None, max_length=10)


class StatedFacts(Body):
    """Facts to append; `source` is for staff, a person of the firm always declares for itself."""

    facts: list[StatedFact] = Field(min_length=1, max_length=300)
    source: Source = "self_declared"

    def rows(self) -> list[dict[str, Any]]:
        """As the service takes them."""
        return [fact.model_dump() for fact in self.facts]


class NewCompany(Body):
    """A firm to add; an area or town no list knows is kept as written and flagged."""

    uscc: Uscc
    name: str = Field(min_length=2, max_length=120)
    area: str = Field(default="", max_length=60)
    town: str = Field(default="", max_length=60)
    operating_area: str = Field(default="", max_length=60)
    operating_town: str = Field(default="", max_length=60)
    industries: list[str] = Field(default_factory=list, max_length=20)
    facts: list[StatedFact] = Field(default_factory=list, max_length=300)
    source: Source = "staff_verified"

    def fields(self) -> dict[str, Any]:
        """As the service takes them."""
        return self.model_dump(exclude={"source"})


class CompanyQuery(Query):
    """Which firms to list."""

    name: str = Field(default="", max_length=60)
    area: str = Field(default="", max_length=60)
    limit: int = Field(default=20, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=300)


def company_json(company: Company) -> dict[str, Any]:
    """Who and where a firm is."""
    return {
        "uscc": company.uscc,
        "revision": company.revision,
        "name": company.name,
        "area": company.area,
        "town": company.town,
        "operating_area": company.operating_area,
        "operating_town": company.operating_town,
        "flags": list(company.flags),
        "updated_at": in_shanghai(company.updated_at).isoformat(),
    }


def fact_json(fact: KeptFact) -> dict[str, Any]:
    """One fact with its label and where it comes from."""
    shown = fact.record.as_dict()
    return {
        **shown,
        "label": fact_named(shown["name"]).label,
        "source_label": SOURCES[shown["source"]],
        "flagged": fact.flagged,
    }


def facts_json(facts: list[KeptFact]) -> dict[str, Any]:
    """All facts of a firm, oldest first."""
    return {"items": [fact_json(fact) for fact in facts], "total": len(facts), "next_cursor": None}
