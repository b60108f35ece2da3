"""A disposable database of either kind, connected as the product connects."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backend.adapters import mongo

EMBEDDED, SERVER = "embedded", "server"
KINDS = (EMBEDDED, SERVER)


@dataclass(frozen=True)
class Store:
    """Where a test keeps its records: the embedded store's file (`uri` is None), or a server's database."""

    kind: str
    uri: str | None
    path: Path
    database: str

    def settings(self) -> dict[str, Any]:
        """The settings that choose this store; the embedded one lies in the data folder."""
        return {"MONGODB_URI": self.uri, "mongodb_database": self.database}


def new_store(uri: str | None, folder: Path) -> Store:
    """A store nobody has used yet; without a URI an embedded one in `folder`."""
    kind = SERVER if uri else EMBEDDED
    return Store(kind, uri, folder / "policymap.sqlite", f"test_{secrets.token_hex(6)}")


@contextmanager
def connected(store: Store) -> Iterator[Store]:
    """Connect mongoengine to it."""
    mongo.connect(store.uri, store.path, store.database)
    try:
        yield store
    finally:
        mongo.disconnect()
