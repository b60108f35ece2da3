"""Shapes of firms on the wire."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any, Literal

from pydantic import Field

from backend.adapters.http import Body, Query
from backend.adapters.http.fields import Day, Slug, Uscc
from backend.companies.facts import KeptFact
from backend.companies.particulars import PARTICULARS, best_particulars, shown_particular
from backend.companies.service.applications import STATES, TOLD_BY, State
from backend.companies.service.disputes import claimed_value
from backend.companies.service.grid import POSTS, Gap, Holder
from backend.companies.store import Company
from backend.companies.store.applications import Application
from backend.companies.store.contacts import Contact
from backend.companies.store.fact_sources import FactSource
from backend.companies.store.imports import ImportRun, SavedMapping
from backend.shared.caller import Role
from backend.shared.clock import in_shanghai, start_of
from policies.facts import SOURCES, fact_named, value_json

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


def application_json(application: Application) -> dict[str, Any]:
    """Where a firm stands with a policy, and how it came there."""
    return {
        "policy": application.policy,
        "revision": application.revision,
        "state": application.state,
        "label": STATES[application.state],
        "since": application.since,
        "history": [
            {
                "state": step["state"],
                "on": step["on"],
                "told_by": TOLD_BY[step["told_by"]],
                "note": step["note"],
                "at": in_shanghai(step["at"]).isoformat(),
            }
            for step in application.history
        ],
    }


def applications_json(applications: Sequence[Application]) -> dict[str, Any]:
    """All of a firm."""
    items = [application_json(one) for one in applications]
    return {"items": items, "total": len(items), "next_cursor": None}


def contact_json(contact: Contact) -> dict[str, Any]:
    """Whom to call."""
    return {
        "uscc": contact.uscc,
        "contact_name": contact.contact_name,
        "contact_phone": contact.contact_phone,
        "updated_at": in_shanghai(contact.updated_at).isoformat() if contact.updated_at else None,
    }


def dispute_json(dispute: Mapping[str, Any]) -> dict[str, Any]:
    """A dispute; who wrote and settled it is left to the audit."""
    settled = dispute.get("settled_at")
    return {
        "id": dispute["id"],
        "fact": dispute["fact"],
        "label": fact_named(dispute["fact"]).label,
        "period": dispute["period"],
        "claimed": value_json(claimed_value(dispute)),
        "reason": dispute["reason"],
        "state": dispute["state"],
        "answer": dispute.get("answer", ""),
        "at": in_shanghai(dispute["at"]).isoformat(),
        "settled_at": in_shanghai(settled).isoformat() if settled else None,
    }


def disputes_json(company: Company) -> dict[str, Any]:
    """All disputes of a firm, oldest first."""
    items = [dispute_json(dispute) for dispute in company.disputes]
    return {"items": items, "total": len(items), "next_cursor": None}


def grid_json(found: Mapping[Role, Holder | None]) -> dict[str, Any]:
    """Who looks after a firm; null is a gap."""
    return {
        post.value: {"label": POSTS[post], "name": holder.shown} if holder else None
        for post, holder in found.items()
    }


def gap_json(gap: Gap) -> dict[str, Any]:
    """A place with nobody, or with more than one."""
    shown = {
        name: [post.value for post in posts]
        for name, posts in (("missing", gap.missing), ("shared", gap.shared))
    }
    return {**asdict(gap.place), "firms": gap.firms, **shown}


def source_order_json(settled: FactSource) -> dict[str, Any]:
    """The order of a fact's sources."""
    return {
        "fact": settled.fact,
        "label": fact_named(settled.fact).label,
        "revision": settled.revision,
        "settled": settled.revision > 0,
        "order": list(settled.order),
        "order_labels": [SOURCES[source] for source in settled.order],
    }


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


def import_json(run: ImportRun) -> dict[str, Any]:
    """How far an import has come."""
    return {
        "id": run.id,
        "file": run.file,
        "dry_run": run.dry,
        "source": run.source,
        "status": run.status,
        "rows_done": sum(run.counts.values()),
        "rows": run.total,
        "counts": dict(run.counts),
        "columns": [dict(column) for column in run.columns],
        "note": run.note,
        "by": run.by,
        "created_at": in_shanghai(run.created_at).isoformat(),
    }


def mapping_json(mapping: SavedMapping) -> dict[str, Any]:
    """A saved mapping."""
    return {"name": mapping.name, "revision": mapping.revision, "columns": dict(mapping.columns)}


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
        "registered_address": company.registered_address,
        "operating_address": company.operating_address,
        "park": company.park,
        "flags": list(company.flags),
        "updated_at": in_shanghai(company.updated_at).isoformat(),
    }


def particulars_json(company: Company, named: bool, as_of: date | None = None) -> dict[str, Any]:
    """Who and where the firm is, every word that was ever said, oldest first; `named`: and by whom."""
    end = start_of(as_of + timedelta(days=1)) if as_of else None
    rows = [row for row in company.particulars if end is None or in_shanghai(row["known_at"]) < end]
    best = best_particulars(rows)
    items = [
        {
            **{name: row[name] for name in ("name", "value", "source", "flagged")},
            "shown": shown_particular(row["name"], row["value"]),
            "label": PARTICULARS[row["name"]],
            "source_label": SOURCES[row["source"]],
            "known_at": in_shanghai(row["known_at"]).isoformat(),
            "by": row["by"] if named else "",
            "counts": best[row["name"]] is row,
        }
        for row in rows
    ]
    return {"items": items, "total": len(items), "next_cursor": None}


def fact_json(fact: KeptFact, counts: bool, disputed: bool, named: bool) -> dict[str, Any]:
    """One fact with its label, where it comes from, whether it is the one that counts, and is disputed."""
    shown = fact.record.as_dict()
    return {
        **shown,
        "by": fact.record.by if named else "",
        "label": fact_named(shown["name"]).label,
        "source_label": SOURCES[shown["source"]],
        "flagged": fact.flagged,
        "counts": counts,
        "disputed": disputed,
    }


def facts_json(facts: list[KeptFact], best: Collection[int], company: Company, named: bool) -> dict[str, Any]:
    """All facts of a firm, oldest first; `best`: the ids of records that count; `named`: and who said it."""
    disputed = {(d["fact"], d["period"]) for d in company.disputes if d["state"] == "open"}
    items = [
        fact_json(fact, id(fact.record) in best, (fact.record.name, fact.record.period) in disputed, named)
        for fact in facts
    ]
    return {"items": items, "total": len(items), "next_cursor": None}
