"""The one clock: Asia/Shanghai, handed to whoever needs the time."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Clock:
    """Tells the time in Shanghai; `shift` moves it for a demo of another day."""

    def __init__(self, shift: timedelta = timedelta(0)) -> None:
        self._shift = shift

    @classmethod
    def starting_at(cls, start: datetime) -> Clock:
        """A clock that runs on from `start` (aware, or taken as Shanghai time)."""
        aware = start if start.tzinfo else start.replace(tzinfo=SHANGHAI)
        return cls(aware - datetime.now(SHANGHAI))

    def now(self) -> datetime:
        """The present instant, cut to milliseconds as the store keeps it."""
        moment = datetime.now(SHANGHAI) + self._shift
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)

    def today(self) -> date:
        """The present day in Shanghai."""
        return self.now().date()


class FixedClock(Clock):
    """A clock that stands still until it is moved."""

    def __init__(self, at: datetime) -> None:
        super().__init__()
        self.at = at if at.tzinfo else at.replace(tzinfo=SHANGHAI)

    def now(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        """Move the hands, by `timedelta`'s own words (days=1, hours=2)."""
        self.at += timedelta(**by)


def in_shanghai(moment: datetime) -> datetime:
    """The same instant on the Shanghai clock; naive times are taken as UTC, as the store returns them."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo("UTC"))
    return aware.astimezone(SHANGHAI)


def start_of(day: date) -> datetime:
    """The first instant of a Shanghai day."""
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)


def end_of(day: date) -> datetime:
    """The first instant after a Shanghai day."""
    return start_of(day + timedelta(days=1))
