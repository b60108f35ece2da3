"""What is promised until when: working days, pauses, years whose holidays are not known."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from backend.guidance.promise import Promise, due_after, left_of, survey_at
from backend.shared.clock import SHANGHAI

KEY = Promise(answer_days=3, remind_days=1)


@pytest.mark.parametrize(
    ("asked", "last", "remind"),
    [
        (date(2026, 5, 6), date(2026, 5, 9), "2026-05-08T09:00"),  # a Saturday people work on
        (date(2026, 2, 13), date(2026, 2, 25), "2026-02-24T09:00"),  # over the Spring Festival
        (date(2026, 2, 18), date(2026, 2, 26), "2026-02-25T09:00"),  # asked in the middle of it
        (date(2026, 9, 30), date(2026, 10, 10), "2026-10-09T09:00"),
    ],
)
def test_deadlines_count_working_days(asked: date, last: date, remind: str) -> None:
    due = due_after(asked, KEY, 9)
    assert (due.day, due.sure) == (last, True)
    assert due.remind_at == datetime.fromisoformat(remind).replace(tzinfo=SHANGHAI)
    assert due.at == datetime(due.day.year, due.day.month, due.day.day + 1, tzinfo=SHANGHAI)


def test_a_year_without_a_notice_is_counted_and_said_to_be_unsure() -> None:
    due = due_after(date(2026, 12, 31), KEY, 9)
    assert (due.day, due.sure) == (date(2027, 1, 5), False)


def test_what_was_left_runs_on_and_is_never_nothing() -> None:
    assert left_of(date(2026, 5, 9), date(2026, 5, 8)) == 1
    assert left_of(date(2026, 5, 9), date(2026, 5, 9)) == 0
    assert due_after(date(2026, 6, 1), KEY, 9, 2).day == date(2026, 6, 3)
    assert due_after(date(2026, 6, 1), KEY, 9, 0).day == date(2026, 6, 2)


def test_the_second_question_comes_three_months_later() -> None:
    assert survey_at(datetime(2026, 11, 30, 15, tzinfo=SHANGHAI), 3).date() == date(2027, 2, 28)
    assert survey_at(datetime(2026, 5, 6, 9, tzinfo=SHANGHAI), 3).date() == date(2026, 8, 6)
