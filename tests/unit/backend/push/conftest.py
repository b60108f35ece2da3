"""Companies, pool and push over each store, a small library, a queue in memory, carriers that note."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.unit.backend.push.room import Room, open_room

__all__ = ["Room"]


@pytest.fixture
def room(store: object) -> Iterator[Room]:
    yield open_room()
