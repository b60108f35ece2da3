"""Stories of what firms hear of and what not, as a commission official would tell them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from backend.pool.life import Stage
from backend.push.service import Found, Help, dispatching
from backend.shared.caller import SYSTEM, Caller
from backend.shared.clock import SHANGHAI
from backend.shared.errors import ForbiddenError
from backend.shared.events import Event
from tests.unit.backend.push.room import Room, firm_code, policy

DAY = "2026-05-06"


def at(room: Room, year: int, month: int, day: int, hour: int = 9) -> None:
    room.clock.at = datetime(year, month, day, hour, tzinfo=SHANGHAI)


def test_a_rule_is_edited_and_no_answer_changes_then_nobody_hears_of_it(room: Room) -> None:
    room.add_firms({1: 5, 2: 1})
    room.bind("lin", 1)
    room.publish(policy(least=3))
    room.tick()
    told = room.messages()
    room.publish(policy(version=2, least=4), "updated", material=False)
    room.tick()
    assert room.messages() == told


def test_a_deadline_is_extended_after_the_reminder_then_there_is_a_second_reminder(room: Room) -> None:
    room.add_firms({1: 5})
    room.bind("lin", 1)
    room.publish(policy(window=("2026-05-01", "2026-06-30")))
    room.tick()
    at(room, 2026, 6, 15)
    room.push.start_deadlines()
    room.tick()
    room.push.start_deadlines()
    room.tick()
    closing = [m for m in room.stores.messages.of_firm(firm_code(1)) if m.kind == "deadline"]
    windows = [m.id for m in closing if m.policy]
    assert windows == [f"{firm_code(1)}:alpha.window_close-10:2026-06-30"]
    room.publish(policy(version=2, window=("2026-05-01", "2026-07-15")), "updated", material=False)
    at(room, 2026, 7, 1)
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
    at(room, 2026, 6, 15)
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


def test_the_clock_moves_over_new_year(room: Room) -> None:
    at(room, 2026, 12, 30)
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
    at(room, 2027, 1, 4)  # the year whose income counts is another one now, and nobody has told it
    room.push.start_night()
    room.push.start_deadlines()
    room.tick()
    kinds = room.kinds(1)
    assert (kinds["lost"], kinds["question"]) == (1, 0)
    assert room.stores.answers.get_many([firm_code(1)], ["alpha"])[firm_code(1)]["alpha"].status == "unknown"


def test_a_year_without_holidays_says_so(room: Room) -> None:
    at(room, 2027, 1, 4)
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
    at(room, 2026, 5, 6, 22)
    room.add_firms({1: 5})
    room.bind("lin", 1)
    room.on_wechat("lin")
    room.publish(policy())
    room.tick()
    assert (len(room.inbox("lin")), room.wechat.sent) == (1, [])
    at(room, 2026, 5, 7, 8)
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
