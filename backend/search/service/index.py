"""The index behind search: opened when it can be, made anew in the background when it cannot."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

import structlog

from search_index.document import SearchDocument
from search_index.engine import Engine, IndexBusyError, IndexRebuildingError, IndexUnusableError, Keeper

Answer = TypeVar("Answer")

log = structlog.get_logger(__name__)

# A small index is made within the request that first needs it; whoever follows a change can wait longer.
SEARCH_WAITS = 1.0
CHANGE_WAITS = 60.0
_RETRY_SECONDS = 1.0


class Index:
    """Hands out the engine; raises IndexRebuildingError while there is none that can answer."""

    def __init__(self, keeper: Keeper, documents: Callable[[], Iterable[SearchDocument]]) -> None:
        self._keeper = keeper
        self._documents = documents
        self._engine: Engine | None = None
        self._lock = threading.Lock()
        self._remaking: threading.Thread | None = None
        self._ready = threading.Event()
        self._closed = False
        self._done = 0

    def engine(self, wait: float = SEARCH_WAITS) -> Engine:
        """The engine, after waiting so many seconds for one that is being made."""
        engine = self._engine
        if engine is not None:
            return engine
        with self._lock:
            if self._engine is None and self._remaking is None:
                self._open()
        if not self._ready.wait(wait):
            raise IndexRebuildingError(self._done)
        if self._engine is None:
            raise IndexUnusableError("已关闭")
        return self._engine

    def answer(self, ask: Callable[[Engine], Answer], wait: float = SEARCH_WAITS) -> Answer:
        """Ask the engine; one that turns out unusable is replaced, and asked again if that is quick."""
        engine = self.engine(wait)
        try:
            return ask(engine)
        except IndexUnusableError as error:
            self._give_up(engine, error)
        return ask(self.engine(wait))

    def commit(self) -> Hashable:
        """What the next answer comes from, or a newer one: differs after every change; None if unknown."""
        return self._keeper.commit()

    def close(self) -> None:
        """Let go of the engine; a rebuild under way ends at its next document."""
        self._closed = True
        thread = self._remaking
        if thread is not None:
            thread.join(10)
        if self._engine is not None:
            self._engine.close()
        self._engine = None

    def _give_up(self, engine: Engine, error: IndexUnusableError) -> None:
        with self._lock:
            if self._engine is engine and not self._closed:
                log.warning("index_lost", reason=error.reason)
                engine.close()
                self._engine = None
                self._ready.clear()

    def _open(self) -> None:
        if self._closed:
            self._ready.set()
            return
        try:
            self._engine = self._keeper.open()
        except IndexUnusableError as error:
            log.warning("index_rebuilding", reason=error.reason)
            self._ready.clear()
            self._remaking = threading.Thread(target=self._remake, name="index-rebuild", daemon=True)
            self._remaking.start()
            return
        self._ready.set()

    def _remake(self) -> None:
        """Until it works: another process may be at it, the disk may be full, the database away."""
        while not self._closed:
            try:
                self._engine = self._opened() or self._keeper.remake(self._until_closed(), self._progress)
                log.info("index_ready", documents=self._done)
                break
            except IndexBusyError:
                log.info("index_rebuilt_elsewhere")
            except Exception:
                log.exception("index_rebuild_failed")
            time.sleep(_RETRY_SECONDS)
        with self._lock:
            self._remaking = None
            self._ready.set()

    def _opened(self) -> Engine | None:
        """Another process may have made it meanwhile."""
        try:
            return self._keeper.open()
        except IndexUnusableError:
            return None

    def _until_closed(self) -> Iterable[SearchDocument]:
        for document in self._documents():
            if self._closed:
                raise IndexUnusableError("已关闭")
            yield document

    def _progress(self, done: int) -> None:
        self._done = done
        log.info("index_progress", documents=done)
