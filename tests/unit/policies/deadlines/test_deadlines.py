"""Which dates a firm is reminded of, and when."""

from __future__ import annotations

from datetime import date

from policies.deadlines import Deadline, due_reminder, firm_deadlines, next_reminder, open_duties
from policies.facts import records_from, resolve

CLOSE = Deadline("window_close", "window_close", "示例申报截止", date(2026, 6, 30), policy="alpha")


def test_reminders_come_ten_and_three_working_days_ahead() -> None:
    assert due_reminder(CLOSE, date(2026, 6, 14)) is None
    first = due_reminder(CLOSE, date(2026, 6, 15))
    assert first is not None and (first.lead, first.day, first.natural) == (10, date(2026, 6, 15), False)
    second = due_reminder(CLOSE, date(2026, 6, 25))
    assert second is not None and second.lead == 3
    assert next_reminder(CLOSE, date(2026, 6, 15)) == date(2026, 6, 25)
    assert next_reminder(CLOSE, date(2026, 6, 25)) is None


def test_a_missed_reminder_is_made_up_for_until_the_day_is_over() -> None:
    late = due_reminder(CLOSE, date(2026, 6, 30))
    assert late is not None and late.lead == 3
    assert due_reminder(CLOSE, date(2026, 7, 1)) is None


def test_where_the_holidays_are_unknown_calendar_days_are_counted_and_it_says_so() -> None:
    new_year = Deadline("window_close", "window_close", "示例", date(2027, 1, 8))
    reminder = due_reminder(new_year, date(2027, 1, 3))
    assert reminder is not None
    assert (reminder.lead, reminder.day, reminder.natural) == (3, date(2027, 1, 3), True)


def test_a_firms_own_dates_follow_from_its_facts() -> None:
    records = records_from({"gaoqi_valid_to": "2026-12-01", "titles": ["gaoqi"]})
    found = firm_deadlines(resolve(records, date(2026, 6, 1)), date(2026, 6, 1))
    assert [(item.key, item.day) for item in found] == [
        ("annual-report", date(2026, 6, 30)),
        ("gaoqi-valid-to", date(2026, 12, 1)),
        ("gaoqi-report", date(2027, 5, 31)),
    ]
    plain = firm_deadlines(resolve([], date(2026, 6, 1)), date(2026, 6, 1))
    assert [item.key for item in plain] == ["annual-report"]


def test_a_duty_whose_day_is_announced_each_year_has_no_day_here() -> None:
    assert [label for label, _ in open_duties()] == ["火炬统计调查"]
