"""Working days up to a day; a holiday nobody has announced is never guessed."""

from __future__ import annotations

from datetime import date, timedelta

from policies.workdays import is_workday

DAY = timedelta(days=1)
SATURDAY = 5


def working_day(day: date) -> tuple[date, bool]:
    """The last working day up to this one; True when that year's holidays are not known: only weekends
    are left out then, a holiday is never guessed."""
    natural = False
    while True:
        works = is_workday(day)
        natural |= works is None
        if works or (works is None and day.weekday() < SATURDAY):
            return day, natural
        day -= DAY


def working_day_before(day: date) -> tuple[date, bool]:
    """The last working day before this one, and the same mark."""
    return working_day(day - DAY)
