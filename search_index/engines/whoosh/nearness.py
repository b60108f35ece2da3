"""How close together a row holds the words of a question: in its title, or in one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations

import numpy as np

from search_index.engines.whoosh.arrays import Array
from search_index.engines.whoosh.inverting import IN_TITLE
from search_index.engines.whoosh.matching import Matches, looked_up

# Only the best by weight alone are looked at; the rest could hardly be shown first.
LOOKED_AT = 512
# Many words in one sentence are no chance, two may be: the bonus grows with the number of words.
SENTENCE, SENTENCE_POWER, WORDS_POWER = 0.25, 6, 2
TITLE = 0.6
# Up to so many words, trying every choice of them takes less time than adding up bits.
_FEW = 3
# A smaller share, to that power, would not move any row.
_TELLS_NOTHING = 0.55


def best_first(matches: Matches, words: int, size: int, whole: bool) -> Matches:
    """What is near together scores more, among the best by weight alone; only these, unless all are wanted.

    `words` is how many the question has: it may be asked for in more parts.
    """
    if len(matches.docs) <= LOOKED_AT:
        return matches.scored(_nearer(matches, words, size))
    best = matches.scores.argpartition(-LOOKED_AT)[-LOOKED_AT:]
    best.sort()
    chosen = matches.at(best)
    nearer = _nearer(chosen, words, size)
    if not whole:
        return chosen.scored(nearer)
    scores = matches.scores.copy()
    scores[best] = nearer
    return matches.scored(scores)


def _nearer(matches: Matches, words: int, size: int) -> Array:
    if matches.helds:
        matches = looked_up(matches, size)
    telling = sum(matches.words)
    if telling <= 0:
        return matches.scores
    factor = matches.titles * np.float32(TITLE / telling)
    factor += 1
    if words > 1:
        shares = tuple(word / telling for word in matches.words)
        bonus = SENTENCE * (words - 1) ** WORDS_POWER
        factor += (_by_subsets if len(shares) <= _FEW else _by_bits)(matches.whole, shares, bonus)
    factor *= matches.scores
    return factor


def _by_subsets(masks: Sequence[Array], shares: tuple[float, ...], bonus: float) -> Array:
    """For each row the bonus of the words that tell most among those that stand whole in one sentence."""
    told: Array | None = None
    for share, subset in _subsets(shares):
        common = masks[subset[0]]
        for number in subset[1:]:
            common = common & masks[number]
        found = (common > IN_TITLE) * np.float32(bonus * share**SENTENCE_POWER)
        told = found if told is None else np.maximum(told, found)
    assert told is not None, "all words together are always among the choices"
    return told


@lru_cache(1024)
def _subsets(shares: tuple[float, ...]) -> list[tuple[float, tuple[int, ...]]]:
    """Every choice of words with its share, the smallest share first."""
    chosen = (c for size in range(1, len(shares) + 1) for c in combinations(range(len(shares)), size))
    ordered = sorted((sum(shares[n] for n in c), c) for c in chosen)
    return [(share, c) for share, c in ordered if share > _TELLS_NOTHING]


def _by_bits(masks: Sequence[Array], shares: tuple[float, ...], bonus: float) -> Array:
    """The same for many words: their shares are added up for each of thirty-one places."""
    octets = np.stack(masks).view(np.uint8).reshape(len(masks), -1, 4).transpose(0, 2, 1)
    bits = np.unpackbits(octets, axis=1, bitorder="little").reshape(len(masks), -1)
    told: Array = (np.array(shares, np.float32) @ bits.astype(np.float32)).reshape(32, -1)
    best: Array = told[1:].max(axis=0)
    return np.float32(bonus) * best**SENTENCE_POWER
