"""Which rows of one segment hold the words, and how well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from search_index.analysis import Word
from search_index.engines.whoosh.arrays import UNKNOWN, Array, Arrays, as_number
from search_index.query import AnyOf, Between

_COMMON = 16
# Ranked loosely, a row must hold terms worth at least this share of the question.
LEAST_SHARE = 1 / 3


@dataclass(frozen=True)
class Matches:
    """Rows in order, and the score of each."""

    docs: Array
    scores: Array


NOTHING = Matches(np.empty(0, np.int32), np.empty(0, np.float32))


@dataclass(frozen=True)
class Block:
    """A segment to be searched: what can be found in it, and its rare and common terms as first met."""

    arrays: Arrays
    shown: Array
    dense: dict[str, Array] = field(default_factory=dict)

    def postings(self, term: str) -> Matches:
        """Rows holding the term; of a single CJK character, rows holding any term that starts with it."""
        encoded = term.encode()
        terms, starts = self.arrays.terms, self.arrays.starts
        if len(encoded) > terms.itemsize:
            return NOTHING
        low = int(terms.searchsorted(encoded))
        if len(term) == 1 and term > "ÿ":
            return self._any(low, int(terms.searchsorted(chr(ord(term) + 1).encode())))
        if low == len(terms) or terms[low] != encoded:
            return NOTHING
        span = slice(int(starts[low]), int(starts[low + 1]))
        return Matches(self.arrays.docs[span], self.arrays.weights[span])

    def _any(self, low: int, high: int) -> Matches:
        span = slice(int(self.arrays.starts[low]), int(self.arrays.starts[max(low, high)]))
        best = np.zeros(len(self.shown), np.float32)
        np.maximum.at(best, self.arrays.docs[span], self.arrays.weights[span])
        docs = best.nonzero()[0]
        return Matches(docs, best[docs])

    def weights_at(self, term: str, found: Matches, docs: Array) -> Array:
        """The term's weight in each of these rows, zero where it is not."""
        if len(found.docs) * _COMMON > len(self.shown):
            dense = self.dense.get(term)
            if dense is None:
                dense = np.zeros(len(self.shown), np.float32)
                dense[found.docs] = found.scores
                self.dense[term] = dense
            return dense[docs]
        if not len(found.docs):
            return np.zeros(len(docs), np.float32)
        places = np.minimum(found.docs.searchsorted(docs), len(found.docs) - 1)
        return np.where(found.docs[places] == docs, found.scores[places], np.float32(0))


def holding_all(block: Block, words: Sequence[Word], rarity: dict[str, float]) -> Matches:
    """Rows that hold every needed term of every word."""
    needed = {term: block.postings(term) for word in words for term in word.needed}
    ordered = sorted(needed.items(), key=lambda item: len(item[1].docs))
    if not ordered or not len(ordered[0][1].docs):
        return NOTHING
    first, rarest = ordered[0]
    docs: Array = rarest.docs
    scores: Array = rarest.scores * np.float32(rarity[first])
    for term, found in ordered[1:]:
        weights = block.weights_at(term, found, docs)
        held = weights > 0
        docs, scores = docs[held], scores[held] + weights[held] * np.float32(rarity[term])
        if not len(docs):
            return NOTHING
    for term in {term for word in words for term in word.helpful}:
        scores = scores + block.weights_at(term, block.postings(term), docs) * np.float32(rarity[term])
    return Matches(docs, scores)


def holding_whole_words(block: Block, words: Sequence[Word], rarity: dict[str, float]) -> Matches:
    """Rows that hold at least one word completely; more words score higher."""
    total = np.zeros(len(block.shown), np.float32)
    for word in words:
        found = holding_all(block, [word], rarity)
        total[found.docs] += found.scores
    docs = total.nonzero()[0]
    return Matches(docs, total[docs])


def holding_parts(block: Block, words: Sequence[Word], rarity: dict[str, float]) -> Matches:
    """Rows that hold a good share of the terms, judged by how rare the terms are."""
    total = np.zeros(len(block.shown), np.float32)
    share = np.zeros(len(block.shown), np.float32)
    for term in {term for word in words for term in (*word.needed, *word.helpful) if rarity[term]}:
        found = block.postings(term)
        total[found.docs] += found.scores * np.float32(rarity[term])
        share[found.docs] += np.float32(rarity[term])
    docs = ((share > 0) & (share >= LEAST_SHARE * sum(rarity.values()))).nonzero()[0]
    return Matches(docs, total[docs])


def passing(block: Block, condition: AnyOf | Between) -> Array:
    """True for the rows that pass one filter."""
    if isinstance(condition, Between):
        column = block.arrays.numbers[condition.field]
        known = column != UNKNOWN
        low = -UNKNOWN if condition.low is None else as_number(condition.low)
        high = UNKNOWN - 1 if condition.high is None else as_number(condition.high)
        within: Array = known & (column >= low) & (column <= high)
        return within | ~known if condition.or_unknown else within
    keywords = block.arrays.keywords[condition.field]
    wanted = [code for code, name in enumerate(keywords.names) if name in condition.values]
    mask = np.zeros(len(block.shown), bool)
    mask[keywords.docs[np.isin(keywords.codes, wanted)]] = True
    return mask


def counts(block: Block, name: str, shown: Array) -> dict[str, int]:
    """How many of the shown rows hold each value of a keyword field."""
    keywords = block.arrays.keywords[name]
    numbers = np.bincount(keywords.codes[shown[keywords.docs]], minlength=len(keywords.names))
    return {value: int(n) for value, n in zip(keywords.names, numbers, strict=True) if n}
