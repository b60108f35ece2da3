"""What both queues promise: huey over one SQLite file, and over Redis."""

from __future__ import annotations

import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from backend.adapters.queue import TaskQueue, open_queue


@dataclass(frozen=True)
class Place:
    """Where a queue is kept; `opened()` is one more process's view of it."""

    url: str | None
    path: Path
    name: str

    def opened(self) -> TaskQueue:
        return open_queue(self.url, self.path, self.name)


@pytest.fixture(params=["sqlite", "redis"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    url = request.getfixturevalue("redis_server") if request.param == "redis" else None
    return Place(url, tmp_path / "queue.sqlite", f"test{secrets.token_hex(4)}")


@pytest.fixture
def queue(place: Place) -> Iterator[TaskQueue]:
    opened = place.opened()
    yield opened
    opened.stop_consumer()


def _wait(until: Callable[[], object], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def test_tasks_run_in_their_order_with_the_ids_they_were_given(queue: TaskQueue) -> None:
    done: list[tuple[object, ...]] = []
    queue.register("work", lambda *ids: done.append(ids))
    for number in range(5):
        queue.enqueue("work", f"政策@{number}", number)
    assert queue.waiting() == 5
    assert queue.drain() == 5
    assert done == [(f"政策@{number}", number) for number in range(5)]
    assert (queue.waiting(), queue.drain()) == (0, 0)


def test_a_drained_task_may_ask_for_another_which_runs_too(queue: TaskQueue) -> None:
    done: list[str] = []
    queue.register("second", lambda: done.append("second"))
    queue.register("first", lambda: queue.enqueue("second"))
    queue.enqueue("first")
    assert queue.drain() == 2
    assert done == ["second"]


def test_what_waits_outlives_the_process_that_asked(place: Place) -> None:
    asking = place.opened()
    asking.register("work", lambda number: None)
    asking.enqueue("work", 7)
    done: list[int] = []
    serving = place.opened()
    serving.register("work", done.append)
    assert serving.drain() == 1
    assert done == [7]


def test_two_workers_share_the_tasks_and_each_runs_once(place: Place) -> None:
    done: list[tuple[str, int]] = []
    workers = []
    for name in ("one", "two"):
        worker = place.opened()
        worker.register("work", lambda number, name=name: (time.sleep(0.01), done.append((name, number))))
        workers.append(worker)
    for number in range(40):
        workers[0].enqueue("work", number)
    for worker in workers:
        worker.start_consumer(2)
    _wait(lambda: len(done) >= 40)
    for worker in workers:
        worker.stop_consumer()
    assert sorted(number for _, number in done) == list(range(40))
    assert {name for name, _ in done} == {"one", "two"}


def test_a_failing_task_is_tried_again_as_often_as_was_said_and_holds_nobody_up(queue: TaskQueue) -> None:
    tries: list[int] = []
    done: list[int] = []

    def fail(number: int) -> None:
        tries.append(number)
        raise RuntimeError("示例")

    queue.register("fail", fail, retries=2, retry_delay=0)
    queue.register("work", done.append)
    queue.enqueue("fail", 1)
    queue.enqueue("work", 2)
    assert queue.drain() == 4
    assert (tries, done) == ([1, 1, 1], [2])
    assert queue.waiting() == 0


def test_a_task_that_fails_once_is_served_again_after_its_delay(queue: TaskQueue) -> None:
    tries: list[float] = []

    def fail_once() -> None:
        tries.append(time.monotonic())
        if len(tries) == 1:
            raise RuntimeError("示例")

    queue.register("work", fail_once, retries=1, retry_delay=1)
    queue.enqueue("work")
    assert queue.drain() == 1
    assert queue.waiting() == 1
    queue.start_consumer(1)
    _wait(lambda: len(tries) == 2)
    assert tries[1] - tries[0] >= 0.9


def test_a_delayed_task_waits_for_its_time(queue: TaskQueue) -> None:
    done: list[float] = []
    queue.register("work", lambda: done.append(time.monotonic()))
    asked = time.monotonic()
    queue.enqueue("work", delay=timedelta(seconds=1))
    assert queue.waiting() == 1
    assert queue.drain() == 0
    queue.start_consumer(1)
    _wait(lambda: done)
    assert done[0] - asked >= 0.9
    assert queue.waiting() == 0


def test_a_kill_takes_the_task_in_hand_with_it_and_nothing_that_waits(place: Place) -> None:
    """So whatever a task is for must be found again by a sweep; the queue alone is not enough."""
    asking = place.opened()
    done: list[int] = []
    asking.register("work", done.append)
    for number in range(3):
        asking.enqueue("work", number)
    command = [
        sys.executable,
        "-m",
        "tests.servers.killed_worker",
        place.url or "-",
        str(place.path),
        place.name,
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "0\n"
        worker.kill()
    assert asking.waiting() == 2
    assert asking.drain() == 2
    assert done == [1, 2]


def test_stopping_lets_the_running_task_end(queue: TaskQueue) -> None:
    begun, done = threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        time.sleep(0.3)
        done.set()

    queue.register("work", work)
    queue.enqueue("work")
    queue.start_consumer(1)
    assert begun.wait(20)
    queue.stop_consumer()
    assert done.is_set()
    queue.stop_consumer()


def test_a_task_nobody_here_serves_does_not_stop_the_others(place: Place) -> None:
    newer = place.opened()
    newer.register("unknown", lambda: None)
    newer.register("work", lambda number: None)
    newer.enqueue("unknown")
    newer.enqueue("work", 1)
    done: list[int] = []
    older = place.opened()
    older.register("work", done.append)
    assert older.names() == ["work"]
    assert older.drain() == 1
    assert done == [1]


def test_the_minute_wakes_what_was_registered_for_it(queue: TaskQueue) -> None:
    queue.every_minute("tick", lambda: None)
    due = queue.huey.read_periodic(datetime(2026, 5, 6, 9, 30))  # noqa: DTZ001  (huey's own clock is naive)
    assert [task.name for task in due] == ["tick"]


def test_ping_says_whether_the_store_answers(place: Place, tmp_path: Path) -> None:
    queue = place.opened()
    assert queue.ping() is None
    if place.url:
        gone = open_queue("redis://127.0.0.1:1/0", tmp_path / "unused")
        assert "ConnectionError" in (gone.ping() or "")
        return
    queue.huey.storage.close()
    place.path.unlink()
    place.path.mkdir()
    assert "OperationalError" in (queue.ping() or "")
