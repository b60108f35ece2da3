"""Who may act for which firm: invitations and the bindings they make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import mongoengine as me

from backend.adapters.mongo import RecordDocument, change, collection_of, insert
from backend.adapters.mongo.lists import page_by_id
from backend.shared.errors import AlreadyExistsError, NotFoundError, WrongStateError
from backend.shared.events import Event
from backend.shared.paging import Page

BINDINGS = "bindings"


class InvitationDocument(RecordDocument):
    """A one-time code for one firm; `_id` is the code's keyed hash, the code itself is kept nowhere."""

    meta = {"collection": "invitations", "indexes": ["uscc", "issued_by", "expires_at"]}
    label = "邀请码"

    uscc = me.StringField(required=True)
    issued_by = me.StringField(required=True)
    expires_at = me.DateTimeField(required=True)
    redeemed_by = me.StringField(default="")
    redeemed_at = me.DateTimeField()
    revoked = me.BooleanField(default=False)


class BindingDocument(RecordDocument):
    """A person acts for a firm; `_id` is person:uscc. `invitations` that made it can never make it again."""

    meta = {"collection": BINDINGS, "indexes": [("person", "active"), ("uscc", "active")]}
    label = "绑定"

    person = me.StringField(required=True)
    uscc = me.StringField(required=True)
    active = me.BooleanField(default=True)
    invitations = me.ListField(me.StringField())


@dataclass(frozen=True)
class Invitation:
    """An invitation without its code."""

    id: str
    uscc: str
    issued_by: str
    issued_at: datetime
    expires_at: datetime
    redeemed_by: str
    redeemed_at: datetime | None
    revoked: bool


@dataclass(frozen=True)
class Binding:
    """A person and a firm; `active` until it is revoked."""

    id: str
    person: str
    uscc: str
    active: bool
    since: datetime
    invitations: tuple[str, ...]


class InvitationStore:
    """Reads and writes invitations."""

    def add(self, code_hash: str, uscc: str, by: str, at: datetime, expires_at: datetime) -> Invitation:
        """A new invitation."""
        return _invitation(
            insert(InvitationDocument, code_hash, by, at, uscc=uscc, issued_by=by, expires_at=expires_at)
        )

    def find(self, code_hash: str) -> Invitation | None:
        """One invitation, or None."""
        document = InvitationDocument.objects(id=code_hash).first()
        return _invitation(document) if document else None

    def claim(self, code_hash: str, person_id: str, now: datetime) -> Invitation | None:
        """Take an open invitation for one person; None when it is not open. One command, so one wins."""
        open_to_all = {"redeemed_by": "", "revoked": False, "expires_at": {"$gt": now}}
        by = f"person:{person_id}"
        try:
            return _invitation(
                change(
                    InvitationDocument,
                    code_hash,
                    by,
                    now,
                    where=open_to_all,
                    redeemed_by=person_id,
                    redeemed_at=now,
                )
            )
        except (NotFoundError, WrongStateError):
            return None

    def take_over(self, code_hash: str, person_id: str, stale: datetime, now: datetime) -> Invitation | None:
        """Renew the same person's claim when it is older than `stale`; None otherwise. One caller wins."""
        where = {"redeemed_by": person_id, "revoked": False, "redeemed_at": {"$lt": stale}}
        try:
            return _invitation(
                change(
                    InvitationDocument, code_hash, f"person:{person_id}", now, where=where, redeemed_at=now
                )
            )
        except (NotFoundError, WrongStateError):
            return None

    def revoke(self, code_hash: str, by: str, at: datetime) -> Invitation:
        """Close an invitation nobody has used; WrongStateError when it was used."""
        return _invitation(
            change(InvitationDocument, code_hash, by, at, where={"redeemed_by": ""}, revoked=True)
        )

    def listed(self, filters: dict[str, Any], limit: int, cursor: str | None) -> Page[Invitation]:
        """Invitations that match plain filters."""
        return page_by_id(InvitationDocument, filters, limit, cursor).map(_invitation)

    def purge(self, now: datetime) -> int:
        """Remove expired invitations."""
        return collection_of(InvitationDocument).delete_many({"expires_at": {"$lte": now}}).deleted_count


class BindingStore:
    """Reads and writes bindings; every change carries its event."""

    def find(self, binding_id: str) -> Binding | None:
        """One binding, ended or not."""
        document = BindingDocument.objects(id=binding_id).first()
        return _binding(document) if document else None

    def bind(self, person_id: str, uscc: str, invitation: str, event: Event) -> Binding:
        """Bind by an invitation; an invitation that made this binding once does not revive it."""
        binding_id = f"{person_id}:{uscc}"
        fields = {"person": person_id, "uscc": uscc, "invitations": [invitation]}
        try:
            return _binding(insert(BindingDocument, binding_id, event.by, event.at, event, **fields))
        except AlreadyExistsError:
            pass  # bound before, perhaps by this very invitation
        try:
            document = change(
                BindingDocument,
                binding_id,
                event.by,
                event.at,
                event,
                where={"invitations": {"$ne": invitation}},
                operators={"$push": {"invitations": invitation}},
                active=True,
            )
        except WrongStateError:
            document = BindingDocument.objects(id=binding_id).first()
        return _binding(document)

    def end(self, binding_id: str, event: Event) -> bool:
        """End an active binding; False when it was not active."""
        try:
            where = {"active": True}
            change(BindingDocument, binding_id, event.by, event.at, event, where=where, active=False)
        except WrongStateError:
            return False
        return True

    def of_person(self, person_id: str) -> list[Binding]:
        """The active bindings of a person."""
        rows = BindingDocument.objects(person=person_id, active=True).order_by("id")
        return [_binding(row) for row in rows]

    def of_firm(self, uscc: str) -> list[Binding]:
        """The active bindings of a firm."""
        rows = BindingDocument.objects(uscc=uscc, active=True).order_by("id")
        return [_binding(row) for row in rows]

    def of_firms(self, usccs: Sequence[str]) -> list[Binding]:
        """The active bindings of many firms."""
        rows = BindingDocument.objects(uscc__in=list(usccs), active=True).order_by("id")
        return [_binding(row) for row in rows]


def _invitation(document: InvitationDocument) -> Invitation:
    return Invitation(
        id=document.id,
        uscc=document.uscc,
        issued_by=document.issued_by,
        issued_at=document.created_at,
        expires_at=document.expires_at,
        redeemed_by=document.redeemed_by,
        redeemed_at=document.redeemed_at,
        revoked=document.revoked,
    )


def _binding(document: BindingDocument) -> Binding:
    return Binding(
        id=document.id,
        person=document.person,
        uscc=document.uscc,
        active=document.active,
        since=document.updated_at,
        invitations=tuple(document.invitations),
    )
