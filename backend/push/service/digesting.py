"""Digests: what reached an inbox and no digest has listed yet. Never empty, never hiding an item."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from backend.push.service.carriers import MAIL
from backend.push.service.readers import Readers
from backend.push.service.wording import plain_message
from backend.push.service.world import World
from backend.push.store import PushStores
from backend.push.store.deliveries import Delivery, Wanted
from backend.push.store.messages import Message, NewMessage
from backend.push.store.preferences import DAILY, WEEKLY
from policies.workdays import is_workday


class Digesting:
    """One per firm and person: the message is written first, then its items are ticked off."""

    def __init__(self, stores: PushStores, world: World, readers: Readers) -> None:
        self._stores = stores
        self._world = world
        self._readers = readers

    def run(self, day: date) -> int:
        """Write the digests of a day: how many."""
        due = [*self._stores.preferences.with_rhythm(DAILY)]
        if day == _digest_day(day):
            due += self._stores.preferences.with_rhythm(WEEKLY)
        return sum(self._write(person, uscc, day) for person, uscc in sorted(due))

    def _write(self, person: str, uscc: str, day: date) -> bool:
        if person not in self._world.persons_of([uscc]).get(uscc, ()):
            return False
        self._finish_last(person, uscc)
        items = self._stores.inboxes.undigested(person, uscc)
        carrier = self._carrier(person)
        if not items or carrier is None:
            return False  # without a carrier the inbox already shows everything
        message = self._message(person, uscc, day, items)
        self._stores.messages.put_many([message], "digest", self._world.clock.now())
        self._hand_over(self._stores.messages.get(message.id), person, carrier)
        return True

    def _finish_last(self, person: str, uscc: str) -> None:
        """A digest whose writing was cut off lists what it listed; only the rest is for the next one."""
        last = self._stores.messages.last_of_cause(uscc, f"digest.{person}")
        carrier = self._carrier(person)
        if last is not None and carrier is not None:
            self._hand_over(last, person, carrier)

    def _carrier(self, person: str) -> str | None:
        """Mail where there is an address: it has room for every item, and costs no permit."""
        return self._readers.carriers_for([person], first=MAIL).get(person)

    def _hand_over(self, digest: Message, person: str, carrier: str) -> None:
        now = self._world.clock.now()
        if not self._stores.deliveries.of_message(digest.id):
            self._stores.deliveries.put_many([Wanted(digest, person, carrier)], "digest", now)
        self._stores.inboxes.mark_digested(digest.why["deliveries"], digest.id, now)

    def _message(self, person: str, uscc: str, day: date, rows: Sequence[Delivery]) -> NewMessage:
        messages = self._stores.messages.get_many([row.message for row in rows])
        ordered = sorted(rows, key=lambda row: (bool(row.not_relevant), -row.worth, row.order))
        lines = [f"{place}. {messages[row.message].title}" for place, row in enumerate(ordered, 1)]
        why = {
            "because": "您选择了汇总接收",
            "messages": [row.message for row in ordered],
            "deliveries": [row.id for row in ordered],
        }
        title = f"您的企业有 {len(lines)} 条消息"
        text = "\n".join(lines)
        return plain_message(uscc, "digest", f"digest.{person}", day, title, text, why, "digest")


def _digest_day(day: date) -> date:
    """The day of the week's digest: its first working day, or Monday where holidays are not known."""
    monday = day - timedelta(days=day.weekday())
    week = [monday + timedelta(days=step) for step in range(7)]
    return next((item for item in week if is_workday(item)), monday)
