"""应入尽入: who meets the rules and is not in, who is in and no longer meets them, who cannot be judged.

A run reads, judges and writes its lists, and only then is done; killed before, it starts again under the same
name and overwrites what it left. Once done it stays as it was.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from time import perf_counter
from typing import Literal

import structlog

from backend.companies.service import COMMISSION
from backend.pool.rulebook import ENTRY, EXIT, LIST, TIER, TRACKED, Rulebook
from backend.pool.service import PoolService
from backend.pool.service.evaluating import UNMET, Evaluation, Evaluator, tier_of
from backend.pool.store.runs import DONE, Decision, NamesOf, PoolRun, PoolRunStore
from backend.shared.caller import Caller
from backend.shared.clock import Clock
from backend.shared.errors import AlreadyExistsError, ForbiddenError, NotFoundError, WrongStateError
from policies.facts import registry

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
# In the pool, or past it on the way that starts there.
INSIDE = frozenset({"in_pool", "applying", "certified", "maintaining", "renewal_due", "at_risk"})

log = structlog.get_logger(__name__)

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


class _TakenOver(Exception):
    """This worker stood still for so long that another has begun again."""


class PoolRuns:
    """Runs are records; the queue only wakes them."""

    def __init__(
        self,
        store: PoolRunStore,
        pool: PoolService,
        evaluator: Evaluator,
        names_of: NamesOf,
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
        held = now + LEASE
        if not self._store.take(run_id, now, held):
            return
        total = self._pool.count_firms()

        def hold(firms: int) -> None:
            nonlocal held
            until = self._clock.now() + LEASE
            if not self._store.hold(run_id, held, until, firms):
                raise _TakenOver
            held = until
            if progress:
                progress(firms, max(total, firms))

        try:
            self._evaluate(self._store.get(run_id), hold)
        except _TakenOver:
            log.warning("pool_run_taken_over", run=run_id)

    def _evaluate(self, run: PoolRun, hold: Callable[[int], None]) -> None:
        """Judge all firms, write the lists, close the run; `hold` fails once another worker has begun."""
        begun = perf_counter()
        book = self._evaluator.rulebook()
        slugs = [ENTRY, EXIT, TRACKED, *book.starting(TIER), *book.starting(LIST)]
        found = self._evaluator.evaluate(book, slugs, date.fromisoformat(run.day), None, hold)
        wanted = self._evaluator.wanted_facts(book, ENTRY, found)
        lists = self._lists(run, book, found, wanted)
        for name, rows in lists.items():
            hold(len(found.table))
            self._store.write_list(run.id, name, rows, self._names_of, run.by, self._clock.now())
        hold(len(found.table))
        fields = {
            "firms": len(found.table),
            "rules": [book.name(slug) for slug in slugs if slug in book.rules],
            "counts": {name: len(rows) for name, rows in lists.items()},
            "labels": {slug: book.rules[slug].sheet.title for slug in book.starting(LIST)},
            "missing": {ENTRY: _counted(wanted)},
            "figures": {
                "seconds": round(perf_counter() - begun, 3),
                "matching_seconds": round(found.seconds, 4),
            },
        }
        self._store.finish(run.id, fields, self._clock.now())

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

    def finished(self, run_id: str, caller: Caller) -> PoolRun:
        """The same once it is done; WrongStateError before."""
        run = self.read(run_id, caller)
        if run.status != DONE:
            raise WrongStateError("评估尚未完成，请稍后再看。", id=run_id)
        return run

    def list_runs(
        self, caller: Caller, limit: int, cursor: str | None
    ) -> tuple[list[PoolRun], int, str | None]:
        """All runs, newest first."""
        _commission_only(caller)
        page = self._store.page(limit, cursor)
        return list(page.items), page.total, page.next_cursor

    def rows(self, run_id: str, name: str, caller: Caller, limit: int, after: str) -> list[Row]:
        """The next rows of a list after a USCC, as they were frozen, with what was decided since."""
        run = self.finished(run_id, caller)
        if name not in run.counts:
            raise NotFoundError("名单", name)
        found = list(islice(self._store.named_rows(run_id, name, after), limit))
        decisions = self._store.decisions(run_id, [row[0] for row, _ in found])
        nameless = [row[0] for row, kept in found if kept is None]
        present = self._names_of(nameless) if nameless else {}
        return [
            Row(
                row[0],
                present.get(row[0], "") if kept is None else kept,
                row[1],
                row[2],
                decisions.get(row[0]),
                _labels(row[3:]),
            )
            for row, kept in found
        ]

    def _lists(
        self, run: PoolRun, book: Rulebook, found: Evaluation, wanted: Mapping[str, Sequence[str]]
    ) -> dict[str, list[list[str]]]:
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
        for uscc, facts in wanted.items():
            lists[UNJUDGED].append([uscc, stages.get(uscc, ""), "", *facts])
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


def label_of(run: PoolRun, name: str) -> str:
    """What a list of the run is called."""
    return LISTS.get(name) or run.labels.get(name, name)


def _counted(wanted: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Fact -> how many firms cannot be judged for want of it, the most wanted first."""
    return dict(Counter(fact for facts in wanted.values() for fact in facts).most_common())


def _labels(facts: Sequence[str]) -> tuple[str, ...]:
    known = registry()
    return tuple(known[fact].label for fact in facts if fact in known)


def _commission_only(caller: Caller) -> None:
    if caller.kind != "system" and not (caller.kind == "staff" and caller.has(*COMMISSION)):
        raise ForbiddenError
