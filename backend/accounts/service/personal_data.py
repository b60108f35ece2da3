"""Where personal data lies: each room registers how to hand it out and how to erase it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

# Both take a person's id; the eraser says what it removed and may run twice.
Exporter = Callable[[str], dict[str, Any]]
Eraser = Callable[[str], dict[str, Any]]


@dataclass(frozen=True)
class _Entry:
    room: str
    collection: str
    exporter: Exporter
    eraser: Eraser


class PersonalData:
    """Filled by wiring; a test compares it with the collections that have personal fields."""

    def __init__(self) -> None:
        self._entries: list[_Entry] = []

    def register(self, room: str, collection: str, exporter: Exporter, eraser: Eraser) -> None:
        """One collection of a room. Functions given for several collections of a room run once."""
        self._entries.append(_Entry(room, collection, exporter, eraser))

    def collections(self) -> frozenset[str]:
        """The collections that are cared for."""
        return frozenset(entry.collection for entry in self._entries)

    def export(self, person_id: str) -> dict[str, dict[str, Any]]:
        """Room -> everything it holds of the person (JSON values)."""
        return self._ask(person_id, [(entry.room, entry.exporter) for entry in self._entries])

    def erase(self, person_id: str) -> dict[str, dict[str, Any]]:
        """Erase in every room: room -> what was removed."""
        return self._ask(person_id, [(entry.room, entry.eraser) for entry in self._entries])

    @staticmethod
    def _ask(person_id: str, asked: list[tuple[str, Exporter]]) -> dict[str, dict[str, Any]]:
        answers: dict[str, dict[str, Any]] = {}
        for room, function in dict.fromkeys(asked):
            answers.setdefault(room, {}).update(function(person_id))
        return answers
