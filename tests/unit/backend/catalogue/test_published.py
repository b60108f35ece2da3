"""Where a published policy stands on a day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from backend.catalogue.service.published import standing

from .conftest import PUBLISHER, Room, sheet_of

DAY = date(2026, 5, 1)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"validity": {"from": "2026-05-01"}}, "in_force"),
        ({"validity": {"to": "2026-05-01"}}, "in_force"),
        ({"validity": {"from": "2026-05-02"}}, "not_yet"),
        ({"validity": {"to": "2026-04-30"}}, "expired"),
        ({"validity": {"note": "没有查到"}}, "unconfirmed"),
        ({"stage": "consultation"}, "consultation"),
    ],
)
def test_unknown_days_are_not_in_force(changes: dict[str, Any], expected: str) -> None:
    assert standing(sheet_of(**changes), DAY) == expected


def test_what_was_withdrawn_later_still_counts_for_a_day_before(room: Room) -> None:
    policy = room.publish()
    before = room.clock.now()
    room.clock.move(days=1)
    room.catalogue.withdraw("shili", policy.revision, PUBLISHER, "已废止")
    after = room.clock.now()
    shown = [
        [(one.slug, one.version) for one in room.catalogue.published_as_of(instant)]
        for instant in (before - timedelta(days=1), before, after, None)
    ]
    assert shown == [[], [("shili", 1)], [], []]
