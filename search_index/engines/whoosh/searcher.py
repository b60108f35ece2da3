"""One generation of the index, immutable: any number of threads may search it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Literal

import numpy as np

from search_index import highlight
from search_index.analysis import Word, fold
from search_index.asking import require_askable
from search_index.cursor import Place, next_place, read_cursor, write_cursor
from search_index.engines.whoosh import paging
from search_index.engines.whoosh.arrays import Array
from search_index.engines.whoosh.commits import Commit
from search_index.engines.whoosh.matching import (
    NOTHING,
    Block,
    Matches,
    counts,
    holding_all,
    holding_some,
    passing,
)
from search_index.engines.whoosh.nearness import nearer_first
from search_index.engines.whoosh.suggestions import suggest
from search_index.phrases import Phrases
from search_index.query import (
    Query,
    SearchHit,
    SearchResult,
)
from search_index.rereading import Rereader
from search_index.schema import Schema
from search_index.spelling import Speller

_MOST_WORDS_LEFT_OUT = 6
_TOGETHER = 0.99
_WINDOWS_LOOKED_AT = 300


class Searcher:
    """Answers from one commit; caches only what any thread would compute the same."""

    def __init__(self, commit: Commit, schema: Schema, phrases: Phrases) -> None:
        self.commit = commit
        self._schema = schema
        self._phrases = phrases
        self._analyzer = phrases.analyzer
        self._blocks = [Block(s.arrays, s.kept & ~s.arrays.gone) for s in commit.segments]
        self.count = sum(int(block.shown.sum()) for block in self._blocks)
        self._rarity: dict[str, float] = {}

    @cached_property
    def _rereader(self) -> Rereader:
        speller = Speller([block.arrays.pairs for block in self._blocks], self._phrases)
        return Rereader(self._analyzer, speller, self._holds, self._is_shown, self._spans)

    def _spans(self, letters: str) -> Iterator[str]:
        """The parts of titles that may be meant by initials."""
        for block in self._blocks:
            for windows in (block.arrays.titles.letter_heads, block.arrays.titles.letter_inner):
                for row, place in windows.starting(letters, _WINDOWS_LOOKED_AT):
                    if block.shown[row]:
                        yield fold(block.arrays.title(row))[place : place + len(letters)]

    def suggest(self, prefix: str, limit: int) -> list[str]:
        """Phrases and titles for what is being typed."""
        return suggest(self._blocks, self._phrases, prefix, limit)

    def search(self, query: Query) -> SearchResult:
        """Find; raises `QueryError` for a question that cannot be asked."""
        require_askable(query, self._schema)
        after = read_cursor(query)
        words = self._analyzer.words_of(query.text)
        if not words:
            if query.text.strip():
                return SearchResult(0, (), {name: {} for name in query.facets}, None, ())
            return self._answer(query, words, [_everything(block) for block in self._blocks], after)
        found = self._filtered(query, self._all(words))
        if not _size(found):
            return self._search_otherwise(query, words, after)
        nearer, share = self._nearer(query, words, found)
        if len(words) == 1 and share < _TOGETHER:
            # Its parts are somewhere, but nowhere together: 高新技企业 is no word of any row.
            return self._search_otherwise(query, words, after, nearer)
        return self._answer(query, words, nearer, after)

    def _search_otherwise(
        self, query: Query, words: list[Word], after: Place | None, apart: list[Matches] | None = None
    ) -> SearchResult:
        """No row holds all words: other readings of those that find nothing, then rows with some of them.

        `apart` are rows that hold all the parts of the one word, if not together.
        """
        unmatched = tuple(word.written for word in words if apart or not self._holds(word))
        reading = self._rereader.read(query.text, words, unmatched) if unmatched else None
        read_as: str | None = None
        meant: tuple[str, ...] = ()
        matched: Literal["all_words", "some_words"] = "some_words"
        if reading:
            read_as, *others = reading
            meant, words = tuple(others), self._analyzer.words_of(read_as)
        found = self._filtered(query, self._all(words)) if reading else []
        if apart and not found:
            return self._answer(query, words, apart, after)
        if _size(found):
            matched = "all_words"
        else:
            found = self._some(query, words)
        answer = self._answer(query, words, self._nearer(query, words, found)[0], after)
        return replace(
            answer,
            unmatched_words=unmatched,
            matched=matched,
            read_as=read_as,
            did_you_mean=meant,
            parts=() if matched == "all_words" else self._parts(query, words),
        )

    def _all(self, words: list[Word]) -> list[Matches]:
        rarity = self._rarities(words)
        return [holding_all(block, words, rarity) for block in self._blocks]

    def _some(self, query: Query, words: list[Word]) -> list[Matches]:
        """Rows with half of the terms that exist at all; when there are none, with fewer."""
        terms = list(dict.fromkeys(t for w in words for t in (*w.needed, *w.literal) if self._is_shown(t)))
        rarity = self._rarities(words)
        for part in (2, 4, max(len(terms), 1)):
            least = max(1, -(-len(terms) // part))
            found = self._filtered(query, [holding_some(b, terms, least, rarity) for b in self._blocks])
            if _size(found):
                return found
        return [NOTHING for _ in self._blocks]

    def _parts(self, query: Query, words: list[Word]) -> tuple[tuple[str, int], ...]:
        """The question without one of its words, where that finds something: most first."""
        if not 2 <= len(words) <= _MOST_WORDS_LEFT_OUT:
            return ()
        shorter = [[w for w in words if w is not left_out] for left_out in words]
        sizes = [
            (" ".join(w.written for w in part), self._passed(query, self._all(part))) for part in shorter
        ]
        return tuple(sorted((p for p in sizes if p[1]), key=lambda p: -p[1]))

    def _nearer(self, query: Query, words: list[Word], found: list[Matches]) -> tuple[list[Matches], float]:
        """The matches with what is near together first, and the largest share found in one place."""
        if query.sort:
            return found, 1.0
        rarity = self._rarities(words)
        nearer = [nearer_first(b, words, rarity, m) for b, m in zip(self._blocks, found, strict=True)]
        shares = [share for m, (_, share) in zip(found, nearer, strict=True) if len(m.docs)]
        return [matches for matches, _ in nearer], max(shares, default=1.0)

    def _holds(self, word: Word) -> bool:
        """Whether any row holds the whole word."""
        rarity = self._rarities([word])
        return any(bool(b.shown[holding_all(b, [word], rarity).docs].any()) for b in self._blocks)

    def _is_shown(self, term: str) -> bool:
        return any(bool(block.shown[block.postings(term).docs].any()) for block in self._blocks)

    def _rarities(self, words: Sequence[Word]) -> dict[str, float]:
        return {t: self._rarity_of(t) for w in words for t in (*w.needed, *w.helpful, *w.literal)}

    def _rarity_of(self, term: str) -> float:
        """How much a term tells: more, the fewer rows hold it; zero when none does."""
        rarity = self._rarity.get(term)
        if rarity is None:
            held = sum(len(block.postings(term).docs) for block in self._blocks)
            rows = sum(len(block.shown) for block in self._blocks)
            rarity = math.log(1 + (rows - held + 0.5) / (held + 0.5)) if held else 0.0
            self._rarity[term] = rarity
        return rarity

    def _filtered(self, query: Query, found: list[Matches]) -> list[Matches]:
        """The matches when any passes the filters; otherwise none, so that a looser way is tried."""
        return found if self._passed(query, found) else []

    def _passed(self, query: Query, found: list[Matches]) -> int:
        """How many of the matches pass the filters."""
        return sum(
            int(np.count_nonzero(self._passing(block, query)[matches.docs]))
            for block, matches in zip(self._blocks, found, strict=True)
        )

    def _passing(self, block: Block, query: Query, without: str | None = None) -> Array:
        mask = block.shown
        for condition in query.filters:
            if condition.field != without:
                mask = mask & passing(block, condition)
        return mask

    def _answer(
        self,
        query: Query,
        words: list[Word],
        found: list[Matches],
        after: Place | None,
    ) -> SearchResult:
        candidates, total = [], 0
        for block, matches in zip(self._blocks, found, strict=True):
            kept = _kept(matches, self._passing(block, query)[matches.docs])
            total += len(kept.docs)
            by = paging.keys(block.arrays, kept, query.sort)
            for at in paging.first(block.arrays, kept, query, after, query.limit + 1):
                number = int(kept.docs[at])
                place = Place(by[at].item(), block.arrays.ids[number])
                candidates.append((place.key, place.id, float(kept.scores[at]), block, number))
        candidates.sort(key=lambda c: c[:2])
        page = candidates[: query.limit]
        more = len(candidates) > query.limit
        ids = [ident for _, ident, *_ in page]
        return SearchResult(
            total=total,
            hits=tuple(_hit(b, n, score, words if query.highlights else None) for _, _, score, b, n in page),
            facets={name: self._counted(query, name, found) for name in query.facets},
            next_cursor=write_cursor(query, next_place(query, after, page[-1][0], ids)) if more else None,
            unmatched_words=(),
        )

    def _counted(self, query: Query, name: str, found: list[Matches]) -> dict[str, int]:
        """Counts over what the other filters leave: a chosen value still shows its alternatives."""
        total: Counter[str] = Counter()
        for block, matches in zip(self._blocks, found, strict=True):
            shown = np.zeros(len(block.shown), bool)
            shown[matches.docs] = True
            total.update(counts(block, name, shown & self._passing(block, query, without=name)))
        return dict(sorted(total.items(), key=lambda item: (-item[1], item[0])))


def _everything(block: Block) -> Matches:
    docs = np.flatnonzero(block.shown)
    return Matches(docs, np.zeros(len(docs), np.float32))


def _kept(matches: Matches, mask: Array) -> Matches:
    return Matches(matches.docs[mask], matches.scores[mask])


def _size(found: list[Matches]) -> int:
    return sum(len(matches.docs) for matches in found)


def _hit(block: Block, number: int, score: float, words: list[Word] | None) -> SearchHit:
    arrays = block.arrays
    revision = int(arrays.numbers["revision"][number])
    if words is None:
        return SearchHit(arrays.ids[number], block.kind_of(number), revision, score, (), ())
    document = arrays.row(number).document
    return SearchHit(
        document.id,
        document.kind,
        revision,
        score,
        highlight.title(document.title, words),
        highlight.snippets(document.text, words),
    )
