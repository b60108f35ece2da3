"""One connection per process: a MongoDB server by URI, else the embedded store."""

from __future__ import annotations

from pathlib import Path

import mongoengine
from mongoengine.connection import get_db
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from backend.adapters.embedded_store import EmbeddedClient
from backend.shared.errors import NotReadyError

DATABASE = "policymap"


def connect(uri: str | None, embedded_path: Path, database: str = DATABASE) -> None:
    """Connect mongoengine; raises NotReadyError when the server does not answer, StoreLockedError when
    another process holds the embedded store."""
    if uri:
        mongoengine.connect(
            database,
            host=uri,
            uuidRepresentation="standard",
            tz_aware=True,
            serverSelectionTimeoutMS=5000,
            mongo_client_class=MongoClient,
        )
        if problem := ping():
            mongoengine.disconnect_all()
            raise NotReadyError(f"数据库无法连接，请检查 MONGODB_URI：{problem}")
        return
    embedded_path.parent.mkdir(parents=True, exist_ok=True)
    try:
        mongoengine.connect(
            database,
            mongo_client_class=EmbeddedClient,
            path=embedded_path,
            uuidRepresentation="standard",
            tz_aware=True,
        )
    except mongoengine.connection.ConnectionFailure as error:
        mongoengine.disconnect_all()
        # mongoengine covers the reason with its own error; the caller must learn who holds the file.
        raise error.__context__ or error from None


def disconnect() -> None:
    """Close the connection; the embedded store's lock is let go."""
    mongoengine.disconnect_all()


def ping() -> str | None:
    """None when the database answers, else what it said."""
    try:
        get_db().command("ping")
    except (PyMongoError, mongoengine.connection.ConnectionFailure) as error:
        return f"{type(error).__name__}: {error}"[:300]
    return None
