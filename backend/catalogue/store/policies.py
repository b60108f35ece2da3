"""Working copies of policies: what staff edit, and which version the public sees."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, Literal

import mongoengine as me

from backend.adapters.mongo import RecordDocument, change_row, collection_of, insert_row
from backend.adapters.mongo.lists import rows_by_id
from backend.catalogue.store.contents import read_content
from backend.shared.errors import NotFoundError
from backend.shared.events import Event
from backend.shared.paging import Page
from policies.sheet import Sheet

COLLECTION = "policies"
PolicyStatus = Literal[
    "draft", "in_review", "changes_requested", "approved", "scheduled", "published", "withdrawn"
]
DRAFT, IN_REVIEW, CHANGES_REQUESTED = "draft", "in_review", "changes_requested"
APPROVED, SCHEDULED, PUBLISHED, WITHDRAWN = "approved", "scheduled", "published", "withdrawn"
STATUSES = (DRAFT, IN_REVIEW, CHANGES_REQUESTED, APPROVED, SCHEDULED, PUBLISHED, WITHDRAWN)

ANY_AREA = "*"
_NO_START, _NO_END = "0000-00-00", "9999-99-99"
_WITHOUT_CONTENT = (
    *("title", "status", "revision", "live_version", "updated_at", "updated_by", "created_at"),
    *("owner", "confirm_by"),
)


class PolicyDocument(RecordDocument):
    """A policy by slug. `content` is the working sheet as JSON text: a sheet may hold any key and number.

    `live` repeats what public lists are filtered by, of the version the public sees. `step` is the newest
    step of the history; it moves to its own collection before the next one takes its place.
    """

    meta = {
        "collection": COLLECTION,
        "indexes": [
            *("status", "live_version", "original", "scheduled_for", "number", "title", "confirm_by"),
            "withdrawal.at",
            *("live.kind", "live.level", "live.to", "live.replaces"),
        ],
    }
    label = "政策"

    title = me.StringField(required=True)
    status = me.StringField(required=True, choices=STATUSES)
    content = me.StringField(required=True)
    authors = me.ListField(me.StringField())
    live_version = me.IntField()
    last_version = me.IntField(default=0)
    live = me.DictField()
    scheduled_for = me.DateTimeField()
    release = me.DictField()
    withdrawal = me.DictField()
    original = me.StringField()
    filename = me.StringField(default="")
    openness = me.StringField(default="")
    warnings = me.ListField(me.DictField())
    library_content = me.StringField(default="")
    number = me.StringField(default="")
    owner = me.StringField(default="")
    # The day by which the owner is to say again that the policy is right, and whether that was asked.
    confirm_by = me.StringField(default="")
    asked = me.BooleanField(default=False)
    # Whether the end of the live version's validity has been announced.
    end_told = me.BooleanField(default=False)
    step = me.DictField()


@dataclass(frozen=True)
class Policy:
    """A policy as staff see it; `live_version` is None while the public sees none.

    `authors` edited the content since the last publication. `release` is what was said when publication
    was scheduled (note, material, by); `withdrawal` why it was withdrawn and what replaced it.
    """

    slug: str
    revision: int
    status: PolicyStatus
    title: str
    content: str = field(repr=False)
    authors: tuple[str, ...]
    live_version: int | None
    last_version: int
    scheduled_for: datetime | None
    release: Mapping[str, Any]
    withdrawal: Mapping[str, Any]
    original: str | None
    filename: str
    openness: str
    warnings: tuple[Mapping[str, Any], ...]
    library_content: str = field(repr=False)
    owner: str
    confirm_by: str
    step: Mapping[str, Any]
    created_at: datetime
    updated_at: datetime
    updated_by: str

    @cached_property
    def sheet(self) -> Sheet:
        """The working sheet."""
        return read_content(self.content)


class PolicyStore:
    """Reads and writes policies; returns plain records."""

    def get(self, slug: str) -> Policy:
        """One policy; NotFoundError if there is none."""
        found = self.find(slug)
        if found is None:
            raise NotFoundError(PolicyDocument.label, slug)
        return found

    def find(self, slug: str) -> Policy | None:
        """One policy, or None."""
        row = collection_of(PolicyDocument).find_one({"_id": slug})
        return _record(row) if row else None

    def find_by_original(self, original: str) -> Policy | None:
        """The policy that was imported from these bytes, or None."""
        rows = collection_of(PolicyDocument).find({"original": original}).sort("_id", 1).limit(1)
        return next(map(_record, rows), None)

    def with_number(self, number: str) -> list[tuple[str, str, int, str]]:
        """(slug, title, revision, original) of the policies with a document number, by slug."""
        fields = {"title": 1, "revision": 1, "original": 1}
        rows = collection_of(PolicyDocument).find({"number": number}, fields).sort("_id", 1)
        return [(row["_id"], row["title"], row["revision"], row.get("original") or "") for row in rows]

    def add(self, slug: str, by: str, at: datetime, *events: Event, **fields: Any) -> Policy:
        """A new policy; AlreadyExistsError if the slug is taken."""
        return _record(insert_row(PolicyDocument, slug, by, at, *events, **fields))

    def change(
        self, slug: str, revision: int, by: str, at: datetime, *events: Event, **fields: Any
    ) -> Policy:
        """Change the revision the step started from, with the events it causes."""
        return _record(change_row(PolicyDocument, slug, by, at, *events, revision=revision, **fields))

    def page(
        self, status: str | None, limit: int, cursor: str | None, confirm_by: date | None = None
    ) -> Page[Policy]:
        """Policies for staff, without their content, by slug; with `confirm_by` those to be confirmed again
        by that day."""
        filters: dict[str, Any] = {"status": status} if status else {}
        if confirm_by:
            filters |= {"live_version": {"$gt": 0}, "confirm_by": {"$gt": "", "$lte": confirm_by.isoformat()}}
        return rows_by_id(PolicyDocument, filters, limit, cursor, fields=_WITHOUT_CONTENT).map(_record)

    def live(self, slugs: Iterable[str] | None = None) -> list[tuple[str, int, int]]:
        """(slug, live version, revision) of every policy the public sees, or of these, by slug."""
        query = {"live_version": {"$gt": 0}} if slugs is None else {"_id": {"$in": list(slugs)}}
        rows = collection_of(PolicyDocument).find(query, {"live_version": 1, "revision": 1})
        return sorted(
            (row["_id"], row["live_version"], row["revision"]) for row in rows if row.get("live_version")
        )

    def withdrawn_after(self, instant: datetime) -> list[tuple[str, int, int]]:
        """(slug, version that was live, revision) of what was withdrawn later than an instant, by slug."""
        query = {"withdrawal.at": {"$gt": instant}}
        rows = collection_of(PolicyDocument).find(query, {"withdrawal": 1, "revision": 1}).sort("_id", 1)
        return [(row["_id"], row["withdrawal"]["version"], row["revision"]) for row in rows]

    def live_page(
        self, filters: Mapping[str, Any], limit: int, cursor: str | None
    ) -> Page[tuple[str, int, int]]:
        """A page of the same, for filters made by `live_filters`."""
        query = {"live_version": {"$gt": 0}, **filters}
        found = rows_by_id(PolicyDocument, query, limit, cursor, fields=("live_version", "revision"))
        return found.map(lambda row: (row["_id"], row["live_version"], row["revision"]))

    def due(self, now: datetime, limit: int = 100) -> list[Policy]:
        """Scheduled policies whose hour has come, the longest waiting first."""
        query = {"status": SCHEDULED, "scheduled_for": {"$lte": now}}
        found = collection_of(PolicyDocument).find(query).sort([("scheduled_for", 1), ("_id", 1)])
        return list(map(_record, found.limit(limit)))

    def ended(self, today: date, limit: int = 100) -> list[Policy]:
        """Live policies whose last day is over and was not announced, the longest over first."""
        found = collection_of(PolicyDocument).find(
            {"live_version": {"$gt": 0}, "live.to": {"$lt": today.isoformat()}, "end_told": {"$ne": True}}
        )
        return list(map(_record, found.sort("live.to", 1).limit(limit)))

    def to_ask(self, today: date, limit: int = 100) -> list[Policy]:
        """Live policies whose owner is to confirm them and was not asked."""
        found = collection_of(PolicyDocument).find(
            {
                "live_version": {"$gt": 0},
                "confirm_by": {"$gt": "", "$lte": today.isoformat()},
                "asked": {"$ne": True},
            }
        )
        return list(map(_record, found.sort("confirm_by", 1).limit(limit)))

    def replacing(self, slug: str, number: str) -> list[str]:
        """The live policies that say they replace or repeal this one, by slug."""
        names = [name for name in (slug, number) if name]
        query = {"live_version": {"$gt": 0}, "live.replaces": {"$in": names}}
        rows = collection_of(PolicyDocument).find(query, {"_id": 1}).sort("_id", 1)
        return [row["_id"] for row in rows if row["_id"] != slug]

    def known(self, names: Iterable[str]) -> set[str]:
        """Those of the names that are a policy's slug, number or title."""
        wanted = list(names)
        found: set[str] = set()
        for key in ("_id", "number", "title"):
            rows = collection_of(PolicyDocument).find({key: {"$in": wanted}}, {key: 1})
            found |= {row[key] for row in rows}
        return found


