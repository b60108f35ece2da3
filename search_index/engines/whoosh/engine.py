"""The engine itself: one searcher per generation swapped in one assignment, one writer at a time."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from search_index.analysis import Analyzer
from search_index.document import SearchDocument
from search_index.engine import IndexUnusableError, RebuildError
from search_index.engines.whoosh import commits, folder
from search_index.engines.whoosh.commits import Commit
from search_index.engines.whoosh.delta import merge_small
from search_index.engines.whoosh.rows import Row, tombstone
from search_index.engines.whoosh.searcher import Searcher
from search_index.phrases import Phrases
from search_index.query import Filters, Query, SearchResult
from search_index.schema import Schema

_BATCH = 10_000


class WhooshEngine:
    """Keeps the promise of `search_index.engine.Engine` in a folder of this machine."""

    def __init__(self, path: Path, schema: Schema, analyzer: Analyzer) -> None:
        self._path = path
        self._schema = schema
        self._analyzer = analyzer
        self._phrases = Phrases(analyzer)
        self._lock = threading.Lock()
        self._closed = False
        self._watch = folder.watch(path)
        self._seen = self._watch.seen()
        self._searcher = self._latest(None)

    def put(self, documents: Sequence[SearchDocument]) -> None:
        """Add or replace; older revisions are ignored."""
        for document in documents:
            self._schema.check(document)
        self._write(lambda commit: [Row(document, commit.generation + 1) for document in documents])

    def remove(self, document_id: str, revision: int) -> None:
        """Take out and remember the revision."""
        self._write(lambda commit: [tombstone(document_id, revision, commit.generation + 1)])

    def search(self, query: Query) -> SearchResult:
        """Find in the newest generation of any process."""
        return self._current().search(query)

    def totals(self, text: str, filters: Sequence[Filters]) -> list[int]:
        """How many hold all words, for each set of filters."""
        return self._current().totals(text, filters)

    def suggest(self, prefix: str, limit: int = 10) -> list[str]:
        """Titles and terms for what is being typed."""
        return self._current().suggest(prefix, limit)

    def count(self) -> int:
        """How many documents can be found."""
        return self._current().count

    def check(self) -> None:
        """Raise `IndexUnusableError` if the index cannot answer or is of another schema or analysis."""
        self._require_open()
        folder.require_private(self._path)
        index = folder.current(self._path)
        folder.require_built_for(index, self._schema, self._analyzer)
        commits.read(index)

    def close(self) -> None:
        """Let go of everything; later calls raise `IndexUnusableError`."""
        self._closed = True

    def rebuild(
        self, documents: Iterable[SearchDocument], on_progress: Callable[[int], None] | None = None
    ) -> int:
        """Build aside, check the count, carry over what was edited meanwhile, swap."""
        self._require_open()
        with folder.alone(self._path, folder.REBUILD):
            return self._rebuild(documents, on_progress)

    def _rebuild(self, documents: Iterable[SearchDocument], on_progress: Callable[[int], None] | None) -> int:
        before = commits.read(folder.current(self._path))
        index = folder.new_index(self._path, self._schema, self._analyzer)
        try:
            built, read = _build(index, documents, self._schema, self._analyzer, on_progress)
            with folder.alone(self._path, folder.WRITE):
                now = commits.read(folder.current(self._path))
                carried = _edited_since(before, now, built)
                commits.write(built, commits.newer_than(carried, built), self._schema, self._analyzer)
                folder.announce(self._path, index)
                folder.remove_others(self._path, index)
        except BaseException:
            shutil.rmtree(index, ignore_errors=True)
            raise
        self._current()
        return read

    def _require_open(self) -> None:
        if self._closed:
            raise IndexUnusableError("已关闭")

    def _write(self, rows: Callable[[Commit], list[Row]]) -> None:
        self._require_open()
        with folder.alone(self._path, folder.WRITE):
            # Read anew: a killed writer may have committed without telling.
            index = folder.current(self._path)
            folder.require_built_for(index, self._schema, self._analyzer)
            commit = commits.read_if_newer(index, self._searcher.commit)
            accepted = commits.newer_than(rows(commit), commit)
            if accepted:
                commit = commits.write(commit, accepted, self._schema, self._analyzer)
            if commit is not self._searcher.commit:
                self._swap(commit)

    def _swap(self, commit: Commit) -> None:
        """Answer from this commit from now on, here and in other processes; the caller is the only writer."""
        searcher = self._over(commit, self._searcher)
        with self._lock:
            folder.tell_of_commit(self._path)
            self._seen = self._watch.seen()
            self._searcher = searcher

    def _current(self) -> Searcher:
        self._require_open()
        if self._watch.seen() != self._seen:
            with self._lock:
                # Looked at before reading: a commit in between is then noticed by the next search.
                seen = self._watch.seen()
                if seen != self._seen:
                    self._searcher = self._latest(self._searcher)
                    self._seen = seen
        return self._searcher

    def _latest(self, known: Searcher | None) -> Searcher:
        folder.require_private(self._path)
        index = folder.current(self._path)
        folder.require_built_for(index, self._schema, self._analyzer)
        return self._over(commits.read(index, known.commit if known else None), known)

    def _over(self, commit: Commit, known: Searcher | None) -> Searcher:
        delta = merge_small(commit, known.delta if known else None)
        return Searcher(commit, delta, self._schema, self._phrases)


def open_engine(path: Path, schema: Schema, analyzer: Analyzer) -> WhooshEngine:
    """The engine over an existing index; `IndexUnusableError` when there is none that fits."""
    return WhooshEngine(path, schema, analyzer)


def rebuild_engine(
    path: Path,
    schema: Schema,
    analyzer: Analyzer,
    documents: Iterable[SearchDocument],
    on_progress: Callable[[int], None] | None = None,
) -> WhooshEngine:
    """Make an index where none can be used, and open it; what lies there is kept aside."""
    folder.prepare(path)
    with folder.alone(path, folder.REBUILD), folder.alone(path, folder.WRITE):
        index = folder.new_index(path, schema, analyzer)
        try:
            _build(index, documents, schema, analyzer, on_progress)
            folder.announce(path, index)
        except BaseException:
            shutil.rmtree(index, ignore_errors=True)
            raise
        folder.set_aside(path, index)
    return open_engine(path, schema, analyzer)


def _build(
    index: Path,
    documents: Iterable[SearchDocument],
    schema: Schema,
    analyzer: Analyzer,
    on_progress: Callable[[int], None] | None,
) -> tuple[Commit, int]:
    """A whole index in a new folder, read back and counted; also how many documents there were."""
    commits.create(index)
    commit, given, read = commits.read(index), set[str](), 0
    for batch in _batches(documents):
        for document in batch:
            schema.check(document)
            given.add(document.id)
        rows = commits.newer_than([Row(document, 0) for document in batch], commit)
        commit = commits.write(commit, rows, schema, analyzer)
        read += len(batch)
        if on_progress:
            on_progress(read)
    found = commits.read(index).count()
    if found != len(given):
        raise RebuildError(len(given), found)
    return commit, read


def _batches(documents: Iterable[SearchDocument]) -> Iterator[list[SearchDocument]]:
    remaining = iter(documents)
    while batch := list(islice(remaining, _BATCH)):
        yield batch


def _edited_since(before: Commit, now: Commit, built: Commit) -> list[Row]:
    """What a rebuild must not lose: rows written after it began, and removals of what it did not read."""
    if now.index != before.index:
        # Another rebuild was swapped in meanwhile; revisions decide over everything it holds.
        return now.rows()
    return [
        row
        for row in now.rows()
        if row.written > before.generation or (row.gone and built.find(row.document.id) is None)
    ]
