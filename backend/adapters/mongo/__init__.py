"""The database: connection, records with a revision, and the relay of their events."""

from backend.adapters.mongo.connection import connect, disconnect, ping
from backend.adapters.mongo.outbox import Relay
from backend.adapters.mongo.records import (
    RecordDocument,
    change,
    change_row,
    collection_of,
    ensure_indexes,
    insert,
    insert_row,
    personal_stores,
)

__all__ = [
    "RecordDocument",
    "Relay",
    "change",
    "change_row",
    "collection_of",
    "connect",
    "disconnect",
    "ensure_indexes",
    "insert",
    "insert_row",
    "personal_stores",
    "ping",
]
