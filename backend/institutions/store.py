"""Institutions in the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import mongoengine as me

from backend.adapters.mongo import RecordDocument, change, insert
from backend.adapters.mongo.lists import page_by_id
from backend.shared.errors import NotFoundError
from backend.shared.events import Event
from backend.shared.paging import Page

COLLECTION = "institutions"


class InstitutionDocument(RecordDocument):
    """Who serves firms; `helps` holds condition ids, `contact` is a public office's, never a person's."""

    meta = {"collection": COLLECTION, "indexes": ["kind", "helps", "help_kinds", ("listed", "id")]}
    label = "机构"

    name = me.StringField(required=True)
    kind = me.StringField(required=True)
    summary = me.StringField(default="")
    area = me.StringField()
    town = me.StringField()
    contact = me.StringField(default="")
    helps = me.ListField(me.StringField())
    help_kinds = me.ListField(me.StringField())
    listed = me.BooleanField(default=True)
    suspended_because = me.StringField(default="")


@dataclass(frozen=True)
class Institution:
    """An institution as the service sees it; a suspended one is not listed and says why to staff."""

    id: str
    revision: int
    name: str
    kind: str
    summary: str
    area: str | None
    town: str | None
    contact: str
    helps: tuple[str, ...]
    help_kinds: tuple[str, ...]
    listed: bool
    suspended_because: str
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
        """A new institution; AlreadyExistsError if the id is taken."""
        return _record(insert(InstitutionDocument, institution_id, by, at, *events, **fields))

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

    def page(
        self, limit: int, cursor: str | None, listed_only: bool = True, **equal: str | None
    ) -> Page[Institution]:
        """Institutions by id; `equal` names fields (kind, area) that must have these values."""
        filters: dict[str, Any] = {name: value for name, value in equal.items() if value is not None}
        if listed_only:
            filters["listed"] = True
        return page_by_id(InstitutionDocument, filters, limit, cursor).map(_record)

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
        helps=tuple(document.helps),
        help_kinds=tuple(document.help_kinds),
        listed=bool(document.listed),
        suspended_because=document.suspended_because or "",
        updated_at=document.updated_at,
        updated_by=document.updated_by,
    )
