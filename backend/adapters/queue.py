"""The queue: tasks by name, ids in. Huey over one SQLite file, or over Redis when REDIS_URL is given."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from huey import Huey, RedisHuey, SqliteHuey
from huey.consumer import Consumer
from huey.exceptions import HueyException

from backend.shared.errors import NotReadyError

log = structlog.get_logger(__name__)

Task = Callable[..., Any]


class TaskQueue:
    """Every task is registered once by name, takes ids (text or numbers), and may run twice."""

    def __init__(self, huey: Huey) -> None:
        self.huey = huey
        self._tasks: dict[str, Any] = {}
        self._consumer: Consumer | None = None

    def register(self, name: str, task: Task, retries: int = 2, retry_delay: int = 5) -> None:
        """Serve `task` under `name`."""

        # Huey's own name for a task holds its module: ours, so that waiting tasks survive when theirs moves.
        def served(*ids: str | int) -> None:
            task(*ids)

        self._tasks[name] = self.huey.task(name=name, retries=retries, retry_delay=retry_delay)(served)

    def enqueue(self, name: str, *ids: str | int, delay: timedelta | None = None) -> None:
        """Ask for one run of the task; it is kept in the queue's own store until a worker has it."""
        if delay:
            self._tasks[name].schedule(args=ids, delay=delay.total_seconds())
        else:
            self._tasks[name](*ids)

    def names(self) -> list[str]:
        """The tasks served here."""
        return sorted(self._tasks)

    def every_minute(self, name: str, task: Callable[[], None]) -> None:
        """Run `task` once a minute in the consumer."""
        self.huey.periodic_task(lambda _now: True, name=name)(task)

    def ping(self) -> str | None:
        """None when the queue's store answers, else what it said."""
        try:
            self.huey.pending_count()
        except Exception as error:  # any storage error means "not ready"; huey's stores share no base class
            return f"{type(error).__name__}: {error}"[:300]
        return None

    def waiting(self) -> int:
        """How many tasks wait or are scheduled."""
        return self.huey.pending_count() + self.huey.scheduled_count()

    def start_consumer(self, workers: int) -> None:
        """Serve the queue in threads of this process."""
        self._consumer = _ThreadConsumer(
            self.huey, workers=workers, periodic=True, initial_delay=0.05, max_delay=1.0
        )
        self._consumer.start()

    def stop_consumer(self) -> None:
        """Let running tasks end and stop serving."""
        if self._consumer is not None:
            self._consumer.stop(graceful=True)
            self._consumer = None

    def drain(self) -> int:
        """Run what waits, here and now, until nothing is left; for commands and tests. Returns the count.

        What waits for a later time goes on waiting.
        """
        count = 0
        while (task := self._next()) is not None:
            count += self.huey.ready_to_run(task)
            self.huey.execute(task)
        return count

    def _next(self) -> Any:
        while True:
            try:
                return self.huey.dequeue()
            except HueyException:
                # Asked by another version of the program; what it was for is found by that version's sweep.
                log.exception("task_not_served")


class _ThreadConsumer(Consumer):
    """A consumer beside a web server: signals belong to the server."""

    def _set_signal_handlers(self) -> None:
        pass


def open_queue(redis_url: str | None, sqlite_path: Path, name: str = "policymap") -> TaskQueue:
    """The queue of these settings; NotReadyError when its file cannot be opened."""
    if redis_url:
        return TaskQueue(RedisHuey(name, url=redis_url, results=False))
    sqlite_path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return TaskQueue(SqliteHuey(name, filename=str(sqlite_path), results=False, strict_fifo=True))
    except sqlite3.Error as error:
        raise NotReadyError(f"队列文件 {sqlite_path} 无法打开：{error}") from error
