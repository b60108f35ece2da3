"""Serves the map: follows the content rooms by their events, answers questions from memory."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from datetime import date, datetime

from backend.graph.store import GraphStore
from backend.shared.clock import Clock
from backend.shared.errors import NotFoundError
from policies.graph import Neighbourhood, Node, Part, PolicyMap

# (part, revision of its record, removed): what a content room says of one record now
Contribution = tuple[Part, int, bool]


class GraphService:
    """`sources` list everything there is, for a full rebuild; a single change comes through `take`."""

    def __init__(
        self, store: GraphStore, clock: Clock, sources: Iterable[Callable[[], Iterable[Contribution]]]
    ) -> None:
        self._store = store
        self._clock = clock
        self._sources = tuple(sources)
        self._lock = threading.Lock()
        self._map = PolicyMap(())
        self._state: tuple[int, datetime | None] | None = None

    def take(self, contribution: Contribution) -> None:
        """One record changed: its own part, and nothing else, is written."""
        part, revision, removed = contribution
        self._store.put(part, revision, self._clock.now(), removed)
        with self._lock:
            self._state = None

    def rebuild(self) -> tuple[int, int]:
        """Write all parts again from the records; returns the numbers of nodes and links."""
        for source in self._sources:
            for part, revision, removed in source():
                self._store.put(part, revision, self._clock.now(), removed)
        with self._lock:
            self._state = None
        return self.current().count()

    def current(self) -> PolicyMap:
        """The map as the database has it now; rebuilt in memory only when a part has changed."""
        state = self._store.state()
        with self._lock:
            if state != self._state:
                self._map = PolicyMap(self._store.parts())
                self._state = state
            return self._map

    def overview(self, kind: str | None, limit: int) -> tuple[PolicyMap, list[Node]]:
        """The map, and its nodes of one kind."""
        policy_map = self.current()
        return policy_map, policy_map.find(kind, limit)

    def around(
        self, start: str, depth: int, kinds: Iterable[str], on: date | None, limit: int
    ) -> Neighbourhood:
        """What lies around a node; NotFoundError when there is no such node."""
        policy_map = self.current()
        if policy_map.node(start) is None:
            raise NotFoundError("节点", start)
        return policy_map.neighbourhood(start, depth, frozenset(kinds), on, limit)
