"""From what matched to rows: the message first, then who gets it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from backend.push.service.world import World
from backend.push.store import PushStores
from backend.push.store.deliveries import NOT_SENT, PENDING, Wanted
from backend.push.store.messages import Message, NewMessage

WITHDRAWN = "政策已撤回"
SUPERSEDED = "答复已改变"
RECOVERED = "答复已恢复"


@dataclass(frozen=True)
class Telling:
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
        self._restore(tellings, written)
        # Read after the rows are there: whoever is bound later finds them by the event of the binding.
        open_to_all = {t.message.uscc for t in tellings if t.persons is None}
        bound = self._world.persons_of(sorted(open_to_all)) if open_to_all else {}
        wanted = [
            Wanted(written[telling.message.id], person)
            for telling in tellings
            if not written[telling.message.id].withdrawn
            for person in (
                bound.get(telling.message.uscc, ()) if telling.persons is None else telling.persons
            )
        ]
        stores.deliveries.put_many(wanted, by, now)
        self._look_again({t.message.policy: t.message.version for t in tellings if t.message.policy})
        return new

    def _restore(self, tellings: Sequence[Telling], written: dict[str, Message]) -> None:
        """What was taken back earlier on the same day holds again, with the words of now."""
        now = self._world.clock.now()
        for telling in tellings:
            old = written[telling.message.id]
            if old.withdrawn and old.withdrawn["reason"] in (SUPERSEDED, RECOVERED):
                written[old.id] = self._stores.messages.rewrite(telling.message, now)
                rows = self._stores.deliveries.of_message(old.id)
                again = [row.id for row in rows if row.reason in (SUPERSEDED, RECOVERED)]
                self._stores.deliveries.move(again, [NOT_SENT], PENDING, now)

    def _look_again(self, versions: dict[str, int]) -> None:
        """A withdrawal that came before these rows were written did not see them."""
        live = {policy.slug for policy in self._world.published()}
        for slug, version in versions.items():
            if slug not in live:
                now = self._world.clock.now()
                self._stores.messages.withdraw(slug, version, WITHDRAWN, now)
                self._stores.deliveries.refuse_policy(slug, version, WITHDRAWN, now)
