"""A carrier's outbox in the database: budget and permits before the claim, receipts after the send."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from backend.push.limits import kind_named, limits
from backend.push.service.carriers import Carrier, Parcel
from backend.push.service.dispatching import Result, outcomes
from backend.push.service.readers import Readers
from backend.push.service.world import World
from backend.push.store import PushStores
from backend.push.store.deliveries import (
    NOT_SENT,
    PENDING,
    SENDING,
    SENT,
    UNKNOWN,
    Delivery,
)
from backend.push.store.switches import STOP

NO_PERMIT = "没有可用的订阅授权"
NO_ADDRESS = "没有可用的地址"
WEEK_FULL = "本周提醒已达上限"
IN_DOUBT = "发送结果未知"
PAUSE = "pause."
LEASE, RENEW = timedelta(minutes=2), timedelta(seconds=20)
WINDOW = 500


class StoredOutbox:
    """One dispatcher per carrier at a time, by a turn; so the week's count and the pace are the carrier's."""

    def __init__(
        self, carrier: Carrier, stores: PushStores, world: World, readers: Readers, held: frozenset[str]
    ) -> None:
        self._carrier = carrier
        self._stores = stores
        self._world = world
        self._readers = readers
        self._held = held
        self._holder = uuid.uuid4().hex
        self._renewed: datetime | None = None
        # Cleared, not yet paid for nor claimed: whatever changes meanwhile shows in the row's state.
        self._ready: list[Parcel] = []
        self._paid: set[str] = set()
        self._free: dict[tuple[str, str], list[str]] = {}

    def open(self) -> bool:
        """Take the carrier's turn; then what a dead worker left on its way is in doubt."""
        if not self._turn():
            return False
        now = self._world.clock.now()
        for batch in self._stores.deliveries.batches_in(SENDING, self._carrier.name):
            rows = [row.id for row in self._stores.deliveries.in_batch(batch) if row.state == SENDING]
            taken = [row for row in self._stores.batches.taken(batch) if row in rows]
            self._stores.deliveries.move(taken, [SENDING], SENT, now)
            self._stores.deliveries.move(rows, [SENDING], UNKNOWN, now, IN_DOUBT)
        return True

    def close(self) -> None:
        """Give the turn back."""
        self._stores.turns.release(self._holder, self._world.clock.now(), self._carrier.name)

    def claim(self, limit: int) -> tuple[str, Sequence[Parcel]]:
        """The most valuable parcels that may go, marked as being sent; none while all is held."""
        while may_send(self._stores, self._world, self._carrier.name) and self._turn():
            now = self._world.clock.now()
            if not self._ready:
                rows = self._stores.deliveries.most_worth(self._carrier.name, now, self._held, WINDOW)
                if not rows:
                    break
                self._ready = list(self._cleared(rows).values())
            parcels, self._ready = self._ready[:limit], self._ready[limit:]
            parcels = self._with_permits(parcels) if self._carrier.needs_permit else parcels
            if parcels:
                batch = f"{now:%Y%m%d%H%M%S%f}-{uuid.uuid4().hex}"
                mine = self._marked(batch, {parcel.delivery: parcel for parcel in parcels})
                if mine:
                    return batch, mine
        return "", ()

    def record(self, batch: str, results: Sequence[Result]) -> None:
        """The carrier's numbers first, then the states."""
        now, deliveries, name = self._world.clock.now(), self._stores.deliveries, self._carrier.name
        sorted_out: dict[str, list[Result]] = defaultdict(list)
        for outcome, result in outcomes(results):
            sorted_out[outcome].append(result)
        refs = {result.parcel.delivery: result.ref for result in sorted_out["sent"]}
        if refs:
            self._stores.batches.put(batch, name, refs, now)
            # A slow worker may find its batch in doubt already: it knows better.
            deliveries.move(list(refs), [SENDING, UNKNOWN], SENT, now, where={"batch": batch})
        unclear = [result.parcel.delivery for result in sorted_out["unclear"]]
        deliveries.move(unclear, [SENDING], UNKNOWN, now, IN_DOUBT)
        unused = [
            result.parcel.delivery
            for result in (*sorted_out["refused"], *sorted_out["down"])
            if not result.permit_gone
        ]
        self._give_back(unused)
        if gone := [result.parcel.delivery for result in sorted_out["refused"] if result.permit_gone]:
            self._stores.permits.burn(gone)
        for reason, ids in _by_reason(sorted_out["refused"]).items():
            deliveries.move(ids, [SENDING, UNKNOWN], NOT_SENT, now, reason, where={"batch": batch}, week="")
        for reason, ids in _by_reason(sorted_out["down"]).items():
            errors = [result.error for result in sorted_out["down"] if _text(result) == reason]
            later = self._carrier.wait_until(errors[0], now)  # type: ignore[arg-type]
            fields: dict[str, Any] = {"batch": "", "week": "", "not_before": later}
            self._stores.switches.set(f"{PAUSE}{name}", "system:policymap", now, True, reason, later)
            deliveries.move(ids, [SENDING, UNKNOWN], PENDING, now, reason, where={"batch": batch}, **fields)

    def _turn(self) -> bool:
        """Hold the turn; it is renewed well before it ends."""
        now = self._world.clock.now()
        if self._renewed is None or not timedelta(0) <= now - self._renewed < RENEW:
            if not self._stores.turns.take(self._holder, now, now + LEASE, self._carrier.name):
                return False
            self._renewed = now
        return True

    def _give_back(self, deliveries: Sequence[str]) -> None:
        if self._carrier.needs_permit and deliveries:
            self._stores.permits.give_back(deliveries)

    def _marked(self, batch: str, parcels: Mapping[str, Parcel]) -> list[Parcel]:
        now = self._world.clock.now()
        year, week, _ = now.isocalendar()
        fields: dict[str, Any] = {"batch": batch, "week": f"{year}-{week:02}", "sent_at": now}
        moved = self._stores.deliveries.move(list(parcels), [PENDING], SENDING, now, **fields)
        if moved == len(parcels):
            return list(parcels.values())
        mine = {row.id for row in self._stores.deliveries.in_batch(batch)}
        self._give_back([delivery for delivery in parcels if delivery not in mine])
        return [parcel for delivery, parcel in parcels.items() if delivery in mine]

    def _cleared(self, rows: Sequence[Delivery]) -> dict[str, Parcel]:
        """Those of the rows that may go now; the others are not sent, each with its reason."""
        messages = self._stores.messages.get_many([row.message for row in rows])
        refusals = self._readers.refusals(rows, messages)
        addresses = self._carrier.addresses(sorted({row.person for row in rows}))
        for row in rows:
            if row.id not in refusals and row.person not in addresses:
                refusals[row.id] = NO_ADDRESS
        self._count_week([row for row in rows if row.id not in refusals], refusals)
        left = [row for row in rows if row.id not in refusals]
        self._refuse(refusals)
        if self._carrier.needs_permit and left:
            self._paid = set(self._stores.permits.spent_for([row.id for row in left]))
            self._free = self._stores.permits.free(sorted({row.person for row in left}))
        names = self._world.companies.names_of(sorted({row.uscc for row in left}))
        return {
            row.id: Parcel(
                row.id, row.person, addresses[row.person], names.get(row.uscc, ""), messages[row.message]
            )
            for row in left
            if row.id not in refusals
        }

    def _count_week(self, rows: Sequence[Delivery], refusals: dict[str, str]) -> None:
        year, week, _ = self._world.clock.now().isocalendar()
        sent = self._stores.deliveries.sent_in_week(f"{year}-{week:02}", sorted({row.uscc for row in rows}))
        counted = {
            uscc: {mark for mark in marks if not kind_named(mark.partition("|")[0]).free}
            for uscc, marks in sent.items()
        }
        for row in rows:
            if kind_named(row.kind).free:
                continue
            told = counted.setdefault(row.uscc, set())
            mark = f"{row.kind}|{row.message}"
            if mark not in told and len(told) >= limits().firm_messages_a_week:
                refusals[row.id] = WEEK_FULL
            else:
                told.add(mark)

    def _with_permits(self, parcels: Sequence[Parcel]) -> list[Parcel]:
        """Spend a permit on each; one spent before a kill is not spent twice. Who has none is not sent to."""
        uses = {}
        for parcel in parcels:
            left = self._free.get((parcel.person, kind_named(parcel.message.kind).template))
            if left and parcel.delivery not in self._paid:
                uses[left.pop(0)] = (parcel.person, parcel.delivery)
        spent = self._stores.permits.spend(uses, self._world.clock.now())
        paid = self._paid | set(spent.values())
        self._refuse({p.delivery: NO_PERMIT for p in parcels if p.delivery not in paid})
        return [parcel for parcel in parcels if parcel.delivery in paid]

    def _refuse(self, refusals: Mapping[str, str]) -> None:
        now = self._world.clock.now()
        for reason, ids in _grouped(refusals).items():
            self._stores.deliveries.refuse(ids, reason, now)
        self._give_back(list(refusals))


def may_send(stores: PushStores, world: World, carrier: str) -> bool:
    """Whether carriers may be used now: no emergency stop, no quiet hours, no wish to wait."""
    now = world.clock.now()
    stop, pause = stores.switches.get_many((STOP, f"{PAUSE}{carrier}"))
    waiting = pause.until is not None and now < pause.until
    return not (stop.on or waiting or limits().quiet(now))


def _by_reason(results: Sequence[Result]) -> dict[str, list[str]]:
    return _grouped({result.parcel.delivery: _text(result) for result in results})


def _text(result: Result) -> str:
    return str(result.error) if result.error else ""


def _grouped(reasons: Mapping[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for delivery, reason in reasons.items():
        found[reason].append(delivery)
    return found
