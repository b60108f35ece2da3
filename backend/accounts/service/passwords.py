"""Passwords: argon2, the same time for known and unknown names."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from backend.shared.errors import InvalidInputError

SHORTEST = 12
LONGEST = 200


def check_length(password: str) -> None:
    """InvalidInputError when a new password is too short or too long."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise InvalidInputError.at("password", f"密码应为 {SHORTEST} 至 {LONGEST} 个字符。")


class Passwords:
    """Hashes and checks; `hasher` carries the cost."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._nobody = self._hasher.hash("nobody has this password")

    @classmethod
    def cheap(cls) -> Passwords:
        """Fast and weak, for tests only."""
        return cls(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))

    def hash(self, password: str) -> str:
        """The hash to store."""
        return self._hasher.hash(password)

    def verify(self, stored: str | None, password: str) -> bool:
        """Whether the password is right; None (an unknown name) takes as long and is wrong."""
        try:
            right = self._hasher.verify(stored or self._nobody, password)
        except (VerificationError, InvalidHashError):
            return False
        return right and stored is not None

    def outdated(self, stored: str) -> bool:
        """Whether the hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(stored)
