"""Exactly the firms whose answer turned, once, whatever is killed on the way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from backend.pool.life import Stage
from backend.push.service import walking
from backend.shared.caller import SYSTEM
from tests.unit.backend.push.room import Room, firm_code, policy

MANY = {1: 5, 2: 1, 3: None, 4: 3, 5: 9}


class KilledError(Exception):
    """Stands for the end of the process."""


def test_publishing_tells_exactly_the_firms_concerned(room: Room) -> None:
    room.add_firms(MANY)
    room.bind("p1", 1)
    room.publish(policy())
    room.work()
    day = "2026-05-06"
    assert room.answers() == [f"{firm_code(n)}:alpha.published:{day}" for n in (1, 4, 5)]
    assert room.inbox("p1") == [f"{firm_code(1)}:alpha.published:{day}"]
    run = room.stores.runs.get("alpha@1")
    assert (run.state, run.firms) == ("done", 3)


def test_nobody_is_told_you_qualify_while_people_have_to_decide(room: Room) -> None:
    room.add_firms({1: 5})
    room.publish(policy("open", declared=True))
    room.publish(policy("sure"))
    room.work()
    found = {m.policy: m for m in room.stores.messages.of_firm(firm_code(1))}
    assert "您符合" not in found["open"].title + found["open"].text
    assert "待核实" in found["open"].title
    assert found["sure"].title == "您符合《示例sure》的条件"
    why = found["sure"].why
    assert (why["rule"], why["version"], why["old"], why["new"]) == ("text-2020", 1, None, "eligible")
    assert why["facts"][0]["value"] == 5
    assert why["facts"][0]["source"] == "staff_verified"
    assert why["conditions"][0]["sentence"]


def test_firms_told_in_the_same_words_keep_their_own_since_when(room: Room) -> None:
    room.add_firms({1: 1, 2: 1})
    room.set_patents(1, 5)
    room.set_patents(2, 5)
    room.publish(policy())
    room.work()
    why = [room.stores.messages.of_firm(firm_code(n))[0].why for n in (1, 2)]
    assert [each["facts"][0]["known_at"][11:16] for each in why] == ["09:31", "09:32"]
    assert why[0]["conditions"] == why[1]["conditions"]


def test_of_many_that_lose_an_answer_those_are_told_whom_the_yes_had_reached(room: Room) -> None:
    room.add_firms({1: 5, 2: 5, 3: 5, 4: 20})
    room.bind("p1", 1)
    room.bind("p2", 2)
    room.publish(policy())
    room.work()
    room.clock.move(days=1)
    room.publish(policy(version=2, least=9), "updated", material=False)
    room.work()
    assert [dict(room.kinds(n)) for n in (1, 2, 3, 4)] == [
        {"answer": 1, "lost": 1},
        {"answer": 1, "lost": 1},
        {"answer": 1},
        {"answer": 1},
    ]
    (silent,) = room.stores.messages.of_firm(firm_code(3))
    assert silent.withdrawn["reason"] == "答复已改变"
    assert not room.stores.messages.of_firm(firm_code(4))[0].withdrawn


def test_running_again_changes_nothing(room: Room) -> None:
    room.add_firms(MANY)
    room.bind("p1", 1)
    event = room.publish(policy())
    room.work()
    before = (room.answers(), room.inbox("p1"))
    room.push.on_policy_published(event)
    room.work()
    room.push.match_all(room.clock.today())
    room.push.deliver_due()
    assert (room.answers(), room.inbox("p1")) == before


STEPS = [
    ("runs", "begin"),
    ("answers", "get_many"),
    ("messages", "put_many"),
    ("messages", "_written"),
    ("deliveries", "put_many"),
    ("answers", "put_many"),
    ("runs", "advance"),
    ("runs", "finish"),
    ("deliveries", "claim"),
]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("part", "step"), STEPS)
def test_killed_anywhere_the_rerun_completes(
    room: Room, monkeypatch: pytest.MonkeyPatch, part: str, step: str, after: bool
) -> None:
    monkeypatch.setattr(walking, "BATCH", 2)
    room.add_firms(MANY)
    room.bind("p5", 5)
    room.publish(policy())
    with monkeypatch.context() as patch:
        patch.setattr(
            getattr(room.stores, part), step, _killing(getattr(getattr(room.stores, part), step), after)
        )
        with pytest.raises(KilledError):
            room.work()
    room.queue.clear()
    room.push.resume_runs()
    room.work()
    room.push.deliver_due()
    day = "2026-05-06"
    assert room.answers() == [f"{firm_code(n)}:alpha.published:{day}" for n in (1, 4, 5)]
    assert room.inbox("p5") == [f"{firm_code(5)}:alpha.published:{day}"]
    assert room.stores.runs.get("alpha@1").state == "done"


def _killing(real: Callable[..., Any], after: bool) -> Callable[..., Any]:
    def killed(*args: Any, **kwargs: Any) -> Any:
        if after:
            real(*args, **kwargs)
        raise KilledError

    return killed


def test_two_workers_on_one_run_write_everything_once(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walking, "BATCH", 2)
    room.add_firms(MANY)
    room.publish(policy())
    real = room.stores.messages.put_many
    entered: list[bool] = []

    def meanwhile(*args: Any) -> int:
        if not entered:
            entered.append(True)
            room.push.match_policy("alpha@1")
        return real(*args)

    monkeypatch.setattr(room.stores.messages, "put_many", meanwhile)
    room.work()
    run = room.stores.runs.get("alpha@1")
    assert (run.state, run.firms, len(room.answers())) == ("done", 3, 3)


def test_another_run_waits_for_its_turn(room: Room) -> None:
    room.add_firms({1: 5})
    room.publish(policy())
    now = room.clock.now()
    assert room.stores.turns.take("other@1", now, now + walking.LEASE)
    room.work()
    assert room.answers() == []
    room.clock.move(minutes=3)
    room.push.resume_runs()
    room.work()
    assert len(room.answers()) == 1


def test_a_run_that_found_the_turn_taken_is_woken_when_it_is_free(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.add_firms({1: 5})
    room.publish(policy("alpha"))
    room.publish(policy("beta"))
    real = room.stores.messages.put_many

    def meanwhile(*args: Any) -> int:
        if ("match_policy", "beta@1") in room.queue:
            room.queue.remove(("match_policy", "beta@1"))
            room.push.match_policy("beta@1")
        return real(*args)

    monkeypatch.setattr(room.stores.messages, "put_many", meanwhile)
    room.work()
    assert {run.state for run in room.push.list_runs(10, None).items} == {"done"}
    assert len(room.messages()) == 2


def test_a_turn_given_back_is_free_even_when_the_clock_was_set_back(room: Room) -> None:
    now = room.clock.now()
    assert room.stores.turns.take("one@1", now, now + walking.LEASE)
    room.stores.turns.release("one@1", now)
    room.clock.move(minutes=-5)
    assert room.stores.turns.take("two@1", room.clock.now(), room.clock.now() + walking.LEASE)


def test_the_day_of_a_message_is_the_shanghai_day_of_the_event(room: Room) -> None:
    room.add_firms({1: 5})
    room.clock.at = room.clock.at.replace(hour=0, minute=10)  # still yesterday in UTC
    room.publish(policy())
    room.clock.move(days=3)  # the worker was dead for three days
    room.work()
    assert room.answers() == [f"{firm_code(1)}:alpha.published:2026-05-06"]


def test_a_fact_that_came_in_is_found_by_the_night(room: Room) -> None:
    room.add_firms({1: 1, 2: None})
    room.publish(policy())
    room.work()
    assert room.answers() == []
    room.set_patents(1, 3)
    room.clock.move(days=1)
    report = room.push.match_all(room.clock.today())
    assert (report.firms, report.messages) == (2, 1)
    assert room.answers() == [f"{firm_code(1)}:alpha.answer:2026-05-07"]
    assert room.push.match_all(room.clock.today()).messages == 0


def test_a_night_makes_up_for_a_publication_nobody_announced(room: Room) -> None:
    room.add_firms({1: 5})
    room.live["alpha"] = policy()
    for _ in range(2):
        room.push.start_night()
        room.work()
    assert room.answers() == [f"{firm_code(1)}:alpha.published:2026-05-06"]


def test_a_night_finds_by_itself_what_the_passing_of_a_day_turned(room: Room) -> None:
    room.add_firms({1: 1, 2: 1})
    future = {"name": "invention_patents", "value": 7, "period": "2026-05-08"}
    room.companies.record_facts(firm_code(1), [future], "registry", SYSTEM)
    room.publish(policy())
    room.work()
    room.push.start_night()
    room.work()
    assert room.answers() == []
    read = room.push.table.read
    room.clock.move(days=2)
    # Somebody asks for today's answers before the night does.
    room.publish(policy("beta", least=100))
    room.work()
    room.push.start_night()
    room.work()
    assert room.answers() == [f"{firm_code(1)}:alpha.answer:2026-05-08"]
    assert room.push.table.read - read <= 3  # only the firm concerned, at each change of the day


def test_an_answer_that_turns_away_is_stored_silently_and_may_come_back(room: Room) -> None:
    room.add_firms({1: 5})
    room.publish(policy())
    room.work()
    for days, count in ((1, 0), (1, 4)):
        room.clock.move(days=days)
        room.set_patents(1, count)
        room.push.match_all(room.clock.today())
    causes = [message.cause for message in room.stores.messages.of_firm(firm_code(1))]
    assert causes == ["alpha.published", "alpha.answer"]


def test_two_edits_in_a_minute_are_one_message_and_no_change_is_silence(room: Room) -> None:
    room.add_firms({1: 5, 2: 2})
    room.publish(policy())
    room.work()
    room.publish(policy(version=2, least=2), "updated", material=False)
    room.publish(policy(version=3, least=1), "updated", material=False)
    room.work()
    causes = [message.cause for message in room.stores.messages.of_firm(firm_code(2))]
    assert causes == ["alpha.updated"]
    assert len(room.answers()) == 2
    notes = {run.id: run.note for run in room.push.list_runs(10, None).items}
    assert notes["alpha@2"] == "已有更新的版本"


def test_firms_only_tracked_or_gone_are_not_told(room: Room) -> None:
    room.add_firms({1: 5, 2: 5})
    room.pool.move(firm_code(2), Stage("left"), SYSTEM, "迁走")
    room.publish(policy())
    room.work()
    assert room.answers() == [f"{firm_code(1)}:alpha.published:2026-05-06"]


def test_a_run_that_fails_every_time_ends_as_failed(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    room.add_firms({1: 5})
    room.publish(policy())
    monkeypatch.setattr(room.stores.answers, "put_many", _killing(room.stores.answers.put_many, False))
    for _ in range(walking.ATTEMPTS):
        with pytest.raises(KilledError):
            room.push.match_policy("alpha@1")
    run = room.stores.runs.get("alpha@1")
    assert (run.state, run.note) == ("failed", "KilledError")
    assert [item.subject for item in room.push.checking.missing()] == ["alpha@1"]


def test_what_is_missing_is_told_once_a_day_and_what_comes_later_too(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.add_firms({1: 5})
    broken = _killing(room.stores.answers.put_many, False)
    for slug in ("alpha", "beta"):
        room.publish(policy(slug))
        with monkeypatch.context() as patch:
            patch.setattr(room.stores.answers, "put_many", broken)
            for _ in range(walking.ATTEMPTS):
                with pytest.raises(KilledError):
                    room.push.match_policy(f"{slug}@1")
        assert room.push.checking.report()
        room.clock.move(minutes=15)
        assert not room.push.checking.report()
    reports = room.stores.messages.of_run("check@2026-05-06")
    assert [[item["subject"] for item in report.why["items"]] for report in reports] == [
        ["alpha@1"],
        ["beta@1"],
    ]
    for report in reports:
        readers = {row.person for row in room.stores.deliveries.of_message(report.id)}
        assert readers == {"staff:wang", "staff:zhao"}


def test_a_report_cut_off_before_its_deliveries_is_handed_out_by_the_next_check(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.add_firms({1: 5})
    room.publish(policy())
    with monkeypatch.context() as patch:
        patch.setattr(room.stores.answers, "put_many", _killing(room.stores.answers.put_many, False))
        for _ in range(walking.ATTEMPTS):
            with pytest.raises(KilledError):
                room.push.match_policy("alpha@1")
    with monkeypatch.context() as patch:
        real = room.stores.deliveries.put_many
        patch.setattr(
            room.stores.deliveries, "put_many", lambda rows, *rest: _killed() if rows else real(rows, *rest)
        )
        with pytest.raises(KilledError):
            room.push.checking.report()
    room.push.checking.report()
    (report,) = room.stores.messages.of_run("check@2026-05-06")
    assert len(room.stores.deliveries.of_message(report.id)) == 2


def _killed() -> None:
    raise KilledError
