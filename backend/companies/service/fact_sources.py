"""How sources of facts rank: registry, tax, staff, the firm itself, unless staff settle otherwise."""

from __future__ import annotations

import time
from collections.abc import Sequence

from backend.companies.facts import Ranks
from backend.companies.service import COMMISSION
from backend.companies.store.fact_sources import FactSource, FactSourceStore
from backend.shared.caller import Caller
from backend.shared.clock import Clock
from backend.shared.errors import ForbiddenError, InvalidInputError
from policies.facts import SOURCES, fact_named, registry

# Other processes' edits show after this long at the latest.
REMEMBERED_SECONDS = 5.0


class FactSources:
    """Orders are read often and changed rarely. A firm's place in lists follows at the next word about it."""

    def __init__(self, store: FactSourceStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._known: Ranks = {}
        self._read_at = float("-inf")

    def ranks(self) -> Ranks:
        """Fact -> its sources, the best first, where another order than the usual one was settled."""
        if time.monotonic() - self._read_at > REMEMBERED_SECONDS:
            self._known = {settled.fact: settled.order for settled in self._store.all()}
            self._read_at = time.monotonic()
        return self._known

    def listed(self) -> list[FactSource]:
        """The order of every fact that is stated; revision 0 where it is the usual one."""
        settled = {one.fact: one for one in self._store.all()}
        return [
            settled.get(name) or FactSource(name, 0, tuple(SOURCES))
            for name, fact in registry().items()
            if fact.derived is None
        ]

    def settle(self, fact: str, order: Sequence[str], revision: int | None, caller: Caller) -> FactSource:
        """Rank the sources of one fact; all of them, each once. FactError for an unknown fact."""
        if not (caller.kind == "staff" and caller.has(*COMMISSION)):
            raise ForbiddenError
        name = fact_named(fact).name
        if sorted(order) != sorted(SOURCES):
            raise InvalidInputError.at("order", f"应把四种来源各写一次：{'、'.join(SOURCES)}。")
        settled = self._store.put(name, tuple(order), revision, caller.label, self._clock.now())
        self._read_at = float("-inf")
        return settled
