"""One generation of the index, immutable: any number of threads may search it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property, partial
from typing import Any

import numpy as np

from search_index import highlight
from search_index.analysis import Word, fold
from search_index.asking import require_askable
from search_index.cursor import Place, next_place, read_cursor, write_cursor
from search_index.engines.whoosh import paging
from search_index.engines.whoosh.arrays import Array
from search_index.engines.whoosh.blocks import Block, Blocks, Told
from search_index.engines.whoosh.commits import Commit
from search_index.engines.whoosh.crossing import Found, crossed
from search_index.engines.whoosh.delta import Delta, parts_of
from search_index.engines.whoosh.lists import Asked, WordLists, of_term
from search_index.engines.whoosh.suggestions import suggest
from search_index.phrases import Phrases
from search_index.query import Filters, Query, SearchHit, SearchResult
from search_index.rereading import Rereader
from search_index.schema import Schema
from search_index.spelling import Speller

_MOST_WORDS_LEFT_OUT = 6
_WINDOWS_LOOKED_AT = 300

# What it is ordered by, what it tells (its id first), its score and row.
Candidate = tuple[Any, Told, float, int]


class Searcher:
    """Answers from one commit; caches only what any thread would compute the same."""

    def __init__(self, commit: Commit, delta: Delta, schema: Schema, phrases: Phrases) -> None:
        self.commit = commit
        self.delta = delta
        self._schema = schema
        self._phrases = phrases
        self._analyzer = phrases.analyzer
        parts = parts_of(commit, delta)
        self._blocks = Blocks([Block(arrays, kept & ~arrays.gone) for arrays, kept in parts])
        self._words = WordLists(self._blocks, phrases.analyzer)
        self.count = self._blocks.count

    @cached_property
    def _rereader(self) -> Rereader:
        speller = Speller([block.arrays.pairs for block in self._blocks.blocks], self._phrases)
        return Rereader(self._analyzer, speller, self._holds, self._is_shown, self._spans)

    def _spans(self, letters: str) -> Iterator[str]:
        """The parts of titles that may be meant by initials."""
        for block in self._blocks.blocks:
            for windows in (block.arrays.titles.letter_heads, block.arrays.titles.letter_inner):
                for row, place in windows.starting(letters, _WINDOWS_LOOKED_AT):
                    if block.shown[row]:
                        yield fold(block.arrays.names.text(row))[place : place + len(letters)]

    def suggest(self, prefix: str, limit: int) -> list[str]:
        """Phrases and titles for what is being typed."""
        return suggest(self._blocks.blocks, self._phrases, prefix, limit)

    def search(self, query: Query) -> SearchResult:
        """Find; raises `QueryError` for a question that cannot be asked."""
        require_askable(query, self._schema)
        after = read_cursor(query)
        asked = self._words.asked(query.text)
        if not asked.words:
            if query.text.strip():
                return SearchResult(0, (), {name: {} for name in query.facets}, None, ())
            return self._answer(query, (), self._everything(query.filters), after)
        found = self._all(query, asked, after)
        if not found.total:
            return self._search_otherwise(query, asked.words, after)
        if len(asked.words) == 1 and not asked.listed[0].whole:
            # Its parts are somewhere, but nowhere together: 高新技企业 is no word of any row.
            return self._search_otherwise(query, asked.words, after, found)
        return self._answer(query, asked.words, found, after)

    def totals(self, text: str, filters: Sequence[Filters]) -> list[int]:
        """How many hold all words, for each set of filters."""
        for chosen in filters:
            require_askable(Query(text, chosen), self._schema)
        asked = self._words.asked(text)
        if not asked.words and text.strip():
            return [0 for _ in filters]
        rows = crossed(self._blocks, asked, len(asked.words)).rows if asked.words else self._blocks.rows
        return [len(self._blocks.passing(rows, chosen)) for chosen in filters]

    def _search_otherwise(
        self, query: Query, words: Sequence[Word], after: Place | None, apart: Found | None = None
    ) -> SearchResult:
        """No row holds all words: other readings of those that find nothing, then rows with some of them.

        `apart` are rows that hold all the parts of the one word, if not together.
        """
        unmatched = tuple(word.written for word in words if apart or not self._holds(word))
        readings = self._rereader.read(query.text, words, unmatched) if unmatched else []
        if readings:
            meant = self._words.asked(readings[0])
            found = self._all(query, meant, after)
            if found.total:
                return _read_as(readings, unmatched, self._answer(query, meant.words, found, after))
            # What no row holds was hardly meant; what only the filters hide, was.
            readings, words = (readings, meant.words) if found.held else ([], words)
        if apart:
            return self._answer(query, words, apart, after)
        answer = self._answer(query, words, self._some(query, words, after), after)
        return _read_as(readings, unmatched, answer)._replace(
            matched="some_words", parts=self._parts(query, words)
        )

    def _everything(self, filters: Filters) -> Found:
        rows = self._blocks.rows
        passing = len(self._blocks.passing(rows, filters))
        return Found(len(rows), passing, rows, np.zeros(len(rows), np.float32))

    def _all(self, query: Query, asked: Asked, after: Place | None) -> Found:
        best = _best_wanted(query, after)
        all_rows = not best or bool(query.facets)
        return crossed(self._blocks, asked, len(asked.words), query.filters, best, all_rows)

    def _some(self, query: Query, words: Sequence[Word], after: Place | None) -> Found:
        """Rows with half of the terms that exist at all; when there are none, with fewer."""
        terms = dict.fromkeys(t for w in words for t in (*w.needed, *w.literal) if self._is_shown(t))
        asked, best = self._words.of([of_term(term) for term in terms]), _best_wanted(query, after)
        for part in (2, 4, max(len(terms), 1)):
            least = max(1, -(-len(terms) // part))
            found = crossed(self._blocks, asked, len(words), query.filters, best, least=least)
            if found.total:
                break
        return found

    def _parts(self, query: Query, words: Sequence[Word]) -> tuple[tuple[str, int], ...]:
        """The question without one of its words, where that finds something: most first."""
        if not 2 <= len(words) <= _MOST_WORDS_LEFT_OUT:
            return ()
        shorter = [[w for w in words if w is not left_out] for left_out in words]
        sizes = [
            (" ".join(w.written for w in part), self._all(query, self._words.of(part), None).total)
            for part in shorter
        ]
        return tuple(sorted((p for p in sizes if p[1]), key=lambda p: -p[1]))

    def _holds(self, word: Word) -> bool:
        """Whether any row holds the whole word."""
        (listed,) = self._words.of([word]).listed
        return listed.stop > listed.start

    def _is_shown(self, term: str) -> bool:
        return self._holds(of_term(term))

    def _answer(self, query: Query, words: Sequence[Word], found: Found, after: Place | None) -> SearchResult:
        if found.best is None:
            page = self._ordered(query, found, after)
        else:
            page = self._best(found.best, query.limit + 1)
        next_page = None
        if len(page) > query.limit:
            page = page[: query.limit]
            next_page = partial(_next_page, query, after, page)
        return SearchResult(
            found.total,
            self._hits(page, words if query.highlights else None),
            self._counted(query, found.rows),
            next_page,
            (),
        )

    def _best(self, best: list[tuple[float, int]], limit: int) -> list[Candidate]:
        """The first of the best rows; among equals the one whose id comes first."""
        told = self._blocks.told
        return sorted([(-score, told(row), score, row) for score, row in best])[:limit]

    def _ordered(self, query: Query, found: Found, after: Place | None) -> list[Candidate]:
        """The first rows in an order of its own, or after a place."""
        rows, scores = found.rows, found.scores
        if query.filters:
            passing = self._blocks.mask(query.filters).take(rows).nonzero()[0]
            rows, scores = rows.take(passing), scores.take(passing)
        candidates: list[Candidate] = []
        for arrays, first, within in self._blocks.by_block(rows):
            own, own_scores = rows[within] - first, scores[within]
            by = paging.keys(arrays, own, own_scores, query.sort)
            chosen = paging.first(arrays, own, by, after, query.limit + 1)
            for key, score, row in zip(
                *(a.take(chosen).tolist() for a in (by, own_scores, own)), strict=True
            ):
                candidates.append((key, self._blocks.told(first + row), score, first + row))
        return sorted(candidates)[: query.limit + 1]

    def _counted(self, query: Query, rows: Array) -> dict[str, dict[str, int]]:
        """Counts over what the other filters leave: a chosen value still shows its alternatives."""
        left: dict[Filters, Array] = {}
        counted = {}
        for name in query.facets:
            others = tuple(condition for condition in query.filters if condition.field != name)
            if others not in left:  # most fields are not filtered by, and leave the same rows
                left[others] = self._blocks.passing(rows, others)
            counted[name] = self._blocks.counts(name, left[others])
        return counted

    def _hits(self, page: list[Candidate], words: Sequence[Word] | None) -> tuple[SearchHit, ...]:
        if words is None:
            return tuple([SearchHit(*told, score, (), ()) for _, told, score, _ in page])
        found = []
        for _, told, score, row in page:
            arrays, number = self._blocks.place(row)
            document = arrays.row(number).document
            title = highlight.title(document.title, words)
            found.append(SearchHit(*told, score, title, highlight.snippets(document.text, words)))
        return tuple(found)


def _read_as(readings: Sequence[str], unmatched: tuple[str, ...], answer: SearchResult) -> SearchResult:
    """The answer to a question read otherwise; with no readings, to the one asked."""
    return answer._replace(
        unmatched_words=unmatched,
        read_as=readings[0] if readings else None,
        did_you_mean=tuple(readings[1:]),
    )


def _best_wanted(query: Query, after: Place | None) -> int:
    """How many of the best rows are enough; none when all of them are to be put in order."""
    return 0 if query.sort or after else query.limit + 1


def _next_page(query: Query, after: Place | None, page: list[Candidate]) -> str:
    shown = [told.id for _, told, *_ in page]
    return write_cursor(query, next_place(query, after, page[-1][0], shown))
