"""What a person may say of its messages: done, later, not relevant, no more of these, all in one digest."""

from __future__ import annotations

from datetime import timedelta

import pytest
from icalendar import Calendar

from backend.shared.caller import SYSTEM
from backend.shared.errors import InvalidInputError, NotFoundError, WrongStateError
from tests.unit.backend.push.room import Room, firm_code, policy

ONE = f"{firm_code(1)}:alpha.published:2026-05-06"


@pytest.fixture
def told(room: Room) -> Room:
    """One firm, one person, one message."""
    room.add_firms({1: 5})
    room.bind("lin", 1)
    room.on_wechat("lin", permits=9)
    room.publish(policy())
    room.tick()
    return room


def titles(room: Room, box: str) -> list[str]:
    page, _ = room.push.inbox.read_inbox(room.reader("lin", 1), 100, None, box)
    return [item.message.title for item in page.items]


def test_done_and_later(told: Room) -> None:
    reader, inbox = told.reader("lin", 1), told.push.inbox
    inbox.mark_read(ONE, reader)
    inbox.snooze(ONE, told.clock.now() + timedelta(days=2), reader)
    assert (titles(told, "open"), titles(told, "unread"), len(titles(told, "snoozed"))) == ([], [], 1)
    told.clock.move(days=3)
    assert (len(titles(told, "open")), len(titles(told, "unread")), titles(told, "snoozed")) == (1, 1, [])
    inbox.mark_done(ONE, True, reader)
    assert (titles(told, "open"), len(titles(told, "done")), len(titles(told, "all"))) == ([], 1, 1)
    inbox.mark_done(ONE, False, reader)
    assert len(titles(told, "open")) == 1
    with pytest.raises(InvalidInputError):
        inbox.snooze(ONE, told.clock.now() - timedelta(days=1), reader)


def test_not_relevant_keeps_the_same_policy_from_the_carriers_and_lowers_the_kind(told: Room) -> None:
    told.push.inbox.mark_not_relevant(ONE, "不做这个方向", told.reader("lin", 1))
    told.publish(policy(version=2, least=4), "updated")
    told.tick()
    assert len(told.inbox("lin")) == 2
    assert len(told.wechat.sent) == 1  # the first one only
    page, _ = told.push.inbox.read_inbox(told.reader("lin", 1), 10, None)
    assert [item.lowered for item in page.items] == [True, True]
    told.publish(policy("beta"))
    told.tick()
    worth = {row.policy: row.worth for row in told.deliveries(1, "wechat")}
    assert worth["beta"] < worth["alpha"]


def test_a_permit_is_worth_asking_for_while_something_waits_for_one_or_is_followed(room: Room) -> None:
    room.add_firms({1: 5})
    room.bind("lin", 1)
    room.on_wechat("lin", permits=1)
    reader, wishes, inbox = room.reader("lin", 1), room.push.wishes, room.push.inbox
    room.publish(policy())
    room.tick()
    assert (len(room.wechat.sent), wishes.to_send(reader)) == (1, 0)
    room.publish(policy("beta"))
    room.tick()
    assert (len(room.wechat.sent), wishes.to_send(reader)) == (1, 1)
    assert wishes.to_send(room.reader("lin", 2)) == 0  # a firm it is not bound to any more
    inbox.mark_read(room.inbox("lin")[0], reader)
    assert wishes.to_send(reader) == 0
    follow = room.push.following.follow_policy("alpha", firm_code(1), True, reader)
    assert wishes.to_send(reader) == 1
    room.push.following.end(follow.id, reader)
    assert wishes.to_send(reader) == 0


def test_three_times_not_relevant_and_the_kind_no_longer_leaves_the_inbox(room: Room) -> None:
    room.add_firms({1: 5})
    room.bind("lin", 1)
    room.on_wechat("lin", permits=9)
    for slug in ("aa", "bb", "cc"):
        room.publish(policy(slug))
        room.tick()
        room.push.inbox.mark_not_relevant(room.inbox("lin")[0], "无关", room.reader("lin", 1))
        room.clock.move(days=7)
    sent = len(room.wechat.sent)
    room.publish(policy("dd"))
    room.tick()
    assert (len(room.wechat.sent), len(room.inbox("lin"))) == (sent, 4)


def test_one_tap_switches_a_kind_off_but_not_a_correction(told: Room) -> None:
    reader = told.reader("lin", 1)
    assert told.push.inbox.mute(ONE, reader).muted == {"answer"}
    told.publish(policy("beta"))
    told.tick()
    assert told.inbox("lin") == [ONE]
    told.withdraw("alpha")
    told.tick()
    correction = told.inbox("lin")[0]
    with pytest.raises(WrongStateError):
        told.push.inbox.mute(correction, reader)


def test_whoever_wants_nothing_personal_gets_the_news_that_are_the_same_for_all(told: Room) -> None:
    told.push.wishes.change(told.reader("lin", 1), personalised=False)
    told.publish(policy("beta"))
    told.tick()
    assert told.inbox("lin") == [ONE]
    assert told.deliveries(1, "inbox")[1].reason == "您选择了不接收个性化消息"
    assert [found.slug for found in told.push.news(10)] == ["beta", "alpha"]


