"""Servers as child processes that live no longer than the test run: they end when their stdin is closed."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path


class ServerMissingError(Exception):
    """A real part is not on this machine: `part` was not tried, `remedy` says how to get it."""

    def __init__(self, part: str, remedy: str) -> None:
        super().__init__(f"{part}: {remedy}")
        self.part, self.remedy = part, remedy


class ServerFailedError(Exception):
    """A server that is there did not start, or stopped; the message ends with what it said."""


def built_servers() -> Path:
    """The folder in which `make servers` keeps what it built."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(os.environ.get("POLICYMAP_SERVERS") or cache / "policymap-servers")


def until_stdin_ends(*command: str | Path) -> list[str | Path]:
    """The command of a server that does not watch its stdin, run by a shell that does it for it."""
    script = '"$@" </dev/null >&2 & server=$!; cat >/dev/null; kill "$server"; wait "$server" || :'
    return ["sh", "-c", script, "sh", *command]


def free_port() -> int:
    """A loopback port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(
    command: Sequence[str | Path],
    log: Path,
    patience: float = 20,
    env: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> Iterator[subprocess.Popen[str]]:
    """The command as a child with piped stdin and stdout; closing its stdin must end it."""
    with log.open("ab") as messages:
        child = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=messages,
            text=True,
            start_new_session=True,
            env=env,
            cwd=folder,
        )
    try:
        yield child
    finally:
        assert child.stdin is not None and child.stdout is not None
        child.stdin.close()
        try:
            child.wait(patience)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        child.stdout.close()


def wait_until(
    ready: Callable[[], bool], child: subprocess.Popen[str], log: Path, patience: float = 30
) -> None:
    """Wait for a started child to be ready; ServerFailedError if it ends or takes too long."""
    deadline = time.monotonic() + patience
    while not ready():
        if child.poll() is not None or time.monotonic() > deadline:
            state = "ended" if child.poll() is not None else f"was not ready within {patience:.0f} s"
            raise ServerFailedError(f"{child.args} {state}: {log.read_text()[-2000:]}")
        time.sleep(0.05)


def listening(port: int) -> bool:
    """Whether something accepts connections on the loopback port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
