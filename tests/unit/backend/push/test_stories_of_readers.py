"""Stories as a commission official would tell them: who reads: people who come, go, follow and choose."""

from __future__ import annotations

import pytest

from backend.pool.life import Stage
from backend.push.service import Found, Help
from backend.shared.caller import SYSTEM, Caller
from backend.shared.errors import ForbiddenError
from backend.shared.events import Event
from tests.unit.backend.push.room import Room, firm_code, policy


def test_a_firm_that_left_the_pool_hears_only_what_somebody_asked_for(room: Room) -> None:
    room.add_firms({1: 5})
    room.bind("lin", 1)
    room.publish(policy())
    room.push.match_policy("alpha@1")
    room.pool.move(firm_code(1), Stage("left"), SYSTEM, "迁走")
    room.tick()
    assert room.inbox("lin") == []
    assert [row.reason for row in room.deliveries(1, "inbox")] == ["企业已不在培育库"]
    follow = room.push.following.follow_policy("alpha", firm_code(1), True, room.reader("lin", 1))
    room.publish(policy(version=2, least=4), "updated")
    room.tick()
    assert room.titles("lin") == ["《示例alpha》有重要变化"]
    assert follow.consent.startswith("我同意")


def test_somebody_unsubscribes_between_match_and_send(room: Room) -> None:
    room.add_firms({1: 5})
    room.bind("lin", 1)
    room.on_wechat("lin", permits=2)
    room.publish(policy())
    room.push.match_policy("alpha@1")
    room.push.wishes.change(room.reader("lin", 1), muted=["answer"])
    room.tick()
    assert (room.inbox("lin"), room.wechat.sent) == ([], [])
    assert room.deliveries(1, "inbox")[0].reason == "您已关闭此类消息"


def test_a_person_with_two_firms_gets_one_message_for_each(room: Room) -> None:
    room.add_firms({1: 5, 2: 5})
    room.bind("lin", 1)
    room.bind("lin", 2)
    room.on_wechat("lin", permits=5)
    room.publish(policy())
    room.tick()
    assert len(room.inbox("lin")) == 2
    assert sorted(parcel.firm for parcel in room.wechat.sent) == ["示例企业1", "示例企业2"]


def test_a_firm_with_two_persons_is_one_message_with_a_delivery_each(room: Room) -> None:
    room.add_firms({1: 5})
    room.bind("lin", 1)
    room.bind("chen", 1)
    room.on_wechat("lin")
    room.on_mail("chen")
    room.publish(policy())
    room.tick()
    assert len(room.messages()) == 1
    assert room.inbox("lin") == room.inbox("chen") == room.messages()
    assert (room.wechat.titles("lin"), room.mail.titles("chen")) == (["您符合《示例alpha》的条件"],) * 2


def test_a_course_that_closes_a_gap_is_told_once_to_firms_near_by(room: Room) -> None:
    room.add_firms({1: 1, 2: 5})
    room.bind("lin", 1)
    room.bind("chen", 2)
    room.publish(policy())
    room.tick()
    day = room.clock.today()
    room.helps["course", "ip-course"] = Help("course", "ip-course", "示例专利课", ("alpha/patents",), (), day)
    for _ in range(2):
        room.push.on_course(Event("course.changed", "ip-course", room.clock.now(), "staff:x"))
        room.tick()
    assert room.titles("lin") == ["有课程可帮助您：示例专利课"]
    assert "有课程可帮助您：示例专利课" not in room.titles("chen")
    del room.helps["course", "ip-course"]
    room.push.on_course(Event("course.changed", "ip-course", room.clock.now(), "staff:x"))
    room.tick()
    assert room.kinds(1)["help"] == 1


def test_a_followed_search_tells_what_is_new_and_never_the_same_twice(room: Room) -> None:
    room.add_firms({1: 5})
    room.bind("lin", 1)
    room.findings = [Found("alpha", "示例alpha")]
    room.push.following.follow_search("专利", {}, firm_code(1), True, room.reader("lin", 1))
    assert room.push.follow_searches() == 0
    room.findings.append(Found("beta", "示例beta"))
    assert (room.push.follow_searches(), room.push.follow_searches()) == (1, 0)
    room.tick()
    (message,) = room.stores.messages.of_firm(firm_code(1))
    assert [item["id"] for item in message.why["items"]] == ["beta"]
    assert room.inbox("lin") == [message.id]


def test_a_notice_of_staff_goes_out_only_after_a_second_person_said_yes(room: Room) -> None:
    room.add_firms({1: 5, 2: 1})
    room.bind("lin", 1)
    room.bind("chen", 2)
    room.publish(policy())
    room.tick()
    wang, zhao = Caller("staff", "wang"), Caller("staff", "zhao")
    campaigns = room.push.campaigns
    draft = campaigns.write("示例说明会", "欢迎参加。", {"policy": "alpha"}, wang)
    assert campaigns.preview(draft.id)[1].firms == 1
    submitted = campaigns.submit(draft.id, draft.revision, wang)
    room.tick()
    page, unread = room.push.inbox.read_inbox(zhao, 10, None)
    assert (unread, page.items[0].message.title) == (1, "待批准的群发通知：示例说明会")
    assert room.push.inbox.read_inbox(wang, 10, None)[1] == 0
    with pytest.raises(ForbiddenError):
        campaigns.approve(draft.id, submitted.revision, wang)
    campaigns.approve(draft.id, submitted.revision, zhao)
    room.tick()
    assert room.titles("lin")[0] == "示例说明会"
    assert "示例说明会" not in room.titles("chen")
