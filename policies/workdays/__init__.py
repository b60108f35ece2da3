"""Chinese working days: weekends, public holidays and swapped days, from the yearly notices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

DAY = timedelta(days=1)
SATURDAY = 5


@dataclass(frozen=True)
class Year:
    """One year's notice: what it is called, how sure we are of it, its free and its swapped days."""

    source: str
    mark: str
    free: frozenset[date]
    worked: frozenset[date]


@cache
def known_years() -> Mapping[int, Year]:
    """The years whose notice is kept here."""
    data = yaml.safe_load(files("policies.workdays").joinpath("holidays.yaml").read_text("utf-8"))
    return {number: _year(number, given) for number, given in data.items()}


def is_workday(day: date) -> bool | None:
    """Whether people work on this day; None when the year's notice is not known."""
    year = known_years().get(day.year)
    if year is None:
        return None
    return day in year.worked or (day.weekday() < SATURDAY and day not in year.free)


def workdays_before(day: date, count: int) -> date | None:
    """The working day that lies `count` working days before `day`; 0 is the last one not after `day`.

    None when a year on the way is not known: a holiday is never guessed.
    """
    left = count
    found = day if count == 0 else day - DAY
    while True:
        works = is_workday(found)
        if works is None:
            return None
        left -= works
        if left <= 0 and works:
            return found
        found -= DAY


def workday_after(day: date, count: int) -> tuple[date, bool]:
    """The `count`-th working day after `day`, and whether every year on the way is known.

    In a year whose notice is not known Mondays to Fridays are counted: a promise needs a day, and this one is
    never later than the true one but for swapped weekends; the answer says that it is not sure.
    """
    found, left, sure = day, count, True
    while left > 0:
        found += DAY
        works, known = _counted(found)
        sure = sure and known
        left -= works
    return found, sure


def workday_until(day: date) -> tuple[date, bool]:
    """The last working day not after `day`, and whether every year on the way is known; counted as in
    `workday_after` where one is not."""
    works, sure = _counted(day)
    while not works:
        day -= DAY
        works, known = _counted(day)
        sure = sure and known
    return day, sure


def workdays_between(first: date, last: date) -> int:
    """How many working days lie after `first` up to `last`; days of unknown years as in `workday_after`."""
    days = ((first + DAY * step) for step in range(1, (last - first).days + 1))
    return sum(_counted(day)[0] for day in days)


def _counted(day: date) -> tuple[bool, bool]:
    """Whether the day counts as a working day, and whether its year is known: else Mondays to Fridays do."""
    works = is_workday(day)
    return (day.weekday() < SATURDAY, False) if works is None else (works, True)


def _year(number: int, given: Mapping[str, Any]) -> Year:
    free = {
        first + DAY * step
        for first, last in given["free"].values()
        for step in range((last - first).days + 1)
    }
    worked = frozenset(given["worked"])
    wrong = [day for day in free | worked if day.year != number or (day in free and day in worked)]
    weekdays = [day for day in worked if day.weekday() < SATURDAY]
    if wrong or weekdays or not given["source"]:
        raise ValueError(f"holidays.yaml: {number}: {sorted(wrong + weekdays)}")
    return Year(given["source"], given["mark"], frozenset(free), worked)
