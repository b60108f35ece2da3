"""The map in memory, as the database has it: follows the content rooms by their events."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

from backend.graph.store import GraphStore
from backend.shared.clock import Clock
from policies.graph import Part, PolicyMap

# (part, revision of its record, removed): what a content room says of one record now
Contribution = tuple[Part, int, bool]


class MapKeeper:
    """`sources` list everything there is, for a full rebuild; a single change comes through `take`."""

    def __init__(
        self, store: GraphStore, clock: Clock, sources: Iterable[Callable[[], Iterable[Contribution]]]
    ) -> None:
        self._store = store
        self._clock = clock
        self._sources = tuple(sources)
        self._lock = threading.Lock()
        self._map = PolicyMap()
        # How many changes the map in memory holds, and the revision of each part it was made from.
        self._changes = 0
        self._revisions: dict[str, int] = {}

    def take(self, contribution: Contribution) -> None:
        """One record changed: its own part, and nothing else, is written. Twice does no harm."""
        part, revision, removed = contribution
        now = self._clock.now()
        written = self._store.put(part, revision, now, removed)
        if written is None:
            return
        count = self._store.count_change(now)
        with self._lock:
            # Only where nothing else changed since; otherwise the next question looks at all of it.
            if count == self._changes + 1:
                self._changes = count
                if written > self._revisions.get(part.owner, 0):
                    self._map = self._map.with_part(Part(part.owner) if removed else part)
                    self._revisions[part.owner] = written

    def rebuild(self) -> tuple[int, int]:
        """Write all parts again from the records; returns the numbers of nodes and links."""
        before = self._store.revisions()
        now = self._clock.now()
        listed = set()
        for source in self._sources:
            for part, revision, removed in source():
                listed.add(part.owner)
                self._store.put(part, revision, now, removed)
        for owner in set(before) - listed:
            self._store.remove(owner, before[owner], now)
        self._store.count_change(now)
        return self.current().count()

    def current(self) -> PolicyMap:
        """The map as the database has it now; what has changed since the last question is taken in."""
        changes = self._store.changes()
        with self._lock:
            if changes != self._changes:
                found = self._store.revisions()
                changed = [
                    owner for owner, revision in found.items() if self._revisions.get(owner) != revision
                ]
                gone = [Part(owner) for owner in self._revisions.keys() - found.keys()]
                self._map = self._map.with_parts([*self._store.parts(changed), *gone])
                self._revisions, self._changes = found, changes
            return self._map
