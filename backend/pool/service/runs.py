"""应入尽入: who meets the rules and is not in, who is in and no longer meets them, who cannot be judged.

A run reads, judges and writes its lists, and only then is done; killed before, it starts again under the same
name and overwrites what it left. Once done it stays as it was: staff decide on its rows, one by one or many.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from time import perf_counter
from typing import Literal

from backend.companies.service import COMMISSION
from backend.pool.life import Stage
from backend.pool.rulebook import ENTRY, EXIT, LIST, TIER, TRACKED, Rulebook
from backend.pool.service import PoolService
from backend.pool.service.evaluating import UNKNOWN, UNMET, Evaluation, Evaluator, tier_of
from backend.pool.store.runs import DONE, Decision, PoolRun, PoolRunStore
from backend.shared.caller import Caller
from backend.shared.clock import Clock
from backend.shared.errors import (
    AlreadyExistsError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    PolicyMapError,
    WrongStateError,
)

Kind = Literal["monthly", "yearly", "adhoc"]
LEASE = timedelta(minutes=2)
ENTER, LEAVE, MOVE, UNJUDGED, TRACK, RECOMMEND = "enter", "leave", "move", "unjudged", "track", "recommend"
LISTS: Mapping[str, str] = {
    ENTER: "符合而不在库",
    LEAVE: "在库而不再符合",
    MOVE: "层级应调整",
    UNJUDGED: "不能判断",
    TRACK: "应跟踪而未跟踪",
    RECOMMEND: "年度推荐",
}
DECIDED = (ENTER, LEAVE, MOVE, TRACK)
# In the pool, or past it on the way that starts there.
INSIDE = frozenset({"in_pool", "applying", "certified", "maintaining", "renewal_due", "at_risk"})
MOST_DECISIONS = 500
_NAMES = uuid.UUID("8c1f8f0e-9f0c-5f0e-8d0a-1b7c2f6e4d11")

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Row:
    """A row of a list: the firm, from where to where, and what was decided."""

    uscc: str
    name: str
    now: str
    proposed: str
    decision: Decision | None = None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What became of one decision of many: "" or why it could not be carried out."""

    uscc: str
    problem: str = ""


