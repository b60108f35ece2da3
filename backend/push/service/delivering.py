"""From a pending delivery to a person's inbox; and what withdrawals and bindings change about it."""

from __future__ import annotations

from collections.abc import Callable

from backend.push.service.matching import WITHDRAWN
from backend.push.store.deliveries import Delivery, DeliveryStore
from backend.push.store.messages import Message, MessageStore
from backend.shared.clock import Clock
from backend.shared.events import Event

UNBOUND = "人员已不再代表该企业"
BATCH = 200


class Delivering:
    """The inbox is the truth: delivered means it can be read there."""

    def __init__(
        self,
        messages: MessageStore,
        deliveries: DeliveryStore,
        persons_of: Callable[[str], list[str]],
        clock: Clock,
    ) -> None:
        self._messages = messages
        self._deliveries = deliveries
        self._persons_of = persons_of
        self._clock = clock

    def deliver(self, delivery_id: str) -> bool:
        """Put one pending delivery into the inbox; False when it was not pending or may not be sent."""
        delivery = self._deliveries.find(delivery_id)
        if delivery is None:
            return False
        return self._deliver(delivery, self._messages.get_many([delivery.message]).get(delivery.message))

    def deliver_due(self) -> int:
        """Put all pending deliveries into their inboxes: how many got there."""
        done, after = 0, ""
        while batch := self._deliveries.pending(after, BATCH):
            messages = self._messages.get_many([delivery.message for delivery in batch])
            done += sum(self._deliver(delivery, messages.get(delivery.message)) for delivery in batch)
            after = batch[-1].id
        return done

    def on_withdrawn(self, event: Event) -> None:
        """A policy was withdrawn: mark its messages, hold back what is pending."""
        version, now = int(event.data["version"]), self._clock.now()
        self._messages.withdraw(event.subject, version, WITHDRAWN, now)
        self._deliveries.refuse_policy(event.subject, version, WITHDRAWN, now)

    def on_binding(self, event: Event) -> None:
        """A person was bound to a firm or no longer is; what holds is read anew, so order does not matter."""
        person, uscc = str(event.data["person"]), str(event.data["uscc"])
        now = self._clock.now()
        if person not in self._persons_of(uscc):
            self._deliveries.refuse_person(person, uscc, UNBOUND, now)
            return
        self._deliveries.revive(person, uscc, UNBOUND, now)
        messages = [message for message in self._messages.of_firm(uscc) if not message.withdrawn]
        self._deliveries.put_many([(message, person) for message in messages], event.by, now)
        known = {message.id: message for message in messages}
        for delivery in self._deliveries.of_person(person):
            if delivery.uscc == uscc:
                self._deliver(delivery, known.get(delivery.message))

    def _deliver(self, delivery: Delivery, message: Message | None) -> bool:
        now = self._clock.now()
        if message is None or message.withdrawn:
            self._deliveries.refuse(delivery.id, WITHDRAWN, now)
            return False
        return self._deliveries.claim(delivery.id, now)
