"""On one field our scores are those of BM25: Whoosh's own search puts the rows in the same order."""

from __future__ import annotations

import math
import random
from pathlib import Path
from typing import Any

import pytest
from whoosh import fields, index, query, scoring
from whoosh.analysis import SpaceSeparatedTokenizer
from whoosh.util.numeric import byte_to_length, length_to_byte

from search_index.analysis import Analyzer
from search_index.document import SearchDocument
from search_index.engines.whoosh import rebuild_engine
from search_index.query import Query
from search_index.schema import Schema

ANALYZER = Analyzer()
WORDS = ("补贴办法", "补贴", "办法", "孵化器", "认定", "示例补助", "贴办", "人才")


class SameRarity(scoring.BM25F):
    """Whoosh's BM25 with our measure of how much a term tells."""

    def idf(self, searcher: Any, fieldname: str, text: Any) -> float:
        rows, held = searcher.doc_count_all(), searcher.doc_frequency(fieldname, text)
        return math.log(1 + (rows - held + 0.5) / (held + 0.5))


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """Made-up texts of many lengths: those that Whoosh, which keeps a length in one byte, knows exactly."""
    chance = random.Random(5)
    made = {f"d{n:04}": "，".join(chance.choices(WORDS, k=chance.randint(1, 12))) for n in range(900)}
    sizes = {ident: len(ANALYZER.terms(text)) for ident, text in made.items()}
    exact = {i: text for i, text in made.items() if byte_to_length(length_to_byte(sizes[i])) == sizes[i]}
    assert len({sizes[ident] for ident in exact}) > 5
    return exact


@pytest.fixture(scope="module")
def whoosh_searcher(texts: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Whoosh's own index of the same terms."""
    terms = fields.TEXT(analyzer=SpaceSeparatedTokenizer(), phrase=False)
    schema = fields.Schema(id=fields.ID(stored=True), terms=terms)
    kept: Any = index.create_in(str(tmp_path_factory.mktemp("whoosh")), schema)
    writer = kept.writer()
    for ident, text in texts.items():
        writer.add_document(id=ident, terms=" ".join(ANALYZER.terms(text)))
    writer.commit()
    return kept.searcher(weighting=SameRarity(B=0.9, K1=1.2))


@pytest.mark.parametrize("asked", ["补贴", "补贴办法", "孵化器", "示例补助", "人才", "认定"])
def test_same_order_as_whoosh(
    texts: dict[str, str], whoosh_searcher: Any, tmp_path: Path, asked: str
) -> None:
    documents = [SearchDocument(i, "policy", 1, "final", "", text) for i, text in texts.items()]
    engine = rebuild_engine(tmp_path / "ours", Schema(()), ANALYZER, documents)
    ours = engine.search(Query(asked, limit=100, highlights=False))
    (word,) = ANALYZER.words_of(asked)
    wanted = query.And([query.Term("terms", term) for term in word.needed])
    theirs = {hit["id"]: hit.score for hit in whoosh_searcher.search(wanted, limit=None)}
    assert ours.total == len(theirs)
    told = [theirs[hit.id] for hit in ours.hits]
    assert told == pytest.approx(sorted(theirs.values(), reverse=True)[: len(told)], rel=1e-5)
    assert [hit.score for hit in ours.hits] == pytest.approx(told, rel=1e-5)
