"""Missing, damaged, foreign, outdated: each is noticed. Other processes and killed ones too."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from search_index.analysis import Analyzer
from search_index.engine import IndexUnusableError
from search_index.engines.whoosh import block
from search_index.engines.whoosh import folder as index_folder
from search_index.engines.whoosh.engine import WhooshEngine, open_engine, rebuild_engine
from search_index.query import Query
from search_index.schema import Schema

from .conftest import ANALYZER, SCHEMA, document

WRITER = """
import sys
from pathlib import Path
sys.path[:0] = [{tests!r}]
from conftest import ANALYZER, SCHEMA, document
from search_index.engines.whoosh.engine import open_engine
engine = open_engine(Path({folder!r}), SCHEMA, ANALYZER)
for n in range(1000000):
    if {rebuild} and n % 2:
        engine.rebuild(document(f"d{{k}}", revision=n + 1) for k in range(10))
    else:
        engine.put([document(f"w{{n % 7}}", revision=n + 1)])
    print(n, flush=True)
"""


def test_folder_is_private(engine: WhooshEngine, folder: Path) -> None:
    assert folder.stat().st_mode & 0o777 == 0o700


def test_missing(folder: Path) -> None:
    with pytest.raises(IndexUnusableError, match="还没有建立"):
        open_engine(folder, SCHEMA, ANALYZER)


def test_writable_by_others(engine: WhooshEngine, folder: Path) -> None:
    folder.chmod(0o777)
    with pytest.raises(IndexUnusableError, match="其他账户"):
        open_engine(folder, SCHEMA, ANALYZER)


@pytest.mark.parametrize("schema", [SCHEMA, Schema(())])
def test_other_analysis_or_schema(engine: WhooshEngine, folder: Path, schema: Schema) -> None:
    other = ANALYZER if schema != SCHEMA else Analyzer(words=("新词",))
    with pytest.raises(IndexUnusableError, match="另一种结构或分词"):
        open_engine(folder, schema, other)
    again = rebuild_engine(folder, schema, other, [])
    assert again.count() == 0


@pytest.mark.parametrize(
    "pattern",
    [
        "current",
        "index-*/built_for.json",
        "index-*/*.toc",
        "index-*/arrays/*.bin",
    ],
)
@pytest.mark.parametrize("damage", ["gone", "cut", "noise"])
def test_damage_is_noticed(engine: WhooshEngine, folder: Path, pattern: str, damage: str) -> None:
    (victim,) = folder.glob(pattern)
    if damage == "gone":
        victim.unlink()
    else:
        content = victim.read_bytes()
        victim.write_bytes(content[: len(content) // 2] if damage == "cut" else b"\x00noise" * 9)
    with pytest.raises(IndexUnusableError):
        open_engine(folder, SCHEMA, ANALYZER)
    with pytest.raises(IndexUnusableError):
        engine.check()
    assert rebuild_engine(folder, SCHEMA, ANALYZER, [document("a")]).count() == 1


def test_other_process_is_noticed(engine: WhooshEngine, folder: Path) -> None:
    elsewhere = open_engine(folder, SCHEMA, ANALYZER)
    elsewhere.put([document("d3", "改名", 2)])
    assert [hit.id for hit in engine.search(Query("改名")).hits] == ["d3"]
    elsewhere.rebuild([document("only")])
    assert engine.count() == 1
    engine.put([document("second")])
    assert elsewhere.count() == 2


def test_lost_folder(engine: WhooshEngine, folder: Path) -> None:
    shutil.rmtree(folder)
    time.sleep(0.06)
    with pytest.raises(IndexUnusableError):
        engine.search(Query("示例"))


def test_another_process_is_noticed_by_the_next_search(engine: WhooshEngine, folder: Path) -> None:
    code = WRITER.format(tests=str(Path(__file__).parent), folder=str(folder), rebuild=False)
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        for _ in range(5):
            revision = int(writer.stdout.readline()) + 1
            start = time.perf_counter()
            newest = max(hit.revision for hit in engine.search(Query("示例办法", limit=100)).hits)
            taken = time.perf_counter() - start
            assert newest >= revision
            assert taken < 0.5  # a few milliseconds where nothing else runs
        writer.kill()


def test_a_rebuild_killed_before_it_told_is_noticed_soon(
    engine: WhooshEngine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = open_engine(folder, SCHEMA, ANALYZER)
    before = index_folder.watch(folder).seen()
    with monkeypatch.context() as killed:
        killed.setattr(os, "pwrite", lambda *_: None)
        elsewhere.rebuild([document("only")])
    time.sleep(0.06)
    assert engine.count() == 1
    assert index_folder.watch(folder).seen() != before


def test_full_disk_leaves_the_old_index_answering(
    engine: WhooshEngine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = block.write

    def full(path: Path, *_: object) -> None:
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(block, "write", full)
    with pytest.raises(OSError, match="No space"):
        engine.put([document("new")])
    with pytest.raises(OSError, match="No space"):
        engine.rebuild(document(f"r{n}") for n in range(3))
    assert engine.count() == open_engine(folder, SCHEMA, ANALYZER).count() == 10
    monkeypatch.setattr(block, "write", real)
    engine.put([document("new")])
    assert engine.count() == 11
    assert not list(folder.glob("index-*/arrays/*.part"))


def test_what_could_not_be_used_is_kept_aside_once(engine: WhooshEngine, folder: Path) -> None:
    for _ in range(2):
        (toc,) = folder.glob("index-*/*.toc")
        toc.write_bytes(b"noise")
        rebuild_engine(folder, SCHEMA, ANALYZER, [document("a")])
    assert len(list(folder.glob("aside-*"))) == 1
    assert len(list(folder.glob("index-*"))) == 1


def _kill_while_writing(folder: Path, rebuild: bool, seconds: float) -> int:
    """The number of the last write the killed process had reported."""
    code = WRITER.format(tests=str(Path(__file__).parent), folder=str(folder), rebuild=rebuild)
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline().strip() == "0"
        time.sleep(seconds)
        writer.send_signal(signal.SIGKILL)
        told = [int(line) for line in writer.stdout.read().split("\n")[:-1]]
    return told[-1] if told else 0


def _kill_and_look(folder: Path, rounds: int) -> None:
    for turn in range(rounds):
        rebuild_engine(folder, SCHEMA, ANALYZER, [document(f"d{n}") for n in range(10)])
        last = _kill_while_writing(folder, rebuild=bool(turn % 2), seconds=0.02 + turn % 13 * 0.009)
        engine = open_engine(folder, SCHEMA, ANALYZER)
        result = engine.search(Query("示例办法", limit=100))
        assert result.total == len({hit.id for hit in result.hits}) == engine.count()
        assert {f"d{n}" for n in range(10)} <= {hit.id for hit in result.hits}
        newest = max(hit.revision for hit in result.hits)
        assert newest in (last + 1, last + 2)
        engine.put([document("after")])
        assert engine.search(Query("示例办法")).total == result.total + 1


def test_killed_writer_leaves_a_whole_index(folder: Path) -> None:
    _kill_and_look(folder, 4)


@pytest.mark.torture
def test_many_killed_writers(folder: Path) -> None:
    _kill_and_look(folder, 200)
