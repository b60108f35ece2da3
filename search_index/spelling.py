"""What a word that finds nothing may have meant: typed as pinyin or initials, or with a slip.

The pairs of characters an index holds say which characters follow each other; a word is read as the chain
of known pairs that sounds like it. Known phrases are judged by single edits too.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from search_index.pairs import Pairs
from search_index.phrases import Phrases
from search_index.pinyin import heard, heard_codes, sounds, splits

# A changed character must make its neighbours this much more usual, as logarithms of counts.
CHANGE = 6.0
_STATES = 24
_SHORTEST_EDITED = 4
_UNSEEN = -8.0

Sounds = tuple[int, ...]


class Speller:
    """Reads words by the pairs of one index and the phrases everybody knows."""

    def __init__(self, pairs: Sequence[Pairs], phrases: Phrases) -> None:
        self._phrases = phrases
        self._pairs = (*pairs, phrases.pairs)

    def readings(self, written: str) -> list[str]:
        """What the word may mean instead, likeliest first; empty when nothing like it is known."""
        if written.isascii():
            chains = [self._chain([(_code(s),) for s in way]) for way in splits(written)]
            said = sorted((c for c in chains if c), key=lambda c: -c[1])
            found = [*self._phrases.by_letters.get(written, ()), *(text for text, _ in said)]
        else:
            chain = self._chain([sounds(char) for char in written], written)
            found = [*([chain[0]] if chain else []), *self._edited(written)]
        return [text for text in dict.fromkeys(found) if text != written]

    def _edited(self, written: str) -> list[str]:
        """Phrases one insertion, loss, change or swap away."""
        if len(written) < _SHORTEST_EDITED:
            return []
        return [phrase for phrase in self._phrases.spellings if _one_edit_apart(written, phrase)]

    def _chain(self, heard_as: Sequence[Sounds], written: str = "") -> tuple[str, float] | None:
        """The likeliest characters heard so; `written` ones are kept unless changing them pays."""
        if len(heard_as) < 2 or not all(heard_as):
            return None
        paths: dict[str, tuple[float, str]] = {}
        for place in range(len(heard_as) - 1):
            steps = self._steps(heard_as[place], heard_as[place + 1], written[place : place + 2])
            paths = _extended(paths, steps, place == 0, written, place)
            if not paths:
                return None
        score, text = max(paths.values())
        return text, score / len(text)

    def _steps(self, one: Sounds, other: Sounds, written: str) -> dict[tuple[str, str], float]:
        steps: dict[tuple[str, str], float] = {(written[0], written[1]): _UNSEEN} if written else {}
        for pairs in self._pairs:
            for low in one:
                for high in other:
                    for first, second, count in pairs.sounding(low, high):
                        worth = math.log1p(count)
                        steps[first, second] = max(worth, steps.get((first, second), worth))
        return steps


def _code(syllable: str) -> int:
    return heard_codes()[heard(syllable)]


def _extended(
    paths: dict[str, tuple[float, str]],
    steps: dict[tuple[str, str], float],
    begins: bool,
    written: str,
    place: int,
) -> dict[str, tuple[float, str]]:
    """Every path by one character, the best for each last character, and of those only the best."""
    longer: dict[str, tuple[float, str]] = {}
    for (first, second), worth in steps.items():
        if begins:
            before = (-CHANGE * bool(written and first != written[0]), first)
        elif first in paths:
            before = paths[first]
        else:
            continue
        changed = bool(written and second != written[place + 1])
        score = before[0] + worth - CHANGE * changed
        if second not in longer or score > longer[second][0]:
            longer[second] = (score, before[1] + second)
    best = sorted(longer.items(), key=lambda item: -item[1][0])[:_STATES]
    return dict(best)


def _one_edit_apart(one: str, other: str) -> bool:
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    same = next(
        (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    a, b = one[same:], other[same:]
    if len(a) == len(b):
        return a[1:] == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])
    return a[1:] == b or b[1:] == a
