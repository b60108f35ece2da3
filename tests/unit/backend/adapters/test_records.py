"""Records with a revision, their events and the relay; the schedule table's memory."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path

import mongoengine as me
import pytest

from backend.adapters import mongo
from backend.adapters.mongo import RecordDocument, Relay, change, collection_of, insert
from backend.adapters.mongo.lists import iterate_by_id, page_by_id
from backend.adapters.schedules import Job, Scheduler
from backend.shared.clock import SHANGHAI, FixedClock
from backend.shared.errors import (
    AlreadyExistsError,
    InvalidInputError,
    NotFoundError,
    StaleRevisionError,
    WrongStateError,
)
from backend.shared.events import Bus, Event

AT = datetime(2026, 5, 6, 9, 30, tzinfo=SHANGHAI)


class NoteDocument(RecordDocument):
    meta = {"collection": "notes_of_tests"}
    label = "便条"

    text = me.StringField(required=True)
    state = me.StringField(default="open")


@pytest.fixture(autouse=True)
def store(tmp_path: Path) -> Iterator[None]:
    mongo.connect(None, tmp_path / "store.sqlite")
    yield
    mongo.disconnect()


def _event(kind: str = "note.changed") -> Event:
    return Event(kind, "n1", AT, "staff:example")


def test_an_insert_and_its_event_are_one_write() -> None:
    insert(NoteDocument, "n1", "staff:example", AT, _event(), text="甲")
    raw = collection_of(NoteDocument).find_one({"_id": "n1"})
    assert raw["revision"] == 1
    assert raw["pending"] is True
    assert [event["kind"] for event in raw["events"]] == ["note.changed"]
    with pytest.raises(AlreadyExistsError):
        insert(NoteDocument, "n1", "staff:example", AT, text="乙")


def test_an_edit_names_its_revision_and_a_stale_one_changes_nothing() -> None:
    insert(NoteDocument, "n1", "staff:example", AT, text="甲")
    assert change(NoteDocument, "n1", "staff:example", AT, revision=1, text="乙").revision == 2
    with pytest.raises(StaleRevisionError) as stale:
        change(NoteDocument, "n1", "staff:example", AT, revision=1, text="丙")
    assert stale.value.details["actual"] == 2
    assert NoteDocument.objects(id="n1").first().text == "乙"


def test_a_change_of_nothing_or_of_another_state_is_told_apart() -> None:
    with pytest.raises(NotFoundError):
        change(NoteDocument, "n9", "staff:example", AT, text="甲")
    insert(NoteDocument, "n1", "staff:example", AT, text="甲")
    with pytest.raises(WrongStateError):
        change(NoteDocument, "n1", "staff:example", AT, where={"state": "closed"}, text="乙")


def test_the_relay_takes_events_off_in_order_when_all_have_answered() -> None:
    heard: list[str] = []
    bus = Bus()
    bus.subscribe("first", "a", lambda event: heard.append(event.kind))
    bus.subscribe("second", "a", lambda event: heard.append(event.kind))
    insert(NoteDocument, "n1", "staff:example", AT, _event("first"), _event("second"), text="甲")
    assert Relay(bus).hand_on("notes_of_tests", "n1")
    raw = collection_of(NoteDocument).find_one({"_id": "n1"})
    assert heard == ["first", "second"]
    assert raw["events"] == []
    assert raw["pending"] is False


def test_a_failing_listener_leaves_the_event_for_the_sweep() -> None:
    bus, heard, broken = Bus(), [], [True]

    def listener(event: Event) -> None:
        if broken:
            raise RuntimeError("down")
        heard.append((event.subject, event.collection))

    bus.subscribe("note.changed", "a", listener)
    relay = Relay(bus)
    insert(NoteDocument, "n1", "staff:example", AT, _event(), text="甲")
    assert not relay.hand_on("notes_of_tests", "n1")
    assert relay.sweep()["failing"] == 1
    broken.clear()
    assert relay.sweep() == {"done": 1, "failing": 0}
    assert heard == [("n1", "notes_of_tests")]
    assert relay.sweep() == {"done": 0, "failing": 0}


def test_pages_are_complete_and_stable() -> None:
    for number in range(7):
        insert(NoteDocument, f"n{number}", "staff:example", AT, text="甲")
    seen, cursor = [], None
    while True:
        page = page_by_id(NoteDocument, {"state": "open"}, 3, cursor)
        assert page.total == 7
        seen += [document.id for document in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == [f"n{number}" for number in range(7)]
    newest = page_by_id(NoteDocument, {}, 2, None, newest_first=True)
    assert [document.id for document in newest.items] == ["n6", "n5"]
    with pytest.raises(InvalidInputError):
        page_by_id(NoteDocument, {}, 3, "not-a-cursor")
    batches = list(iterate_by_id("notes_of_tests", {}, ("text",), after="n2", batch=3))
    assert [[row["_id"] for row in batch] for batch in batches] == [["n3", "n4", "n5"], ["n6"]]


def test_a_daily_job_runs_once_a_day_and_catches_up_after_a_gap() -> None:
    clock, runs = FixedClock(AT), []
    table = Scheduler([Job("nightly", time(1, 30), lambda: runs.append(clock.today()), "tests")], clock)
    assert table.tick() == ["nightly"]
    assert table.tick() == []
    clock.move(days=3)
    assert table.tick() == ["nightly"]
    assert len(runs) == 2
    clock.move(hours=15.9)  # 01:24 of the next day: not yet
    assert table.tick() == []
    clock.move(hours=0.2)
    assert table.tick() == ["nightly"]


def test_a_job_every_quarter_of_an_hour_runs_once_in_each() -> None:
    clock, runs = FixedClock(AT), []
    often = Job("often", None, lambda: runs.append(clock.now()), "tests", every=timedelta(minutes=15))
    table = Scheduler([often], clock)
    assert (table.tick(), table.tick()) == (["often"], [])
    clock.move(minutes=14 - clock.now().minute % 15)
    assert table.tick() == []
    clock.move(minutes=1)
    assert table.tick() == ["often"]
    clock.move(days=1)
    assert (table.tick(), table.tick()) == (["often"], [])


def test_a_failing_job_is_tried_again_when_its_lease_is_over_and_stops_nobody() -> None:
    clock, runs = FixedClock(AT), []

    def fails() -> None:
        runs.append("fails")
        raise RuntimeError("down")

    jobs = [Job("a", time(1, 30), fails, "tests"), Job("b", None, lambda: runs.append("b"), "tests")]
    table = Scheduler(jobs, clock)
    assert table.tick() == ["b"]
    assert table.tick() == ["b"]
    assert runs.count("fails") == 1
    clock.move(minutes=31)
    table.tick()
    assert runs.count("fails") == 2
