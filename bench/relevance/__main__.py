"""Print each figure with its goal; `-v` also the needs that were not answered well. Ends with 1 on a miss."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from backend.search.words import policy_analyzer
from bench.relevance.corpus import SCHEMA, documents
from bench.relevance.judging import GOALS, figures, judge
from search_index.engines.whoosh import rebuild_engine

DOCUMENTS = 10_000


def main() -> int:
    """Build, judge, print."""
    made, analyzer = list(documents(DOCUMENTS)), policy_analyzer()
    with tempfile.TemporaryDirectory() as folder:
        engine = rebuild_engine(Path(folder) / "search", SCHEMA, analyzer, (one.document for one in made))
        judged = judge(engine.search, made, analyzer)
    missed = 0
    for kind, figure in figures(judged).items():
        met = round(figure, 3) >= GOALS[kind]
        missed += not met
        verdict = "met" if met else "MISSED"
        print(f"{kind:<34} {len(judged[kind]):>3} needs  {figure:.3f}  goal >= {GOALS[kind]:.2f}  {verdict}")
        if "-v" in sys.argv:
            print(*(f"    {n.mark:.2f} {n.asked}: {n.came}" for n in judged[kind] if n.mark < 1), sep="\n")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
