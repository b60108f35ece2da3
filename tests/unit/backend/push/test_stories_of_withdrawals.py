"""Stories as a commission official would tell them: policies withdrawn, run out, or to be confirmed."""

from __future__ import annotations

from dataclasses import replace

from backend.shared.caller import Caller
from backend.shared.events import Event
from tests.unit.backend.push.room import Room, firm_code, policy


def test_a_policy_is_withdrawn_a_second_before_sending(room: Room) -> None:
    room.add_firms({1: 5})
    room.bind("lin", 1)
    room.on_wechat("lin")
    room.publish(policy())
    room.push.match_policy("alpha@1")
    room.clock.move(seconds=1)
    room.withdraw("alpha")
    room.tick()
    assert (room.inbox("lin"), room.wechat.sent) == ([], [])
    rows = room.deliveries(1, "inbox")
    assert [(row.state, row.reason) for row in rows] == [("not_sent", "政策已撤回")]
    assert room.kinds(1)["correction"] == 0


def test_those_already_told_of_a_withdrawn_policy_get_one_correction_the_way_they_were_told(
    room: Room,
) -> None:
    room.add_firms({1: 5, 2: 5})
    room.bind("lin", 1)
    room.bind("chen", 2)
    room.on_wechat("lin", permits=2)
    room.publish(policy())
    room.tick()
    room.withdraw("alpha")
    room.tick()
    room.tick()
    assert room.wechat.titles("lin") == ["您符合《示例alpha》的条件", "更正：《示例alpha》已撤回"]
    assert room.titles("lin")[0] == room.titles("chen")[0] == "更正：《示例alpha》已撤回"
    assert (room.kinds(1)["correction"], room.kinds(2)["correction"]) == (1, 1)


def test_a_policy_runs_out_then_those_told_yes_hear_once_that_it_no_longer_holds(room: Room) -> None:
    room.add_firms({1: 5, 2: 0})
    room.bind("lin", 1)
    room.bind("chen", 2)
    ending = policy()
    validity = ending.sheet.validity.model_copy(update={"to": room.clock.today()})
    room.publish(replace(ending, sheet=ending.sheet.model_copy(update={"validity": validity})))
    room.tick()
    room.clock.move(days=1)
    data = {"version": 1, "owner": "staff:x"}
    event = Event("policy.expired", "alpha", room.clock.now(), "system", data)
    for _ in range(2):
        room.push.on_policy_expired(event)
        room.push.start_night()
        room.tick()
    assert room.titles("lin") == ["《示例alpha》的答复有变化：政策不在有效期", "您符合《示例alpha》的条件"]
    assert room.titles("chen") == []
    lost = next(m for m in room.stores.messages.of_firm(firm_code(1)) if m.kind == "lost")
    assert lost.why["change_label"] == "政策有效期届满"
    assert "自 2026-05-07 起不再有效" in lost.text


def test_an_owner_is_asked_to_confirm_and_whoever_publishes_where_there_is_none(room: Room) -> None:
    room.publish(policy())
    room.publishers = ["wang"]
    for owner in ("staff:li", "library"):
        data = {"version": 1, "owner": owner}
        event = Event("policy.unconfirmed", "alpha", room.clock.now(), "system", data)
        room.push.on_policy_unconfirmed(event)
        room.push.on_policy_unconfirmed(event)
        room.push.deliver_due()
        room.clock.move(days=180)
    for name in ("li", "wang"):
        page, _ = room.push.inbox.read_inbox(Caller("staff", name), 100, None)
        assert [item.message.title for item in page.items] == ["请确认《示例alpha》是否仍有效"]
