"""The queue process: serves tasks and the schedule table until it is stopped."""

from __future__ import annotations

import signal
import threading

from backend.adapters.logs import configure_logs
from backend.settings import Settings
from backend.wiring import build_house


def work(settings: Settings) -> None:
    """Serve the queue; SIGTERM and SIGINT let running tasks end first."""
    configure_logs(settings.log_level)
    house = build_house(settings)
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    house.serve_queue()
    stopped.wait()
    house.close()
