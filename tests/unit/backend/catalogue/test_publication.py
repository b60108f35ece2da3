"""Publication: killed anywhere and repeated gives the same state; other processes see it at once."""

from __future__ import annotations

import threading

import pytest

from backend.adapters.mongo import collection_of
from backend.catalogue.service import workflow
from backend.catalogue.store.policies import PolicyStore
from backend.shared.errors import InvalidInputError, NotFoundError, StaleRevisionError

from .conftest import EDITOR, PUBLISHER, REVIEWER, Room, sheet_of


class KilledError(Exception):
    """Stands for the end of the process."""


def _kill(*args: object, **kwargs: object) -> None:
    raise KilledError


def test_killed_before_the_policy_changed(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    room.catalogue.write_policy(sheet_of(), EDITOR)
    revision = room.approved().revision
    with monkeypatch.context() as patched:
        patched.setattr(PolicyStore, "change", _kill)
        with pytest.raises(KilledError):
            room.catalogue.publish("shili", revision, PUBLISHER, "首发", material=True)
    assert room.catalogue.published_sheets() == []
    with pytest.raises(NotFoundError):
        room.catalogue.read_version("shili", 1)
    done = room.catalogue.publish("shili", revision, PUBLISHER, "首发", material=True)
    assert (done.live_version, done.last_version) == (1, 1)
    assert [version.number for version in room.catalogue.versions("shili")] == [1]
    assert len(room.heard) == 1


def test_a_version_left_by_a_kill_gives_way_to_mended_text(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.catalogue.write_policy(sheet_of(), EDITOR)
    revision = room.approved().revision
    with monkeypatch.context() as patched:
        patched.setattr(PolicyStore, "change", _kill)
        with pytest.raises(KilledError):
            room.catalogue.publish("shili", revision, PUBLISHER)
    policy = room.catalogue.request_changes("shili", revision, REVIEWER, "有错字")
    policy = room.catalogue.edit_policy("shili", sheet_of(title="改正"), policy.revision, EDITOR)
    room.catalogue.publish("shili", room.approved(revision=policy.revision).revision, PUBLISHER)
    assert room.catalogue.published("shili").sheet.title == "改正"


def test_killed_before_the_event_was_handed_on(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    room.catalogue.write_policy(sheet_of(), EDITOR)
    revision = room.approved().revision
    with monkeypatch.context() as patched:
        patched.setattr(room.relay, "_bus", None)
        room.catalogue.publish("shili", revision, PUBLISHER)
    assert room.heard == []
    assert room.relay.sweep() == {"done": 1, "failing": 0}
    assert [event.subject for event in room.heard] == ["shili"]


def test_of_two_publishers_at_once_one_wins_and_one_event_leaves(room: Room) -> None:
    room.catalogue.write_policy(sheet_of(), EDITOR)
    revision = room.approved().revision
    start, refused = threading.Barrier(4), []

    def publish(note: str) -> None:
        start.wait()
        try:
            room.catalogue.publish("shili", revision, PUBLISHER, note)
        except StaleRevisionError as error:
            refused.append(error)

    threads = [threading.Thread(target=publish, args=(f"说明{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 3
    assert len(room.heard) == 1
    assert collection_of("policy_versions").count_documents({}) == 1


def test_another_process_sees_a_publication_and_a_withdrawal_at_once(room: Room) -> None:
    other = room.another()
    assert other.published_sheets() == []
    done = room.publish()
    assert [policy.version for policy in other.published_sheets()] == [1]
    room.catalogue.edit_policy("shili", sheet_of(title="新题"), done.revision, EDITOR)
    assert other.published("shili").sheet.title == "示例办法"
    policy = room.catalogue.publish("shili", room.approved(revision=done.revision + 1).revision, PUBLISHER)
    assert [(item.version, item.sheet.title) for item in other.published_sheets()] == [(2, "新题")]
    room.catalogue.withdraw("shili", policy.revision, PUBLISHER, "有误")
    assert other.published_sheets() == []


def test_a_sheet_is_parsed_once_per_version(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    room.publish()
    first = room.catalogue.published_sheets()[0]
    monkeypatch.setattr("backend.catalogue.store.versions.read_content", _kill)
    assert room.catalogue.published_sheets()[0].sheet is first.sheet
    assert room.catalogue.published("shili").sheet is first.sheet


def test_revisions_only_rise_so_that_an_index_can_tell_old_from_new(room: Room) -> None:
    done = room.publish()
    gone = room.catalogue.withdraw("shili", done.revision, PUBLISHER, "有误")
    mended = room.catalogue.edit_policy("shili", sheet_of(title="改正"), gone.revision, EDITOR)
    again = room.catalogue.publish("shili", room.approved(revision=mended.revision).revision, PUBLISHER)
    assert done.revision < gone.revision < again.revision
    assert room.catalogue.published("shili").revision == again.revision


def test_scheduled_text_whose_examples_fail_meanwhile_goes_back_to_people(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.catalogue.write_policy(sheet_of(), EDITOR)
    at = room.clock.now().replace(hour=12)
    room.catalogue.schedule("shili", room.approved().revision, PUBLISHER, at)
    room.clock.move(hours=3)

    def refuse(policy: object) -> None:
        raise InvalidInputError.at("cases", "验证案例不符")

    monkeypatch.setattr(workflow, "_refuse_failing", refuse)
    assert room.catalogue.publish_due() == []
    policy = room.catalogue.read_working("shili")
    assert (policy.status, policy.scheduled_for) == ("changes_requested", None)
    assert "验证案例不符" in policy.step["why"]


def test_a_step_is_kept_when_the_next_is_killed_and_never_twice(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.catalogue.write_policy(sheet_of(), EDITOR, "起草")
    with monkeypatch.context() as patched:
        patched.setattr(PolicyStore, "change", _kill)
        with pytest.raises(KilledError):
            room.catalogue.submit("shili", 1, EDITOR)
    assert [step.why for step in room.catalogue.history("shili", 10, None).items] == ["起草"]
    room.catalogue.submit("shili", 1, EDITOR, "请审")
    assert [step.why for step in room.catalogue.history("shili", 10, None).items] == ["请审", "起草"]
