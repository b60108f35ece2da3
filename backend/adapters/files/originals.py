"""Originals by content: the id is the SHA-256 of the bytes. Reached only through the record that names it."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from pathlib import Path

from backend.shared.errors import NotFoundError


class OriginalStore:
    """A folder of originals; the same bytes are kept once, and a half-written file is never seen."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @staticmethod
    def id_of(data: bytes) -> str:
        """The id bytes have or would have."""
        return hashlib.sha256(data).hexdigest()

    def put(self, data: bytes) -> str:
        """Keep the bytes and return their id (64 hex digits); on disk when this returns."""
        original_id = self.id_of(data)
        path = self._path(original_id)
        if path.exists():
            return original_id
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
        half_written = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            half_written.replace(path)
        finally:
            half_written.unlink(missing_ok=True)
        _sync_folder(path.parent)
        return original_id

    def get(self, original_id: str) -> bytes:
        """The bytes kept under an id; raises NotFoundError."""
        if not re.fullmatch(r"[0-9a-f]{64}", original_id):
            raise NotFoundError("原件", original_id)
        try:
            return self._path(original_id).read_bytes()
        except FileNotFoundError as error:
            raise NotFoundError("原件", original_id) from error

    def remove(self, original_id: str) -> None:
        """Forget the bytes, once no record names them; a second time changes nothing."""
        if re.fullmatch(r"[0-9a-f]{64}", original_id):
            self._path(original_id).unlink(missing_ok=True)

    def _path(self, original_id: str) -> Path:
        return self._folder / original_id[:2] / original_id


def _sync_folder(folder: Path) -> None:
    """Make the new name last through a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
