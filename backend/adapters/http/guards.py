"""Who may pass a door. Every API method carries exactly one of these; a test walks all routes."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

from flask import g

from backend.shared.caller import ANONYMOUS, Caller, Role
from backend.shared.errors import ForbiddenError, UnauthenticatedError

Function = TypeVar("Function", bound=Callable[..., Any])

GUARD_ATTRIBUTE = "guarded_by"
PUBLIC_ATTRIBUTE = "public_because"


def current_caller() -> Caller:
    """The caller of this request; set before the door is reached."""
    caller: Caller = g.get("caller", ANONYMOUS)
    return caller


def public(because: str) -> Callable[[Function], Function]:
    """Open to everybody, for the reason given."""

    def decorate(function: Function) -> Function:
        setattr(function, PUBLIC_ATTRIBUTE, because)
        return function

    return decorate


def guard(*roles: Role) -> Callable[[Function], Function]:
    """Only staff who hold one of the roles (admins always); no roles named: any member of staff."""

    def allowed(caller: Caller) -> bool:
        return caller.kind == "staff" and (not roles or caller.has(*roles))

    return _checked(allowed, "staff:" + ",".join(roles))


def signed_in(function: Function) -> Function:
    """Anybody who is signed in, staff or person; the service looks closer."""
    return _checked(lambda caller: caller.kind in {"staff", "person"}, "signed_in")(function)


def person_only(function: Function) -> Function:
    """Only a signed-in person of a firm."""
    return _checked(lambda caller: caller.kind == "person", "person")(function)


def _checked(allowed: Callable[[Caller], bool], name: str) -> Callable[[Function], Function]:
    def decorate(function: Function) -> Function:
        @functools.wraps(function)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            caller = current_caller()
            if caller.kind == "anonymous":
                raise UnauthenticatedError
            if not allowed(caller):
                raise ForbiddenError
            return function(*args, **kwargs)

        setattr(wrapper, GUARD_ATTRIBUTE, name)
        return wrapper  # type: ignore[return-value]

    return decorate
