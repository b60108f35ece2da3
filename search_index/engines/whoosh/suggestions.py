"""What to offer while someone types: phrases, then titles that start so, then titles that hold it."""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Sequence

from search_index.analysis import Analyzer, fold
from search_index.engines.whoosh.matching import Block
from search_index.pinyin import spelled

LONGEST_PREFIX = 60
_LAST = "\U0010ffff"
# Titles repeat, and some rows are gone: so many windows are looked at for each one wanted.
_SPARE = 8


class Phrases:
    """The words of an analyzer by any spelling: in full, cut short, as pinyin, as initials."""

    def __init__(self, analyzer: Analyzer) -> None:
        self.analyzer = analyzer
        pairs: set[tuple[str, str]] = set()
        for phrase in dict.fromkeys((*analyzer.synonyms, *analyzer.words)):
            for spelling in (phrase, *analyzer.synonyms.get(phrase, ())):
                said = spelled(fold(spelling))
                pairs |= {(fold(spelling), phrase), ("".join(said), phrase)}
                pairs.add(("".join(s[:1] for s in said), phrase))
        self._pairs = sorted(pair for pair in pairs if pair[0])
        self._keys = [key for key, _ in self._pairs]

    def starting(self, typed: str, limit: int) -> Iterator[str]:
        """Phrases one of whose spellings starts so."""
        low = bisect.bisect_left(self._keys, typed)
        high = min(bisect.bisect_left(self._keys, typed + _LAST), low + limit * _SPARE)
        return (phrase for _, phrase in self._pairs[low:high])


def suggest(blocks: Sequence[Block], phrases: Phrases, prefix: str, limit: int) -> list[str]:
    """Up to `limit` different texts; a short form finds the titles that write it in full, too."""
    typed = fold(prefix[:LONGEST_PREFIX]).strip()
    if not typed or limit < 1:
        return []
    found: dict[str, None] = {}
    full = phrases.analyzer.canonical(typed)
    also = (_titles(blocks, full, limit),) if full != typed else ()
    for offered in (phrases.starting(typed, limit), _titles(blocks, typed, limit), *also):
        for text in offered:
            found[text] = None
            if len(found) == limit:
                return list(found)
    return list(found)


def _titles(blocks: Sequence[Block], typed: str, limit: int) -> Iterator[str]:
    parts = ["heads", "inner"]
    if typed.isascii():
        parts = ["heads", "letter_heads", "inner", "letter_inner"]
    for part in parts:
        for block in blocks:
            windows = getattr(block.arrays.titles, part)
            for row, place in windows.starting(typed, limit * _SPARE):
                if block.shown[row]:
                    title = block.arrays.title(row)
                    if part.startswith("letter") or fold(title).startswith(typed, place):
                        yield title
