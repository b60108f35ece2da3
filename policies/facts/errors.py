"""What can be wrong with a fact, as data."""

from __future__ import annotations


class FactError(Exception):
    """A fact that cannot be taken in: which fact, and why (Chinese)."""

    def __init__(self, fact: str, reason: str) -> None:
        super().__init__(f"{fact}：{reason}")
        self.fact = fact
        self.reason = reason
