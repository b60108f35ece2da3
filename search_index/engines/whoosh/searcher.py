"""One generation of the index, immutable: any number of threads may search it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property, partial
from typing import Any, Literal, NamedTuple

import numpy as np

from search_index import highlight
from search_index.analysis import Word, fold
from search_index.asking import require_askable
from search_index.cursor import Place, next_place, read_cursor, write_cursor
from search_index.engines.whoosh import paging
from search_index.engines.whoosh.blocks import Block
from search_index.engines.whoosh.commits import Commit
from search_index.engines.whoosh.delta import Delta, parts_of
from search_index.engines.whoosh.holding import Held, held_by
from search_index.engines.whoosh.matching import NOTHING, Matches, every, in_all, in_some
from search_index.engines.whoosh.nearness import best_first
from search_index.engines.whoosh.suggestions import suggest
from search_index.phrases import Phrases
from search_index.query import Filters, Query, SearchHit, SearchResult
from search_index.rereading import Rereader
from search_index.schema import Schema
from search_index.spelling import Speller

_MOST_WORDS_LEFT_OUT = 6
_WINDOWS_LOOKED_AT = 300

# What it is ordered by, its id, score, block and row.
Candidate = tuple[Any, str, float, Block, int]


class Found(NamedTuple):
    """Rows per block that hold what is asked: all of them, and those that pass the filters too."""

    held: list[Matches]
    passed: list[Matches]

    @property
    def total(self) -> int:
        """How many pass."""
        return sum(len(matches.docs) for matches in self.passed)


class Searcher:
    """Answers from one commit; caches only what any thread would compute the same."""

    def __init__(self, commit: Commit, delta: Delta, schema: Schema, phrases: Phrases) -> None:
        self.commit = commit
        self.delta = delta
        self._schema = schema
        self._phrases = phrases
        self._analyzer = phrases.analyzer
        self._blocks = [Block(arrays, kept & ~arrays.gone) for arrays, kept in parts_of(commit, delta)]
        self.count = sum(int(np.count_nonzero(block.shown)) for block in self._blocks)
        self._rarities = Rarities(self._blocks)

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
                        yield fold(block.arrays.names.text(row))[place : place + len(letters)]

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
            return self._answer(query, words, self._passing(query.filters, self._everything()), after)
        found = self._passing(query.filters, self._all(words))
        if not found.total:
            return self._search_otherwise(query, words, after)
        if len(words) == 1 and not any(m.whole and m.whole[0].any() for m in found.held):
            # Its parts are somewhere, but nowhere together: 高新技企业 is no word of any row.
            return self._search_otherwise(query, words, after, found)
        return self._answer(query, words, found, after)

    def totals(self, text: str, filters: Sequence[Filters]) -> list[int]:
        """How many hold all words, for each set of filters."""
        for chosen in filters:
            require_askable(Query(text, chosen), self._schema)
        words = self._analyzer.words_of(text)
        if not words and text.strip():
            return [0 for _ in filters]
        held = self._all(words) if words else self._everything()
        return [self._passing(chosen, held).total for chosen in filters]

    def _search_otherwise(
        self, query: Query, words: list[Word], after: Place | None, apart: Found | None = None
    ) -> SearchResult:
        """No row holds all words: other readings of those that find nothing, then rows with some of them.

        `apart` are rows that hold all the parts of the one word, if not together.
        """
        unmatched = tuple(word.written for word in words if apart or not self._holds(word))
        reading = self._rereader.read(query.text, words, unmatched) if unmatched else None
        read_as: str | None = None
        meant: tuple[str, ...] = ()
        matched: Literal["all_words", "some_words"] = "some_words"
        found = None
        if reading:
            read_as, *others = reading
            meant, words = tuple(others), self._analyzer.words_of(read_as)
            found = self._passing(query.filters, self._all(words))
        if apart and not (found and found.total):
            return self._answer(query, words, apart, after)
        if found and found.total:
            matched = "all_words"
        else:
            found = self._some(query, words)
        return self._answer(query, words, found, after)._replace(
            unmatched_words=unmatched,
            matched=matched,
            read_as=read_as,
            did_you_mean=meant,
            parts=() if matched == "all_words" else self._parts(query, words),
        )

    def _everything(self) -> list[Matches]:
        return [every(block.rows) for block in self._blocks]

    def _all(self, words: Sequence[Word]) -> list[Matches]:
        found = []
        for block in self._blocks:
            helds = [self._held(block, word) for word in words]
            found.append(in_all(helds, block.arrays.size) if all(len(h.docs) for h in helds) else NOTHING)
        return found

    def _held(self, block: Block, word: Word) -> Held:
        return block.holding(word, self._rarities)

    def _some(self, query: Query, words: Sequence[Word]) -> Found:
        """Rows with half of the terms that exist at all; when there are none, with fewer."""
        terms = list(dict.fromkeys(t for w in words for t in (*w.needed, *w.literal) if self._is_shown(t)))
        blocks = [
            (block, [block.holding_term(term, self._rarities) for term in terms]) for block in self._blocks
        ]
        for part in (2, 4, max(len(terms), 1)):
            least = max(1, -(-len(terms) // part))
            held = [in_some(helds, least, block.arrays.size) for block, helds in blocks]
            found = self._passing(query.filters, held)
            if found.total:
                return found
        nothing = [NOTHING for _ in self._blocks]
        return Found(nothing, nothing)

    def _parts(self, query: Query, words: list[Word]) -> tuple[tuple[str, int], ...]:
        """The question without one of its words, where that finds something: most first."""
        if not 2 <= len(words) <= _MOST_WORDS_LEFT_OUT:
            return ()
        shorter = [[w for w in words if w is not left_out] for left_out in words]
        sizes = [
            (" ".join(w.written for w in part), self._passing(query.filters, self._all(part)).total)
            for part in shorter
        ]
        return tuple(sorted((p for p in sizes if p[1]), key=lambda p: -p[1]))

    def _holds(self, word: Word) -> bool:
        """Whether any row holds the whole word."""
        return any(len(self._held(block, word).docs) for block in self._blocks)

    def _is_shown(self, term: str) -> bool:
        return any(len(block.holding_term(term, self._rarities).docs) for block in self._blocks)

    def _passing(self, filters: Filters, held: list[Matches]) -> Found:
        """Which of the rows pass the filters."""
        if not filters:
            return Found(held, held)
        passed = [
            matches.at(block.passing(filters).take(matches.docs).nonzero()[0])
            for block, matches in zip(self._blocks, held, strict=True)
        ]
        return Found(held, passed)

    def _answer(self, query: Query, words: list[Word], found: Found, after: Place | None) -> SearchResult:
        candidates: list[Candidate] = []
        for block, matches in zip(self._blocks, found.passed, strict=True):
            if len(matches.docs):
                candidates += self._best(block, matches, query, len(words), after)
        if len(self._blocks) > 1:
            candidates.sort(key=_key_and_id)
        page = candidates[: query.limit]
        next_page = None
        if len(candidates) > query.limit:
            next_page = partial(_next_page, query, after, page)
        return SearchResult(
            found.total,
            _hits(page, words if query.highlights else None),
            {name: self._counted(query, name, found) for name in query.facets},
            next_page,
            (),
        )

    def _best(
        self, block: Block, matches: Matches, query: Query, words: int, after: Place | None
    ) -> list[Candidate]:
        """The first rows of a block after a place."""
        if words and not query.sort:
            matches = best_first(matches, words, block.arrays.size, whole=after is not None)
        by = paging.keys(block.arrays, matches, query.sort)
        chosen = paging.first(block.arrays, matches.docs, by, after, query.limit + 1)
        rows = matches.docs.take(chosen).tolist()
        keys, scores = by.take(chosen).tolist(), matches.scores.take(chosen).tolist()
        return [
            (key, block.told(row)[0], score, block, row)
            for key, score, row in zip(keys, scores, rows, strict=True)
        ]

    def _counted(self, query: Query, name: str, found: Found) -> dict[str, int]:
        """Counts over what the other filters leave: a chosen value still shows its alternatives."""
        others = tuple(condition for condition in query.filters if condition.field != name)
        if len(others) < len(query.filters):
            found = self._passing(others, found.held)
        total: Counter[str] = Counter()
        for block, matches in zip(self._blocks, found.passed, strict=True):
            if len(matches.docs):
                total.update(block.counts(name, matches.docs))
        return dict(sorted(total.items(), key=lambda item: (-item[1], item[0])))


class Rarities(dict[str, float]):
    """How much each term tells: more, the fewer rows hold it; zero when none does."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        super().__init__()
        self._blocks = blocks
        self._rows = sum(block.arrays.size for block in blocks)

    def __missing__(self, term: str) -> float:
        held = sum(held_by(block.arrays, term) for block in self._blocks)
        rarity = math.log(1 + (self._rows - held + 0.5) / (held + 0.5)) if held else 0.0
        self[term] = rarity
        return rarity


def _key_and_id(candidate: Candidate) -> tuple[Any, str]:
    return candidate[:2]


def _next_page(query: Query, after: Place | None, page: list[Candidate]) -> str:
    shown = [ident for _, ident, *_ in page]
    return write_cursor(query, next_place(query, after, page[-1][0], shown))


def _hits(page: list[Candidate], words: list[Word] | None) -> tuple[SearchHit, ...]:
    found = []
    for _, ident, score, block, row in page:
        _, kind, revision = block.told(row)
        if words is None:
            found.append(SearchHit(ident, kind, revision, score, (), ()))
        else:
            document = block.arrays.row(row).document
            title = highlight.title(document.title, words)
            snippets = highlight.snippets(document.text, words)
            found.append(SearchHit(ident, kind, revision, score, title, snippets))
    return tuple(found)
