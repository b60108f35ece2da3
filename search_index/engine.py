"""The promise every engine keeps. All of it may be called from several threads at once."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from search_index.document import SearchDocument
from search_index.query import Filters, Query, SearchResult


class IndexUnusableError(Exception):
    """No index can be read here: missing, damaged, foreign, or of another schema or analysis. Rebuild it."""

    code = "index_unusable"

    def __init__(self, reason: str) -> None:
        super().__init__(f"检索索引不可用：{reason}。")
        self.message = str(self)
        self.reason = reason
        self.details: dict[str, object] = {"reason": reason}


class IndexRebuildingError(IndexUnusableError):
    """The index is being made anew right now; `done` documents have been read so far."""

    code = "index_rebuilding"

    def __init__(self, done: int) -> None:
        super().__init__(f"正在重建，已读入{done}条")
        self.details = {"done": done}


class IndexBusyError(Exception):
    """Another writer held the index longer than we were willing to wait; nothing was written."""

    code = "index_busy"

    def __init__(self, seconds: float) -> None:
        super().__init__("检索索引正被写入，请稍后再试。")
        self.message = str(self)
        self.details = {"seconds": seconds}


class RebuildError(Exception):
    """The new index did not hold what it was given; the old one stays."""

    code = "index_rebuild_failed"

    def __init__(self, expected: int, found: int) -> None:
        super().__init__(f"重建的索引有{found}条，应为{expected}条，已保留原索引。")
        self.message = str(self)
        self.details = {"expected": expected, "found": found}


Progress = Callable[[int], None]


@dataclass(frozen=True)
class Keeper:
    """Where an index is kept: how to open it, and how to make it anew where it cannot be opened.

    `commit` differs after every change by any process, before an answer shows it; None where nobody can tell.
    """

    open: Callable[[], Engine]
    remake: Callable[[Iterable[SearchDocument], Progress | None], Engine]
    commit: Callable[[], Hashable] = lambda: None


class Engine(Protocol):
    """A search engine. When `put` or `remove` returns, the next search of this process shows it."""

    def put(self, documents: Sequence[SearchDocument]) -> None:
        """Add or replace. A revision older than the one known, or no newer than a removal, is ignored."""

    def remove(self, document_id: str, revision: int) -> None:
        """Take out and remember the revision, so that a late older `put` cannot bring it back."""

    def search(self, query: Query) -> SearchResult:
        """Find; raises `QueryError` for a question that cannot be asked."""

    def totals(self, text: str, filters: Sequence[Filters]) -> list[int]:
        """How many hold all words of a question, spelled as it is, for each set of filters."""

    def suggest(self, prefix: str, limit: int = 10) -> list[str]:
        """Titles and terms that start with what is being typed, then titles that contain it."""

    def rebuild(self, documents: Iterable[SearchDocument], on_progress: Progress | None = None) -> int:
        """Build aside, check the count, swap; edits made meanwhile are kept. Returns the documents read."""

    def count(self) -> int:
        """How many documents can be found."""

    def check(self) -> None:
        """Raise `IndexUnusableError` if the index cannot answer."""

    def close(self) -> None:
        """Let go of files and memory; safe to call twice."""
