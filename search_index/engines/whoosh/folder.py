"""The folder of an index: which one is current, what it was built for, and who may write.

`current` names one `index-…` folder and is replaced whole, so a process killed at any moment leaves the old
index or the new one. It begins with a count that grows at every commit: other processes hold the file open.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import secrets
import shutil
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from search_index.analysis import Analyzer
from search_index.engine import IndexBusyError, IndexUnusableError
from search_index.schema import Schema

FORMAT = 6
LOCK_SECONDS = 30.0
# How many octets of `current` count the commits.
_COUNT = 8
_LOOK_SECONDS = 0.05
WRITE = "write.lock"
REBUILD = "rebuild.lock"


def prepare(folder: Path) -> None:
    """Make the folder, private: Whoosh's files hold pickles, which are code."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)


def require_private(folder: Path) -> None:
    """Refuse to read what another account could have written."""
    try:
        about = folder.stat()
    except FileNotFoundError:
        raise IndexUnusableError("还没有建立") from None
    if about.st_uid != os.getuid() or about.st_mode & 0o022:
        raise IndexUnusableError("目录可被其他账户写入")


class Watch:
    """Sees at once whether any process has committed: the count of commits is read from a file held open.

    Read and not mapped: whoever cuts the file short would kill every process that has it mapped.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "current"
        self._file: _Held | None = None
        self._seen = b""
        self._looks_again = 0.0

    def seen(self) -> bytes | None:
        """Differs after every commit of any process; None when there is no index."""
        now = time.monotonic()
        file = self._file
        if file is not None and now < self._looks_again:
            seen = os.pread(file.number, _COUNT, 0)
            if seen == self._seen:
                return seen or None
        try:
            self._file = file = _Held(self._path)
        except FileNotFoundError:
            self._file = None
            return None
        self._seen = os.pread(file.number, _COUNT, 0)
        # A rebuild puts another file in its place, which is told through the old one unless it was killed.
        self._looks_again = now + _LOOK_SECONDS
        return self._seen or None


class _Held:
    """A file held open by its number, let go when the last thread that reads it has."""

    def __init__(self, path: Path) -> None:
        self.number = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        weakref.finalize(self, os.close, self.number)


@lru_cache(8)
def watch(folder: Path) -> Watch:
    """The watch over a folder: one, so that whoever asks twice is never told of an older commit."""
    return Watch(folder)


def current(folder: Path) -> Path:
    """The folder of the current index."""
    try:
        name = json.loads((folder / "current").read_bytes()[_COUNT:])["index"]
    except FileNotFoundError:
        raise IndexUnusableError("还没有建立") from None
    except (ValueError, KeyError, TypeError):
        raise IndexUnusableError("入口文件已损坏") from None
    if not str(name).startswith("index-") or "/" in name or not (folder / name).is_dir():
        raise IndexUnusableError("入口文件指向不存在的索引")
    return folder / str(name)


def announce(folder: Path, index: Path) -> None:
    """Make this index the current one."""
    entry, aside = folder / "current", folder / f"current.{secrets.token_hex(4)}"
    with entry.open("r+b") if entry.exists() else contextlib.nullcontext() as before:
        count = _after(before.read(_COUNT) if before else b"")
        with aside.open("wb") as file:
            file.write(count + json.dumps({"index": index.name}).encode())
            file.flush()
            os.fsync(file.fileno())
        aside.replace(entry)
        if before:
            os.pwrite(before.fileno(), count, 0)


def tell_of_commit(folder: Path) -> None:
    """Let other processes notice a new commit of the current index."""
    with (folder / "current").open("r+b") as entry:
        os.pwrite(entry.fileno(), _after(entry.read(_COUNT)), 0)


def _after(count: bytes) -> bytes:
    """A later count, also where an index begins anew: the time, unless that is no later."""
    return max(time.time_ns(), int.from_bytes(count, "little") + 1).to_bytes(_COUNT, "little")


def new_index(folder: Path, schema: Schema, analyzer: Analyzer) -> Path:
    """An empty folder aside, with a note of what it is built for."""
    index = folder / f"index-{secrets.token_hex(6)}"
    (index / "arrays").mkdir(mode=0o700, parents=True)
    index.chmod(0o700)
    (index / "built_for.json").write_text(json.dumps(_built_for(schema, analyzer)))
    return index


def require_built_for(index: Path, schema: Schema, analyzer: Analyzer) -> None:
    """Refuse an index of another format, schema or analysis."""
    try:
        found = json.loads((index / "built_for.json").read_text())
    except (OSError, ValueError):
        raise IndexUnusableError("说明文件缺失或损坏") from None
    if found != _built_for(schema, analyzer):
        raise IndexUnusableError("由另一种结构或分词建立")


def _built_for(schema: Schema, analyzer: Analyzer) -> dict[str, str | int]:
    return {"format": FORMAT, "schema": schema.fingerprint(), "analysis": analyzer.fingerprint()}


def remove_others(folder: Path, kept: Path) -> None:
    """Clear away indexes that are no longer current. Processes still reading one keep their mapped files."""
    for other in folder.glob("index-*"):
        if other != kept:
            shutil.rmtree(other, ignore_errors=True)


def set_aside(folder: Path, kept: Path) -> None:
    """Keep the newest index that could not be used, for whoever looks into it; clear the rest away."""
    for older in folder.glob("aside-*"):
        shutil.rmtree(older, ignore_errors=True)
    others = sorted((o for o in folder.glob("index-*") if o != kept), key=lambda o: o.stat().st_mtime_ns)
    for other in others[-1:]:
        other.rename(folder / f"aside-{other.name}")
    remove_others(folder, kept)


@contextmanager
def alone(folder: Path, work: str, seconds: float = LOCK_SECONDS) -> Iterator[None]:
    """Be the only one of all processes at this work; the lock goes with the process that dies."""
    with (folder / work).open("a") as file:
        deadline = time.monotonic() + seconds
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise IndexBusyError(seconds) from None
                time.sleep(0.005)
        yield
