"""Print each figure with its goal; `-v` also the needs that were not answered well. Ends with 1 on a miss.

With OPENSEARCH_URL_TEST set, that server is judged instead of the embedded engine.
"""

from __future__ import annotations

import os
import secrets
import sys
import tempfile
from pathlib import Path

from backend.search.words import policy_analyzer
from bench.relevance.corpus import SCHEMA, documents
from bench.relevance.judging import GOALS, figures, judge
from search_index.engines import keeper

DOCUMENTS = 10_000


def main() -> int:
    """Build, judge, print."""
    made, analyzer = list(documents(DOCUMENTS)), policy_analyzer()
    with tempfile.TemporaryDirectory() as folder:
        server = os.environ.get("OPENSEARCH_URL_TEST")
        url = f"{server}/relevance-{secrets.token_hex(4)}" if server else None
        place = keeper(Path(folder) / "search", url, SCHEMA, analyzer)
        engine = place.remake((one.document for one in made), None)
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
