"""One collection of a fresh database, over each store."""

from __future__ import annotations

from typing import Any

import pytest
from mongoengine.connection import get_db

from tests.servers.stores import Store


@pytest.fixture
def records(store: Store) -> Any:
    """The raw collection `records`, empty."""
    return get_db()["records"]
