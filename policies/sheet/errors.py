"""What is wrong with a policy sheet, as data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SheetProblem:
    """One thing wrong: the field's path, the line in the file (0 when there is none), and why (Chinese)."""

    field: str
    line: int
    reason: str


class SheetError(Exception):
    """A sheet that cannot be read; nothing of it is loaded."""

    def __init__(self, path: str, problems: list[SheetProblem]) -> None:
        self.path = path
        self.problems = problems
        super().__init__("\n".join(f"{path}:{p.line} {p.field}：{p.reason}" for p in problems))
