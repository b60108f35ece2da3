"""Why a file cannot be read, as data."""

from __future__ import annotations

from typing import Any


class UnreadableFileError(Exception):
    """A file that cannot be taken in: a stable code, what to do about it (Chinese), and details."""

    def __init__(self, code: str, message: str, **details: Any) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details = details
