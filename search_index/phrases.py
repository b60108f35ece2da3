"""The phrases an analyzer knows, by whatever way they are typed."""

from __future__ import annotations

import bisect
from collections.abc import Iterator
from functools import cached_property

from search_index.analysis import Analyzer, fold
from search_index.pairs import Pairs
from search_index.pinyin import spelled

# A pair inside a known phrase is a word's, while a usual one may join two words (组织|实施).
_OF_A_PHRASE = 20_000
_LAST = "\U0010ffff"


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

    def starting(self, typed: str, most: int) -> Iterator[str]:
        """Phrases one of whose spellings starts so."""
        low = bisect.bisect_left(self._keys, typed)
        high = min(bisect.bisect_left(self._keys, typed + _LAST), low + most)
        return (phrase for _, phrase in self._pairs[low:high])

    @cached_property
    def spellings(self) -> tuple[str, ...]:
        """Every way a phrase is written, folded, short forms too."""
        told = self.analyzer
        shorts = (short for shorts in told.synonyms.values() for short in shorts)
        return tuple(dict.fromkeys(fold(p) for p in (*told.synonyms, *told.words, *shorts) if len(p) > 1))

    @cached_property
    def by_letters(self) -> dict[str, list[str]]:
        """Spellings by their initials and by their whole pinyin."""
        found: dict[str, list[str]] = {}
        for phrase in self.spellings:
            said = spelled(phrase)
            for letters in dict.fromkeys(("".join(s[:1] for s in said), "".join(said))):
                found.setdefault(letters, []).append(phrase)
        return found

    @cached_property
    def pairs(self) -> Pairs:
        """The pairs of characters inside them."""
        told = [phrase[i : i + 2] for phrase in self.spellings for i in range(len(phrase) - 1)]
        return Pairs.of(told, [_OF_A_PHRASE] * len(told))
