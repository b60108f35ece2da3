"""Debian's redis-server for one test run, on a free loopback port, keeping nothing."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.processes import (
    ServerMissingError,
    free_port,
    listening,
    running,
    until_stdin_ends,
    wait_until,
)

PART = "Redis"


@contextmanager
def redis_server() -> Iterator[str]:
    """The URL of an empty Redis."""
    program = shutil.which("redis-server")
    if program is None:
        raise ServerMissingError(PART, "make servers, or install redis-server")
    port = free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with tempfile.TemporaryDirectory(prefix="redis-") as folder:
        log = Path(folder) / "redis.log"
        command = until_stdin_ends(program, *options, "--dir", folder)
        with running(command, log) as child:
            wait_until(lambda: listening(port), child, log)
            yield f"redis://127.0.0.1:{port}/0"
