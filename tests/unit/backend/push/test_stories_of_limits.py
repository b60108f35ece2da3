"""Stories as a commission official would tell them: permits, weeks, quiet hours and the emergency stop."""

from __future__ import annotations

from datetime import timedelta

import pytest

from backend.push.service import delivering, dispatching
from backend.shared.caller import SYSTEM
from tests.unit.backend.push.room import Room, firm_code, policy


def test_the_permit_is_used_up_then_it_is_the_inbox_and_the_liaisons_call_list(room: Room) -> None:
    room.add_firms({1: 5})
    room.bind("lin", 1)
    room.on_wechat("lin", permits=1)
    for slug in ("alpha", "beta"):
        room.publish(policy(slug))
        room.tick()
        room.clock.move(minutes=1)
    assert room.wechat.titles() == ["您符合《示例alpha》的条件"]
    assert len(room.inbox("lin")) == 2
    calls = room.push.checking.call_list(SYSTEM)
    assert [(call.uscc, call.reason) for call in calls] == [(firm_code(1), "没有可用的订阅授权")]
    room.push.inbox.mark_read(calls[0].message, room.reader("lin", 1))
    assert room.push.checking.call_list(SYSTEM) == []


def test_one_permit_goes_to_the_most_valuable_message(room: Room) -> None:
    room.add_firms({1: 5})
    room.bind("lin", 1)
    room.on_wechat("lin", permits=1)
    uscc, today = firm_code(1), room.clock.today()
    room.push.tell_persons(uscc, ["lin"], "notice", "party", today, "示例通知", "示例")
    room.push.tell_persons(uscc, ["lin"], "request", "r1.answered", today, "您的诉求已答复", "示例")
    room.tick()
    assert room.wechat.titles() == ["您的诉求已答复"]
    assert len(room.inbox("lin")) == 2


def test_no_firm_is_pushed_to_more_than_three_times_a_week(room: Room) -> None:
    room.add_firms({1: 5})
    room.bind("lin", 1)
    room.on_wechat("lin", permits=9)
    for slug in ("aa", "bb", "cc", "dd"):
        room.publish(policy(slug))
        room.tick()
    assert len(room.wechat.sent) == 3
    assert len(room.inbox("lin")) == 4
    assert [row.reason for row in room.deliveries(1, "wechat") if row.state == "not_sent"] == [
        "本周提醒已达上限"
    ]
    room.clock.move(days=7)
    room.publish(policy("ee"))
    room.tick()
    assert len(room.wechat.sent) == 4


def test_carriers_rest_in_the_quiet_hours_and_nothing_is_lost(room: Room) -> None:
    room.at(2026, 5, 6, 22)
    room.add_firms({1: 5})
    room.bind("lin", 1)
    room.on_wechat("lin")
    room.publish(policy())
    room.tick()
    assert (len(room.inbox("lin")), room.wechat.sent) == (1, [])
    room.at(2026, 5, 7, 8)
    room.tick()
    assert len(room.wechat.sent) == 1


def test_the_emergency_stop_takes_hold_between_two_batches(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatching, "BATCH", 1)
    monkeypatch.setattr(dispatching, "LANES", 1)
    room.add_firms({1: 5, 2: 5, 3: 5})
    for number in (1, 2, 3):
        room.bind(f"p{number}", number)
        room.on_wechat(f"p{number}")
    room.wechat.before_send = lambda _parcel: room.push.stop("数据有误", SYSTEM) and None
    room.publish(policy())
    room.tick()
    assert len(room.wechat.sent) == 1
    room.wechat.before_send = lambda _parcel: None
    room.push.go_on(SYSTEM)
    room.tick()
    assert sorted(parcel.person for parcel in room.wechat.sent) == ["p1", "p2", "p3"]


def test_the_emergency_stop_holds_everything_and_loses_nothing(room: Room) -> None:
    room.add_firms({1: 5})
    room.bind("lin", 1)
    room.on_wechat("lin")
    room.push.stop("数据有误", SYSTEM)
    room.publish(policy())
    room.tick()
    assert (room.inbox("lin"), room.wechat.sent) == ([], [])
    room.push.go_on(SYSTEM)
    room.tick()
    assert (len(room.inbox("lin")), len(room.wechat.sent)) == (1, 1)


def test_a_worker_that_has_filled_inboxes_long_enough_leaves_the_rest_to_the_next_minute(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.add_firms({1: 5})
    room.bind("lin", 1)
    room.publish(policy())
    with monkeypatch.context() as patch:
        patch.setattr(delivering, "TIME_LIMIT", timedelta(seconds=-1))
        room.tick()
    assert room.inbox("lin") == []
    room.tick()
    assert len(room.inbox("lin")) == 1
