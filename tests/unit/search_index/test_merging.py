"""Merged arrays answer like arrays made of all rows at once."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np

from search_index.document import SearchDocument
from search_index.engines.whoosh import commits
from search_index.engines.whoosh.delta import merge_small
from search_index.engines.whoosh.engine import WhooshEngine, open_engine, rebuild_engine
from search_index.engines.whoosh.inverting import invert
from search_index.engines.whoosh.merging import Part, merged
from search_index.engines.whoosh.rows import Row
from search_index.query import Query

from .conftest import ANALYZER, SCHEMA

WORDS = ("高企", "补贴", "孵化器", "知识产权", "认定", "研发", "2026年", "GOI")


def rows(count: int, seed: int = 1) -> list[Row]:
    """Made-up rows in order of id."""
    chance = random.Random(seed)
    documents = [
        SearchDocument(
            f"d{n:04}", chance.choice(("policy", "course")), 1, "final", "".join(chance.sample(WORDS, 3)),
            "。".join(chance.choices(WORDS, k=9)), {"amount": chance.randrange(9)},
        )
        for n in range(count)
    ]  # fmt: skip
    return [Row(document, 0) for document in documents]


def test_parts_in_any_order_become_what_all_rows_are() -> None:
    every = rows(60)
    whole = invert(every, SCHEMA, ANALYZER)
    first, second = (invert(every[start::2], SCHEMA, ANALYZER) for start in (0, 1))
    found = merged([Part(second, np.ones(30, bool)), Part(first, np.ones(30, bool))])
    assert found.terms.tolist() == whole.terms.tolist()
    assert found.starts.tolist() == whole.starts.tolist()
    for told in ("row", "places"):
        assert found.postings[:][told].tolist() == whole.postings[:][told].tolist()
    assert [found.row(n) for n in range(60)] == every
    assert found.titles.inner.keys.tolist() == whole.titles.inner.keys.tolist()
    kinds = [
        {(int(doc), k.names[code]) for doc, code in zip(k.docs, k.codes, strict=True)}
        for k in (found.keywords["kind"], whole.keywords["kind"])
    ]
    assert kinds[0] == kinds[1]


def test_rows_not_kept_leave_nothing_behind() -> None:
    every = rows(20)
    kept = np.arange(20) % 2 == 0
    found = merged([Part(invert(every, SCHEMA, ANALYZER), kept)])
    alone = invert(every[::2], SCHEMA, ANALYZER)
    assert found.terms.tolist() == alone.terms.tolist()
    assert found.postings[:]["row"].tolist() == alone.postings[:]["row"].tolist()
    assert [found.ids.text(n) for n in range(10)] == [row.document.id for row in every[::2]]


def test_edit_by_edit_is_the_same_as_opened_anew(folder: Path) -> None:
    every = [row.document for row in rows(commits.SMALL * 3)]
    engine: WhooshEngine = rebuild_engine(folder, SCHEMA, ANALYZER, every)
    chance = random.Random(2)
    for number in range(commits.SMALL * 2 + 5):
        old = chance.choice(every)
        if number % 7 == 6:
            engine.remove(old.id, 100 + number)
        else:
            engine.put([SearchDocument(old.id, "policy", 100 + number, "final", f"变更{number}高企", "补贴")])
        fresh = merge_small(engine._searcher.commit, None).arrays
        grown = engine._searcher.delta.arrays
        assert fresh and grown
        assert fresh.terms.tolist() == grown.terms.tolist()
        assert fresh.postings[:]["row"].tolist() == grown.postings[:]["row"].tolist()
        assert fresh.ids.octets.tolist() == grown.ids.octets.tolist()
    anew = open_engine(folder, SCHEMA, ANALYZER)
    for text in ("高企 补贴", "变更", "", "知识产权"):
        mine, theirs = (e.search(Query(text, limit=50)) for e in (engine, anew))
        assert [hit.id for hit in mine.hits] == [hit.id for hit in theirs.hits]
        assert mine.total == theirs.total


def test_many_edits_become_a_segment_of_their_own(folder: Path) -> None:
    engine = rebuild_engine(folder, SCHEMA, ANALYZER, [row.document for row in rows(10)])
    for start in range(0, commits.LARGE + 40, 40):
        engine.put([SearchDocument(f"e{start + n}", "policy", 1, "final", "示例", "正文") for n in range(40)])
    sizes = sorted(segment.arrays.size for segment in engine._searcher.commit.segments)
    assert sizes[-1] >= commits.LARGE > sum(sizes[:-1])
    assert (
        engine.count()
        == engine.search(Query("", limit=1)).total
        == 10 + len(range(0, commits.LARGE + 40, 40)) * 40
    )
