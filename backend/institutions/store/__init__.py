"""Institutions in the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import mongoengine as me

from backend.adapters.mongo import RecordDocument, change, collection_of, insert
from backend.adapters.mongo.lists import listed_names, page_by_id
from backend.shared.clock import in_shanghai
from backend.shared.errors import NotFoundError, WrongStateError
from backend.shared.events import Event
from backend.shared.paging import Page

COLLECTION = "institutions"
Kind = Literal["service_agency", "workstation", "incubator", "accelerator", "park", "open_innovation_centre"]
StandingWord = Literal["listed", "suspended", "confirmed"]


class InstitutionDocument(RecordDocument):
    """Who serves firms; `helps` holds condition ids, `contact` is a public office's, never a person's.

    `counsellor` is the id of who advises firms there, kept as text; `history` every change of standing.
    """

    meta = {
        "collection": COLLECTION,
        "indexes": ["kind", "helps", "help_kinds", ("listed", "id"), ("listed", "confirmed_on")],
    }
    label = "机构"

    name = me.StringField(required=True)
    kind = me.StringField(required=True)
    summary = me.StringField(default="")
    area = me.StringField()
    town = me.StringField()
    contact = me.StringField(default="")
    services = me.ListField(me.StringField())
    counsellor = me.StringField(default="")
    helps = me.ListField(me.StringField())
    help_kinds = me.ListField(me.StringField())
    listed = me.BooleanField(default=True)
    suspended_because = me.StringField(default="")
    history = me.ListField(me.DictField())
    confirmed_on = me.StringField()
    # The day of confirmation that staff were reminded of; a new confirmation arms it again.
    reminded_of = me.StringField(default="")


@dataclass(frozen=True)
class Standing:
    """One change of standing: "listed", "suspended" or "confirmed", by whom and why."""

    standing: StandingWord
    at: datetime
    by: str
    why: str


@dataclass(frozen=True)
class Institution:
    """An institution as the service sees it; a suspended one is not listed and says why to staff."""

    id: str
    revision: int
    name: str
    kind: Kind
    summary: str
    area: str | None
    town: str | None
    contact: str
    services: tuple[str, ...]
    counsellor: str
    helps: tuple[str, ...]
    help_kinds: tuple[str, ...]
    listed: bool
    suspended_because: str
    history: tuple[Standing, ...]
    confirmed_on: date
    updated_at: datetime
    updated_by: str


class InstitutionStore:
    """Reads and writes institutions; returns plain records."""

    def get(self, institution_id: str) -> Institution:
        """One institution; NotFoundError if there is none."""
        document = InstitutionDocument.objects(id=institution_id).first()
        if document is None:
            raise NotFoundError(InstitutionDocument.label, institution_id)
        return _record(document)

    def add(
        self, institution_id: str, fields: dict[str, Any], by: str, at: datetime, *events: Event
    ) -> Institution:
        """A new institution, confirmed as of today; AlreadyExistsError if the id is taken."""
        first: dict[str, Any] = {
            "history": [_line("listed", at, by, "新增")],
            "confirmed_on": in_shanghai(at).date().isoformat(),
        }
        return _record(insert(InstitutionDocument, institution_id, by, at, *events, **first, **fields))

    def edit(
        self,
        institution_id: str,
        fields: dict[str, Any],
        revision: int,
        by: str,
        at: datetime,
        *events: Event,
    ) -> Institution:
        """Change fields of the revision the edit started from."""
        changed = change(InstitutionDocument, institution_id, by, at, *events, revision=revision, **fields)
        return _record(changed)

    def stand(
        self,
        institution_id: str,
        standing: str,
        why: str,
        fields: dict[str, Any],
        revision: int,
        by: str,
        at: datetime,
        *events: Event,
    ) -> Institution:
        """Change the standing and keep what it was, from the revision the editor saw."""
        line = {"$push": {"history": _line(standing, at, by, why)}}
        return _record(
            change(
                InstitutionDocument, institution_id, by, at, *events,
                revision=revision, operators=line, **fields,
            )
        )  # fmt: skip

    def unconfirmed(self, before: date) -> list[Institution]:
        """Listed institutions last confirmed before a day, whose reminder is not yet written."""
        found = InstitutionDocument.objects(listed=True, confirmed_on__lt=before.isoformat()).order_by("id")
        return [_record(document) for document in found if document.reminded_of != document.confirmed_on]

    def remind(self, old: Institution, at: datetime, event: Event) -> bool:
        """Write the reminder of this confirmation down with its event; False when it is there already."""
        day = old.confirmed_on.isoformat()
        where = {"confirmed_on": day, "reminded_of": {"$ne": day}}
        try:
            change(InstitutionDocument, old.id, "system", at, event, where=where, reminded_of=day)
        except WrongStateError:
            return False
        return True

    def all_listed(self, kinds: Sequence[str], area: str | None) -> list[Institution]:
        """Listed institutions of these kinds (of any when none is named), near an area or bound to none."""
        filters: dict[str, Any] = {"listed": True, **({"kind": {"$in": list(kinds)}} if kinds else {})}
        if area:
            filters["area"] = {"$in": [area, None]}
        rows = collection_of(COLLECTION).find(filters).sort("_id", 1)
        return [_record(InstitutionDocument._from_son(row)) for row in rows]

    def page(
        self, limit: int, cursor: str | None, listed_only: bool = True, **equal: str | None
    ) -> Page[Institution]:
        """Institutions by id; `equal` names fields (kind, area) that must have these values."""
        filters: dict[str, Any] = {name: value for name, value in equal.items() if value is not None}
        if listed_only:
            filters["listed"] = True
        return page_by_id(InstitutionDocument, filters, limit, cursor).map(_record)

    def listed_names(self, ids: Sequence[str]) -> dict[str, str]:
        """Id and name of those of these that are listed."""
        return listed_names(InstitutionDocument, ids, "name")

    def helping(
        self, condition_ids: list[str], help_kinds: list[str], area: str | None = None
    ) -> list[Institution]:
        """Listed institutions attached to one of the conditions, or offering one of the kinds of help.

        With `area`, only those of that area and those bound to none.
        """
        listed = InstitutionDocument.objects(listed=True)
        found = {document.id: document for document in listed.filter(helps__in=condition_ids)}
        found |= {document.id: document for document in listed.filter(help_kinds__in=help_kinds)}
        near = [found[key] for key in sorted(found) if area is None or found[key].area in (None, area)]
        return [_record(document) for document in near]


def _line(standing: str, at: datetime, by: str, why: str) -> dict[str, Any]:
    return {"standing": standing, "at": at, "by": by, "why": why}


def _record(document: InstitutionDocument) -> Institution:
    return Institution(
        id=document.id,
        revision=document.revision,
        name=document.name,
        kind=document.kind,
        summary=document.summary or "",
        area=document.area,
        town=document.town,
        contact=document.contact or "",
        services=tuple(document.services),
        counsellor=document.counsellor or "",
        helps=tuple(document.helps),
        help_kinds=tuple(document.help_kinds),
        listed=bool(document.listed),
        suspended_because=document.suspended_because or "",
        history=tuple(Standing(**{**line, "at": in_shanghai(line["at"])}) for line in document.history),
        confirmed_on=_confirmed(document),
        updated_at=document.updated_at,
        updated_by=document.updated_by,
    )


def _confirmed(document: InstitutionDocument) -> date:
    """The day of the last confirmation; of one written before there were any, the day it was added."""
    if document.confirmed_on:
        return date.fromisoformat(document.confirmed_on)
    return in_shanghai(document.created_at).date()
