"""Rows of one segment that hold the words of a question."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from search_index.engines.whoosh.arrays import Array
from search_index.engines.whoosh.holding import Held, positions


class Matches(NamedTuple):
    """Rows in order, and for each its score, what its title tells, and where it holds each word whole.

    `words` are what each word tells. With `helds`, titles and places have not been looked up yet.
    """

    docs: Array
    scores: Array
    titles: Array
    whole: tuple[Array, ...] = ()
    words: tuple[float, ...] = ()
    helds: tuple[Held, ...] = ()

    def scored(self, scores: Array) -> Matches:
        """The same rows with other scores."""
        return Matches(self.docs, scores, self.titles, self.whole, self.words, self.helds)

    def at(self, chosen: Array) -> Matches:
        """Some of the rows."""
        return Matches(
            self.docs.take(chosen),
            self.scores.take(chosen),
            self.titles.take(chosen),
            tuple(whole.take(chosen) for whole in self.whole),
            self.words,
            self.helds,
        )


NOTHING = Matches(np.empty(0, np.intp), np.empty(0, np.float32), np.empty(0, np.float32))


def every(docs: Array) -> Matches:
    """Rows of which nothing is asked."""
    nothing = np.zeros(len(docs), np.float32)
    return Matches(docs, nothing, nothing)


def in_all(helds: Sequence[Held], size: int) -> Matches:
    """Rows that hold every word."""
    helds = sorted(helds, key=_length)
    docs, tables = helds[0].docs, [helds[0].told]
    for held in helds[1:]:
        at, there = positions(held.docs, docs, size)
        if np.count_nonzero(there) < len(docs):
            kept = there.nonzero()[0]
            docs, at = docs.take(kept), at.take(kept)
            tables = [table.take(kept, axis=1) for table in tables]
        tables.append(held.told.take(at, axis=1))
    told = tables[0][:2]
    for table in tables[1:]:
        told = told + table[:2]
    whole = tuple(table[2].view(np.uint32) for table in tables)
    return Matches(docs, told[0], told[1], whole, tuple(held.telling for held in helds))


def in_some(helds: Sequence[Held], least: int, size: int) -> Matches:
    """Rows that hold at least so many; the score counts for as much as they tell of all."""
    total, told, count = np.zeros((3, size), np.float32)
    for held in helds:
        total[held.docs] += held.told[0]
        told[held.docs] += np.float32(held.telling)
        count[held.docs] += 1
    docs = (count >= least).nonzero()[0]
    scores = total[docs] * told[docs] / np.float32(max(sum(held.telling for held in helds), 1e-9))
    return Matches(docs, scores, scores, helds=tuple(helds))


def looked_up(matches: Matches, size: int) -> Matches:
    """The same, with titles and places looked up; a row need not hold every word."""
    titles = np.zeros(len(matches.docs), np.float32)
    whole = []
    for held in matches.helds:
        at, there = positions(held.docs, matches.docs, size)
        titles += np.where(there, held.told[1].take(at, mode="clip"), 0)
        whole.append(np.where(there, held.whole.take(at, mode="clip"), 0))
    words = tuple(held.telling for held in matches.helds)
    return Matches(matches.docs, matches.scores, titles, tuple(whole), words)


def _length(held: Held) -> int:
    return len(held.docs)
