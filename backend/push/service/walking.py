"""Runs: each looks into one cause for many firms, batch by batch, and can be taken up after a kill.

Per batch the order is: messages, deliveries, answers, cursor. A kill in between loses nothing and doubles
nothing: the next attempt finds the old answers, and writes the same messages under the same ids.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Protocol

from backend.push.service.world import World
from backend.push.store import PushStores
from backend.push.store.runs import DONE, FAILED, MatchRun
from backend.shared.collector import collector_paused

BATCH = 1000
LEASE = timedelta(minutes=2)
# A task lets others have the worker after this; what is left is taken up again by the next tick.
TIME_LIMIT = timedelta(minutes=10)
ATTEMPTS = 5

Progress = Callable[[int, int], None]


class Look(Protocol):
    """One run's view: which firms may be concerned, by USCC, and what to do with a batch of them."""

    note: str

    def firms(self, after: str, limit: int) -> Sequence[str]:
        """The next firms after a given one; empty when there are no more."""

    def match(self, usccs: Sequence[str]) -> None:
        """Write what is to be said to these firms; a second time changes nothing."""


class Waiting(Exception):  # noqa: N818 -- not an error: the run is taken up again later
    """Another run has to be finished first."""


class Walker:
    """Runs are records; the queue only wakes them."""

    def __init__(
        self, stores: PushStores, world: World, causes: Mapping[str, Callable[[MatchRun], Look]]
    ) -> None:
        self._stores = stores
        self._world = world
        self._causes = causes

    def wake(self, run: MatchRun) -> None:
        """Ask for a run to be done, unless it is."""
        if not run.finished:
            self._world.enqueue("match_policy", run.id)

    def resume(self) -> int:
        """Wake every unfinished run, oldest first: how many."""
        unfinished = self._stores.runs.unfinished()
        for run in unfinished:
            self.wake(run)
        return len(unfinished)

    def run(self, run_id: str, progress: Progress | None = None) -> None:
        """Do what is left of a run; nothing when it is finished or another run has the turn."""
        stores = self._stores
        if stores.runs.get(run_id).finished or not self._take_turn(run_id):
            return
        try:
            if stores.runs.begin(run_id, self._world.clock.now()):
                self._walk(run_id, progress)
        except Waiting:
            return
        except Exception as error:
            if stores.runs.get(run_id).attempts >= ATTEMPTS:
                stores.runs.finish(run_id, FAILED, type(error).__name__, self._world.clock.now())
            raise
        finally:
            stores.turns.release(run_id, self._world.clock.now())
        self._world.enqueue("deliver_due")
        if waiting := stores.runs.unfinished():
            # It was woken while this run had the turn, and would sleep until the clock wakes it.
            self.wake(waiting[0])

    def _walk(self, run_id: str, progress: Progress | None) -> None:
        runs, clock = self._stores.runs, self._world.clock
        run = runs.get(run_id)
        look = self._causes[run.task](run)
        total = self._world.pool.count()
        ends = time.monotonic() + TIME_LIMIT.total_seconds()
        while not look.note and (usccs := look.firms(run.cursor, BATCH)):
            if not self._take_turn(run_id) or time.monotonic() > ends:
                return  # the next tick takes it up from the cursor
            with collector_paused():
                look.match(usccs)
            runs.advance(run_id, run.cursor, usccs[-1], len(usccs), clock.now())
            run = runs.get(run_id)
            if progress:
                progress(run.firms, max(total, run.firms))
        runs.finish(run_id, DONE, look.note, clock.now())

    def _take_turn(self, run_id: str) -> bool:
        now = self._world.clock.now()
        return self._stores.turns.take(run_id, now, now + LEASE)
