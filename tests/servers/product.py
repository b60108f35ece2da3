"""The product itself as processes: `serve`, and `worker` beside it where a database server is used."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from backend.settings import Settings
from tests.servers.processes import ServerFailedError, free_port, running, until_stdin_ends

ROOT = Path(__file__).parents[2]
WEB, WORKER = "serve", "worker"


def environment(settings: Settings) -> dict[str, str]:
    """The variables that give a child these settings, and no other of this project."""
    ours = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("POLICYMAP_", "MONGODB_", "REDIS_"))
    }
    given = {name: getattr(settings, name) for name in settings.model_fields_set}
    for name, value in given.items():
        variable = name.upper() if name in {"mongodb_uri", "redis_url"} else f"POLICYMAP_{name.upper()}"
        if value is not None:
            ours[variable] = value.get_secret_value() if hasattr(value, "get_secret_value") else str(value)
    return ours


@dataclass
class Product:
    """Processes of one installation that can be killed and started again on the same port and data."""

    settings: Settings
    log: Path
    roles: Sequence[str] = (WEB,)
    _running: dict[str, ExitStack] = field(default_factory=dict)
    _children: dict[str, subprocess.Popen[str]] = field(default_factory=dict)

    @property
    def base(self) -> str:
        """The address of the web server."""
        return f"http://127.0.0.1:{self.settings.port}"

    def start(self, roles: Sequence[str] = ()) -> None:
        """Start what is not running and wait until the web server is ready."""
        for role in roles or self.roles:
            command = until_stdin_ends(sys.executable, "-m", "backend.cli", role)
            stack = self._running[role] = ExitStack()
            self._children[role] = stack.enter_context(
                running(command, self.log, env=environment(self.settings), folder=ROOT)
            )
        self._wait_until_ready()

    def kill(self, roles: Sequence[str] = ()) -> None:
        """`kill -9` every process of these roles."""
        for role in roles or self.roles:
            os.killpg(self._children[role].pid, signal.SIGKILL)
        for role in roles or self.roles:
            self._running.pop(role).close()

    def stop(self) -> None:
        """End as an operator does, by SIGTERM."""
        while self._running:
            self._running.popitem()[1].close()

    def _wait_until_ready(self, patience: float = 60) -> None:
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            ended = [role for role, child in self._children.items() if child.poll() is not None]
            if ended:
                break
            with suppress(httpx.TransportError):
                if httpx.get(f"{self.base}/readyz", timeout=5).status_code == 200:
                    return
            time.sleep(0.05)
        raise ServerFailedError(f"{self.roles} not ready: {self.log.read_text()[-3000:]}")


@contextmanager
def product(settings: Settings, log: Path, roles: Sequence[str] = (WEB,)) -> Iterator[Product]:
    """The product, started, on a free loopback port; stopped in the end."""
    made = Product(settings.model_copy(update={"port": free_port()}), log, roles)
    try:
        made.start()
        yield made
    finally:
        made.stop()
