"""A course or an institution that closes a gap a firm has."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from backend.push.limits import limits
from backend.push.service.telling import Teller, Telling
from backend.push.service.wording import help_message
from backend.push.service.world import Help, World
from backend.push.store import PushStores
from backend.push.store.runs import MatchRun
from policies.eligibility import ConditionAnswer, Verdict, judge
from policies.facts import resolve


class HelpLook:
    """Tells firms near a policy that lack what is offered; of one offer once (a new day re-arms)."""

    def __init__(self, run: MatchRun, stores: PushStores, world: World, teller: Teller) -> None:
        self._run, self._stores, self._world, self._teller = run, stores, world, teller
        self._help = world.find_help(run.change, run.subject)
        self.note = "" if self._help else "已不在列"
        slugs = {condition.partition("/")[0] for condition in self._help.helps} if self._help else set()
        wide = bool(self._help and self._help.help_kinds)
        self._policies = [
            policy
            for policy in world.published()
            if policy.sheet.worth_telling and (wide or policy.slug in slugs)
        ]
        self.firms = world.pool.members if self._policies else (lambda _after, _limit: ())

    def match(self, usccs: Sequence[str]) -> None:
        assert self._help is not None
        cause = f"{self._help.kind}.{self._help.id}"
        told = set() if self._help.day else self._stores.messages.told(usccs, cause, self._run.id)
        tellings = []
        for uscc, records in chain.from_iterable(self._world.companies.iterate_facts(usccs, len(usccs))):
            if uscc in told:
                continue
            facts = resolve(records, self._run.day)
            for policy in self._policies:
                verdict = judge(policy.sheet, facts, self._run.day)
                closed = _closed(verdict, self._help)
                if closed:
                    message = help_message(uscc, self._run, self._help, policy, verdict, closed)
                    tellings.append(Telling(message))
                    break
        self._teller.tell(tellings, self._run.id)


def _closed(verdict: Verdict, offered: Help) -> list[ConditionAnswer]:
    """The unmet conditions the offer is attached to; none when the firm is far from the policy anyway."""
    unmet = [answer for answer in verdict.conditions if answer.state == "unmet"]
    if verdict.status != "ineligible" or len(unmet) > limits().help_open_conditions:
        return []
    return [
        answer for answer in unmet if answer.id in offered.helps or set(answer.help) & set(offered.help_kinds)
    ]
