"""Stories as a commission official would tell them: what firms hear of their answers and what not."""

from __future__ import annotations

from typing import Any

from backend.shared.caller import SYSTEM
from tests.unit.backend.push.room import Room, firm_code, policy

DAY = "2026-05-06"


def test_a_rule_is_edited_and_no_answer_changes_then_nobody_hears_of_it(room: Room) -> None:
    room.add_firms({1: 5, 2: 1})
    room.bind("lin", 1)
    room.publish(policy(least=3))
    room.tick()
    told = room.messages()
    room.publish(policy(version=2, least=4), "updated", material=False)
    room.tick()
    assert room.messages() == told


def test_two_edits_in_a_minute_are_one_message(room: Room) -> None:
    room.add_firms({1: 2})
    room.bind("lin", 1)
    room.publish(policy(least=3))
    room.tick()
    room.publish(policy(version=2, least=2), "updated")
    room.clock.move(seconds=30)
    room.publish(policy(version=3, least=1), "updated")
    room.tick()
    assert room.inbox("lin") == [f"{firm_code(1)}:alpha.updated:{DAY}"]


def test_an_answer_that_no_longer_holds_stays_in_the_inbox(room: Room) -> None:
    room.add_firms({1: 5})
    room.bind("lin", 1)
    room.on_wechat("lin", permits=5)
    room.publish(policy())
    room.tick()
    room.set_patents(1, 0)
    room.tick()
    assert room.titles("lin") == ["《示例alpha》的答复有变化：不符合", "您符合《示例alpha》的条件"]
    assert len(room.wechat.sent) == 1


def test_nobody_was_told_yet_but_the_window_is_open_then_the_loss_is_written_down(room: Room) -> None:
    room.add_firms({1: 5})
    for slug, closes in (("alpha", "2026-06-30"), ("beta", "2026-05-05")):
        room.publish(policy(slug, window=("2026-05-01", closes)))
    room.tick()
    room.set_patents(1, 0)
    room.tick()
    lost = [m for m in room.stores.messages.of_firm(firm_code(1)) if m.kind == "lost"]
    assert [(message.policy, message.carried) for message in lost] == [("alpha", False)]


def test_an_answer_that_was_corrected_before_it_was_sent_is_not_sent(room: Room) -> None:
    room.add_firms({1: 5})
    room.bind("lin", 1)
    room.push.stop("演练", SYSTEM)
    room.publish(policy())
    room.tick()
    room.set_patents(1, 0)
    room.tick()
    room.push.go_on(SYSTEM)
    room.tick()
    assert room.inbox("lin") == []
    assert [row.reason for row in room.deliveries(1, "inbox")] == ["答复已改变"]
    room.set_patents(1, 6)  # and back again, on the same day
    room.tick()
    assert room.titles("lin") == ["您符合《示例alpha》的条件"]


def test_a_material_change_says_field_by_field_what_was_changed(room: Room) -> None:
    room.add_firms({1: 9, 2: 1})
    room.bind("lin", 1)
    room.bind("chen", 2)
    room.publish(policy(least=3, window=("2026-05-01", "2026-06-30")))
    room.tick()
    room.publish(policy(version=2, least=4, window=("2026-05-01", "2026-07-15")), "updated")
    room.tick()
    (message,) = [m for m in room.stores.messages.of_firm(firm_code(1)) if m.kind == "material"]
    changes: list[dict[str, Any]] = message.why["changes"]
    assert [(c["label"], c["before"], c["after"]) for c in changes] == [
        ("申报时间", ["2026-05-01 至 2026-06-30"], ["2026-05-01 至 2026-07-15"]),
        ("条件：发明专利", "at_least: 3", "at_least: 4"),
    ]
    assert room.inbox("chen") == []


def test_one_fact_would_settle_it_so_it_is_asked_and_nothing_is_promised(room: Room) -> None:
    room.add_firms({1: None})
    room.bind("lin", 1)
    room.publish(policy())
    room.publish(policy("beta"))
    room.tick()
    (title,) = room.titles("lin")
    assert title == "请补充一项信息：发明专利件数"
    (message,) = room.stores.messages.of_firm(firm_code(1))
    assert "符合" not in message.title + message.text
    room.set_patents(1, 7)
    room.tick()
    assert room.kinds(1) == {"question": 1, "answer": 2}
