"""Stories as a commission official would tell them: days that come near, days missed, and years that turn."""

from __future__ import annotations

from backend.shared.caller import SYSTEM
from tests.unit.backend.push.room import Room, firm_code, policy


def test_a_deadline_is_extended_after_the_reminder_then_there_is_a_second_reminder(room: Room) -> None:
    room.add_firms({1: 5})
    room.bind("lin", 1)
    room.publish(policy(window=("2026-05-01", "2026-06-30")))
    room.tick()
    room.at(2026, 6, 15)
    room.push.start_deadlines()
    room.tick()
    room.push.start_deadlines()
    room.tick()
    closing = [m for m in room.stores.messages.of_firm(firm_code(1)) if m.kind == "deadline"]
    windows = [m.id for m in closing if m.policy]
    assert windows == [f"{firm_code(1)}:alpha.window_close-10:2026-06-30"]
    room.publish(policy(version=2, window=("2026-05-01", "2026-07-15")), "updated", material=False)
    room.at(2026, 7, 1)
    room.push.start_deadlines()
    room.tick()
    windows = [m.id for m in room.stores.messages.of_firm(firm_code(1)) if m.kind == "deadline" and m.policy]
    assert windows[-1] == f"{firm_code(1)}:alpha.window_close-10:2026-07-15"
    assert len(windows) == 2


def test_a_firm_that_has_applied_is_reminded_no_more(room: Room) -> None:
    room.add_firms({1: 5, 2: 5, 3: 5})
    for number, person in ((1, "lin"), (2, "wu"), (3, "he")):
        room.bind(person, number)
    room.publish(policy(window=("2026-05-01", "2026-06-30")))
    room.tick()
    room.at(2026, 6, 15)
    room.applied.add((firm_code(1), "alpha"))
    for run in room.push.start_deadlines():
        room.push.match_policy(run.id)
    room.applied.add((firm_code(2), "alpha"))  # between the writing of the reminder and its delivery
    room.tick()
    sent = {n: room.stores.messages.of_firm(firm_code(n)) for n in (1, 2, 3)}
    reminders = {n: [m.id for m in found if m.kind == "deadline" and m.policy] for n, found in sent.items()}
    assert [len(reminders[n]) for n in (1, 2, 3)] == [0, 1, 1]
    (stopped,) = room.stores.deliveries.of_message(reminders[2][0])
    assert (stopped.state, stopped.reason) == ("not_sent", "企业已申报，不再提醒")
    assert reminders[3][0] in room.inbox("he")


def test_the_clock_moves_over_new_year(room: Room) -> None:
    room.at(2026, 12, 30)
    room.add_firms({1: None})
    room.bind("lin", 1)
    growth = "      - {id: income, label: 收入, fact: revenue, at_least: 100}\n"
    room.publish(policy(least=0, window=("2026-12-01", "2027-01-08"), more=growth))
    facts = [{"name": "revenue", "value": 500, "period": "2025"}, {"name": "invention_patents", "value": 1}]
    room.companies.record_facts(firm_code(1), facts, "tax", SYSTEM)
    room.tick()
    room.push.match_all(room.clock.today())
    room.push.deliver_due()
    assert room.titles("lin")[0] == "您符合《示例alpha》的条件"
    room.at(2027, 1, 4)  # the year whose income counts is another one now, and nobody has told it
    room.push.start_night()
    room.push.start_deadlines()
    room.tick()
    kinds = room.kinds(1)
    assert (kinds["lost"], kinds["question"]) == (1, 0)
    assert room.stores.answers.get_many([firm_code(1)], ["alpha"])[firm_code(1)]["alpha"].status == "unknown"


def test_a_year_without_holidays_says_so(room: Room) -> None:
    room.at(2027, 1, 4)
    room.add_firms({1: 5})
    room.bind("lin", 1)
    room.publish(policy(window=("2026-12-01", "2027-01-08")))
    room.tick()
    room.push.start_deadlines()
    room.tick()
    (reminder,) = [m for m in room.stores.messages.of_firm(firm_code(1)) if m.kind == "deadline" and m.policy]
    assert "按自然日计算" in reminder.text
    assert reminder.why["counted"].startswith("按自然日")


def test_the_worker_was_dead_for_three_days_and_everything_is_caught_up_once(room: Room) -> None:
    room.add_firms({1: 1, 2: 5})
    room.bind("lin", 1)
    room.bind("chen", 2)
    room.publish(policy(window=("2026-05-01", "2026-05-20")))  # reminders on 5 and 15 May
    room.queue.clear()
    room.set_patents(1, 9)
    room.clock.move(days=3)
    room.push.start_deadlines()
    room.push.start_night()
    room.tick()
    room.tick()
    assert sorted(room.kinds(1)) == sorted(room.kinds(2)) == ["answer", "deadline"]
    assert room.inbox("lin") and room.inbox("chen")
    assert room.kinds(1) == room.kinds(2) == {"answer": 1, "deadline": 1}
