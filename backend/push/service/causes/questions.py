"""One fact would settle it: the firm is asked, instead of being promised anything."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import chain

from backend.push.limits import limits
from backend.push.service.causes.firms import Chosen
from backend.push.service.firm_table import FirmTable
from backend.push.service.telling import Teller, Telling
from backend.push.service.wording import question_message
from backend.push.service.world import World
from backend.push.store import PushStores
from backend.push.store.runs import MatchRun
from policies.eligibility import best_question, compile_rules, judge
from policies.facts import resolve

# A fact computed from others counts once for each fact it feeds, so a little more than one may look missing.
NOMINATED_MISSING = 4


class QuestionLook:
    """At most one question per firm and fortnight (limits.yaml), the one that settles most."""

    def __init__(
        self, run: MatchRun, stores: PushStores, world: World, teller: Teller, table: FirmTable
    ) -> None:
        self._run, self._stores, self._world, self._teller = run, stores, world, teller
        live = [policy for policy in world.published() if policy.sheet.worth_telling]
        self._policies = [policy for policy in live if run.policy in ("", policy.slug)]
        self.note = "" if self._policies else "没有可判断的政策"
        found: set[str] = set()
        members = table.members()
        for policy in self._policies:
            rules = compile_rules([policy.sheet], run.day)
            statuses = table.statuses(rules, members)[policy.slug]
            few = set(table.few_missing(rules, NOMINATED_MISSING, members))
            found.update(
                uscc
                for uscc, status in zip(members, statuses, strict=True)
                if status == "unknown" and uscc in few
            )
        self.firms = Chosen(found)

    def match(self, usccs: Sequence[str]) -> None:
        since = self._world.clock.now() - timedelta(days=limits().question_every_days)
        asked = self._stores.messages.told_since(usccs, "question", since, self._run.id)
        tellings = []
        for uscc, records in chain.from_iterable(self._world.companies.iterate_facts(usccs, len(usccs))):
            if uscc in asked:
                continue
            facts = resolve(records, self._run.day)
            verdicts = [judge(policy.sheet, facts, self._run.day) for policy in self._policies]
            question = best_question([verdict for verdict in verdicts if len(verdict.wanted) == 1])
            if question is not None:
                titles = {policy.slug: policy.sheet.title for policy in self._policies}
                tellings.append(Telling(question_message(uscc, self._run, question, titles)))
        self._teller.tell(tellings, self._run.id)
