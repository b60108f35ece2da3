"""What a reader answers: lines with page and number, things to look at, or a refusal."""

from __future__ import annotations

from typing import Any


class RefusedError(Exception):
    """The file cannot be read: a stable code and what to do about it (Chinese)."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Answer:
    """Lines and remarks as they are found; line numbers count from 1."""

    def __init__(self) -> None:
        self._lines: list[tuple[int, str, int | None]] = []
        self._remarks: list[tuple[int, str, str]] = []

    @property
    def last(self) -> int:
        """The number of the newest line; 0 when there is none."""
        return self._lines[-1][0] if self._lines else 0

    def line(self, text: str, page: int | None = None, number: int | None = None) -> None:
        """One more line."""
        self._lines.append((number or self.last + 1, text, page))

    def remark(self, code: str, message: str, line: int = 0) -> None:
        """Something a person should look at."""
        self._remarks.append((line, code, message))

    def as_json(self) -> dict[str, Any]:
        """What goes over the pipe."""
        return {"lines": self._lines, "remarks": self._remarks}
