"""A policy was withdrawn: whoever was told of it gets one correction."""

from __future__ import annotations

from collections.abc import Sequence

from backend.push.service.telling import Teller, Telling
from backend.push.service.wording import correction_message
from backend.push.service.world import World
from backend.push.store import PushStores
from backend.push.store.deliveries import NOT_SENT, TRIED
from backend.push.store.runs import MatchRun


class WithdrawalLook:
    """Walks the firms that have messages of the policy, and writes to the persons they reached."""

    def __init__(self, run: MatchRun, stores: PushStores, world: World, teller: Teller) -> None:
        self._run, self._stores, self._teller = run, stores, teller
        back = any(policy.slug == run.policy for policy in world.published())
        self.note = "政策已重新发布" if back else ""
        self._world = world

    def firms(self, after: str, limit: int) -> Sequence[str]:
        return self._stores.messages.firms_of_policy(self._run.policy, after, limit)

    def match(self, usccs: Sequence[str]) -> None:
        sent = [
            message
            for message in self._stores.messages.of_policy(self._run.policy, usccs)
            if message.kind != "correction" and message.version <= self._run.version
        ]
        rows = self._stores.deliveries.of_messages([message.id for message in sent])
        reached = [row for row in rows if row.state in TRIED]
        # Paid for by a worker that died before it could send.
        self._stores.permits.give_back([row.id for row in rows if row.state == NOT_SENT])
        bound = self._world.persons_of(usccs)
        tellings = []
        for uscc in usccs:
            told = sorted({d.person for d in reached if d.uscc == uscc} & set(bound.get(uscc, ())))
            titles = [message for message in sent if message.uscc == uscc]
            if told:
                tellings.append(Telling(correction_message(uscc, self._run, titles), tuple(told)))
        self._teller.tell(tellings, self._run.id)
