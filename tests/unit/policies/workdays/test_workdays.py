"""Working days as the yearly notices set them; a year without a notice is not guessed."""

from __future__ import annotations

from datetime import date

import pytest

from policies.workdays import (
    is_workday,
    known_years,
    workday_after,
    workdays_before,
    workdays_between,
)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 1, 1), False),  # a Thursday, New Year
        (date(2026, 1, 4), True),  # a Sunday people work on
        (date(2026, 2, 23), False),  # a Monday of the spring festival
        (date(2026, 5, 6), True),
        (date(2026, 5, 9), True),  # a Saturday people work on
        (date(2026, 10, 7), False),
        (date(2026, 11, 21), False),  # an ordinary Saturday
        (date(2025, 10, 8), False),
        (date(2027, 1, 4), None),
    ],
)
def test_a_day_is_worked_as_the_notice_says(day: date, works: bool | None) -> None:
    assert is_workday(day) is works


def test_counting_back_jumps_holidays_and_counts_swapped_days() -> None:
    assert workdays_before(date(2026, 2, 24), 1) == date(2026, 2, 14)
    assert workdays_before(date(2026, 5, 5), 0) == date(2026, 4, 30)
    assert workdays_before(date(2026, 5, 7), 0) == date(2026, 5, 7)
    assert workdays_before(date(2026, 6, 30), 3) == date(2026, 6, 25)
    assert workdays_before(date(2026, 1, 5), 2) == date(2025, 12, 31)


def test_a_year_without_a_notice_gives_no_answer() -> None:
    assert workdays_before(date(2027, 1, 5), 3) is None
    assert 2027 not in known_years()


def test_every_year_names_its_notice() -> None:
    assert all(year.source and year.mark for year in known_years().values())
    lengths = {2025: 28, 2026: 33}  # free days announced, weekends within them included
    assert {number: len(year.free) for number, year in known_years().items()} == lengths


def test_counting_on_jumps_holidays_counts_swapped_days_and_says_what_it_does_not_know() -> None:
    assert workday_after(date(2026, 2, 13), 1) == (date(2026, 2, 14), True)
    assert workday_after(date(2026, 2, 13), 2) == (date(2026, 2, 24), True)
    assert workday_after(date(2026, 12, 31), 1) == (date(2027, 1, 1), False)
    assert workday_after(date(2026, 5, 6), 0) == (date(2026, 5, 6), True)


def test_working_days_between_are_those_of_counting_on() -> None:
    first = date(2026, 2, 10)
    for count in range(1, 20):
        assert workdays_between(first, workday_after(first, count)[0]) == count
    assert workdays_between(first, first) == 0
