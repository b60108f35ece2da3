"""Four threads search while another process edits, is killed and starts again: no answer is wrong."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from search_index.analysis import Analyzer
from search_index.document import SearchDocument
from search_index.engines.whoosh import open_engine, rebuild_engine
from search_index.engines.whoosh.engine import WhooshEngine
from search_index.query import Query
from search_index.schema import Schema

SCHEMA, ANALYZER = Schema(()), Analyzer(synonyms={"高新技术企业": ("高企",)})
STABLE, EDITED = 300, 7
WRITER = """
import sys
from pathlib import Path
from tests.torture.test_search_under_fire import ANALYZER, SCHEMA, edited
from search_index.engines.whoosh import open_engine
from search_index.query import Query
engine = open_engine(Path(sys.argv[1]), SCHEMA, ANALYZER)
revision = max(hit.revision for hit in engine.search(Query("变动", limit=50)).hits)
while True:
    revision += 1
    engine.put([edited(revision % 7, revision)])
    print(revision, flush=True)
"""


def edited(number: int, revision: int) -> SearchDocument:
    """A document that changes all the time."""
    return SearchDocument(f"e{number}", "policy", revision, "final", f"变动示例{number}", f"第{revision}版")


def _documents() -> Iterator[SearchDocument]:
    for n in range(STABLE):
        yield SearchDocument(f"s{n:03}", "policy", 1, "final", f"高企办法{n}", "不变的正文。孵化器补贴。")
    yield from (edited(n, 1) for n in range(EDITED))


class Reader:
    """Asks in a thread and keeps what was wrong."""

    def __init__(self, engine: WhooshEngine, searches: int, seed: int) -> None:
        self.engine, self.searches, self.chance = engine, searches, random.Random(seed)
        self.wrong: list[object] = []
        self.newest: dict[str, int] = {}

    def run(self) -> None:
        """So many searches, and on until an edit was seen."""
        asked, patience = 0, time.monotonic() + 60
        while asked < self.searches or (not self.seen_an_edit and time.monotonic() < patience):
            asked += 1
            try:
                self._ask()
            except Exception as error:
                self.wrong.append(error)

    @property
    def seen_an_edit(self) -> bool:
        return any(revision > EDITED for revision in self.newest.values())

    def _ask(self) -> None:
        number = self.chance.randrange(STABLE)
        if self.chance.random() < 0.5:
            found = self.engine.search(Query(f"高新技术企业办法{number}", limit=100, highlights=False))
            if f"s{number:03}" not in {hit.id for hit in found.hits}:
                self.wrong.append((number, found))
            return
        found = self.engine.search(Query("变动示例", limit=20, highlights=False))
        if found.total != EDITED or len({hit.id for hit in found.hits}) != EDITED:
            self.wrong.append(found)
        for hit in found.hits:
            if hit.revision < self.newest.get(hit.id, 0):
                self.wrong.append(("older", hit))
            self.newest[hit.id] = hit.revision


@contextmanager
def _killed_again_and_again(folder: Path, pause: float) -> Iterator[list[int]]:
    stop, kills = threading.Event(), list[int]()

    def fire() -> None:
        while not stop.is_set():
            writer = subprocess.Popen([sys.executable, "-c", WRITER, str(folder)], stdout=subprocess.PIPE)
            assert writer.stdout and writer.stdout.readline()  # it has begun to edit
            threading.Thread(target=writer.stdout.read).start()
            stop.wait(pause)
            writer.send_signal(signal.SIGKILL)
            kills.append(writer.wait())

    thread = threading.Thread(target=fire)
    thread.start()
    try:
        yield kills
    finally:
        stop.set()
        thread.join()


def _under_fire(folder: Path, searches: int, pause: float) -> None:
    engine = rebuild_engine(folder, SCHEMA, ANALYZER, _documents())
    readers = [Reader(engine, searches // 4, seed) for seed in range(4)]
    threads = [threading.Thread(target=reader.run) for reader in readers]
    with _killed_again_and_again(folder, pause) as kills:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [reader.wrong[:3] for reader in readers] == [[], [], [], []]
    assert set(kills) == {-signal.SIGKILL}
    assert all(reader.seen_an_edit for reader in readers)
    assert open_engine(folder, SCHEMA, ANALYZER).count() == STABLE + EDITED
    assert engine.count() == STABLE + EDITED


def test_a_few_thousand_searches_under_fire(tmp_path: Path) -> None:
    _under_fire(tmp_path / "search", 4_000, 0.5)


@pytest.mark.torture
def test_a_million_searches_under_fire(tmp_path: Path) -> None:
    _under_fire(tmp_path / "search", 1_000_000, 3.0)
