"""The files of import runs: what was given, and the report that grows with the run."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import BinaryIO


class RunFiles:
    """A folder; the names in it are the runs' ids."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, run_id: str, source: Path | bytes) -> Path:
        """Keep a copy of the given file; on disk when this returns."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self.source(run_id)
        if isinstance(source, bytes):
            path.write_bytes(source)
        else:
            shutil.copyfile(source, path)
        with path.open("rb") as file:
            os.fsync(file.fileno())
        return path

    def source(self, run_id: str) -> Path:
        """Where the given file lies."""
        return self._folder / f"{run_id}.source"

    def report(self, run_id: str) -> Path:
        """Where the report lies."""
        return self._folder / f"{run_id}.report.csv"

    def reopen_report(self, run_id: str, length: int) -> BinaryIO:
        """The report cut to what counts, ready for more."""
        path = self.report(run_id)
        path.touch()
        file = path.open("r+b")
        file.truncate(length)
        file.seek(length)
        return file

    def remove(self, run_id: str) -> None:
        """Both files."""
        self.source(run_id).unlink(missing_ok=True)
        self.report(run_id).unlink(missing_ok=True)


def flush_to_disk(file: BinaryIO) -> int:
    """Everything written so far lasts; how long the file is."""
    file.flush()
    os.fsync(file.fileno())
    return file.tell()
