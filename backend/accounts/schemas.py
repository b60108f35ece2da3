"""Shapes of accounts on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, RootModel

from backend.accounts.store.audit import Entry
from backend.accounts.store.firms import Binding, Invitation
from backend.accounts.store.persons import Consent
from backend.accounts.store.staff import Staff
from backend.adapters.http import Body, Query
from backend.adapters.http.fields import Uscc
from backend.shared.caller import Caller, Role
from backend.shared.clock import in_shanghai

Text = Annotated[str, Field(max_length=200)]
Password = Annotated[str, Field(min_length=1, max_length=200)]
Words = Annotated[list[Annotated[str, Field(max_length=60)]], Field(max_length=50)]


class StaffSignIn(Body):
    """Sign-in of staff."""

    kind: Literal["staff"]
    name: str = Field(min_length=1, max_length=64)
    password: Password


class WechatSignIn(Body):
    """Sign-in of a person by WeChat."""

    kind: Literal["wechat"]
    code: str = Field(min_length=1, max_length=200)


class InvitationSignIn(Body):
    """Sign-in of a web visitor who holds an invitation and agrees to the notice."""

    kind: Literal["invitation"]
    code: str = Field(min_length=1, max_length=40)
    notice_version: str = Field(min_length=1, max_length=20)


class SignIn(
    RootModel[Annotated[StaffSignIn | WechatSignIn | InvitationSignIn, Field(discriminator="kind")]]
):
    """One of the three ways in."""


class Refresh(Body):
    """Renewal of a sign-in."""

    refresh_token: str = Field(min_length=1, max_length=200)


class StaffFields(Body):
    """What an admin may change of an account; what is left out stays."""

    password: Password | None = None
    display_name: str | None = Field(default=None, max_length=60)
    roles: list[Role] | None = Field(default=None, max_length=20)
    areas: Words | None = None
    towns: Words | None = None
    department: str | None = Field(default=None, max_length=60)
    disabled: bool | None = None

    def changes(self) -> dict[str, Any]:
        """Only what was given."""
        return {name: value for name, value in self if value is not None}


class NewStaff(Body):
    """An account to add."""

    name: str = Field(min_length=2, max_length=64, pattern=r"^[a-z0-9][a-z0-9._-]*$")
    password: Password
    display_name: str = Field(default="", max_length=60)
    roles: list[Role] = Field(min_length=1, max_length=20)
    areas: Words = Field(default_factory=list)
    towns: Words = Field(default_factory=list)
    department: str = Field(default="", max_length=60)


class PageQuery(Query):
    """Which page of a list."""

    limit: int = Field(default=20, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=300)


class AuditQuery(PageQuery):
    """Which entries of the audit: exact actor ("staff:wang"), action or subject."""

    actor: Text = ""
    action: Text = ""
    subject: Text = ""


class InvitationQuery(PageQuery):
    """Whose invitations."""

    uscc: Uscc | None = None


class NewInvitation(Body):
    """The firm to invite for."""

    uscc: Uscc


class Redemption(Body):
    """An invitation code as it was typed."""

    code: str = Field(min_length=1, max_length=40)


class ConsentStatement(Body):
    """Agreement to a version of the notice, with the optional purposes."""

    notice_version: str = Field(min_length=1, max_length=20)
    push: bool = False
    contact: bool = False


class PhoneChange(Body):
    """A mobile number of mainland China, "" to remove it."""

    phone: str = Field(pattern=r"^(1[3-9][0-9]{9})?$")


class ContactQuery(Query):
    """Why the full number is needed."""

    reason: str = Field(min_length=4, max_length=200)


def instant(moment: datetime | None) -> str | None:
    """An instant on the wire."""
    return in_shanghai(moment).isoformat() if moment else None


def caller_json(caller: Caller) -> dict[str, Any]:
    """Who is signed in."""
    shown: dict[str, Any] = {"kind": caller.kind, "id": caller.id}
    if caller.kind == "person":
        return {**shown, "firms": sorted(caller.firms)}
    return {**shown, "name": caller.name, "roles": sorted(caller.roles), "scope": _scope_json(caller)}


def _scope_json(holder: Caller | Staff) -> dict[str, Any]:
    scope = holder.scope
    return {"areas": sorted(scope.areas), "towns": sorted(scope.towns), "department": scope.department}


def staff_json(staff: Staff) -> dict[str, Any]:
    """A staff account for admins."""
    return {
        "name": staff.name,
        "revision": staff.revision,
        "display_name": staff.display_name,
        "roles": sorted(staff.roles),
        "scope": _scope_json(staff),
        "disabled": staff.disabled,
        "updated_at": instant(staff.updated_at),
    }


def invitation_json(invitation: Invitation) -> dict[str, Any]:
    """An invitation without its code."""
    return {
        "id": invitation.id,
        "uscc": invitation.uscc,
        "issued_by": invitation.issued_by,
        "issued_at": instant(invitation.issued_at),
        "expires_at": instant(invitation.expires_at),
        "redeemed_by": invitation.redeemed_by or None,
        "redeemed_at": instant(invitation.redeemed_at),
        "revoked": invitation.revoked,
    }


def binding_json(binding: Binding) -> dict[str, Any]:
    """A person acting for a firm."""
    return {
        "id": binding.id,
        "person": binding.person,
        "uscc": binding.uscc,
        "active": binding.active,
        "since": instant(binding.since),
    }


def consent_json(consent: Consent) -> dict[str, Any]:
    """One statement about the notice."""
    return {
        "notice_version": consent.notice,
        "push": consent.push,
        "contact": consent.contact,
        "at": instant(consent.at),
    }


def entry_json(entry: Entry) -> dict[str, Any]:
    """One entry of the audit."""
    return {
        "id": entry.id,
        "at": instant(entry.at),
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "details": entry.details,
    }
