"""Before publishing: how many firms would hear of it, which and why, by which way and at what cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import chain

from backend.push.limits import kind_named
from backend.push.service.answer_wording import answer_message, answer_words
from backend.push.service.carriers import WECHAT
from backend.push.service.causes.material import changes_since
from backend.push.service.firm_table import FirmTable
from backend.push.service.readers import Readers
from backend.push.service.world import World
from backend.push.store import PushStores
from backend.push.store.answers import TOLD
from backend.push.store.messages import NewMessage
from backend.push.store.runs import MatchRun
from backend.shared.clock import start_of
from policies.eligibility import compile_rules, judge
from policies.facts import resolve

SHOWN = 100
SAMPLES = 3


@dataclass(frozen=True)
class Preview:
    """What publishing would do today; `permits` would be spent, `without_permit` have none to spend."""

    policy: str
    version: int
    looked_at: int
    told: int
    lost: int
    silent: int
    firms: tuple[str, ...]
    persons: int
    carriers: Mapping[str, int]
    permits: int
    without_permit: int
    nobody_bound: int
    followers: int
    samples: tuple[NewMessage, ...]


class Previewing:
    """Judges the working text as if it were published now; nothing is written."""

    def __init__(self, stores: PushStores, world: World, readers: Readers, table: FirmTable) -> None:
        self._stores = stores
        self._table = table
        self._world = world
        self._readers = readers

    def preview(self, slug: str) -> Preview:
        """The working text of a policy; NotFoundError if there is none."""
        draft = self._world.draft(slug)
        today = self._world.clock.today()
        live = any(policy.slug == slug for policy in self._world.published())
        change = "updated" if live else "published"
        run = _as_if(slug, draft.version, change, today)
        stored = self._stores.answers.of_policy(slug)
        counts: Counter[str] = Counter()
        told: list[str] = []
        samples: list[NewMessage] = []
        changes = changes_since(run, [draft], self._stores, self._world)
        members = self._table.members() if draft.sheet.worth_telling else []
        rules = compile_rules([draft.sheet], today)
        statuses = self._table.statuses(rules, members)[slug] if members else []
        for uscc, status in zip(members, statuses, strict=True):
            old = stored.get(uscc) if live else None
            counts["looked_at"] += 1
            if status in TOLD and (old is None or old.status != status):
                told.append(uscc)
            else:
                lost = old is not None and old.status in TOLD and status not in TOLD
                counts["lost" if lost else "silent"] += 1
        for uscc, records in chain.from_iterable(self._world.companies.iterate_facts(told[:SAMPLES])):
            facts = resolve(records, today)
            verdict = judge(draft.sheet, facts, today)
            old = stored.get(uscc) if live else None
            samples.append(answer_message(uscc, facts, answer_words(run, draft, verdict, old, changes)))
        return self._summed(slug, draft.version, counts, told, samples)

    def _summed(
        self, slug: str, version: int, counts: Counter[str], told: list[str], samples: list[NewMessage]
    ) -> Preview:
        bound = self._world.persons_of(told) if told else {}
        persons = sorted({person for found in bound.values() for person in found})
        carriers = self._readers.carriers_for(persons) if persons else {}
        ways: Counter[str] = Counter(inbox=sum(len(found) for found in bound.values()))
        free = {who: len(left) for who, left in self._stores.permits.free(persons).items()} if persons else {}
        template, permits, without = kind_named("answer").template, 0, 0
        for found in bound.values():
            for person in found:
                if person not in carriers:
                    continue
                ways[carriers[person]] += 1
                if carriers[person] == WECHAT:
                    left = free.get((person, template), 0)
                    permits += left > 0
                    without += left == 0
                    free[person, template] = max(0, left - 1)
        return Preview(
            policy=slug,
            version=version,
            looked_at=counts["looked_at"],
            told=len(told),
            lost=counts["lost"],
            silent=counts["silent"],
            firms=tuple(told[:SHOWN]),
            persons=len(persons),
            carriers=dict(ways),
            permits=permits,
            without_permit=without,
            nobody_bound=sum(not bound.get(uscc) for uscc in told),
            followers=len(self._stores.follows.of_policy(slug)),
            samples=tuple(samples),
        )


def _as_if(slug: str, version: int, change: str, today: date) -> MatchRun:
    """The run that publishing would start."""
    now = start_of(today)
    return MatchRun(
        f"{slug}@{version}", "answers", "", "", slug, version, change, today, "", "", 0, 0, "", now, now
    )
