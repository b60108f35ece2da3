"""A deadline and its reminders, counted in Chinese working days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from policies.workdays import workdays_before

WORKDAYS_A_WEEK = 5


@cache
def table() -> Mapping[str, Any]:
    """deadlines.yaml."""
    data: dict[str, Any] = yaml.safe_load(
        files("policies.deadlines").joinpath("deadlines.yaml").read_text("utf-8")
    )
    return data


LEADS: Mapping[str, tuple[int, ...]] = {kind: tuple(days) for kind, days in table()["leads"].items()}


@dataclass(frozen=True)
class Deadline:
    """A day that matters: `key` names it within the firm, `policy` is a slug or ""."""

    kind: str
    key: str
    label: str
    day: date
    source: str = ""
    mark: str = "?"
    policy: str = ""


@dataclass(frozen=True)
class Reminder:
    """When to speak of a deadline: `lead` working days ahead.

    `natural`: the holidays of that year are not known, so the lead was counted in calendar days instead.
    """

    deadline: Deadline
    day: date
    lead: int
    natural: bool


def reminders(deadline: Deadline) -> list[Reminder]:
    """All reminders of a deadline, the earliest first."""
    found = []
    for lead in sorted(LEADS[deadline.kind], reverse=True):
        day = workdays_before(deadline.day, lead)
        calendar_days = -(-lead * 7 // WORKDAYS_A_WEEK)
        shown = day or deadline.day - timedelta(days=calendar_days)
        found.append(Reminder(deadline, shown, lead, day is None))
    return found


def due_reminder(deadline: Deadline, today: date) -> Reminder | None:
    """The newest reminder that is due; one that was missed is made up for until the deadline is over."""
    if today > deadline.day:
        return None
    return max((r for r in reminders(deadline) if r.day <= today), key=lambda r: r.day, default=None)


def next_reminder(deadline: Deadline, today: date) -> date | None:
    """The next day after today on which a reminder falls due."""
    return min((r.day for r in reminders(deadline) if r.day > today), default=None)
