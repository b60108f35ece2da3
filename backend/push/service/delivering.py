"""From a row to its readers: the inbox first, beside it one carrier per person; then carriers send."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta

from backend.push.limits import limits
from backend.push.service.carriers import Carrier
from backend.push.service.dispatching import Dispatcher, Pace
from backend.push.service.outbox import StoredOutbox, may_send
from backend.push.service.readers import STAFF, UNBOUND, Readers, at_once, worth_to
from backend.push.service.telling import WITHDRAWN
from backend.push.service.world import World
from backend.push.store import PushStores
from backend.push.store.deliveries import (
    DELIVERED,
    FAILED,
    INBOX,
    PENDING,
    SENT,
    TRIED,
    UNKNOWN,
    Delivery,
    Wanted,
)
from backend.push.store.messages import Message
from backend.push.store.switches import STOP
from backend.shared.events import Event

BATCH = 200
# The worker is for others too; the next tick goes on.
TIME_LIMIT = timedelta(minutes=10)
WAITING_TASKS = ("answers", "withdrawal")


class Delivering:
    """The inbox is the truth: delivered means it can be read there."""

    def __init__(
        self, stores: PushStores, world: World, readers: Readers, carriers: Sequence[Carrier]
    ) -> None:
        self._stores = stores
        self._world = world
        self._readers = readers
        self._carriers = carriers
        self._paces = {carrier.name: Pace(limits().carriers[carrier.name].per_second) for carrier in carriers}

    def deliver_due(self) -> int:
        """All that is due: how many reached an inbox. The emergency stop holds everything."""
        if self._stores.switches.get(STOP).on:
            return 0
        held = self._held()
        done = self._fill_inboxes(held)
        self.send_due(held)
        return done

    def send_due(self, held: frozenset[str] | None = None) -> int:
        """What carriers may send now: how many they took."""
        held = self._held() if held is None else held
        taken = 0
        for carrier in self._carriers:
            outbox = StoredOutbox(carrier, self._stores, self._world, self._readers, held)
            if may_send(self._stores, self._world, carrier.name) and outbox.open():
                try:
                    limit = limits().carriers[carrier.name]
                    taken += Dispatcher(carrier, outbox, limit, self._paces[carrier.name]).run()
                finally:
                    outbox.close()
        return taken

    def on_withdrawn(self, event: Event) -> None:
        """A policy was withdrawn: mark its messages, hold back what is pending."""
        version, now = int(event.data["version"]), self._world.clock.now()
        self._stores.messages.withdraw(event.subject, version, WITHDRAWN, now)
        self._stores.deliveries.refuse_policy(event.subject, version, WITHDRAWN, now)

    def on_binding(self, event: Event) -> None:
        """A person was bound to a firm or no longer is; what holds is read anew, so order does not matter."""
        person, uscc = str(event.data["person"]), str(event.data["uscc"])
        now, deliveries = self._world.clock.now(), self._stores.deliveries
        if person not in self._world.persons_of([uscc]).get(uscc, ()):
            deliveries.refuse_person(person, uscc, UNBOUND, now)
            return
        deliveries.revive(person, uscc, UNBOUND, now)
        standing = [m for m in self._stores.messages.of_firm(uscc) if not (m.withdrawn or m.addressed)]
        # Old news fills the inbox; it is not worth a permit.
        deliveries.put_many([Wanted(message, person, quiet=True) for message in standing], event.by, now)
        mine = [row for row in deliveries.of_person(person) if row.uscc == uscc and row.carrier == INBOX]
        self._fill([row for row in mine if row.state == PENDING])

    def receive(self, carrier: str, ref: str, arrived: bool, code: str) -> bool:
        """A carrier's late word on a delivery; a second one changes nothing. False: it is not ours."""
        delivery = self._stores.batches.delivery_of(carrier, ref)
        if delivery is None:
            return False
        now = self._world.clock.now()
        if arrived:
            self._stores.deliveries.move([delivery], [SENT, UNKNOWN], DELIVERED, now, delivered_at=now)
        else:
            self._stores.deliveries.move([delivery], [SENT, UNKNOWN], FAILED, now, f"未送达（{code}）")
        return True

    def _held(self) -> frozenset[str]:
        """Policies whose answers are being compared: what they said before may be about to change."""
        unfinished = self._stores.runs.unfinished()
        return frozenset(run.policy for run in unfinished if run.policy and run.task in WAITING_TASKS)

    def _fill_inboxes(self, held: frozenset[str]) -> int:
        done, after, ends = 0, "", time.monotonic() + TIME_LIMIT.total_seconds()
        while batch := self._stores.deliveries.pending(INBOX, after, BATCH):
            if self._stores.switches.get(STOP).on or time.monotonic() > ends:
                break
            done += self._fill([row for row in batch if row.policy not in held or row.kind == "correction"])
            after = batch[-1].id
        return done

    def _fill(self, rows: Sequence[Delivery]) -> int:
        """Refuse what may not be sent, write what carriers are to do, then let the rest be read."""
        now = self._world.clock.now()
        messages = self._stores.messages.get_many([row.message for row in rows])
        refusals = self._readers.refusals(rows, messages)
        reasons: dict[str, list[str]] = defaultdict(list)
        for delivery, reason in refusals.items():
            reasons[reason].append(delivery)
        for reason, ids in reasons.items():
            self._stores.deliveries.refuse(ids, reason, now)
        left = [row for row in rows if row.id not in refusals]
        self._plan([row for row in left if not row.quiet and row.uscc != STAFF], messages)
        return self._stores.deliveries.claim([row.id for row in left], now)

    def _plan(self, rows: Sequence[Delivery], messages: Mapping[str, Message]) -> None:
        persons = sorted({row.person for row in rows})
        wishes = self._readers.wishes(persons)
        carriers = self._readers.carriers_for(persons) if persons else {}
        told_by = self._carriers_of_corrected(rows, messages)
        wanted = []
        for row in rows:
            message, wish = messages[row.message], wishes[row.person]
            carrier = carriers.get(row.person)
            if message.kind == "correction":
                carrier = carrier if (row.uscc, row.person, carrier) in told_by else None
            if carrier and at_once(message, wish):
                wanted.append(Wanted(message, row.person, carrier, worth_to(message, wish)))
        self._stores.deliveries.put_many(wanted, "system:policymap", self._world.clock.now())

    def _carriers_of_corrected(
        self, rows: Sequence[Delivery], messages: Mapping[str, Message]
    ) -> set[tuple[str, str, str | None]]:
        """A correction takes the way the corrected message took."""
        corrected = [
            message_id
            for row in rows
            if messages[row.message].kind == "correction"
            for message_id in messages[row.message].why.get("corrects", ())
        ]
        told = self._stores.deliveries.of_messages(corrected) if corrected else []
        return {(row.uscc, row.person, row.carrier) for row in told if row.state in TRIED}
