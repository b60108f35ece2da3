"""Shapes of firms on the wire."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from backend.adapters.http import Body, Query
from backend.adapters.http.fields import Day, Slug, Uscc
from backend.companies.service.applications import State

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


class StatedParticulars(Body):
    """Who and where the firm is, as far as it is to be said anew; `source` as with facts."""

    name: str = Field(default="", pattern=r"^(.{2,})?$", max_length=120)
    registered_address: str = Field(default="", max_length=200)
    operating_address: str = Field(default="", max_length=200)
    operating_area: str = Field(default="", max_length=60)
    operating_town: str = Field(default="", max_length=60)
    park: str = Field(default="", max_length=120)
    source: Source = "self_declared"

    def values_given(self) -> dict[str, str]:
        """As the service takes them."""
        return self.model_dump(exclude={"source"}, exclude_defaults=True)


class NewCompany(Body):
    """A firm to add; an area or town no list knows is kept as written and flagged."""

    uscc: Uscc
    name: str = Field(min_length=2, max_length=120)
    area: str = Field(default="", max_length=60)
    town: str = Field(default="", max_length=60)
    operating_area: str = Field(default="", max_length=60)
    operating_town: str = Field(default="", max_length=60)
    registered_address: str = Field(default="", max_length=200)
    operating_address: str = Field(default="", max_length=200)
    park: str = Field(default="", max_length=120)
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


class FactsQuery(Query):
    """`as_of`: the file as it stood at the end of that day."""

    as_of: Day | None = None


class Dispute(Body):
    """A fact the firm says is wrong, and what is right."""

    fact: str = Field(min_length=1, max_length=60)
    period: str | None = Field(default=None, max_length=10)
    claimed: bool | int | str | list[str]
    reason: str = Field(min_length=2, max_length=500)


class Settlement(Body):
    """How a dispute ends; `value` only when it is neither the old one nor the claimed one."""

    outcome: Literal["corrected", "kept"]
    answer: str = Field(min_length=2, max_length=500)
    value: bool | int | str | list[str] | None = None


class ContactFields(Body):
    """A firm's contact; what is not given stays."""

    contact_name: str = Field(default="", max_length=40)
    contact_phone: str = Field(default="", pattern=r"^(1\d{10}|0\d{2,3}-?\d{7,8})?$")

    def given(self) -> dict[str, str]:
        """As the service takes them."""
        return self.model_dump(exclude_unset=True)


class Reason(Body):
    """Why something is asked for or done."""

    reason: str = Field(min_length=2, max_length=200)


class SourceOrder(Body):
    """The sources of a fact, the best first."""

    order: list[Source] = Field(min_length=4, max_length=4)


class ToldStep(Body):
    """A step of the firm with a policy, and its day."""

    policy: Slug
    state: State
    on: Day
    note: str = Field(default="", max_length=300)


class NameList(Body):
    """A published list of names: what it says of these firms, since when, and what it is called."""

    usccs: list[Uscc] = Field(min_length=1, max_length=2000)
    state: Literal["obtained", "refused", "applied"] = "obtained"
    on: Day
    reference: str = Field(min_length=4, max_length=300)


class ImportForm(Query):
    """How to read an uploaded table; `year` is meant where a yearly column names none."""

    dry_run: bool = True
    source: Source = "staff_verified"
    mapping: str = Field(default="", max_length=60)
    year: str = Field(default="", pattern=r"^((19|20)\d\d)?$")


class PageQuery(Query):
    """A page of a list."""

    limit: int = Field(default=20, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=300)


class MappedColumn(Body):
    """What a header means; an empty target leaves the column out."""

    target: str = Field(default="", max_length=60)
    period: str = Field(default="", pattern=r"^((19|20)\d\d)?$")
    unit: str = Field(default="", max_length=10)


class ColumnMapping(Body):
    """A mapping to keep: header -> meaning."""

    columns: dict[str, MappedColumn] = Field(min_length=1, max_length=500)

    def entries(self) -> dict[str, dict[str, Any]]:
        """As the service takes them."""
        return {header: column.model_dump() for header, column in self.columns.items()}


class ExportQuery(Query):
    """What to export."""

    format: Literal["xlsx", "csv"] = "xlsx"
    year: list[int] = Field(default_factory=list, max_length=10)
    fact: list[str] = Field(default_factory=list, max_length=200)
