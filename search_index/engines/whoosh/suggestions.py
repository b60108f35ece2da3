"""What to offer while someone types: found by bisection in sorted folded titles and terms."""

from __future__ import annotations

import bisect
from collections.abc import Iterable

from search_index.analysis import Analyzer, fold

LONGEST_PREFIX = 60
_LAST = "\U0010ffff"


class Suggestions:
    """Titles of one generation and the analyzer's domain words; short forms lead to their full ones."""

    def __init__(self, titles: Iterable[str], analyzer: Analyzer) -> None:
        offered = dict.fromkeys((*analyzer.synonyms, *analyzer.words, *titles))
        pairs = {(fold(text), text) for text in offered if text}
        pairs |= {(fold(s), full) for full, shorts in analyzer.synonyms.items() for s in shorts}
        pairs |= {(analyzer.canonical(text), text) for text in offered if text}
        self._pairs = sorted(pairs)
        self._keys = [key for key, _ in self._pairs]
        self._analyzer = analyzer

    def find(self, prefix: str, limit: int) -> list[str]:
        """Those that start with the prefix or its full form, then those that contain it."""
        typed = fold(prefix[:LONGEST_PREFIX]).strip()
        if not typed or limit < 1:
            return []
        found: dict[str, None] = {}
        for start in dict.fromkeys((typed, self._analyzer.canonical(typed))):
            low = bisect.bisect_left(self._keys, start)
            high = bisect.bisect_left(self._keys, start + _LAST)
            found.update(dict.fromkeys(text for _, text in self._pairs[low : min(high, low + limit)]))
        if len(found) < limit:
            found.update(dict.fromkeys(text for key, text in self._pairs if typed in key))
        return list(found)[:limit]
