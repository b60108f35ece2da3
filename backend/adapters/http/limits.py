"""Guessing is slowed: limits per address, shared between processes by Redis where there is one."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app, request
from flask_limiter import Limiter, RequestLimit
from flask_limiter.util import get_remote_address

from backend.shared.errors import TooManyRequestsError

LIMIT_ATTRIBUTE = "limited_by"
Function = TypeVar("Function", bound=Callable[..., Any])


def _refuse(limit: RequestLimit) -> None:
    raise TooManyRequestsError(max(1, int(limit.reset_at - time.time()) + 1))


limiter = Limiter(key_func=get_remote_address, on_breach=_refuse, headers_enabled=False)


def limited(setting: str) -> Callable[[Function], Function]:
    """Limit a method by the rate in the app's config under `setting`, counted per client address."""

    def decorate(function: Function) -> Function:
        shared = limiter.shared_limit(
            lambda: current_app.config[setting], scope=setting, key_func=lambda: f"{get_remote_address()}"
        )
        guarded = shared(function)
        functools.update_wrapper(guarded, function)
        setattr(guarded, LIMIT_ATTRIBUTE, setting)
        return guarded  # type: ignore[return-value]

    return decorate


def client_address() -> str:
    """Where the request came from, for the audit."""
    return request.remote_addr or ""
