"""What Whoosh does wrong on its own, and that none of it reaches us. One test per trap."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from whoosh.writing import SegmentWriter

from search_index.engine import IndexBusyError
from search_index.engines.whoosh import commits
from search_index.engines.whoosh import folder as index_folder
from search_index.engines.whoosh.engine import WhooshEngine, open_engine
from search_index.query import Between, Query

from .conftest import ANALYZER, SCHEMA, document


def test_open_lower_bound_finds_only_what_is_below(engine: WhooshEngine) -> None:
    result = engine.search(Query(filters=(Between("amount", high=0),)))
    assert [hit.id for hit in result.hits] == ["d0"]


def test_failed_commit_frees_the_lock(engine: WhooshEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:

        def full_disk(*_: object, **__: object) -> None:
            raise OSError(28, "No space left on device")

        patched.setattr(SegmentWriter, "_commit_toc", full_disk)
        with pytest.raises(OSError, match="No space"):
            engine.put([document("new")])
    assert engine.count() == 10
    engine.put([document("new")])
    assert engine.count() == 11


def test_one_searcher_serves_many_threads(engine: WhooshEngine) -> None:
    searcher, wrong = engine._current(), list[int]()

    def search() -> None:
        wrong.extend(1 for _ in range(100) if searcher.search(Query("示例办法")).total != 10)

    threads = [threading.Thread(target=search) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_same_id_twice_in_a_batch_is_one_document(engine: WhooshEngine) -> None:
    engine.put([document("x", "先", 1), document("x", "后", 2), document("x", "中", 1)])
    assert engine.count() == 11
    assert engine.search(Query("后")).total == 1


def test_edits_leave_no_files_open(engine: WhooshEngine) -> None:
    def opened() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    engine.put([document("warm")])
    before = opened()
    for revision in range(40):
        engine.put([document("warm", revision=revision)])
    assert opened() <= before + 2


def test_second_writer_waits_then_says_busy(engine: WhooshEngine, folder: Path) -> None:
    with (
        index_folder.alone(folder, index_folder.WRITE),
        pytest.raises(IndexBusyError),
        index_folder.alone(folder, index_folder.WRITE, seconds=0.02),
    ):
        pytest.fail("two writers at once")


def test_no_edit_merges_large_segments(folder: Path, engine: WhooshEngine) -> None:
    engine.rebuild(document(f"d{n}") for n in range(commits.SMALL * 3))
    base = engine._current().commit.segments[0].name
    for n in range(commits.SMALL * 3):
        engine.put([document(f"e{n}")])
    segments = engine._current().commit.segments
    assert segments[0].name == base
    assert len(segments) <= commits.SMALL + 3
    assert open_engine(folder, SCHEMA, ANALYZER).count() == commits.SMALL * 6
