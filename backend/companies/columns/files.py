"""The columns on disk beside the database: replaced whole, and never believed when anything is amiss."""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from datetime import date
from pathlib import Path
from uuid import uuid4

import numpy as np
import structlog

from backend.companies.columns.held import HeldColumns
from policies.facts import registry

log = structlog.get_logger(__name__)

# Raised when the reading of a firm's row changes: what an earlier release wrote is then read anew.
READING = 2


class ColumnFiles:
    """One file per year; `store` names the database it belongs to."""

    def __init__(self, folder: Path, store: str = "") -> None:
        self._folder, self._store = folder, store

    def load(self, year: int, ranks: str) -> HeldColumns | None:
        """What was saved for a year; None where there is nothing, or nothing that can be used."""
        path = self._path(year)
        if not path.exists():
            return None
        try:
            with np.load(path, allow_pickle=False) as file:
                parts = {name: file[name] for name in file.files}
            head = json.loads(parts.pop("head").tobytes())
            if head["made_by"] != self._made_by() or head["ranks"] != ranks:
                log.info("firm_columns_outdated", file=path.name)
                return None
            return HeldColumns.from_parts(date.fromisoformat(head["on"]), ranks, parts)
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as damage:
            log.warning("firm_columns_damaged", file=path.name, reason=f"{type(damage).__name__}: {damage}")
            return None

    def save(self, held: HeldColumns) -> None:
        """Put the columns in place of what was there, in one step; files of other years go."""
        self._folder.mkdir(parents=True, exist_ok=True)
        on = held.facts.on
        head = json.dumps({"made_by": self._made_by(), "ranks": held.ranks, "on": on.isoformat()})
        parts = {"head": np.frombuffer(head.encode(), np.uint8), **held.parts()}
        draft = self._folder / f"{uuid4().hex}.draft"
        try:
            with draft.open("wb") as file:
                np.savez(file, **parts)  # type: ignore[arg-type]
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._path(on.year))
        finally:
            draft.unlink(missing_ok=True)
        for old in self._folder.glob("*"):
            if old.suffix == ".npz" and old != self._path(on.year):
                old.unlink(missing_ok=True)

    def _path(self, year: int) -> Path:
        return self._folder / f"{year}.npz"

    def _made_by(self) -> str:
        """What the meaning of the columns hangs on: the way of reading, the registry, the database."""
        told = repr((READING, self._store, [repr(fact) for fact in registry().values()]))
        return hashlib.sha256(told.encode()).hexdigest()
