"""Runs a table of jobs: each minute what is always due, once a day what has its hour."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import time, timedelta

import structlog

from backend.adapters.mongo import schedules
from backend.shared.clock import Clock

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=30)


@dataclass(frozen=True)
class Job:
    """A line of the table: `at` is the Shanghai hour of a daily job, None for every minute.

    A job works by set difference, so one run catches up on however many periods were missed.
    """

    name: str
    at: time | None
    run: Callable[[], object]
    room: str


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
        if job.at is None:
            job.run()
            return True
        now = self._clock.now()
        day = now.date() if now.time() >= job.at else now.date() - timedelta(days=1)
        period = day.isoformat()
        if not schedules.claim(job.name, period, now, LEASE):
            return False
        job.run()
        schedules.complete(job.name, period, self._clock.now())
        log.info("job_done", job=job.name, period=period)
        return True
