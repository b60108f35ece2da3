"""Every figure of `make relevance` reaches its goal, needs that were never tuned for included."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from backend.search.words import policy_analyzer
from bench.relevance.corpus import SCHEMA, documents
from bench.relevance.judging import GOALS, Judged, judge
from search_index.engines.whoosh import rebuild_engine

DOCUMENTS = 10_000


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, list[Judged]]]:
    """All needs judged once."""
    made, analyzer = list(documents(DOCUMENTS)), policy_analyzer()
    folder = tmp_path_factory.mktemp("relevance") / "search"
    engine = rebuild_engine(folder, SCHEMA, analyzer, (one.document for one in made))
    yield judge(engine.search, made, analyzer)
    engine.close()


@pytest.mark.parametrize("kind", GOALS)
def test_goal_is_reached(judged: dict[str, list[Judged]], kind: str) -> None:
    needs = judged[kind]
    failed = [f"{need.mark:.2f} {need.asked}: {need.came}" for need in needs if need.mark < 1]
    assert round(sum(need.mark for need in needs) / len(needs), 3) >= GOALS[kind], failed


def test_there_are_enough_needs(judged: dict[str, list[Judged]]) -> None:
    further = [need for kind in list(GOALS)[4:] for need in judged[kind]]
    assert len(further) >= 60
    assert len(judged["known items, MRR"]) >= 90
