"""What stands behind an operator: numbers, days relative to the application day, lengths of time."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from policies.facts.values import read_day

_AGE = re.compile(r"(\d{1,5}) ?(days?|months?|years?|天|个月|年)")
_TODAY = re.compile(r"today(?: ?([+-]) ?(\d{1,5}) ?(?:days?|天))?")
_MONTHS = {"month": 1, "months": 1, "个月": 1, "year": 12, "years": 12, "年": 12}


@dataclass(frozen=True)
class Age:
    """A length of time in whole days or whole months."""

    count: int
    unit: Literal["days", "months"]

    def started_by(self, on: date) -> date:
        """The latest day from which this much time has passed on `on` (the first day does not count)."""
        if self.unit == "days":
            return on - timedelta(days=self.count)
        start = add_months(on, -self.count)
        while add_months(start + timedelta(days=1), self.count) <= on:
            start += timedelta(days=1)
        return start

    def not_before(self, on: date) -> date:
        """The earliest start for which no more than this much time has passed on `on`."""
        if self.unit == "days":
            return on - timedelta(days=self.count)
        start = add_months(on, -self.count)
        while add_months(start, self.count) < on:
            start += timedelta(days=1)
        return start

    def after(self, start: date) -> date:
        """The first day on which this much time has passed since `start`."""
        return start + timedelta(days=self.count) if self.unit == "days" else add_months(start, self.count)

    @property
    def text(self) -> str:
        """The length in Chinese."""
        if self.unit == "days":
            return f"{self.count}天"
        return f"{self.count // 12}年" if self.count % 12 == 0 else f"{self.count}个月"


def read_age(text: str) -> Age:
    """ "365 days" or "3 years" as a length of time; raises ValueError with a Chinese reason."""
    found = _AGE.fullmatch(str(text).strip())
    if not found:
        raise ValueError(f"“{text}”不是时长（如 365 days、3 years）")
    count, unit = int(found[1]), found[2]
    return Age(count * _MONTHS[unit], "months") if unit in _MONTHS else Age(count, "days")


def read_moment(value: object, on: date) -> date:
    """A day, or "today + 180 days" from the application day; raises ValueError with a Chinese reason."""
    found = _TODAY.fullmatch(str(value).strip())
    if not found:
        return read_day(value)
    days = int(found[2] or 0)
    return on + timedelta(days=-days if found[1] == "-" else days)


def add_months(day: date, months: int) -> date:
    """The same day of another month; where there is none, the last day of that month (民法典 第202条)."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
