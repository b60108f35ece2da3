"""Inboxes: withdrawal, bindings that come and go, reading, and a person's rights."""

from __future__ import annotations

import pytest

from backend.shared.errors import NotFoundError
from tests.unit.backend.push.room import Room, firm_code, policy

ONE = f"{firm_code(1)}:alpha.published:2026-05-06"


def test_a_policy_withdrawn_before_sending_is_not_sent_and_the_row_says_why(room: Room) -> None:
    room.add_firms({1: 5})
    room.bind("p1", 1)
    room.publish(policy())
    room.push.match_policy("alpha@1")
    room.withdraw("alpha")
    assert room.push.deliver_due() == 0
    (row,) = room.stores.deliveries.of_message(ONE)
    assert (row.state, row.reason) == ("not_sent", "政策已撤回")
    assert room.inbox("p1") == []


def test_a_withdrawal_between_matching_and_writing_still_holds(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.add_firms({1: 5})
    room.bind("p1", 1)
    room.publish(policy())
    real = room.stores.messages.put_many

    def late(*args: object) -> int:
        if "alpha" in room.live:
            room.withdraw("alpha")
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(room.stores.messages, "put_many", late)
    room.work()
    assert room.inbox("p1") == []
    assert room.stores.messages.get(ONE).withdrawn["reason"] == "政策已撤回"


def test_a_message_of_a_withdrawn_policy_stays_and_is_marked(room: Room) -> None:
    room.add_firms({1: 5})
    room.bind("p1", 1)
    room.publish(policy())
    room.work()
    room.withdraw("alpha")
    room.work()
    view = room.push.inbox.read_message(ONE, room.reader("p1", 1))
    assert view.message.withdrawn
    room.clock.move(days=1)
    room.publish(policy(version=2))
    room.work()
    correction = f"{firm_code(1)}:alpha.withdrawn:2026-05-06"
    assert room.inbox("p1") == [f"{firm_code(1)}:alpha.published:2026-05-07", correction, ONE]
    assert not room.stores.messages.get(f"{firm_code(1)}:alpha.published:2026-05-07").withdrawn


def test_whoever_is_bound_later_finds_the_messages_once(room: Room) -> None:
    room.add_firms({1: 5})
    room.publish(policy())
    room.work()
    assert room.inbox("p1") == []
    room.bind("p1", 1)
    assert room.inbox("p1") == [ONE]
    room.bind("p2", 1)
    assert (room.inbox("p1"), room.inbox("p2")) == ([ONE], [ONE])


def test_whoever_is_unbound_sees_nothing_any_more_and_again_after_coming_back(room: Room) -> None:
    room.add_firms({1: 5})
    room.bind("p1", 1)
    room.publish(policy())
    room.push.match_policy("alpha@1")
    room.bind("p1", 1, bound=False)
    assert room.push.deliver_due() == 0
    assert room.inbox("p1") == []
    with pytest.raises(NotFoundError):
        room.push.inbox.read_message(ONE, room.reader("p1"))
    room.bind("p1", 1)
    assert room.inbox("p1") == [ONE]


def test_reading_counts_once_and_not_relevant_is_kept_with_its_reason(room: Room) -> None:
    room.add_firms({1: 5})
    room.bind("p1", 1)
    room.publish(policy())
    room.work()
    reader = room.reader("p1", 1)
    assert room.push.inbox.read_inbox(reader, 10, None)[1] == 1
    first = room.push.inbox.mark_read(ONE, reader).deliveries[0].read_at
    room.clock.move(hours=1)
    assert room.push.inbox.mark_read(ONE, reader).deliveries[0].read_at == first
    assert room.push.inbox.read_inbox(reader, 10, None)[1] == 0
    view = room.push.inbox.mark_not_relevant(ONE, "不做这个方向", reader)
    assert view.deliveries[0].not_relevant == "不做这个方向"


def test_another_firms_reader_does_not_learn_that_a_message_exists(room: Room) -> None:
    room.add_firms({1: 5, 2: 0})
    room.bind("p1", 1)
    room.bind("p2", 2)
    room.publish(policy())
    room.work()
    with pytest.raises(NotFoundError):
        room.push.inbox.read_message(ONE, room.reader("p2", 2))
    with pytest.raises(NotFoundError):
        room.push.inbox.mark_read(ONE, room.reader("p2", 2, 1))


def test_a_page_of_the_inbox_is_newest_first(room: Room) -> None:
    room.add_firms({1: 5})
    room.bind("p1", 1)
    for slug in ("aa", "bb", "cc"):
        room.publish(policy(slug))
        room.work()
        room.clock.move(minutes=1)
    reader = room.reader("p1", 1)
    page, unread = room.push.inbox.read_inbox(reader, 2, None)
    rest, _ = room.push.inbox.read_inbox(reader, 2, page.next_cursor)
    assert [item.message.policy for item in (*page.items, *rest.items)] == ["cc", "bb", "aa"]
    assert (page.total, unread, rest.next_cursor) == (3, 3, None)


def test_a_person_takes_its_data_along_and_is_forgotten(room: Room) -> None:
    room.add_firms({1: 5})
    room.bind("p1", 1)
    room.bind("p2", 1)
    room.publish(policy())
    room.work()
    export, _ = room.push.personal.rights()["deliveries"]
    exported = export("p1")["messages"]
    assert [entry["message"] for entry in exported] == [ONE]
    _, erase = room.push.personal.rights()["deliveries"]
    assert erase("p1") == {"deliveries": 1, "digests": 0}
    assert erase("p1") == {"deliveries": 0, "digests": 0}
    assert [row.person for row in room.stores.deliveries.of_message(ONE)] == ["p2"]
