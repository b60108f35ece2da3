"""Who matched: walks the pool, finds the firms whose answer turned, and writes what they are told.

Per batch the order is: messages, deliveries, answers, cursor. A kill in between loses nothing and doubles
nothing: the next attempt finds the old answers, and writes the same messages under the same ids.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain

import structlog

from backend.catalogue.service import PublishedPolicy
from backend.companies.service import CompanyService
from backend.pool.service import PoolService
from backend.push.service.wording import compose
from backend.push.store.answers import AnswerStore, StoredAnswer
from backend.push.store.deliveries import DeliveryStore
from backend.push.store.messages import MessageStore, NewMessage
from backend.push.store.runs import DONE, FAILED, MatchRun, RunStore, TurnStore
from backend.shared.clock import Clock, in_shanghai
from backend.shared.errors import NotReadyError
from backend.shared.events import Event
from policies.eligibility import STATUSES, CompiledRules, FactTable, compile_rules, judge, judge_many
from policies.facts import FactRecord, resolve
from policies.sheet import Status

log = structlog.get_logger(__name__)

BATCH = 500
LEASE = timedelta(minutes=2)
ATTEMPTS = 5
TOLD = frozenset({"eligible", "subject_to_review"})
WITHDRAWN = "政策已撤回"

Progress = Callable[[int, int], None]
Firm = tuple[str, Sequence[FactRecord]]
Statuses = dict[str, Sequence[Status]]


@dataclass(frozen=True)
class PushStores:
    """The stores of this room."""

    runs: RunStore
    turns: TurnStore
    answers: AnswerStore
    messages: MessageStore
    deliveries: DeliveryStore


@dataclass(frozen=True)
class MatchReport:
    """What a finished run came to."""

    firms: int
    messages: int


class Matching:
    """Runs are records; the queue only wakes them."""

    def __init__(
        self,
        stores: PushStores,
        pool: PoolService,
        companies: CompanyService,
        published: Callable[[], Sequence[PublishedPolicy]],
        persons_of: Callable[[str], list[str]],
        enqueue: Callable[..., None],
        clock: Clock,
    ) -> None:
        self._stores = stores
        self._pool = pool
        self._companies = companies
        self._published = published
        self._persons_of = persons_of
        self._enqueue = enqueue
        self._clock = clock

    def on_published(self, event: Event) -> None:
        """Write the run of a published version and wake it."""
        version, change = int(event.data["version"]), str(event.data["change"])
        run_id = f"{event.subject}@{version}"
        day = in_shanghai(event.at).date()
        run = self._stores.runs.put(run_id, event.by, self._clock.now(), day, event.subject, version, change)
        if not run.finished:
            self._enqueue("match_policy", run.id)

    def start_all(self, day: date, by: str) -> MatchRun:
        """The run over all policies for a day, begun anew if it was finished."""
        run_id, now = f"all@{day.isoformat()}", self._clock.now()
        self._stores.runs.put(run_id, by, now, day, "", 0, "answer")
        self._stores.runs.restart(run_id, now)
        return self._stores.runs.get(run_id)

    def run_all(self, day: date, by: str, progress: Progress | None) -> MatchReport:
        """All that is unfinished in its order, then every policy for the day, here and now.

        NotReadyError while another process has the turn.
        """
        for run in self._stores.runs.unfinished():
            self.run(run.id)
        before = self._stores.messages.count_of_run(f"all@{day.isoformat()}")
        run = self.start_all(day, by)
        self.run(run.id, progress)
        done = self._stores.runs.get(run.id)
        if not done.finished:
            raise NotReadyError("另一进程正在匹配，请稍后再试。", retry_after=60)
        return MatchReport(done.firms, self._stores.messages.count_of_run(run.id) - before)

    def resume(self) -> int:
        """Wake every unfinished run, oldest first: how many."""
        unfinished = self._stores.runs.unfinished()
        for run in unfinished:
            self._enqueue("match_policy", run.id)
        return len(unfinished)

    def run(self, run_id: str, progress: Progress | None = None) -> None:
        """Do what is left of a run; nothing when it is finished or another run has the turn."""
        stores = self._stores
        if stores.runs.get(run_id).finished or not self._take_turn(run_id):
            return
        try:
            if stores.runs.begin(run_id, self._clock.now()):
                self._walk(run_id, progress)
        except Exception as error:
            if stores.runs.get(run_id).attempts >= ATTEMPTS:
                stores.runs.finish(run_id, FAILED, type(error).__name__, self._clock.now())
            raise
        finally:
            stores.turns.release(run_id, self._clock.now())
        self._enqueue("deliver_due")
        if waiting := stores.runs.unfinished():
            # It was woken while this run had the turn, and would sleep until the clock wakes it.
            self._enqueue("match_policy", waiting[0].id)

    def _walk(self, run_id: str, progress: Progress | None) -> None:
        runs = self._stores.runs
        run = runs.get(run_id)
        policies, note = self._policies_of(run)
        rules = compile_rules([policy.sheet for policy in policies], run.day)
        total = self._pool.count()
        while policies and (usccs := self._pool.members(run.cursor, BATCH)):
            if not self._take_turn(run_id):
                return
            self._match(run, policies, rules, usccs)
            runs.advance(run_id, run.cursor, usccs[-1], len(usccs), self._clock.now())
            run = runs.get(run_id)
            if progress:
                progress(run.firms, max(total, run.firms))
        runs.finish(run_id, DONE, note, self._clock.now())

    def _policies_of(self, run: MatchRun) -> tuple[list[PublishedPolicy], str]:
        """The policies to judge by, or none and why."""
        live = {policy.slug: policy for policy in self._published()}
        if not run.policy:
            return [policy for _, policy in sorted(live.items()) if policy.sheet.rules], ""
        policy = live.get(run.policy)
        if policy is None:
            return [], WITHDRAWN
        if policy.version != run.version:
            return [], "已有更新的版本"
        return ([policy], "") if policy.sheet.rules else ([], "政策没有可判断的条件")

    def _match(
        self, run: MatchRun, policies: Sequence[PublishedPolicy], rules: CompiledRules, usccs: Sequence[str]
    ) -> None:
        firms = list(chain.from_iterable(self._companies.iterate_facts(usccs, len(usccs))))
        statuses = _statuses(rules, firms, run.day)
        stored = self._stores.answers.get_many(usccs)
        told: list[NewMessage] = []
        answers: dict[str, dict[str, StoredAnswer]] = {}
        for place, (uscc, records) in enumerate(firms):
            answers[uscc] = {}
            for policy in policies:
                status = statuses[policy.slug][place]
                old = _counted(stored.get(uscc, {}).get(policy.slug), run)
                answers[uscc][policy.slug] = StoredAnswer(status, policy.version, run.day.isoformat())
                if status in TOLD and (old is None or old.status not in TOLD):
                    verdict = judge(policy.sheet, resolve(records, run.day), run.day)
                    told.append(compose(uscc, run, policy, verdict, old))
        self._tell(run, told)
        self._stores.answers.put_many(_moved(stored, answers), run.id, self._clock.now())

    def _tell(self, run: MatchRun, told: Sequence[NewMessage]) -> None:
        if not told:
            return
        stores, now = self._stores, self._clock.now()
        stores.messages.put_many(told, run.id, now)
        written = stores.messages.get_many([message.id for message in told])
        # Read after the rows are there: whoever is bound later finds them by the event of the binding.
        persons = {uscc: self._persons_of(uscc) for uscc in {message.uscc for message in told}}
        wanted = [
            (message, person)
            for message in written.values()
            if not message.withdrawn
            for person in persons[message.uscc]
        ]
        stores.deliveries.put_many(wanted, run.id, now)
        self._look_again({message.policy: message.version for message in told})

    def _look_again(self, versions: dict[str, int]) -> None:
        """A withdrawal that came before these rows were written did not see them."""
        live = {policy.slug for policy in self._published()}
        for slug, version in versions.items():
            if slug not in live:
                now = self._clock.now()
                self._stores.messages.withdraw(slug, version, WITHDRAWN, now)
                self._stores.deliveries.refuse_policy(slug, version, WITHDRAWN, now)

    def _take_turn(self, run_id: str) -> bool:
        now = self._clock.now()
        return self._stores.turns.take(run_id, now, now + LEASE)


def _statuses(rules: CompiledRules, firms: Sequence[Firm], on: date) -> Statuses:
    table = FactTable.from_records(firms, on, rules.facts)
    answers = judge_many(rules, table)
    return {slug: [STATUSES[code] for code in answers.statuses(slug)] for slug in rules.policies}


def _counted(old: StoredAnswer | None, run: MatchRun) -> StoredAnswer | None:
    """The answer to compare with; one from before a withdrawal counts for nothing when it is back."""
    if old is not None and run.change == "published" and old.version < run.version:
        return None
    return old


def _moved(
    stored: dict[str, dict[str, StoredAnswer]], answers: dict[str, dict[str, StoredAnswer]]
) -> dict[str, dict[str, StoredAnswer]]:
    """The answers worth a write: another status, or a new version that still says yes.

    A "no" by an older version stands for the same "no" by the new one, which spares most of the writes.
    """
    moved = {}
    for uscc, found in answers.items():
        old = stored.get(uscc, {})
        fresh = {slug: answer for slug, answer in found.items() if _differs(old.get(slug), answer)}
        if fresh:
            moved[uscc] = fresh
    return moved


def _differs(old: StoredAnswer | None, new: StoredAnswer) -> bool:
    if old is None or old.status != new.status:
        return True
    return new.status in TOLD and old.version != new.version
