"""Python's garbage collector, kept out of loops that make many objects and no garbage."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """No collection meanwhile: it would look through the whole heap again and again and find nothing.

    For one batch at a time, so that what garbage there is never grows beyond a batch. Threads that use it
    side by side may end each other's pause: slower, never wrong.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
