"""Shapes of accounts on the wire."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, RootModel

from backend.adapters.http import Body, Query
from backend.adapters.http.fields import Uscc
from backend.shared.caller import Role

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
