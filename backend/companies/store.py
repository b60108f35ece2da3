"""Firms in the database: who and where they are, and everything learnt about them, appended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import mongoengine as me

from backend.adapters.mongo import RecordDocument, change, collection_of, insert
from backend.adapters.mongo.bulk import insert_absent
from backend.adapters.mongo.lists import iterate_by_id, page_by_id
from backend.shared.errors import NotFoundError
from backend.shared.events import Event
from backend.shared.paging import Page
from policies.vocabulary import plain

COLLECTION = "companies"


class CompanyDocument(RecordDocument):
    """A firm by its USCC.

    `area` and `town` repeat the best known facts of that name for lists and scopes; `name_parts` holds the
    pairs of characters of the name, by which it is found.
    """

    meta = {"collection": COLLECTION, "indexes": [("area", "id"), ("town", "id"), "name_parts"]}
    label = "企业"

    name = me.StringField(required=True)
    name_parts = me.ListField(me.StringField())
    area = me.StringField(default="")
    town = me.StringField(default="")
    operating_area = me.StringField(default="")
    operating_town = me.StringField(default="")
    flags = me.ListField(me.StringField())
    facts = me.ListField(me.DictField())


@dataclass(frozen=True)
class Company:
    """A firm as the service sees it; `facts` are raw rows, oldest first; `flags` names unknown words."""

    uscc: str
    revision: int
    name: str
    area: str
    town: str
    operating_area: str
    operating_town: str
    flags: tuple[str, ...]
    facts: tuple[Mapping[str, Any], ...]
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class CompanyFilter:
    """Which firms to list; `areas` and `towns` together are a scope: a firm in one of either."""

    name: str = ""
    area: str = ""
    areas: frozenset[str] = frozenset()
    towns: frozenset[str] = frozenset()


class CompanyStore:
    """Reads and writes firms; returns plain records."""

    def get(self, uscc: str) -> Company:
        """One firm; NotFoundError if there is none."""
        document = CompanyDocument.objects(id=uscc).first()
        if document is None:
            raise NotFoundError(CompanyDocument.label, uscc)
        return _record(document)

    def exists(self, uscc: str) -> bool:
        """Whether the firm is known."""
        return collection_of(COLLECTION).find_one({"_id": uscc}, {"_id": 1}) is not None

    def missing(self, usccs: Sequence[str]) -> list[str]:
        """Those of the codes no firm has yet, in the order given."""
        rows = collection_of(COLLECTION).find({"_id": {"$in": list(usccs)}}, {"_id": 1}).sort("_id", 1)
        known = {row["_id"] for row in rows}
        return [uscc for uscc in usccs if uscc not in known]

    def places_of(self, usccs: Sequence[str]) -> dict[str, tuple[str, str]]:
        """Code -> area and town of the firms that are known."""
        fields = {"area": 1, "town": 1}
        rows = collection_of(COLLECTION).find({"_id": {"$in": list(usccs)}}, fields).sort("_id", 1)
        return {row["_id"]: (row["area"], row["town"]) for row in rows}

    def names_of(self, usccs: Sequence[str]) -> dict[str, str]:
        """Code -> name of the firms that are known."""
        rows = collection_of(COLLECTION).find({"_id": {"$in": list(usccs)}}, {"name": 1}).sort("_id", 1)
        return {row["_id"]: row["name"] for row in rows}

    def add(self, uscc: str, fields: Mapping[str, Any], by: str, at: datetime, *events: Event) -> Company:
        """A new firm; AlreadyExistsError if the code is taken."""
        return _record(insert(CompanyDocument, uscc, by, at, *events, **_with_parts(fields)))

    def add_many(self, rows: Sequence[tuple[str, Mapping[str, Any]]], by: str, at: datetime) -> int:
        """Many new firms in one command; those another writer added meanwhile are left. How many were new."""
        return insert_absent(
            [
                CompanyDocument(id=uscc, created_at=at, updated_at=at, updated_by=by, **_with_parts(fields))
                for uscc, fields in rows
            ]
        )

    def append_facts(
        self,
        uscc: str,
        revision: int,
        facts: Sequence[Mapping[str, Any]],
        fields: Mapping[str, Any],
        by: str,
        at: datetime,
        *events: Event,
    ) -> Company:
        """Append facts and set what follows from them; StaleRevisionError when somebody was faster."""
        push = {"$push": {"facts": {"$each": [dict(fact) for fact in facts]}}}
        return _record(
            change(CompanyDocument, uscc, by, at, *events, revision=revision, operators=push, **fields)
        )

    def iterate(
        self, usccs: Sequence[str] | None = None, batch: int = 500
    ) -> Iterator[list[tuple[str, list[Mapping[str, Any]]]]]:
        """Batches of (USCC, raw facts) by USCC: all firms, or those named."""
        filters = {} if usccs is None else {"_id": {"$in": list(usccs)}}
        if usccs is not None:
            rows = collection_of(COLLECTION).find(filters, {"facts": 1}).sort("_id", 1)
            found = [(row["_id"], row["facts"]) for row in rows]
            yield from (found[start : start + batch] for start in range(0, len(found), batch))
            return
        for rows_of_batch in iterate_by_id(COLLECTION, filters, ("facts",), batch=batch):
            yield [(row["_id"], row["facts"]) for row in rows_of_batch]

    def page(self, wanted: CompanyFilter, limit: int, cursor: str | None) -> Page[Company]:
        """Firms by USCC, without their facts."""
        fields = ("name", "area", "town", "operating_area", "operating_town", "flags", "revision",
                  "created_at", "updated_at")  # fmt: skip
        return page_by_id(CompanyDocument, _filters(wanted), limit, cursor, fields=fields).map(_record)

    def count(self) -> int:
        """How many firms are known."""
        return collection_of(COLLECTION).count_documents({})


def _filters(wanted: CompanyFilter) -> dict[str, Any]:
    filters: dict[str, Any] = {}
    if parts := name_parts(wanted.name):
        filters["name_parts"] = {"$all": parts}
    if wanted.area:
        filters["area"] = wanted.area
    if wanted.areas or wanted.towns:
        places = {"area": sorted(wanted.areas), "town": sorted(wanted.towns)}
        filters["$or"] = [{field: {"$in": values}} for field, values in places.items() if values]
    return filters


def name_parts(name: str) -> list[str]:
    """The pairs of neighbouring characters of a name, and its single characters."""
    text = plain(name)
    pairs = {text[start : start + 2] for start in range(len(text) - 1)}
    return sorted(pairs | set(text))


def _with_parts(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {**fields, "name_parts": name_parts(fields["name"])}


def _record(document: CompanyDocument) -> Company:
    return Company(
        uscc=document.id,
        revision=document.revision,
        name=document.name,
        area=document.area,
        town=document.town,
        operating_area=document.operating_area,
        operating_town=document.operating_town,
        flags=tuple(document.flags),
        facts=tuple(document.facts),
        created_at=document.created_at,
        updated_at=document.updated_at,
    )
