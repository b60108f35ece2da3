"""The SQLite file behind the store: one process, one lock for its threads, one transaction a command."""

from __future__ import annotations

import fcntl
import json
import os
import sqlite3
import sys
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import bson
from bson.codec_options import CodecOptions
from pymongo.errors import ConfigurationError, InvalidOperation

from backend.adapters.embedded_store.documents import Change, Document, Documents, IndexKeys
from backend.adapters.embedded_store.errors import StoreFormatError, StoreLockedError, StoreWriteError

_FORMAT = 1
_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS documents (
    number INTEGER PRIMARY KEY, collection TEXT NOT NULL, id BLOB NOT NULL, body BLOB NOT NULL,
    UNIQUE (collection, id));
CREATE TABLE IF NOT EXISTS indexes (
    collection TEXT NOT NULL, name TEXT NOT NULL, keys TEXT NOT NULL, PRIMARY KEY (collection, name));
PRAGMA user_version = {_FORMAT};
"""
_PUT = """INSERT INTO documents (collection, id, body) VALUES (?, ?, ?)
    ON CONFLICT (collection, id) DO UPDATE SET body = excluded.body"""
_DELETE = "DELETE FROM documents WHERE collection = ? AND id = ?"

Statement = tuple[str, Sequence[Any]]


class StoreFile:
    """An open store file and what has been read of it. Use it with its `guard()` held."""

    def __init__(self, path: Path, codec: CodecOptions[Document]) -> None:
        self.path, self.codec, self.users = path, codec, 0
        self._lock = threading.RLock()
        self._refusal: str | None = None
        self._collections: dict[str, Documents] = {}
        self._holder = _hold(path)
        try:
            self._db = _open(path)
        except BaseException:
            os.close(self._holder)
            raise

    def guard(self) -> threading.RLock:
        """The lock of the store; refused once it is closed, or in a forked child."""
        if self._refusal:
            raise InvalidOperation(self._refusal)
        return self._lock

    def documents(self, collection: str) -> Documents:
        """The documents of a collection, read from the file at their first use."""
        if collection not in self._collections:
            rows = self._db.execute(
                "SELECT body FROM documents WHERE collection = ? ORDER BY number", (collection,)
            )
            indexes = self._db.execute(
                "SELECT name, keys FROM indexes WHERE collection = ? ORDER BY rowid", (collection,)
            )
            documents = Documents({name: json.loads(keys) for name, keys in indexes})
            documents.load(bson.decode(body, self.codec) for (body,) in rows)
            self._collections[collection] = documents
        return self._collections[collection]

    def write(self, collection: str, changes: Sequence[Change]) -> None:
        """All changes or none: first in the file, then in memory."""
        documents = self.documents(collection)
        # Out of sight until it agrees with the file again: after an interruption the next user reads anew.
        del self._collections[collection]
        self._commit(
            (_DELETE, (collection, self._packed(change.id)))
            if change.document is None
            else (_PUT, (collection, self._packed(change.id), change.body))
            for change in changes
        )
        documents.apply(changes)
        self._collections[collection] = documents

    def add_index(self, collection: str, name: str, keys: IndexKeys) -> None:
        """Remember an index; it is built when the collection is next used."""
        self._collections.pop(collection, None)
        self._commit([("INSERT INTO indexes VALUES (?, ?, ?)", (collection, name, json.dumps(keys)))])

    def names(self) -> list[str]:
        """The full names of the collections that hold a document or an index."""
        rows = self._db.execute(
            "SELECT collection FROM documents UNION SELECT collection FROM indexes ORDER BY 1"
        )
        return [name for (name,) in rows]

    def drop(self, collections: Iterable[str]) -> None:
        """Forget collections with their indexes, in one transaction."""
        names = list(collections)
        for name in names:
            self._collections.pop(name, None)
        self._commit(
            (f"DELETE FROM {table} WHERE collection = ?", (name,))
            for name in names
            for table in ("documents", "indexes")
        )

    def _packed(self, record_id: Any) -> bytes:
        return bson.encode({"": record_id}, codec_options=self.codec)

    def _commit(self, statements: Iterable[Statement]) -> None:
        try:
            self._db.execute("BEGIN IMMEDIATE")
            for statement, values in statements:
                self._db.execute(statement, values)
            self._db.execute("COMMIT")
        except BaseException as error:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            if isinstance(error, sqlite3.Error):
                raise StoreWriteError(self.path, str(error)) from error
            raise

    def close(self) -> None:
        """Close the file and let go of it."""
        with self._lock:
            if self._refusal is None:
                self._refusal = f"the embedded store {self.path} was closed"
                self._db.close()
                os.close(self._holder)

    def refuse_after_fork(self) -> None:
        """In a forked child: answer nothing, and let go of the lock so that it ends with the parent."""
        if self._refusal is None:
            self._refusal = (
                f"the embedded store {self.path} belongs to process {os.getppid()}: use threads, not forks"
            )
            os.close(self._holder)


_open_files: dict[Path, StoreFile] = {}
_open_files_lock = threading.Lock()


def open_store(path: str | Path, codec: CodecOptions[Document]) -> StoreFile:
    """The store file at `path`; all clients of one process share it."""
    path = Path(path).resolve()
    with _open_files_lock:
        file = _open_files.get(path)
        if file is None:
            path.parent.mkdir(parents=True, exist_ok=True)
            file = _open_files[path] = StoreFile(path, codec)
        elif file.codec != codec:
            raise ConfigurationError(f"{path} is already open with other options")
        file.users += 1
        return file


def release_store(file: StoreFile) -> None:
    """Give back a file from `open_store`; the last user closes it."""
    with _open_files_lock:
        file.users -= 1
        if file.users == 0:
            _open_files.pop(file.path, None)
            file.close()


def _open(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        # Survives kill -9; a power cut may cost the last moments, never half a command.
        db.execute("PRAGMA synchronous = NORMAL")
        (found,) = db.execute("PRAGMA user_version").fetchone()
        if found not in (0, _FORMAT):
            raise StoreFormatError(path, f"版本 {found}，本程序只认识版本 {_FORMAT}")
        db.executescript(_SCHEMA)
    except sqlite3.DatabaseError as error:
        db.close()
        raise StoreFormatError(path, str(error)) from error
    except StoreFormatError:
        db.close()
        raise
    return db


def _hold(path: Path) -> int:
    """Lock the file beside the store; the kernel lets go of it when the process ends, however it ends."""
    holder = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(holder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        said = os.read(holder, 1000).decode()
        os.close(holder)
        told: dict[str, Any] = json.loads(said) if said else {"pid": None, "holder": "未知"}
        raise StoreLockedError(path, told["pid"], told["holder"]) from None
    command = " ".join([Path(sys.argv[0] or "python").name, *sys.argv[1:2]])
    os.truncate(holder, 0)
    os.write(holder, json.dumps({"pid": os.getpid(), "holder": command}, ensure_ascii=False).encode())
    return holder


def _after_fork() -> None:
    for file in _open_files.values():
        file.refuse_after_fork()


os.register_at_fork(after_in_child=_after_fork)
