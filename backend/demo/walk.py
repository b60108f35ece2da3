"""One step of the demo at a time: each reports what it gave, and one that gave nothing ends the demo."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from backend.wiring import House

Say = Callable[[str], Any]


class DemoError(Exception):
    """A step of the walk gave nothing; the message names it."""


@dataclass
class Walk:
    """The house the demo walks through, and where it reports."""

    house: House
    say: Say

    def step(self, label: str, count: int, what: str) -> None:
        """Report one step; a step that gave nothing ends the demo."""
        if not count:
            raise DemoError(f"{label}：没有得到{what}")
        self.say(f"  {label}：{count} {what}")
