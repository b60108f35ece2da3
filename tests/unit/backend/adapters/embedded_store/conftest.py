"""An embedded store of its own for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from backend.adapters.embedded_store import EmbeddedClient


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.sqlite"


@pytest.fixture
def client(path: Path) -> Iterator[EmbeddedClient]:
    client = EmbeddedClient(path=path, tz_aware=True)
    yield client
    client.close()


@pytest.fixture
def records(client: EmbeddedClient) -> Any:
    return client["policymap"]["records"]
