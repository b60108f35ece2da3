"""What a firm is promised and until when, in working days. Pure: no clock, no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from backend.shared.clock import SHANGHAI, end_of, start_of
from policies.workdays import workday_after, workdays_between

OTHER = "other"
LABELS: Mapping[str, str] = {
    "potential": "潜力企业",
    "key": "重点企业",
    "applying": "申报企业",
    OTHER: "其他企业",
}


@dataclass(frozen=True)
class Promise:
    """Within how many working days a class of firm is answered, and how long before that helpers are told."""

    answer_days: int
    remind_days: int


@dataclass(frozen=True)
class Terms:
    """The other figures of service, in days unless the name says otherwise."""

    remind_hour: int
    survey_after_months: int
    contact_within_days: int
    follow_within_days: int
    certified_visit_days: int


@dataclass(frozen=True)
class Figures:
    """The figures that hold now."""

    promises: Mapping[str, Promise]
    terms: Terms

    def promise_of(self, service_class: str) -> Promise:
        """The promise for a class of service; a firm without one gets that of "other"."""
        return self.promises[class_of(service_class)]


@dataclass(frozen=True)
class Due:
    """The last day for an answer; not `sure` when a year's holidays are not announced yet."""

    day: date
    sure: bool
    remind_at: datetime

    @property
    def at(self) -> datetime:
        """The first instant after the last day."""
        return end_of(self.day)


def class_of(service_class: str) -> str:
    """The class by which a firm is served."""
    return service_class if service_class in LABELS else OTHER


def due_after(day: date, promise: Promise, remind_hour: int, days: int | None = None) -> Due:
    """The deadline of what comes in on `day`; `days` is what was left of the promise before a pause."""
    last, sure = workday_after(day, promise.answer_days if days is None else max(days, 1))
    reminding = last
    while reminding > day and workdays_between(reminding, last) < promise.remind_days:
        reminding -= timedelta(days=1)
    return Due(last, sure, datetime.combine(reminding, time(remind_hour), SHANGHAI))


def left_of(due: date, today: date) -> int:
    """The working days left until a deadline, none when it has passed."""
    return workdays_between(today, due) if due > today else 0


def survey_at(ended: datetime, months: int) -> datetime:
    """When a firm is asked a second time how it went."""
    month = ended.month - 1 + months
    first = date(ended.year + month // 12, month % 12 + 1, 1)
    return start_of(first + timedelta(days=min(ended.day, 28) - 1)) + timedelta(hours=9)
