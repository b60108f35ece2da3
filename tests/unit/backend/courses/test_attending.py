"""An average says nothing before enough people have answered."""

from __future__ import annotations

import pytest

from backend.courses.service.attending import average_of


@pytest.mark.parametrize(
    ("answers", "total", "shown"),
    [(0, 0, None), (4, 20, None), (5, 21, "4.2"), (8, 29, "3.6"), (20, 71, "3.6"), (5, 25, "5.0")],
)
def test_the_average_to_one_place(answers: int, total: int, shown: str | None) -> None:
    assert average_of(answers, total) == shown
