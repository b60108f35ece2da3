"""Runs a table of jobs: each minute what is always due, once a day what has its hour."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

import structlog

from backend.adapters.mongo import schedules
from backend.shared.clock import Clock

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=30)


@dataclass(frozen=True)
class Job:
    """A line of the table: a daily job has its hour `at`; others run `every` so often, or each minute.

    A job works by set difference, so one run catches up on however many periods were missed.
    """

    name: str
    at: time | None
    run: Callable[[], object]
    room: str
    every: timedelta | None = None


class Scheduler:
    """`tick` is called about once a minute, by any number of workers."""

    def __init__(self, jobs: Sequence[Job], clock: Clock) -> None:
        self.jobs = tuple(jobs)
        self._clock = clock

    def tick(self) -> list[str]:
        """Run what is due; returns the names of the jobs that ran. A failing job does not stop the others."""
        ran = []
        for job in self.jobs:
            try:
                if self._run_if_due(job):
                    ran.append(job.name)
            except Exception:
                log.exception("job_failed", job=job.name, room=job.room)
        return ran

    def _run_if_due(self, job: Job) -> bool:
        if job.at is None and job.every is None:
            job.run()
            return True
        now = self._clock.now()
        period = _period(job, now)
        if not schedules.claim(job.name, period, now, LEASE):
            return False
        job.run()
        schedules.complete(job.name, period, self._clock.now())
        log.info("job_done", job=job.name, period=period)
        return True


def _period(job: Job, now: datetime) -> str:
    """The newest period that has begun: a day, or so many minutes of one."""
    if job.every is not None:
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        return (midnight + (now - midnight) // job.every * job.every).isoformat(timespec="minutes")
    assert job.at is not None
    day = now.date() if now.time() >= job.at else now.date() - timedelta(days=1)
    return day.isoformat()
