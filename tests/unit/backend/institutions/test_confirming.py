"""The year of a confirmation, over leap days too: due on the same day a year later, overdue the day after."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from backend.institutions.service import _a_year_before, confirm_by

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("confirmed", "until"),
    [
        (date(2026, 5, 6), date(2027, 5, 6)),
        (date(2028, 2, 29), date(2029, 2, 28)),
        (date(2027, 2, 28), date(2028, 2, 28)),
        (date(2027, 3, 1), date(2028, 3, 1)),
    ],
)
def test_both_ways_of_counting_agree(confirmed: date, until: date) -> None:
    assert confirm_by(SimpleNamespace(confirmed_on=confirmed)) == until  # type: ignore[arg-type]
    assert not confirmed < _a_year_before(until)
    assert confirmed < _a_year_before(until + DAY)
