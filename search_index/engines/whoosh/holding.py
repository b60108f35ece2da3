"""Which rows of one segment hold a word, how well, and where in them it stands whole."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from search_index.analysis import Word
from search_index.engines.whoosh.arrays import Array, Arrays
from search_index.engines.whoosh.inverting import IN_TITLE

# Beyond so many rows listed for each one looked up, bisection is the faster way.
_SPARSE = 24
_own = threading.local()

Rarity = Mapping[str, float]


class Postings(NamedTuple):
    """Rows in order that hold a term, its weight and its places in each."""

    docs: Array
    weights: Array
    places: Array


class Held(NamedTuple):
    """Rows in order that hold a word.

    `told` has three lines of numbers for each row: its score, how much of the word its title tells, and, seen
    as bits, the places that hold all of it. `telling` is what the whole word tells.
    """

    docs: Array
    told: Array
    telling: float

    @property
    def whole(self) -> Array:
        """The places of each row that hold all of the word."""
        bits: Array = self.told[2].view(np.uint32)
        return bits

    def at(self, chosen: Array) -> Held:
        """Some of the rows."""
        return Held(self.docs.take(chosen), self.told.take(chosen, axis=1), self.telling)


def postings(arrays: Arrays, term: str) -> Postings:
    """Of a single CJK character, rows holding any term that starts with it."""
    if len(term) == 1 and term > "ÿ":
        return _of_any(arrays, arrays.span_starting(term))
    span = arrays.span(term)
    # What is looked up by is widened once: numpy would do so at every look.
    return Postings(arrays.docs[span].astype(np.intp), arrays.weights[span], arrays.places[span])


def held_by(arrays: Arrays, term: str) -> int:
    """How many rows hold a term."""
    if len(term) == 1 and term > "ÿ":
        return len(postings(arrays, term).docs)
    span = arrays.span(term)
    return span.stop - span.start


def _of_any(arrays: Arrays, span: slice) -> Postings:
    order = np.argsort(arrays.docs[span], kind="stable")
    docs = arrays.docs[span][order].astype(np.intp)
    first = np.flatnonzero(np.diff(docs, prepend=-1))
    if not len(first):
        return Postings(docs, arrays.weights[span], arrays.places[span])
    return Postings(
        docs[first],
        np.maximum.reduceat(arrays.weights[span][order], first),
        np.bitwise_or.reduceat(arrays.places[span][order], first),
    )


def positions(listed: Array, wanted: Array, size: int) -> tuple[Array, Array]:
    """Where each wanted row stands in a list in order, and whether it does."""
    if not len(listed):
        return np.zeros(len(wanted), np.intp), np.zeros(len(wanted), bool)
    if len(listed) > _SPARSE * len(wanted):
        at = listed.searchsorted(wanted)
    else:
        # What an earlier call left in the scratch is harmless: only a row found where it says counts.
        scratch, numbers = _scratch(size)
        scratch[listed] = numbers[: len(listed)]
        at = scratch.take(wanted)
    return at, listed.take(at, mode="clip") == wanted


def _scratch(size: int) -> tuple[Array, Array]:
    found: tuple[Array, Array] | None = getattr(_own, "scratch", None)
    if found is None or len(found[0]) < size:
        found = _own.scratch = np.zeros(size, np.intp), np.arange(size)
    return found


def hold_word(arrays: Arrays, word: Word, rarity: Rarity) -> Held:
    """Rows with all its needed terms, or with all of it as written."""
    held = hold_terms(arrays, word.needed, rarity)
    if word.literal:
        held = _either(held, hold_terms(arrays, word.literal, rarity))
    for term in word.helpful:
        listed = postings(arrays, term)
        at, there = positions(listed.docs, held.docs, arrays.size)
        if there.any():
            more = np.where(there, listed.weights.take(at, mode="clip"), 0)
            held.told[0] += more * np.float32(rarity[term])
    return held


def hold_terms(arrays: Arrays, terms: Sequence[str], rarity: Rarity) -> Held:
    """Rows with all of these terms."""
    listed = sorted(((postings(arrays, term), term) for term in terms), key=_length)
    docs, weights, places = _in_all(arrays, [found for found, _ in listed])
    tells = np.array([rarity[term] for _, term in listed], np.float32)
    told = np.empty((3, len(docs)), np.float32)
    told[0] = tells @ weights
    told[1] = tells @ (places & IN_TITLE).astype(np.float32)
    told[2] = np.bitwise_and.reduce(places, axis=0).view(np.float32)
    return Held(docs, told, float(tells.sum()))


def _in_all(arrays: Arrays, listed: Sequence[Postings]) -> tuple[Array, Array, Array]:
    """Rows in all of the lists, shortest first, and per list their weights and places."""
    docs = listed[0].docs
    if len(listed) == 1:
        return docs, listed[0].weights[None], listed[0].places[None]
    ats: list[Array] = [np.arange(len(docs))]
    for other in listed[1:]:
        at, there = positions(other.docs, docs, arrays.size)
        if np.count_nonzero(there) < len(docs):
            docs, at, ats = docs[there], at[there], [before[there] for before in ats]
        ats.append(at)
    weights, places = (
        np.empty((len(listed), len(docs)), np.float32),
        np.empty((len(listed), len(docs)), np.uint32),
    )
    for number, (found, at) in enumerate(zip(listed, ats, strict=True)):
        found.weights.take(at, out=weights[number], mode="clip")
        found.places.take(at, out=places[number], mode="clip")
    return docs, weights, places


def _either(full: Held, literal: Held) -> Held:
    docs = np.union1d(full.docs, literal.docs)
    told = np.zeros((3, len(docs)), np.float32)
    for one in (literal, full):
        told[:, docs.searchsorted(one.docs)] = one.told
    return Held(docs, told, full.telling)


def _length(found: tuple[Postings, str]) -> int:
    return len(found[0].docs)
