"""Tokens and codes: short signed access tokens, opaque refresh tokens, invitation codes people can read."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import jwt

from backend.shared.clock import Clock
from backend.shared.errors import UnauthenticatedError

# No I, L, O, 0, 1: 31 characters, so twelve of them hold 59 bits.
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 12
_ENDED = "登录已失效，请重新登录。"


@dataclass(frozen=True)
class Access:
    """What an access token says: whose it is, and the sign-in it belongs to."""

    kind: str
    holder: str
    family: str


class Tokens:
    """Makes and reads tokens with the house's signing key."""

    def __init__(self, signing_key: str, clock: Clock, access_minutes: int) -> None:
        self._key = signing_key
        self._clock = clock
        self.lifetime = timedelta(minutes=access_minutes)

    def sign(self, access: Access) -> str:
        """An access token that ends after `lifetime`."""
        ends = self._clock.now() + self.lifetime
        claims = {
            "kind": access.kind,
            "sub": access.holder,
            "fam": access.family,
            "exp": int(ends.timestamp()),
        }
        return jwt.encode(claims, self._key, algorithm="HS256")

    def read(self, token: str) -> Access:
        """What a token of ours says; UnauthenticatedError when it is not ours or has ended."""
        # The library would compare with its own clock; the house has one clock.
        options: Any = {"require": ["exp", "sub", "kind", "fam"], "verify_exp": False}
        try:
            claims = jwt.decode(token, self._key, algorithms=["HS256"], options=options)
        except jwt.InvalidTokenError as error:
            raise UnauthenticatedError(_ENDED) from error
        if int(claims["exp"]) <= self._clock.now().timestamp():
            raise UnauthenticatedError(_ENDED)
        return Access(claims["kind"], claims["sub"], claims["fam"])

    def keyed_hash(self, purpose: str, secret: str) -> str:
        """What is stored instead of a secret; worthless to a reader of the database without the key."""
        return hmac.new(self._key.encode(), f"{purpose}:{secret}".encode(), hashlib.sha256).hexdigest()


def new_refresh_token() -> str:
    """An opaque token of 256 bits."""
    return secrets.token_urlsafe(32)


def new_code() -> str:
    """An invitation code, written XXXX-XXXX-XXXX."""
    chars = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
    return "-".join(chars[start : start + 4] for start in range(0, CODE_LENGTH, 4))


def plain_code(typed: str) -> str:
    """The code as it is hashed, however it was typed."""
    return "".join(char for char in typed.upper() if char.isalnum())


def person_of_invitation(invitation_id: str) -> str:
    """The person a web visitor becomes by an invitation: always the same, so that a retry can finish."""
    return uuid.uuid5(uuid.NAMESPACE_OID, f"invitation:{invitation_id}").hex


def seconds_until(moment: datetime, now: datetime) -> int:
    """Whole seconds left, at least 1."""
    return max(1, int((moment - now).total_seconds()) + 1)
