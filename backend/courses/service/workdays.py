"""Working days up to a day; a holiday nobody has announced is never guessed."""

from __future__ import annotations

from datetime import date

from policies.workdays import DAY, workday_until


def working_day(day: date) -> tuple[date, bool]:
    """The last working day up to this one; True when that year's holidays are not known: only weekends
    are left out then, a holiday is never guessed."""
    found, known = workday_until(day)
    return found, not known


def working_day_before(day: date) -> tuple[date, bool]:
    """The last working day before this one, and the same mark."""
    return working_day(day - DAY)
