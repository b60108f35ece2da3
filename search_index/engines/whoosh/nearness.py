"""How close together a row holds the words of a question: in its title, or in one sentence."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from search_index.analysis import Word
from search_index.engines.whoosh.arrays import Array
from search_index.engines.whoosh.matching import Block, Matches

# Only the best by weight alone are looked at; the rest could hardly be shown first.
LOOKED_AT = 128
# Many words in one sentence are no chance, two may be: the bonus grows with the number of words.
SENTENCE, SENTENCE_POWER, WORDS_POWER = 0.25, 6, 2
TITLE = 0.6


def nearer_first(
    block: Block, words: Sequence[Word], rarity: dict[str, float], found: Matches
) -> tuple[Matches, float]:
    """The same rows; those that hold the question in one sentence, or much of it in the title, score more.

    Also the largest share of the question that any of the best holds in one place.
    """
    terms = list(dict.fromkeys(term for word in words for term in word.needed))
    if len(terms) < 2 or not len(found.docs):
        return found, 1.0
    scores = found.scores.copy()
    best = np.arange(len(scores))
    if len(scores) > LOOKED_AT:
        best = np.sort(np.argpartition(scores, -LOOKED_AT)[-LOOKED_AT:])
    sentence, title = _shares(block, terms, rarity, found.docs[best])
    together = SENTENCE * (len(words) - 1) ** WORDS_POWER * sentence**SENTENCE_POWER
    scores[best] *= 1 + together + TITLE * title
    return Matches(found.docs, scores), float(max(sentence.max(), title.max()))


def _shares(block: Block, terms: Sequence[str], rarity: dict[str, float], docs: Array) -> tuple[Array, Array]:
    """Of what the question tells, the share in the best sentence and the share in the title of each row."""
    places = np.stack([block.places_of(term, docs) for term in terms])
    bits = np.unpackbits(places.view(np.uint8).reshape(len(terms), -1), axis=1, bitorder="little")
    weights = np.array([rarity[term] for term in terms], np.float32)
    told = (weights @ bits).reshape(len(docs), 32) / max(float(weights.sum()), 1e-9)
    return told[:, 1:].max(axis=1), told[:, 0]
