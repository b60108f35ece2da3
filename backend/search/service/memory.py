"""The last answers, given again as long as what they rest on is the same.

An answer follows from the question, the commit of the index, the day, and what the database says of the
records shown. The first three are known before, the last is read at every asking: nothing that was withdrawn
or changed a moment ago is answered from here.
"""

from __future__ import annotations

import threading
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from backend.search.service.records import Shown, Stand

MOST_BYTES = 16 * 1024 * 1024


class Ground(NamedTuple):
    """The commit of the index and the day."""

    commit: Hashable
    day: date


@dataclass(frozen=True)
class Remembered:
    """An answer as written, with what it rests on; `in_vain` are the words to count when it is given."""

    ground: Ground
    shown: Shown
    stand: Stand
    in_vain: str
    written: bytes


class Memory:
    """Answers by their question, the longest unasked forgotten first."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._answers: dict[Hashable, Remembered] = {}
        self._lock = threading.Lock()

    def recall(self, question: Hashable, ground: Ground) -> Remembered | None:
        """The answer of that commit and day; how the database stands is the caller's to compare."""
        with self._lock:
            known = self._answers.pop(question, None)
            if known is not None:
                self._answers[question] = known
        return known if known is not None and known.ground == ground else None

    def keep(self, question: Hashable, answer: Remembered) -> None:
        """Remember an answer in the place of an older one."""
        with self._lock:
            self._forget(question)
            self._answers[question] = answer
            self._bytes += len(answer.written)
            while self._bytes > self._most_bytes:
                self._forget(next(iter(self._answers)))

    def _forget(self, question: Hashable) -> None:
        known = self._answers.pop(question, None)
        if known is not None:
            self._bytes -= len(known.written)