def test_a_digest_lists_everything_once_and_is_never_empty(room: Room) -> None:
    room.add_firms({1: 5})
    room.bind("lin", 1)
    room.on_mail("lin")
    room.push.wishes.change(room.reader("lin", 1), rhythm={firm_code(1): "daily"})
    assert room.push.write_digests() == 0
    for slug in ("aa", "bb", "cc", "dd"):
        room.publish(policy(slug))
        room.tick()
    assert room.mail.sent == []
    assert (room.push.write_digests(), room.push.write_digests()) == (1, 0)
    room.push.deliver_due()
    (parcel,) = room.mail.sent
    assert parcel.message.title == "您的企业有 4 条消息"
    assert all(f"《示例{slug}》" in parcel.message.text for slug in ("aa", "bb", "cc", "dd"))
    view = room.push.inbox.read_message(parcel.message.id, room.reader("lin", 1))
    assert len(view.message.why["messages"]) == 4
    room.clock.move(days=1)
    assert room.push.write_digests() == 0
    room.publish(policy("ee"))
    room.tick()
    assert room.push.write_digests() == 1


def test_a_digest_goes_by_mail_and_keeps_the_permit_for_what_cannot_wait(room: Room) -> None:
    room.add_firms({1: 5})
    room.bind("lin", 1)
    room.on_wechat("lin")
    room.on_mail("lin")
    room.push.wishes.change(room.reader("lin", 1), rhythm={firm_code(1): "daily"})
    room.publish(policy())
    room.tick()
    assert room.push.write_digests() == 1
    room.push.deliver_due()
    assert (room.mail.titles("lin"), room.wechat.sent) == (["您的企业有 1 条消息"], [])
    uscc, today = firm_code(1), room.clock.today()
    room.push.wishes.change(room.reader("lin", 1), rhythm={uscc: "at_once"})
    room.push.tell_persons(uscc, ["lin"], "request", "r1.answered", today, "您的诉求已答复", "示例")
    room.push.deliver_due()
    assert room.wechat.titles("lin") == ["您的诉求已答复"]


def test_a_weekly_digest_comes_on_the_first_working_day_of_the_week(room: Room) -> None:
    room.add_firms({1: 5})
    room.bind("lin", 1)
    room.on_mail("lin")
    room.push.wishes.change(room.reader("lin", 1), rhythm={firm_code(1): "weekly"})
    room.publish(policy())
    room.tick()
    days = []
    for _ in range(12):
        if room.push.write_digests():
            days.append(room.clock.today().isoformat())
        room.clock.move(days=1)
    assert days == ["2026-05-06"]  # Wednesday: Monday and Tuesday were holidays
    room.publish(policy("beta"))
    room.tick()
    room.clock.at = room.clock.at.replace(month=5, day=25)
    assert room.push.write_digests() == 1