class PoolRuns:
    """Runs are records; the queue only wakes them."""

    def __init__(
        self,
        store: PoolRunStore,
        pool: PoolService,
        evaluator: Evaluator,
        names_of: Callable[[Sequence[str]], Mapping[str, str]],
        enqueue: Callable[..., None],
        clock: Clock,
    ) -> None:
        self._store = store
        self._pool = pool
        self._evaluator = evaluator
        self._names_of = names_of
        self._enqueue = enqueue
        self._clock = clock

    def start(self, kind: Kind, caller: Caller) -> PoolRun:
        """Begin the run of this month or year, or one beside them; one that exists is given back."""
        _commission_only(caller)
        now = self._clock.now()
        names = {
            "monthly": f"{now:%Y-%m}",
            "yearly": f"yearly-{now:%Y}",
            "adhoc": f"adhoc-{now:%Y%m%d-%H%M%S}",
        }
        try:
            run = self._store.add(names[kind], kind, now.date().isoformat(), caller.label, now)
        except AlreadyExistsError:
            return self._store.get(names[kind])
        self._enqueue("evaluate_pool", run.id)
        return run

    def run(self, run_id: str, progress: Progress | None = None) -> None:
        """Do the whole run; nothing when it is done or another worker has it."""
        now = self._clock.now()
        if not self._store.take(run_id, now, now + LEASE):
            return
        run = self._store.get(run_id)
        total = self._pool.count_firms()

        def read(firms: int) -> None:
            self._store.hold(run_id, self._clock.now() + LEASE, firms)
            if progress:
                progress(firms, max(total, firms))

        begun = perf_counter()
        book = self._evaluator.rulebook()
        slugs = [ENTRY, EXIT, TRACKED, *book.starting(TIER), *book.starting(LIST)]
        found = self._evaluator.evaluate(book, slugs, date.fromisoformat(run.day), None, read)
        lists = self._lists(run, book, found)
        for name, rows in lists.items():
            self._store.write_list(run_id, name, rows, run.by, self._clock.now())
        fields = {
            "firms": len(found.table),
            "rules": [book.name(slug) for slug in slugs if slug in book.rules],
            "counts": {name: len(rows) for name, rows in lists.items()},
            "missing": {slug: found.missing(slug) for slug in (ENTRY,) if slug in book.rules},
            "figures": {
                "seconds": round(perf_counter() - begun, 3),
                "matching_seconds": round(found.seconds, 4),
            },
        }
        self._store.finish(run_id, fields, self._clock.now())

    def resume(self) -> int:
        """Wake the runs nobody holds: how many."""
        waiting = self._store.unfinished(self._clock.now())
        for run_id in waiting:
            self._enqueue("evaluate_pool", run_id)
        return len(waiting)

    def read(self, run_id: str, caller: Caller) -> PoolRun:
        """One run; NotFoundError."""
        _commission_only(caller)
        return self._store.get(run_id)

    def list_runs(
        self, caller: Caller, limit: int, cursor: str | None
    ) -> tuple[list[PoolRun], int, str | None]:
        """All runs, newest first."""
        _commission_only(caller)
        page = self._store.page(limit, cursor)
        return list(page.items), page.total, page.next_cursor

    def rows(self, run_id: str, name: str, caller: Caller, limit: int, after: str) -> list[Row]:
        """The next rows of a list after a USCC, as they were frozen, with what was decided since."""
        run = self.read(run_id, caller)
        if run.status != DONE:
            raise WrongStateError("评估尚未完成，请稍后再看。", id=run_id)
        if name not in run.counts:
            raise NotFoundError("名单", name)
        found = list(islice(self._store.rows(run_id, name, after), limit))
        usccs = [row[0] for row in found]
        names, decisions = self._names_of(usccs), self._store.decisions(run_id, usccs)
        missing = self._missing(usccs, run) if name == UNJUDGED else {}
        return [
            Row(row[0], names.get(row[0], ""), row[1], row[2], decisions.get(row[0]), missing.get(row[0], ()))
            for row in found
        ]

    def decide(
        self, run_id: str, usccs: Sequence[str], accept: bool, reason: str, caller: Caller
    ) -> list[Outcome]:
        """Follow or set aside what the run proposes for these firms; one that fails does not stop the others.

        Once decided a row stays decided; the life's event carries an id of the run and the firm, so that a
        decision killed half way is carried out once when it is made again.
        """
        run = self.read(run_id, caller)
        if run.status != DONE:
            raise WrongStateError("评估尚未完成，暂不能决定。", id=run_id)
        if len(usccs) > MOST_DECISIONS:
            raise InvalidInputError.at("usccs", f"一次最多{MOST_DECISIONS}家。")
        standing = self._store.find_rows(run_id, [n for n in DECIDED if n in run.counts], set(usccs))
        decided = self._store.decisions(run_id, usccs)
        outcomes = []
        for uscc in dict.fromkeys(usccs):
            problem = ""
            if uscc not in standing:
                problem = "不在本次评估的待决名单中。"
            elif uscc in decided:
                problem = "已有决定。"
            else:
                try:
                    if accept:
                        self._carry_out(run, *standing[uscc], reason, caller)
                    self._store.decide(run_id, uscc, accept, reason, caller.label, self._clock.now())
                except PolicyMapError as error:
                    problem = error.message
            outcomes.append(Outcome(uscc, problem))
        return outcomes

    def _carry_out(self, run: PoolRun, name: str, row: Sequence[str], reason: str, caller: Caller) -> None:
        step, _, tier = row[2].partition("/")
        rules = {slug.partition("@")[0]: slug for slug in run.rules}
        rule = rules.get({LEAVE: EXIT, TRACK: TRACKED}.get(name, ENTRY)) or rules.get(ENTRY, "")
        event_id = uuid.uuid5(_NAMES, f"{run.id}/{row[0]}").hex
        evidence = {"run": run.id, "list": name}
        self._pool.carry_out(row[0], Stage(step, tier), caller, reason, rule, evidence, event_id, row[1])

    def _lists(self, run: PoolRun, book: Rulebook, found: Evaluation) -> dict[str, list[list[str]]]:
        stages = dict(self._pool.stages())
        tiers, meets = found.tiers(), set(found.firms(ENTRY))
        fails, exits = set(found.firms(ENTRY, {UNMET})), set(found.firms(EXIT))
        lists: dict[str, list[list[str]]] = {name: [] for name in (ENTER, LEAVE, MOVE, UNJUDGED, TRACK)}
        for uscc in sorted(found.table.keys):
            now = stages.get(uscc, "")
            step = now.partition("/")[0]
            proposed = f"in_pool/{tier_of(tiers, uscc)}"
            if step == "in_pool" and (uscc in exits or uscc in fails):
                lists[LEAVE].append([uscc, now, "left"])
            elif uscc in meets and step not in INSIDE and step != "closed":
                lists[ENTER].append([uscc, now, proposed])
            elif uscc in meets and step == "in_pool" and now != proposed:
                lists[MOVE].append([uscc, now, proposed])
        for uscc in found.firms(ENTRY, {UNKNOWN}):
            lists[UNJUDGED].append([uscc, stages.get(uscc, ""), ""])
        entering = {row[0] for row in lists[ENTER]}
        for uscc in found.firms(TRACKED):
            if not stages.get(uscc) and uscc not in entering:
                lists[TRACK].append([uscc, "", "tracked"])
        for slug in book.starting(LIST):
            lists[slug] = [[uscc, stages.get(uscc, ""), ""] for uscc in found.firms(slug)]
        if run.kind == "yearly":
            promoted = [uscc for uscc, tier in tiers.items() if tier == "promote" and uscc in meets]
            lists[RECOMMEND] = [[uscc, stages.get(uscc, ""), ""] for uscc in promoted]
        return {name: sorted(rows) for name, rows in lists.items()}

    def _missing(self, usccs: Sequence[str], run: PoolRun) -> dict[str, tuple[str, ...]]:
        """Firm -> the labels of the facts by which it could be judged."""
        book, found = self._evaluator.rulebook(), {}
        for uscc in usccs:
            verdict = self._evaluator.explain(book, ENTRY, uscc, date.fromisoformat(run.day))
            found[uscc] = tuple(wanted.label for wanted in verdict.wanted) if verdict else ()
        return found


def _commission_only(caller: Caller) -> None:
    if caller.kind != "system" and not (caller.kind == "staff" and caller.has(*COMMISSION)):
        raise ForbiddenError
