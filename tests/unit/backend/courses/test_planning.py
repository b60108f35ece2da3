"""Days of a plan: working days where the year's notice is known, and never a guessed holiday."""

from __future__ import annotations

from datetime import date

import pytest

from backend.courses.service.workdays import working_day


@pytest.mark.parametrize(
    ("day", "found", "natural"),
    [
        (date(2026, 5, 20), date(2026, 5, 20), False),
        (date(2026, 10, 4), date(2026, 9, 30), False),  # within the National Day holiday
        (date(2026, 5, 9), date(2026, 5, 9), False),  # a Saturday that is worked
        (date(2031, 5, 17), date(2031, 5, 16), True),  # a Saturday of a year nobody has announced
    ],
)
def test_the_working_day_up_to_a_day(day: date, found: date, natural: bool) -> None:
    assert working_day(day) == (found, natural)
