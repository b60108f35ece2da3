"""A followed search finds something it had not found before: the difference of two sets, never a date."""

from __future__ import annotations

from backend.push.service.telling import Teller, Telling
from backend.push.service.wording import search_message
from backend.push.service.world import World
from backend.push.store import PushStores


class SearchFollows:
    """Each followed search is asked once; what it shows now and did not show before is told."""

    def __init__(self, stores: PushStores, world: World, teller: Teller) -> None:
        self._stores, self._world, self._teller = stores, world, teller

    def run(self) -> int:
        """How many messages were new. The message is written before the search remembers what it showed."""
        told, asked = 0, {}
        today = self._world.clock.today()
        for follow in self._stores.follows.searches():
            question = (follow.text, repr(sorted(follow.filters.items())))
            if question not in asked:
                asked[question] = self._world.find(follow.text, follow.filters)
            found = asked[question]
            fresh = [item for item in found if item.id not in follow.seen]
            bound = self._world.persons_of([follow.uscc]).get(follow.uscc, ())
            message = search_message(follow, fresh, today)
            # Killed before it remembered what it showed, it finds the same again, perhaps on another day.
            again = self._stores.messages.told([follow.uscc], message.cause, message.run)
            if fresh and not again and follow.person in bound:
                told += self._teller.tell([Telling(message, (follow.person,))], message.run)
            if {item.id for item in found} != set(follow.seen):
                # What is no longer found may come back, and is then news again.
                self._stores.follows.show(follow.id, [item.id for item in found], self._world.clock.now())
        return told
