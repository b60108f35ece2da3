"""Staff follow or set aside what a run proposes: one firm, some, or a whole list.

First it is written who decided what, then it is carried out: in the request for a few firms, as a job for a
list. A killed process leaves decisions waiting; each carries its own id into the firm's life, so doing one
again changes nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice

from backend.pool.life import LifeEvent
from backend.pool.rulebook import ENTRY, EXIT, TRACKED
from backend.pool.service import PoolService
from backend.pool.service.runs import ENTER, LEAVE, MOVE, TRACK, PoolRuns
from backend.pool.store.runs import DONE, Decision, PoolRun, PoolRunStore, Tally
from backend.shared.caller import Caller
from backend.shared.clock import Clock
from backend.shared.errors import NotFoundError, PolicyMapError, WrongStateError

DECIDED = (ENTER, LEAVE, MOVE, TRACK)
RULES = {LEAVE: EXIT, TRACK: TRACKED}
LEASE = timedelta(minutes=2)
BATCH, PIECE = 1000, 50
_NAMES = uuid.UUID("8c1f8f0e-9f0c-5f0e-8d0a-1b7c2f6e4d11")


@dataclass(frozen=True)
class Outcome:
    """What became of one decision of many: "" or why it could not be carried out."""

    uscc: str
    problem: str = ""


class Deciding:
    """On the lists of runs that are done; the first decision on a row stands."""

    def __init__(
        self,
        store: PoolRunStore,
        runs: PoolRuns,
        pool: PoolService,
        enqueue: Callable[..., None],
        clock: Clock,
    ) -> None:
        self._store = store
        self._runs = runs
        self._pool = pool
        self._enqueue = enqueue
        self._clock = clock

    def decide(
        self, run_id: str, usccs: Sequence[str], accept: bool, reason: str, caller: Caller
    ) -> list[Outcome]:
        """Decide on these firms and carry it out; one that fails does not stop the others."""
        run = self._runs.finished(run_id, caller)
        rows = self._store.find_rows(run_id, [name for name in DECIDED if name in run.counts], set(usccs))
        mine = self._store.claim(run_id, list(rows.values()), accept, reason, caller.label, self._clock.now())
        problems = {
            uscc: "已有决定。" if uscc in rows else "不在本次评估的待决名单中。"
            for uscc in usccs
            if uscc not in mine
        }
        for uscc, decision in self._store.decisions(run_id, sorted(mine)).items():
            problems[uscc] = self._carry_out(run, decision) if decision.waiting else ""
        return [Outcome(uscc, problems[uscc]) for uscc in dict.fromkeys(usccs)]

    def decide_list(self, run_id: str, name: str, accept: bool, reason: str, caller: Caller) -> Tally:
        """Decide on every row of a list that is still open; a job carries it out."""
        run = self._runs.finished(run_id, caller)
        if name not in DECIDED or name not in run.counts:
            raise NotFoundError("待决名单", name)
        rows = ((name, row) for row in self._store.rows(run_id, name))
        while batch := list(islice(rows, BATCH)):
            self._store.claim(run_id, batch, accept, reason, caller.label, self._clock.now())
        self._enqueue("carry_out_decisions", run_id)
        return self.tally(run_id).get(name, Tally(0, 0, 0))

    def tally(self, run_id: str) -> dict[str, Tally]:
        """How far the decisions are, list by list."""
        return self._store.tally(run_id)

    def stop(self, run_id: str, caller: Caller) -> PoolRun:
        """Carry out no more after the few in hand; WrongStateError when nothing waits."""
        run = self._runs.finished(run_id, caller)
        if run.paused or not self._store.waiting(run_id, 1):
            raise WrongStateError("没有正在执行的决定，不用停止。", id=run_id)
        self._store.pause(run_id, True)
        return self._store.get(run_id)

    def go_on(self, run_id: str, caller: Caller) -> PoolRun:
        """Go on where it was stopped; WrongStateError when it was not."""
        if not self._runs.finished(run_id, caller).paused:
            raise WrongStateError("执行没有停止，不用继续。", id=run_id)
        self._store.pause(run_id, False)
        self._enqueue("carry_out_decisions", run_id)
        return self._store.get(run_id)

    def carry_out(self, run_id: str) -> None:
        """Carry out what waits, until it is stopped; nothing when another worker is at it."""
        now = self._clock.now()
        if not self._store.take(run_id, now, now + LEASE, DONE):
            return
        while not (run := self._store.get(run_id)).paused:
            waiting = self._store.waiting(run_id, PIECE)
            if not waiting:
                break
            for decision in waiting:
                self._carry_out(run, decision)
            self._store.hold_decisions(run_id, self._clock.now() + LEASE)
        self._store.hold_decisions(run_id, self._clock.now())

    def resume(self) -> int:
        """Wake the runs with decisions that wait and were not stopped: how many."""
        waiting = [run_id for run_id in self._store.runs_waiting() if not self._store.get(run_id).paused]
        for run_id in waiting:
            self._enqueue("carry_out_decisions", run_id)
        return len(waiting)

    def _carry_out(self, run: PoolRun, decision: Decision) -> str:
        """The step it stands for, and that it is done; why it cannot be, "" when it is."""
        step, _, tier = decision.goal.partition("/")
        rules = {slug.partition("@")[0]: slug for slug in run.rules}
        event = LifeEvent(
            uuid.uuid5(_NAMES, f"{run.id}/{decision.uscc}").hex,
            step,
            self._clock.now(),
            decision.by,
            decision.reason,
            tier,
            rules.get(RULES.get(decision.list, ENTRY)) or rules.get(ENTRY, ""),
            {"run": run.id, "list": decision.list},
        )
        problem = ""
        try:
            self._pool.carry_out(decision.uscc, event, decision.seen)
        except PolicyMapError as error:
            problem = error.message
        self._store.settle(run.id, decision.uscc, problem, self._clock.now())
        return problem
