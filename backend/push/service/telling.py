"""From what matched to rows: the message first, then who gets it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from backend.push.service.world import World
from backend.push.store import PushStores
from backend.push.store.deliveries import NOT_SENT, PENDING, Wanted
from backend.push.store.messages import Message, NewMessage

WITHDRAWN = "政策已撤回"
SUPERSEDED = "答复已改变"
RECOVERED = "答复已恢复"


class Telling(NamedTuple):
    """A message about to be written, and its readers: everybody of the firm, or only these persons."""

    message: NewMessage
    persons: tuple[str, ...] | None = None


class Teller:
    """Writes messages and inbox deliveries; writing them again changes nothing."""

    def __init__(self, stores: PushStores, world: World) -> None:
        self._stores = stores
        self._world = world

    def tell(self, tellings: Sequence[Telling], by: str) -> int:
        """How many of the messages were new."""
        if not tellings:
            return 0
        stores, now = self._stores, self._world.clock.now()
        new, written = stores.messages.put_many([telling.message for telling in tellings], by, now)
        standing = [(t, self._restored(t.message, written[t.message.id])) for t in tellings]
        # Read after the rows are there: whoever is bound later finds them by the event of the binding.
        open_to_all = {t.message.uscc for t in tellings if t.persons is None}
        bound = self._world.persons_of(sorted(open_to_all)) if open_to_all else {}
        wanted = []
        for telling, message in standing:
            persons = bound.get(message.uscc, ()) if telling.persons is None else telling.persons
            if not message.withdrawn:
                wanted += [Wanted(message, person) for person in persons]
        stores.deliveries.put_many(wanted, by, now)
        self._look_again({t.message.policy: t.message.version for t in tellings if t.message.policy})
        return new

    def _restored(self, message: NewMessage, written: Message) -> Message:
        """What was taken back earlier on the same day holds again, with the words of now."""
        if not written.withdrawn or written.withdrawn["reason"] not in (SUPERSEDED, RECOVERED):
            return written
        now = self._world.clock.now()
        again = self._stores.messages.rewrite(message, now)
        rows = self._stores.deliveries.of_message(written.id)
        taken_back = [row.id for row in rows if row.reason in (SUPERSEDED, RECOVERED)]
        self._stores.deliveries.move(taken_back, [NOT_SENT], PENDING, now)
        return again

    def _look_again(self, versions: dict[str, int]) -> None:
        """A withdrawal that came before these rows were written did not see them."""
        live = {policy.slug for policy in self._world.published()}
        for slug, version in versions.items():
            if slug not in live:
                now = self._world.clock.now()
                self._stores.messages.withdraw(slug, version, WITHDRAWN, now)
                self._stores.deliveries.refuse_policy(slug, version, WITHDRAWN, now)
