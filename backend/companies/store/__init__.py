"""Firms in the database: who and where they are, and everything learnt about them, appended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import mongoengine as me

from backend.adapters.mongo import RecordDocument, change, collection_of, insert
from backend.adapters.mongo.bulk import insert_absent, insert_rows
from backend.adapters.mongo.lists import iterate_by_id, page_by_id, within
from backend.shared.clock import in_shanghai
from backend.shared.errors import NotFoundError
from backend.shared.events import Event
from backend.shared.paging import Page
from policies.vocabulary import plain

COLLECTION = "companies"
STAMPS = ("revision", "updated_at", "created_at")
PLACES = ("operating_area", "operating_town", "registered_address", "operating_address", "park")


class CompanyDocument(RecordDocument):
    """A firm by its USCC.

    `area`, `town` and the names of PARTICULARS repeat the best known word for lists and scopes; `name_parts`
    holds the pairs of characters of the name, by which it is found; `mark` is the last imported row that said
    nothing but what is known, and `mark_run` the run that read it.
    """

    meta = {"collection": COLLECTION, "indexes": [("area", "id"), ("town", "id"), "name_parts", "updated_at"]}
    label = "企业"

    name = me.StringField(required=True)
    name_parts = me.ListField(me.StringField())
    area = me.StringField(default="")
    town = me.StringField(default="")
    operating_area = me.StringField(default="")
    operating_town = me.StringField(default="")
    registered_address = me.StringField(default="")
    operating_address = me.StringField(default="")
    park = me.StringField(default="")
    flags = me.ListField(me.StringField())
    facts = me.ListField(me.DictField())
    particulars = me.ListField(me.DictField())
    disputes = me.ListField(me.DictField())
    mark = me.StringField(default="")
    mark_run = me.StringField(default="")


@dataclass(frozen=True)
class Mark:
    """What is known of a firm before its row is read."""

    mark: str
    run: str
    revision: int


@dataclass(frozen=True)
class Company:
    """A firm as the service sees it; `facts`, `particulars` and `disputes` are raw rows, oldest first;
    `flags` names unknown words."""

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
    registered_address: str = ""
    operating_address: str = ""
    park: str = ""
    particulars: tuple[Mapping[str, Any], ...] = ()
    disputes: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class CompanyFilter:
    """Which firms to list; `areas` and `towns` together are a scope: a firm registered or working there."""

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

    def all_places_of(self, usccs: Sequence[str]) -> dict[str, dict[str, str]]:
        """Code -> area, town, operating area and town of the firms that are known."""
        fields = ("area", "town", "operating_area", "operating_town")
        rows = collection_of(COLLECTION).find({"_id": {"$in": list(usccs)}}, dict.fromkeys(fields, 1))
        return {row["_id"]: {name: row.get(name, "") for name in fields} for row in rows.sort("_id", 1)}

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

    def add_rows(self, rows: Sequence[tuple[str, Mapping[str, Any]]], by: str, at: datetime) -> set[str]:
        """Many new firms whose fields were checked cell by cell; the codes that were taken, and stay so."""
        return insert_rows(CompanyDocument, [_raw(uscc, fields, by, at) for uscc, fields in rows])

    def learn(
        self,
        company: Company,
        facts: Sequence[Mapping[str, Any]],
        particulars: Sequence[Mapping[str, Any]],
        fields: Mapping[str, Any],
        by: str,
        at: datetime,
        *events: Event,
    ) -> Company:
        """Append facts and particulars and set what follows; StaleRevisionError when somebody was faster."""
        pushed = {"facts": facts, "particulars": particulars}
        push = {name: {"$each": [dict(row) for row in rows]} for name, rows in pushed.items() if rows}
        fields = {"mark": "", **fields}
        if "name" in fields:
            fields = _with_parts(fields)
        changed = change(
            CompanyDocument,
            company.uscc,
            by,
            at,
            *events,
            revision=company.revision,
            operators={"$push": push} if push else {},
            **fields,
        )
        return _record(changed)

    def set_disputes(
        self, company: Company, disputes: Sequence[Mapping[str, Any]], by: str, at: datetime, *events: Event
    ) -> Company:
        """The disputes as they stand now; StaleRevisionError when somebody was faster."""
        kept = [dict(dispute) for dispute in disputes]
        return _record(
            change(CompanyDocument, company.uscc, by, at, *events, revision=company.revision, disputes=kept)
        )

    def marks(self, usccs: Sequence[str]) -> dict[str, Mark]:
        """Code -> mark of the firms that are known."""
        fields = {"mark": 1, "mark_run": 1, "revision": 1}
        rows = collection_of(COLLECTION).find({"_id": {"$in": list(usccs)}}, fields).sort("_id", 1)
        return {
            row["_id"]: Mark(row.get("mark", ""), row.get("mark_run", ""), row["revision"]) for row in rows
        }

    def get_many(self, usccs: Sequence[str]) -> dict[str, Company]:
        """Code -> firm of those that are known."""
        rows = collection_of(COLLECTION).find({"_id": {"$in": list(usccs)}}).sort("_id", 1)
        return {row["_id"]: _record(CompanyDocument._from_son(row)) for row in rows}

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

    def iterate_rows(self, usccs: Sequence[str] | None, batch: int) -> Iterator[list[dict[str, Any]]]:
        """Raw rows with facts, particulars and places by USCC: of all firms, or of those named."""
        fields = (*STAMPS, "facts", "particulars", "area", "town", "operating_area", "operating_town")
        if usccs is None:
            yield from iterate_by_id(COLLECTION, {}, fields, batch=batch)
            return
        for start in range(0, len(usccs), batch):
            query = {"_id": {"$in": list(usccs[start : start + batch])}}
            yield list(collection_of(COLLECTION).find(query, dict.fromkeys(fields, 1)).sort("_id", 1))

    def stamps(self, since: datetime | None) -> Iterator[dict[str, Any]]:
        """Revision and times of every firm, or of those written since an instant."""
        filters = {} if since is None else {"updated_at": {"$gte": since}}
        for rows in iterate_by_id(COLLECTION, filters, STAMPS, batch=20_000):
            yield from rows

    def digest(self) -> tuple[int, int, datetime | None]:
        """How many firms there are, the sum of their revisions, the last write: another after every write."""
        group = {"$group": {"_id": None, "firms": {"$sum": 1}, "revisions": {"$sum": "$revision"}}}
        rows = list(collection_of(COLLECTION).aggregate([group]))
        last = collection_of(COLLECTION).find({}, {"updated_at": 1}).sort("updated_at", -1).limit(1)
        newest = next((in_shanghai(row["updated_at"]) for row in last), None)
        return (rows[0]["firms"], rows[0]["revisions"], newest) if rows else (0, 0, None)

    def iterate_companies(self, batch: int) -> Iterator[list[Company]]:
        """All firms by USCC, whole, in batches."""
        for rows in iterate_by_id(COLLECTION, {}, batch=batch):
            yield [_record(CompanyDocument._from_son(row)) for row in rows]

    def places(self) -> Iterator[tuple[str, str, str, str]]:
        """Area, town, operating area and town of every firm."""
        fields = ("area", "town", "operating_area", "operating_town")
        for rows in iterate_by_id(COLLECTION, {}, fields, batch=2000):
            for row in rows:
                yield tuple(row.get(name, "") for name in fields)

    def page(self, wanted: CompanyFilter, limit: int, cursor: str | None) -> Page[Company]:
        """Firms by USCC, without their facts."""
        fields = ("name", "area", "town", *PLACES, "flags", "revision", "created_at", "updated_at")
        return page_by_id(CompanyDocument, _filters(wanted), limit, cursor, fields=fields).map(_record)

    def count(self) -> int:
        """How many firms are known."""
        return collection_of(COLLECTION).count_documents({})


def _raw(uscc: str, fields: Mapping[str, Any], by: str, at: datetime) -> dict[str, Any]:
    """A new firm's document, every field there, as mongoengine writes it."""
    stamps = {"schema_version": 1, "revision": 1, "created_at": at, "updated_at": at, "updated_by": by}
    empty = dict.fromkeys(("area", "town", *PLACES, "mark", "mark_run"), "")
    lists: dict[str, Any] = {name: [] for name in ("flags", "facts", "particulars", "disputes", "events")}
    return {"_id": uscc, **stamps, **empty, **lists, "pending": False, **_with_parts(fields)}


def _filters(wanted: CompanyFilter) -> dict[str, Any]:
    filters = within(wanted.areas, wanted.towns)
    if parts := name_parts(wanted.name):
        filters["name_parts"] = {"$all": parts}
    if wanted.area:
        filters["area"] = wanted.area
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
        registered_address=document.registered_address,
        operating_address=document.operating_address,
        park=document.park,
        particulars=tuple(document.particulars),
        disputes=tuple(document.disputes),
    )
