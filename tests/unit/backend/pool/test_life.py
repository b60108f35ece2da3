"""The life of a firm: whatever is tried in whatever order, never an impossible state."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.pool.life import (
    ALLOWED,
    OUTSIDE,
    REACHED,
    STEPS,
    TIERS,
    UNDO,
    ImpossibleStepError,
    LifeEvent,
    Stage,
    check_next,
    present,
    standing,
)
from backend.shared.clock import SHANGHAI

START = datetime(2026, 1, 1, tzinfo=SHANGHAI)
WISHES = st.lists(
    st.tuples(
        st.sampled_from([*STEPS, UNDO, "nonsense"]), st.sampled_from(["", *TIERS, "gold"]), st.booleans()
    ),
    max_size=30,
)


def lived(wishes: list[tuple[str, str, bool]]) -> list[LifeEvent]:
    """The events that were let through, one a day; an undo names the last step or, wrongly, the first."""
    life: list[LifeEvent] = []
    for number, (step, tier, right) in enumerate(wishes):
        path = standing(life)
        undoes = (path[-1] if right else path[0]).id if path and step == UNDO else ""
        event = LifeEvent(str(number), step, START + timedelta(days=number), "x", tier=tier, undoes=undoes)
        try:
            check_next(life, event)
        except ImpossibleStepError:
            continue
        life.append(event)
    return life


@given(WISHES)
def test_no_order_of_events_reaches_an_impossible_state(wishes: list[tuple[str, str, bool]]) -> None:
    path = standing(lived(wishes))
    before = OUTSIDE
    for event in path:
        assert event.step in ALLOWED[before]
        assert (event.tier in TIERS) == (event.step == "in_pool")
        before = event.step


@given(WISHES)
def test_replaying_gives_the_present_and_every_past_day(wishes: list[tuple[str, str, bool]]) -> None:
    life = lived(wishes)
    states = []
    for count in range(len(life) + 1):
        states.append(present(life[:count]))
    assert states[-1] == present(life)
    for event, state in zip(life, states[1:], strict=True):
        assert present(life, event.at) == state
        assert present(life, event.at + timedelta(hours=1)) == state
    assert present(life, START - timedelta(seconds=1)).stage == Stage()


@given(WISHES)
def test_an_undo_brings_back_the_state_before(wishes: list[tuple[str, str, bool]]) -> None:
    life = lived(wishes)
    path = standing(life)
    if path:
        at = START + timedelta(days=100)
        undone = [*life, LifeEvent("undo", UNDO, at, "x", undoes=path[-1].id)]
        before = path[-2] if len(path) > 1 else None
        assert present(undone).event == (before.id if before else "")
        assert len(undone) == len(life) + 1


def test_an_event_may_not_lie_before_the_last() -> None:
    first = LifeEvent("1", "candidate", START, "x")
    with pytest.raises(ImpossibleStepError):
        check_next([first], LifeEvent("2", "left", START - timedelta(seconds=1), "x"))


def test_every_step_can_be_reached_and_names_known_steps() -> None:
    reachable = {OUTSIDE}
    for _ in STEPS:
        reachable |= {step for start in reachable for step in ALLOWED[start]}
    assert reachable == {OUTSIDE, *STEPS}
    assert set(ALLOWED) == {OUTSIDE, *STEPS}
    assert {"tracked", "left", "moved_away", "closed"} == set(STEPS) - set(REACHED)


def test_a_closed_firm_stays_closed_unless_that_was_wrong() -> None:
    life = [LifeEvent("1", "tracked", START, "x"), LifeEvent("2", "closed", START, "x")]
    for step in STEPS:
        with pytest.raises(ImpossibleStepError):
            check_next(life, LifeEvent("3", step, START, "x", tier="reserve" if step == "in_pool" else ""))
    assert check_next(life, LifeEvent("3", UNDO, START, "x", undoes="2")).stage.step == "tracked"
