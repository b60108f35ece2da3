"""A MongoDB-protocol server for one test run: FerretDB on PostgreSQL with DocumentDB, or any by its URI."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.processes import (
    ServerFailedError,
    ServerMissingError,
    built_servers,
    free_port,
    listening,
    running,
    wait_until,
)

PART = "FerretDB (the MongoDB protocol)"
_POSTGRES = "/usr/lib/postgresql/18/bin/postgres"
# Runs within the Debian folder: a fresh copy of the empty database, a server on it, and no trace afterwards.
# It ends when its stdin is closed, so a killed test run leaves nothing behind.
_DATABASE = f"""
set -eu
data=/var/lib/postgresql/run-$1
trap 'rm -rf "$data"' EXIT
cp -a /var/lib/postgresql/template "$data"
{_POSTGRES} -D "$data" -p "$2" </dev/null >&2 &
server=$!
cat >/dev/null
kill -INT "$server"
wait "$server" || :
"""


@contextmanager
def mongo_server() -> Iterator[str]:
    """The URI of a server: `MONGODB_URI_TEST` if set, else FerretDB started for this run."""
    if given := os.environ.get("MONGODB_URI_TEST"):
        yield given
        return
    base = built_servers()
    if not (base / "debian.recipe").exists() or not (base / "ferretdb.recipe").exists():
        raise ServerMissingError(PART, "make servers, or name a server by MONGODB_URI_TEST")
    if os.getuid() != 0:
        raise ServerMissingError(PART, "needs root (chroot); or name a server by MONGODB_URI_TEST")
    with tempfile.TemporaryDirectory(prefix="ferretdb-") as folder, _postgres(base, Path(folder)) as url:
        log = Path(folder) / "ferretdb.log"
        with running([base / "ferretdb", url, Path(folder) / "state"], log) as child:
            assert child.stdout is not None
            uri = child.stdout.readline().strip()
            if not uri:
                raise ServerFailedError(f"FerretDB did not start: {log.read_text()[-2000:]}")
            yield uri


@contextmanager
def _postgres(base: Path, folder: Path) -> Iterator[str]:
    port, log = free_port(), folder / "postgres.log"
    enter = [
        "chroot",
        "--userspec=postgres:postgres",
        base / "debian",
        "env",
        "-i",
        "LC_ALL=C.UTF-8",
        "PATH=/usr/bin:/bin",
    ]
    with running([*enter, "sh", "-c", _DATABASE, "sh", str(port), str(port)], log) as child:
        wait_until(lambda: listening(port), child, log)
        yield f"postgres://postgres@127.0.0.1:{port}/postgres"