def live_fields(sheet: Sheet) -> dict[str, Any]:
    """What public lists are filtered by; open ends and "no area" become values that compare."""
    return {
        "kind": sheet.kind,
        "level": sheet.level,
        "stage": sheet.stage,
        "areas": list(sheet.areas) or [ANY_AREA],
        "from": sheet.validity.from_.isoformat() if sheet.validity.from_ else _NO_START,
        "to": sheet.validity.to.isoformat() if sheet.validity.to else _NO_END,
        "replaces": [link.target for link in sheet.relations if link.kind in ("replaces", "repeals")],
    }


def live_filters(
    today: date, kind: str | None, level: str | None, area: str | None, in_force: bool | None
) -> dict[str, Any]:
    """The filter of a public list; a policy limited to no area holds in every area."""
    filters: dict[str, Any] = {"live.kind": kind or {"$ne": "internal"}}
    if level:
        filters["live.level"] = level
    if area:
        filters["live.areas"] = {"$in": [area, ANY_AREA]}
    day = today.isoformat()
    if in_force is True:
        filters |= {
            "live.stage": {"$ne": "consultation"},
            "live.from": {"$lte": day},
            "live.to": {"$gte": day},
        }
    if in_force is False:
        filters["$or"] = [
            {"live.stage": "consultation"},
            {"live.from": {"$gt": day}},
            {"live.to": {"$lt": day}},
        ]
    return filters


def _record(row: Mapping[str, Any]) -> Policy:
    """A row as the database has it; what a page leaves out or nobody set is empty."""
    return Policy(
        slug=row["_id"],
        revision=row["revision"],
        status=row["status"],
        title=row["title"],
        content=row.get("content") or "",
        authors=tuple(row.get("authors") or ()),
        live_version=row.get("live_version"),
        last_version=row.get("last_version") or 0,
        scheduled_for=row.get("scheduled_for"),
        release=dict(row.get("release") or {}),
        withdrawal=dict(row.get("withdrawal") or {}),
        original=row.get("original"),
        filename=row.get("filename") or "",
        openness=row.get("openness") or "",
        warnings=tuple(dict(item) for item in row.get("warnings") or ()),
        library_content=row.get("library_content") or "",
        owner=row.get("owner") or "",
        confirm_by=row.get("confirm_by") or "",
        step=dict(row.get("step") or {}),
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        updated_by=row["updated_by"],
    )
