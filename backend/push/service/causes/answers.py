"""An answer changed: by a publication, an edited rule, a fact that came in, or a day that passed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain

from backend.catalogue.service import PublishedPolicy
from backend.push.service.answer_wording import answer_message, answer_words
from backend.push.service.causes.firms import Chosen
from backend.push.service.causes.material import changes_since
from backend.push.service.firm_table import FirmTable
from backend.push.service.telling import RECOVERED, SUPERSEDED, WITHDRAWN, Teller, Telling
from backend.push.service.world import World
from backend.push.store import PushStores
from backend.push.store.answers import TOLD, Answers, StoredAnswer
from backend.push.store.deliveries import TRIED
from backend.push.store.messages import NewMessage
from backend.push.store.runs import MatchRun
from policies.eligibility import STATUSES, Alike, AlikeFirms, Verdict, compile_rules, names_to_judge
from policies.facts import resolve
from policies.sheet import Status

ALL, CHANGED, NIGHT = "all", "changed", "night"
# A firm, its answer now and the one it is compared with.
Turned = tuple[Alike, Status, StoredAnswer | None]


class AnswerLook:
    """Compares what the rules say now with what was stored, and tells the firms whose answer turned."""

    def __init__(
        self, run: MatchRun, stores: PushStores, world: World, teller: Teller, table: FirmTable
    ) -> None:
        self._run, self._stores, self._world, self._teller = run, stores, world, teller
        self._policies, self.note = self._policies_of(run)
        self._rules = compile_rules([policy.sheet for policy in self._policies], run.day)
        self._names = names_to_judge(self._rules, [policy.sheet for policy in self._policies])
        self._changes = changes_since(run, self._policies, stores, world) if run.policy else []
        self.firms: Callable[[str, int], Sequence[str]] = Chosen(())
        if self._policies:
            self.firms = self._firms(table)

    def match(self, usccs: Sequence[str]) -> None:
        """Messages, deliveries, answers: in this order."""
        changes = [] if self._run.policy else self._stores.changes.tokens(usccs)
        firms = AlikeFirms(self._rules)
        batches = self._world.companies.iterate_facts(usccs, len(usccs), self._names)
        for uscc, records in chain.from_iterable(batches):
            firms.put(uscc, resolve(records, self._run.day))
        stored = self._stores.answers.get_many(usccs, self._rules.policies)
        statuses = firms.statuses()
        tellings: list[Telling] = []
        moved: Answers = {}
        for policy in self._policies:
            turned: list[Turned] = []
            said = {
                status: StoredAnswer(status, policy.version, self._run.day.isoformat()) for status in STATUSES
            }
            for firm, status in statuses[policy.slug]:
                kept = stored.get(firm.uscc, {}).get(policy.slug)
                old = self._counted(kept)
                if _turned(old, status):
                    turned.append((firm, status, old))
                if _differs(kept, said[status]):
                    moved.setdefault(firm.uscc, {})[policy.slug] = said[status]
            tellings += self._tellings(firms, policy, turned)
        self._teller.tell(tellings, self._run.id)
        self._stores.answers.put_many(moved, self._run.id, self._world.clock.now(), stored)
        if changes:
            self._stores.changes.see(changes, self._world.clock.now())

    def _tellings(
        self, firms: AlikeFirms, policy: PublishedPolicy, turned: Sequence[Turned]
    ) -> Iterator[Telling]:
        """One message each; of those that lost a yes only where it was told, or could be used now."""
        words: dict[tuple[int, StoredAnswer | None], NewMessage] = {}
        told = self._were_told(policy, [firm.uscc for firm, status, _ in turned if status not in TOLD])
        self._take_back(
            f"{firm.uscc}:{policy.slug}.lost:{self._run.day.isoformat()}"
            for firm, status, old in turned
            if status in TOLD and old is not None and old.status not in TOLD
        )
        for firm, status, old in turned:
            if status in TOLD or firm.uscc in told or self._open_now(firms.verdict(policy.sheet, firm)):
                alike = (firm.pattern, old)
                if alike not in words:
                    verdict = firms.verdict(policy.sheet, firm)
                    words[alike] = answer_words(self._run, policy, verdict, old, self._changes)
                yield Telling(answer_message(firm.uscc, firm.facts, words[alike]))

    def _open_now(self, verdict: Verdict) -> bool:
        return verdict.rule is not None and any(w.holds(self._run.day) for w in verdict.rule.windows)

    def _take_back(self, lost: Iterable[str]) -> None:
        """The answer was lost and came back within a day: the word of its loss no longer holds."""
        if messages := list(lost):
            now, deliveries = self._world.clock.now(), self._stores.deliveries
            self._stores.messages.withdraw_ids(messages, RECOVERED, now)
            deliveries.refuse([row.id for row in deliveries.of_messages(messages)], RECOVERED, now)

    def _were_told(self, policy: PublishedPolicy, usccs: Sequence[str]) -> set[str]:
        """Whom a "yes" reached; one that is still on its way is stopped, with the reason."""
        if not usccs:
            return set()
        sent = [m for m in self._stores.messages.of_policy(policy.slug, usccs) if m.kind == "answer"]
        standing = {message.id: message.uscc for message in sent if not message.withdrawn}
        now, deliveries = self._world.clock.now(), self._stores.deliveries
        deliveries.refuse([row.id for row in deliveries.of_messages(list(standing))], SUPERSEDED, now)
        told = {row.message for row in deliveries.of_messages(list(standing)) if row.state in TRIED}
        self._stores.messages.withdraw_ids([m for m in standing if m not in told], SUPERSEDED, now)
        return {standing[message] for message in told}

    def _counted(self, old: StoredAnswer | None) -> StoredAnswer | None:
        """The answer to compare with; one from before a withdrawal counts for nothing when it is back."""
        if old is not None and self._run.change == "published" and old.version < self._run.version:
            return None
        return old

    def _policies_of(self, run: MatchRun) -> tuple[list[PublishedPolicy], str]:
        """The policies to judge by, or none and why."""
        live = {policy.slug: policy for policy in self._world.published()}
        if not run.policy:
            return [policy for _, policy in sorted(live.items()) if policy.sheet.worth_telling], ""
        policy = live.get(run.policy)
        if policy is None:
            return [], WITHDRAWN
        if policy.version != run.version:
            return [], "已有更新的版本"
        return ([policy], "") if policy.sheet.worth_telling else ([], "政策没有可主动告知的条件")

    def _firms(self, table: FirmTable) -> Callable[[str, int], Sequence[str]]:
        """Whom to look at: everybody, or those the table and the changes nominate."""
        pool = self._world.pool
        if self._run.policy:
            return Chosen(self._nominated(table, table.members()))
        last = self._stores.runs.last_done("answers", subject=NIGHT)
        if self._run.subject == CHANGED:
            return self._changed
        if self._run.subject == ALL or last is None or last.day.year != self._run.day.year:
            return pool.members
        members = table.members()
        before = compile_rules([policy.sheet for policy in self._policies], last.day)
        turned = table.differing(before, self._rules, members)
        reached = set(members)
        return Chosen({*turned, *(uscc for uscc in _every(self._stores.changes.unseen) if uscc in reached)})

    def _nominated(self, table: FirmTable, members: Sequence[str]) -> list[str]:
        slug, version = self._run.policy, self._run.version
        stored = self._stores.answers.of_policy(slug)
        statuses: Sequence[Status] = table.statuses(self._rules, members)[slug]
        day = self._run.day.isoformat()
        return [
            uscc
            for uscc, status in zip(members, statuses, strict=True)
            if (status in TOLD or uscc in stored)
            and (
                _differs(stored.get(uscc), StoredAnswer(status, version, day))
                or _turned(self._counted(stored.get(uscc)), status)
            )
        ]

    def _changed(self, after: str, limit: int) -> Sequence[str]:
        """The next changed firms that pushes reach; the others are only ticked off."""
        while usccs := self._stores.changes.unseen(after, limit):
            tokens = dict(zip(usccs, self._stores.changes.tokens(usccs), strict=True))
            reached = self._world.pool.reached(usccs)
            gone = [tokens[uscc] for uscc in usccs if uscc not in reached]
            self._stores.changes.see(gone, self._world.clock.now())
            if reached:
                return reached
            after = usccs[-1]
        return ()


def _turned(old: StoredAnswer | None, status: str) -> bool:
    """Whether there is something to say: a yes that was not said, or a yes that no longer holds."""
    if status in TOLD:
        return old is None or old.status != status
    return old is not None and old.status in TOLD


def _differs(old: StoredAnswer | None, new: StoredAnswer) -> bool:
    """Whether the answer is worth a write; a firm that was never told anything needs no "no"."""
    if old is None:
        return new.status in TOLD
    return old.status != new.status or (new.status in TOLD and old.version != new.version)


def _every(page: Callable[[str, int], Sequence[str]]) -> list[str]:
    found: list[str] = []
    while rows := page(found[-1] if found else "", 5000):
        found += rows
    return found
