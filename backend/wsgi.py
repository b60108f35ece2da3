"""The web process: gunicorn over the wired house. With the embedded store it also serves the queue."""

from __future__ import annotations

import sys
from collections.abc import Callable

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from backend.adapters.logs import configure_logs
from backend.app import create_app
from backend.settings import Settings
from backend.shared.errors import PolicyMapError
from backend.wiring import build_house


class WebServer(BaseApplication):
    """gunicorn with our settings. The house is built in each worker, after the fork: the embedded store
    belongs to one process, and no connection may be shared across a fork."""

    def __init__(self, settings: Settings, on_ready: Callable[[], None] = lambda: None) -> None:
        self._settings = settings
        self._on_ready = on_ready
        super().__init__()

    def load_config(self) -> None:
        settings = self._settings
        options = {
            "bind": f"{settings.host}:{settings.port}",
            "workers": 1 if settings.embedded else settings.web_workers,
            "threads": settings.web_threads,
            "worker_class": "backend.adapters.http.worker.JsonThreadWorker",
            "timeout": 120,
            "graceful_timeout": 20,
            "accesslog": None,
            "loglevel": "warning",
            "control_socket_disable": True,  # it would be written into the working folder
        }
        for name, value in options.items():
            if name in self.cfg.settings:  # not every gunicorn of our range knows every option
                self.cfg.set(name, value)

    def load(self) -> Flask:
        configure_logs(self._settings.log_level)
        try:
            house = build_house(self._settings)
        except PolicyMapError as error:
            sys.stderr.write(f"Error: {error.message}\n")
            raise SystemExit(Arbiter.WORKER_BOOT_ERROR) from None
        if self._settings.embedded:
            house.serve_queue()
        self._on_ready()
        return create_app(house)


def serve(settings: Settings, on_ready: Callable[[], None] = lambda: None) -> None:
    """Run the web server until it is stopped."""
    WebServer(settings, on_ready).run()
