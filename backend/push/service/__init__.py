"""Push: exactly the firms whose answer turned, once, with the reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from backend.catalogue.service import PublishedPolicy
from backend.companies.service import CompanyService
from backend.pool.service import PoolService
from backend.push.service.delivering import Delivering
from backend.push.service.inbox import Inbox, InboxItem, MessageView
from backend.push.service.matching import Matching, MatchReport, Progress, PushStores
from backend.push.store.answers import AnswerStore
from backend.push.store.deliveries import Delivery, DeliveryStore
from backend.push.store.messages import Message, MessageStore
from backend.push.store.runs import MatchRun, RunStore, TurnStore
from backend.shared.caller import SYSTEM, Caller
from backend.shared.clock import Clock
from backend.shared.events import Event
from backend.shared.paging import Page


def open_stores() -> PushStores:
    """The stores of this room."""
    return PushStores(RunStore(), TurnStore(), AnswerStore(), MessageStore(), DeliveryStore())


class PushService:
    """`enqueue` gets the names match_policy and deliver_due, which wiring serves by the methods so called."""

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
        self._enqueue = enqueue
        self._clock = clock
        self._matching = Matching(stores, pool, companies, published, persons_of, enqueue, clock)
        self._delivering = Delivering(stores.messages, stores.deliveries, persons_of, clock)
        self.inbox = Inbox(stores.messages, stores.deliveries, companies, clock)

    def on_policy_published(self, event: Event) -> None:
        """Listens to policy.published."""
        self._matching.on_published(event)

    def on_policy_withdrawn(self, event: Event) -> None:
        """Listens to policy.withdrawn."""
        self._delivering.on_withdrawn(event)

    def on_binding(self, event: Event) -> None:
        """Listens to person.bound and person.unbound."""
        self._delivering.on_binding(event)

    def match_policy(self, run_id: str) -> None:
        """Task: do what is left of a run."""
        self._matching.run(run_id)

    def match_all(self, day: date, progress: Progress | None = None, by: str = SYSTEM.label) -> MatchReport:
        """Every published policy for every firm of the pool, here and now."""
        return self._matching.run_all(day, by, progress)

    def start_match(self, day: date | None, caller: Caller) -> MatchRun:
        """The same by the queue, for a day or for today."""
        run = self._matching.start_all(day or self._clock.today(), caller.label)
        self._enqueue("match_policy", run.id)
        return run

    def resume_runs(self) -> int:
        """Wake unfinished runs: how many."""
        return self._matching.resume()

    def deliver(self, delivery_id: str) -> bool:
        """Put one pending delivery into the inbox."""
        return self._delivering.deliver(delivery_id)

    def deliver_due(self) -> int:
        """Task: put all pending deliveries into their inboxes; how many got there."""
        return self._delivering.deliver_due()

    def list_runs(self, limit: int, cursor: str | None) -> Page[MatchRun]:
        """Match runs, newest first."""
        return self._stores.runs.page(limit, cursor)

    def count_messages(self, run: MatchRun) -> int:
        """How many messages a run wrote."""
        return self._stores.messages.count_of_run(run.id)

    def count_about(self, policy: str) -> int:
        """How many messages there are about a policy."""
        return self._stores.messages.page({"policy": policy}, 1, None).total

    def export_person(self, person_id: str) -> dict[str, object]:
        """Everything this room holds of a person."""
        return self.inbox.export_person(person_id)

    def erase_person(self, person_id: str) -> dict[str, object]:
        """Erase it; twice does no harm."""
        return self.inbox.erase_person(person_id)


__all__ = [
    "Delivery",
    "InboxItem",
    "MatchReport",
    "MatchRun",
    "Message",
    "MessageView",
    "PushService",
    "PushStores",
    "open_stores",
]
