"""Rooms side by side talk by events. A record carries its unhandled events; the relay hands them here."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Event:
    """Something that happened to one record: `collection` and `subject` name the record, `by` the person."""

    kind: str
    subject: str
    at: datetime
    by: str
    data: Mapping[str, Any] = field(default_factory=dict)
    collection: str = ""
    id: str = field(default_factory=lambda: uuid.uuid4().hex)


Listener = Callable[[Event], None]


class Bus:
    """Who listens to what. Every listener may be called twice with the same event."""

    def __init__(self) -> None:
        self._listeners: dict[str, list[tuple[str, Listener]]] = defaultdict(list)

    def subscribe(self, kind: str, name: str, listener: Listener) -> None:
        """Call `listener` for every event of `kind`; `name` is what the log calls it."""
        self._listeners[kind].append((name, listener))

    def deliver(self, event: Event) -> None:
        """Hand the event to all its listeners; the first failure ends the round, and the event stays."""
        for _name, listener in self._listeners[event.kind]:
            listener(event)

    def kinds(self) -> dict[str, list[str]]:
        """Event kind -> names of its listeners."""
        return {kind: [name for name, _ in pairs] for kind, pairs in self._listeners.items()}
