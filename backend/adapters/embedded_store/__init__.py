"""A store without a server: answers from memory, kept in one SQLite file, for the store commands allowed.

`docs/decisions/embedded-store.md` says what it does, what it refuses and what it costs.
"""

from backend.adapters.embedded_store.client import EmbeddedClient
from backend.adapters.embedded_store.errors import StoreFormatError, StoreLockedError, StoreWriteError

__all__ = ["EmbeddedClient", "StoreFormatError", "StoreLockedError", "StoreWriteError"]
