"""The folder of an index: which one is current, what it was built for, and who may write.

`current` names one `index-…` folder and is replaced whole, so a process killed at any moment leaves the old
index or the new one. Its time moves on at every commit: other processes notice by one look at the file.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from search_index.analysis import Analyzer
from search_index.engine import IndexBusyError, IndexUnusableError
from search_index.schema import Schema

FORMAT = 6
LOCK_SECONDS = 30.0
# For so long a process does not look again whether another has committed.
LOOK_SECONDS = 0.01
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


def signature(folder: Path) -> tuple[int, int] | None:
    """Differs after every commit of any process; None when there is no index."""
    try:
        about = os.stat(f"{folder}/current")  # noqa: PTH116  # asked before every search
    except FileNotFoundError:
        return None
    return about.st_ino, about.st_mtime_ns


def noticed(folder: Path) -> tuple[int, int] | None:
    """The same, once every process answers from that commit; None until then."""
    seen = signature(folder)
    return seen if seen and time.time_ns() - seen[1] > 2 * LOOK_SECONDS * 1e9 else None


def current(folder: Path) -> Path:
    """The folder of the current index."""
    try:
        name = json.loads((folder / "current").read_text())["index"]
    except FileNotFoundError:
        raise IndexUnusableError("还没有建立") from None
    except (ValueError, KeyError, TypeError):
        raise IndexUnusableError("入口文件已损坏") from None
    if not str(name).startswith("index-") or "/" in name or not (folder / name).is_dir():
        raise IndexUnusableError("入口文件指向不存在的索引")
    return folder / str(name)


def announce(folder: Path, index: Path) -> None:
    """Make this index the current one."""
    aside = folder / f"current.{secrets.token_hex(4)}"
    with aside.open("w") as file:
        json.dump({"index": index.name}, file)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(folder / "current")


def tell_of_commit(folder: Path) -> None:
    """Let other processes notice a new commit of the current index: the file stays, its time moves on."""
    entry = folder / "current"
    now = max(time.time_ns(), entry.stat().st_mtime_ns + 1)
    os.utime(entry, ns=(now, now))


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
