"""What the doors of accounts answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from typing_extensions import TypedDict

from backend.accounts.service import Notice, Session, current_notice, masked
from backend.accounts.service.persons import Profile
from backend.accounts.store.audit import Entry
from backend.accounts.store.firms import Binding, Invitation
from backend.accounts.store.persons import Consent
from backend.accounts.store.staff import Staff
from backend.shared.caller import Caller, Role
from backend.shared.clock import in_shanghai


class ScopeJson(TypedDict):
    """Where a member of staff acts; empty is the whole district."""

    areas: list[str]
    towns: list[str]
    department: str


class PersonCallerJson(TypedDict):
    """A person who is signed in."""

    kind: Literal["person"]
    id: str
    firms: list[str]


class StaffCallerJson(TypedDict):
    """A member of staff who is signed in."""

    kind: Literal["staff"]
    id: str
    name: str
    roles: list[Role]
    scope: ScopeJson


class SignedInJson(TypedDict):
    """A sign-in; the refresh token is shown this once."""

    access_token: str
    access_expires_in: int
    refresh_token: str
    caller: PersonCallerJson | StaffCallerJson


class ConsentJson(TypedDict):
    """One statement about the notice."""

    notice_version: str
    push: bool
    contact: bool
    at: str


class BindingJson(TypedDict):
    """A person acting for a firm."""

    id: str
    person: str
    uscc: str
    active: bool
    since: str


class PersonJson(PersonCallerJson):
    """A person to itself; the phone is masked, `notice_current`: it agreed to the notice in force."""

    phone: str
    bindings: list[BindingJson]
    consent: ConsentJson | None
    notice_current: bool


class PhoneJson(TypedDict):
    """A masked phone."""

    phone: str


class ErasedJson(TypedDict):
    """The end of a person's data."""

    state: Literal["erased"]


class NoticeJson(TypedDict):
    """The notice about personal data."""

    version: str
    title: str
    text: str


class StaffAccountJson(TypedDict):
    """A staff account for admins."""

    name: str
    revision: int
    display_name: str
    roles: list[Role]
    scope: ScopeJson
    disabled: bool
    updated_at: str


class InvitationJson(TypedDict):
    """An invitation without its code."""

    id: str
    uscc: str
    issued_by: str
    issued_at: str
    expires_at: str
    redeemed_by: str | None
    redeemed_at: str | None
    revoked: bool


class IssuedInvitation(InvitationJson):
    """The same with its code, shown this once."""

    code: str


class FullPhone(TypedDict):
    """A person's whole phone."""

    person: str
    phone: str


class AuditEntry(TypedDict):
    """One entry of the audit."""

    id: str
    at: str
    actor: str
    action: str
    subject: str
    details: dict[str, Any]


def caller_json(caller: Caller) -> PersonCallerJson | StaffCallerJson:
    """Who is signed in."""
    return person_caller_json(caller) if caller.kind == "person" else staff_caller_json(caller)


def person_caller_json(caller: Caller) -> PersonCallerJson:
    """A person who is signed in."""
    return {"kind": "person", "id": caller.id, "firms": sorted(caller.firms)}


def staff_caller_json(caller: Caller) -> StaffCallerJson:
    """A member of staff who is signed in."""
    return {
        "kind": "staff",
        "id": caller.id,
        "name": caller.name,
        "roles": sorted(caller.roles),
        "scope": _scope_json(caller),
    }


def session_json(session: Session) -> SignedInJson:
    """A sign-in."""
    return {
        "access_token": session.access_token,
        "access_expires_in": session.access_expires_in,
        "refresh_token": session.refresh_token,
        "caller": caller_json(session.caller),
    }


def person_json(caller: Caller, profile: Profile, bindings: list[Binding]) -> PersonJson:
    """A person to itself."""
    consent = profile.consent
    return {
        **person_caller_json(caller),
        "phone": masked(profile.person.phone),
        "bindings": [binding_json(binding) for binding in bindings],
        "consent": consent_json(consent) if consent else None,
        "notice_current": bool(consent and consent.notice == current_notice().version),
    }


def notice_json(notice: Notice) -> NoticeJson:
    """The notice about personal data."""
    return {"version": notice.version, "title": notice.title, "text": notice.text}


def staff_json(staff: Staff) -> StaffAccountJson:
    """A staff account for admins."""
    return {
        "name": staff.name,
        "revision": staff.revision,
        "display_name": staff.display_name,
        "roles": sorted(staff.roles),
        "scope": _scope_json(staff),
        "disabled": staff.disabled,
        "updated_at": _instant(staff.updated_at),
    }


def invitation_json(invitation: Invitation) -> InvitationJson:
    """An invitation without its code."""
    redeemed_at = invitation.redeemed_at
    return {
        "id": invitation.id,
        "uscc": invitation.uscc,
        "issued_by": invitation.issued_by,
        "issued_at": _instant(invitation.issued_at),
        "expires_at": _instant(invitation.expires_at),
        "redeemed_by": invitation.redeemed_by or None,
        "redeemed_at": _instant(redeemed_at) if redeemed_at else None,
        "revoked": invitation.revoked,
    }


def binding_json(binding: Binding) -> BindingJson:
    """A person acting for a firm."""
    return {
        "id": binding.id,
        "person": binding.person,
        "uscc": binding.uscc,
        "active": binding.active,
        "since": _instant(binding.since),
    }


def consent_json(consent: Consent) -> ConsentJson:
    """One statement about the notice."""
    return {
        "notice_version": consent.notice,
        "push": consent.push,
        "contact": consent.contact,
        "at": _instant(consent.at),
    }


def entry_json(entry: Entry) -> AuditEntry:
    """One entry of the audit."""
    return {
        "id": entry.id,
        "at": _instant(entry.at),
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "details": entry.details,
    }


def _scope_json(holder: Caller | Staff) -> ScopeJson:
    scope = holder.scope
    return {"areas": sorted(scope.areas), "towns": sorted(scope.towns), "department": scope.department}


def _instant(moment: datetime) -> str:
    return in_shanghai(moment).isoformat()