def test_a_digest_cut_off_between_its_rows_lists_its_items_once(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.add_firms({1: 5})
    room.bind("lin", 1)
    room.on_mail("lin")
    room.push.wishes.change(room.reader("lin", 1), rhythm={firm_code(1): "daily"})
    room.publish(policy())
    room.tick()

    def killed(*_args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(room.stores.inboxes, "mark_digested", killed)
        with pytest.raises(KeyboardInterrupt):
            room.push.write_digests()
    room.clock.move(days=1)
    room.publish(policy("beta"))
    room.tick()
    room.push.write_digests()
    room.push.deliver_due()
    assert sorted(parcel.message.text for parcel in room.mail.sent) == [
        "1. 您符合《示例alpha》的条件",
        "1. 您符合《示例beta》的条件",
    ]


def test_a_mail_address_counts_once_its_owner_confirmed_it(told: Room) -> None:
    reader, wishes = told.reader("lin", 1), told.push.wishes
    wishes.set_email("lin@example.org", reader)
    (letter,) = told.letters
    assert letter[0] == "lin@example.org"
    assert wishes.addresses_of(["lin"]) == {}
    with pytest.raises(InvalidInputError):
        wishes.confirm_email("00000000" if "00000000" not in letter[2] else "11111111", reader)
    wishes.confirm_email(letter[2].split("：")[1][:8], reader)
    assert wishes.addresses_of(["lin"]) == {"lin": "lin@example.org"}
    wishes.set_email("", reader)
    assert wishes.addresses_of(["lin"]) == {}


def test_the_same_tap_is_one_permit_and_a_refusal_voids_them(told: Room) -> None:
    reader, wishes = told.reader("lin", 1), told.push.wishes
    before = wishes.grant("policy", "tap-1", reader)
    assert wishes.grant("policy", "tap-1", reader) == before
    wishes.decline("policy", reader)
    assert [count.left for count in wishes.read(reader)[1]] == [0, 0]


def test_a_calendar_shows_each_firms_days_at_a_secret_address_that_can_be_revoked(room: Room) -> None:
    room.add_firms({1: 5, 2: 1})
    room.bind("lin", 1)
    room.bind("lin", 2)
    room.set_fact(2, "gaoqi_valid_to", "2026-12-01")
    room.publish(policy(window=("2026-05-10", "2026-06-30")))
    room.tick()
    reader = room.reader("lin", 1, 2)
    secret = room.push.calendars.open(reader)
    feed = Calendar.from_ical(room.push.calendars.feed(secret))
    found = [(str(event["summary"]), event.decoded("dtstart").isoformat()) for event in feed.walk("VEVENT")]
    assert found == [
        ("示例企业1 示例alpha开始申报", "2026-05-10"),
        ("示例企业1 示例alpha申报截止", "2026-06-30"),
        ("示例企业1 2026年企业年度报告公示", "2026-06-30"),
        ("示例企业2 2026年企业年度报告公示", "2026-06-30"),
        ("示例企业2 高新技术企业证书到期", "2026-12-01"),
    ]
    uids = [str(event["uid"]) for event in feed.walk("VEVENT")]
    assert len(set(uids)) == len(uids)
    assert "火炬统计调查" in str(feed["x-wr-caldesc"])
    fresh = room.push.calendars.open(reader)
    with pytest.raises(NotFoundError):
        room.push.calendars.feed(secret)
    assert room.push.calendars.feed(fresh)
    assert (room.push.calendars.revoke(reader), room.push.calendars.is_open(reader)) == (1, False)
    with pytest.raises(NotFoundError):
        room.push.calendars.feed(fresh)


def test_a_preview_says_what_publishing_would_do_and_does_nothing(room: Room) -> None:
    room.add_firms({1: 5, 2: 4, 3: 1, 4: 9, 5: None})
    for person, number in (("lin", 1), ("chen", 2), ("wu", 3)):
        room.bind(person, number)
    room.on_wechat("lin", permits=1)
    room.on_wechat("chen", permits=0)
    room.drafts["alpha"] = policy()
    preview = room.push.previewing.preview("alpha")
    assert (preview.looked_at, preview.told, preview.lost, preview.silent) == (5, 3, 0, 2)
    assert list(preview.firms) == sorted(map(firm_code, (1, 2, 4)))
    assert (preview.persons, preview.nobody_bound) == (2, 1)
    assert preview.carriers == {"inbox": 2, "wechat": 2}
    assert (preview.permits, preview.without_permit) == (1, 1)
    assert len(preview.samples) == 3
    assert preview.samples[0].why["facts"][0]["value"] == 5
    assert room.messages() == []
    room.publish(policy())
    room.tick()
    assert sorted(preview.firms) == sorted(message[:18] for message in room.answers())
    room.drafts["alpha"] = policy(version=2, least=5)
    later = room.push.previewing.preview("alpha")
    assert (later.told, later.lost) == (0, 1)


def test_an_audit_shows_what_stood_on_a_day(told: Room) -> None:
    told.clock.move(days=2)
    told.withdraw("alpha")
    told.tick()
    staff = told.push.inbox
    before = staff.told_by(firm_code(1), told.clock.today() - timedelta(days=1), SYSTEM)
    assert [(item.message.id, item.withdrawn) for item in before] == [(ONE, False)]
    assert sorted((row.carrier, step["state"]) for row, step in before[0].steps) == [
        ("inbox", "delivered"),
        ("wechat", "sent"),
    ]
    after = staff.told_by(firm_code(1), told.clock.today(), SYSTEM)
    assert [(item.message.kind, item.withdrawn) for item in after] == [
        ("answer", True),
        ("correction", False),
    ]
    assert staff.told_by(firm_code(1), told.clock.today() - timedelta(days=9), SYSTEM) == []


def test_a_person_takes_everything_along_and_leaves_nothing_behind(told: Room) -> None:
    reader = told.reader("lin", 1)
    told.push.following.follow_policy("alpha", firm_code(1), True, reader)
    told.push.calendars.open(reader)
    told.push.inbox.mark_not_relevant(ONE, "无关", reader)
    rights = told.push.personal.rights()
    exported: dict[str, object] = {}
    for export, _ in rights.values():
        exported.update(export("lin"))
    assert set(exported) == {"messages", "follows", "push", "permits", "calendar_feed"}
    for _ in range(2):
        for _, erase in rights.values():
            erase("lin")
    for export, _ in rights.values():
        assert not any(value for value in export("lin").values() if isinstance(value, list))
    assert told.stores.permits.export("lin") == {"given": 0, "used": 0}
    assert not told.push.calendars.is_open(reader)


def test_a_follow_needs_an_explicit_yes_and_ends_when_its_owner_says_so(told: Room) -> None:
    reader, following = told.reader("lin", 1), told.push.following
    with pytest.raises(InvalidInputError):
        following.follow_policy("alpha", firm_code(1), False, reader)
    with pytest.raises(NotFoundError):
        following.follow_policy("alpha", firm_code(2), True, reader)
    follow = following.follow_policy("alpha", firm_code(1), True, reader)
    with pytest.raises(NotFoundError):
        following.end(follow.id, told.reader("chen", 1))
    following.end(follow.id, reader)
    assert [item.active for item in following.mine(reader, 10, None).items] == [False]
    assert following.follow_policy("alpha", firm_code(1), True, reader).active
