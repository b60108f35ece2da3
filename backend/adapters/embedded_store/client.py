"""The client that mongoengine is given instead of pymongo's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bson.codec_options import CodecOptions
from pymongo.common import validate_uuid_representation

from backend.adapters.embedded_store.collection import EmbeddedCollection
from backend.adapters.embedded_store.documents import Document
from backend.adapters.embedded_store.errors import UnsupportedError, refuse
from backend.adapters.embedded_store.file import StoreFile, open_store, release_store


class EmbeddedClient:
    """A client whose databases live in one file of this machine.

    Raises StoreLockedError while another process holds the file. Options of pymongo that choose servers,
    pools and concerns mean nothing here and are accepted.
    """

    is_primary = True  # mongoengine makes indexes only on a primary

    def __init__(
        self,
        *,
        path: str | Path,
        tz_aware: bool = False,
        uuidRepresentation: str = "standard",  # noqa: N803 - pymongo's name
        **_servers: Any,
    ) -> None:
        codec: CodecOptions[Document] = CodecOptions(
            tz_aware=tz_aware,
            uuid_representation=validate_uuid_representation("uuidRepresentation", uuidRepresentation),
        )
        self._file = open_store(path, codec)
        self._closed = False

    def __getitem__(self, name: str) -> EmbeddedDatabase:
        return EmbeddedDatabase(self, self._file, name)

    get_database = __getitem__

    def __getattr__(self, name: str) -> Any:
        raise UnsupportedError(f"client.{name}")

    def list_database_names(self) -> list[str]:
        """The databases that hold a collection."""
        with self._file.guard():
            return sorted({name.partition(".")[0] for name in self._file.names()})

    def drop_database(self, name_or_database: Any) -> None:
        """Delete a database's collections, in one transaction."""
        name = getattr(name_or_database, "name", name_or_database)
        with self._file.guard():
            self._file.drop(full for full in self._file.names() if full.partition(".")[0] == name)

    def close(self) -> None:
        """Let go of the file; the last client of the process closes it."""
        if not self._closed:
            self._closed = True
            release_store(self._file)


class EmbeddedDatabase:
    """A named set of collections."""

    def __init__(self, client: EmbeddedClient, file: StoreFile, name: str) -> None:
        self.client, self.name, self._file = client, name, file

    def __getitem__(self, name: str) -> EmbeddedCollection:
        return EmbeddedCollection(self, self._file, name)

    def get_collection(self, name: str, **options: Any) -> EmbeddedCollection:
        """The collection of that name; it need not exist yet."""
        refuse(options, "read_preference", "write_concern", "read_concern")
        return self[name]

    def __getattr__(self, name: str) -> Any:
        raise UnsupportedError(f"database.{name}")

    def list_collection_names(self) -> list[str]:
        """The collections that hold a document or an index."""
        with self._file.guard():
            split = [full.partition(".") for full in self._file.names()]
        return [collection for database, _, collection in split if database == self.name]

    def drop_collection(self, name: str) -> None:
        """Delete a collection."""
        self[name].drop()

    def command(self, command: str, **options: Any) -> Document:
        """Only `ping`."""
        if command != "ping" or options:
            raise UnsupportedError(f"the command {command}")
        with self._file.guard():
            return {"ok": 1.0}
