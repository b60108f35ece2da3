"""Which rows of one segment hold the words, and how well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from search_index.analysis import Word
from search_index.engines.whoosh.arrays import UNKNOWN, Array, Arrays, as_number
from search_index.query import AnyOf, Between

_COMMON = 16
_REMEMBERED = 20_000
_DENSE_BYTES = 24 << 20


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
    spans: dict[str, slice] = field(default_factory=dict)

    def kind_of(self, number: int) -> str:
        """The kind of one row: every row has one, so the pairs are in order of rows that are not removed."""
        kinds = self.arrays.keywords["kind"]
        return kinds.names[int(kinds.codes[kinds.docs.searchsorted(number)])]

    def postings(self, term: str) -> Matches:
        """Rows holding the term; of a single CJK character, rows holding any term that starts with it."""
        if len(term) == 1 and term > "ÿ":
            terms = self.arrays.terms
            low = int(terms.searchsorted(term.encode()))
            return self._any(low, int(terms.searchsorted(chr(ord(term) + 1).encode())))
        span = self._span(term)
        return Matches(self.arrays.docs[span], self.arrays.weights[span])

    def _span(self, term: str) -> slice:
        """Where the term's postings are; nowhere for an unknown one."""
        span = self.spans.get(term)
        if span is None:
            if len(self.spans) > _REMEMBERED:
                self.spans.clear()
            span = self.spans[term] = self._find(term.encode())
        return span

    def _find(self, encoded: bytes) -> slice:
        terms, starts = self.arrays.terms, self.arrays.starts
        if len(encoded) > terms.itemsize:
            return slice(0, 0)
        low = int(terms.searchsorted(encoded))
        if low == len(terms) or terms[low] != encoded:
            return slice(0, 0)
        return slice(int(starts[low]), int(starts[low + 1]))

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
                if len(self.dense) * dense.nbytes < _DENSE_BYTES:
                    self.dense[term] = dense
            return dense[docs]
        if not len(found.docs):
            return np.zeros(len(docs), np.float32)
        places = np.minimum(found.docs.searchsorted(docs), len(found.docs) - 1)
        return np.where(found.docs[places] == docs, found.scores[places], np.float32(0))

    def places_of(self, term: str, docs: Array) -> Array:
        """Where each of these rows, in order, holds the term; zero where it does not."""
        span = self._span(term)
        listed = self.arrays.docs[span]
        if not len(listed):
            return np.zeros(len(docs), np.uint32)
        at = np.minimum(listed.searchsorted(docs), len(listed) - 1)
        return np.where(listed[at] == docs, self.arrays.places[span][at], np.uint32(0))


def holding_all(block: Block, words: Sequence[Word], rarity: dict[str, float]) -> Matches:
    """Rows that hold every word: all its needed terms, or all of it as written."""
    plain = [word for word in words if not word.literal]
    found = _holding_terms(block, [term for word in plain for term in word.needed], rarity) if plain else None
    for word in words:
        if word.literal:
            either = _holding_either(block, word, rarity)
            found = either if found is None else _in_both(found, either)
    assert found is not None
    scores = found.scores
    for term in {term for word in words for term in word.helpful}:
        scores = scores + block.weights_at(term, block.postings(term), found.docs) * np.float32(rarity[term])
    return Matches(found.docs, scores)


def _holding_terms(block: Block, terms: Sequence[str], rarity: dict[str, float]) -> Matches:
    needed = {term: block.postings(term) for term in terms}
    ordered = sorted(needed.items(), key=lambda item: len(item[1].docs))
    first, rarest = ordered[0]
    docs: Array = rarest.docs
    scores: Array = rarest.scores * np.float32(rarity[first])
    for term, found in ordered[1:]:
        if not len(docs):
            return NOTHING
        weights = block.weights_at(term, found, docs)
        held = weights > 0
        docs, scores = docs[held], scores[held] + weights[held] * np.float32(rarity[term])
    return Matches(docs, scores)


def _holding_either(block: Block, word: Word, rarity: dict[str, float]) -> Matches:
    full, literal = (_holding_terms(block, terms, rarity) for terms in (word.needed, word.literal))
    docs = np.union1d(full.docs, literal.docs)
    scores = np.zeros(len(docs), np.float32)
    for one in (literal, full):
        scores[docs.searchsorted(one.docs)] = one.scores
    return Matches(docs, scores)


def _in_both(one: Matches, other: Matches) -> Matches:
    docs, at, there = np.intersect1d(one.docs, other.docs, assume_unique=True, return_indices=True)
    return Matches(docs, one.scores[at] + other.scores[there])


def holding_some(block: Block, terms: Sequence[str], least: int, rarity: dict[str, float]) -> Matches:
    """Rows that hold at least so many of the terms; the score counts for as much as they tell of all."""
    total = np.zeros(len(block.shown), np.float32)
    told = np.zeros(len(block.shown), np.float32)
    held = np.zeros(len(block.shown), np.uint16)
    for term in terms:
        found = block.postings(term)
        total[found.docs] += found.scores * np.float32(rarity[term])
        told[found.docs] += np.float32(rarity[term])
        held[found.docs] += 1
    docs = (held >= least).nonzero()[0]
    return Matches(docs, total[docs] * told[docs] / np.float32(sum(rarity[term] for term in terms)))


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
