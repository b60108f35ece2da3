"""Serves a queue whose tasks never end and says on stdout when it has one in hand; a test kills it.

Run as: killed_worker REDIS_URL|- SQLITE_PATH NAME.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from backend.adapters.queue import open_queue


def main() -> None:
    """Serve until killed."""
    url, path, name = sys.argv[1:]
    queue = open_queue(None if url == "-" else url, Path(path), name)
    queue.register("work", _never_ends)
    queue.start_consumer(1)
    time.sleep(60)


def _never_ends(number: int) -> None:
    print(number, flush=True)
    time.sleep(60)


if __name__ == "__main__":
    main()
