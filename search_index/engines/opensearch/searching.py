"""Answers from OpenSearch, in the same steps as the embedded engine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any, Literal

from search_index import highlight
from search_index.analysis import Word, fold
from search_index.asking import require_askable
from search_index.cursor import Place, next_place, read_cursor, write_cursor
from search_index.engines.opensearch import questions
from search_index.engines.opensearch.client import Client
from search_index.engines.opensearch.questions import Clause
from search_index.pairs import Pairs
from search_index.phrases import Phrases
from search_index.query import Filters, Query, SearchHit, SearchResult
from search_index.rereading import Rereader
from search_index.schema import Schema
from search_index.spelling import Speller

LONGEST_PREFIX = 60
_MOST_WORDS_LEFT_OUT = 6
_SPANS = 300
_WILD = str.maketrans({"*": r"\*", "?": r"\?", "\\": r"\\"})


class Searching:
    """Asks one alias; keeps nothing of what it holds but the pairs of its titles, to read slips by."""

    def __init__(self, client: Client, schema: Schema, phrases: Phrases) -> None:
        self._client = client
        self._schema = schema
        self._phrases = phrases
        self._analyzer = phrases.analyzer
        self._title_pairs: Pairs | None = None

    def search(self, query: Query) -> SearchResult:
        """Find; raises `QueryError` for a question that cannot be asked."""
        require_askable(query, self._schema)
        after = read_cursor(query)
        words = self._analyzer.words_of(query.text)
        if not words:
            if query.text.strip():
                return SearchResult(0, (), {name: {} for name in query.facets}, None, ())
            return self._answer(query, words, {"match_all": {}}, after)
        found = questions.holding_all(words)
        counts = self._counts({"all": found, "near": questions.together(words[0])}, query)
        if not counts["all"]:
            return self._search_otherwise(query, words, after)
        if len(words) == 1 and not counts["near"] and not query.sort:
            # Its parts are somewhere, but nowhere together.
            return self._search_otherwise(query, words, after, apart=True)
        return self._answer(query, words, questions.nearer_first(found, words), after)

    def totals(self, text: str, filters: Sequence[Filters]) -> list[int]:
        """How many hold all words, for each set of filters, in one request."""
        for chosen in filters:
            require_askable(Query(text, chosen), self._schema)
        words = self._analyzer.words_of(text)
        if not words and text.strip():
            return [0 for _ in filters]
        held: Clause = questions.holding_all(words) if words else {"match_all": {}}
        clauses = {
            str(n): {"bool": {"filter": [held, questions.passing(Query(text, chosen))]}}
            for n, chosen in enumerate(filters)
        }
        return list(self._counts(clauses).values())

    def suggest(self, prefix: str, limit: int) -> list[str]:
        """Phrases, then titles that start with what is being typed, then titles that hold it."""
        typed = fold(prefix[:LONGEST_PREFIX]).strip().encode("utf-8", "replace").decode()
        if not typed or limit < 1:
            return []
        offered = list(self._phrases.starting(typed, limit * 8))
        for text in dict.fromkeys((typed, self._analyzer.canonical(typed))):
            offered += self._titles(text, limit)
        return list(dict.fromkeys(offered))[:limit]

    def _titles(self, typed: str, limit: int) -> list[str]:
        fields = ["folded_title", *(["letters", "initials"] if typed.isascii() else [])]
        starts: list[Clause] = [{"prefix": {name: typed}} for name in fields]
        holds: list[Clause] = [{"wildcard": {name: f"*{typed.translate(_WILD)}*"}} for name in fields]
        found: list[str] = []
        for clauses in (starts, holds):
            body = {
                "query": {
                    "bool": {"should": clauses, "minimum_should_match": 1, "filter": [questions.SHOWN]}
                },
                "size": limit * 2,
                "sort": [{"folded_title": "asc"}, {"id": "asc"}],
                "_source": ["title"],
            }
            found += [hit["_source"]["title"] for hit in self._ask(body)["hits"]["hits"]]
        return found

    def _search_otherwise(
        self, query: Query, words: list[Word], after: Place | None, apart: bool = False
    ) -> SearchResult:
        """No row holds all words: other readings of those that find nothing, then rows with some of them."""
        held = self._counts({str(n): questions.holding_word(word) for n, word in enumerate(words)})
        unmatched = tuple(word.written for n, word in enumerate(words) if apart or not held[str(n)])
        reading = self._rereader().read(query.text, words, unmatched) if unmatched else []
        matched: Literal["all_words", "some_words"] = "some_words"
        found = questions.holding_all(words)
        if reading:
            meant = self._analyzer.words_of(reading[0])
            holding = questions.holding_all(meant)
            if self._counts({"all": holding}, query)["all"]:
                words, found, matched, apart = meant, holding, "all_words", False
            elif self._counts({"all": holding})["all"]:
                # Only the filters hide what was meant; what no document holds, was hardly meant.
                words = meant
            else:
                reading = []
        if apart:
            return self._answer(query, words, questions.nearer_first(found, words), after)
        if matched == "some_words":
            found = self._some(query, words)
        answer = self._answer(query, words, questions.nearer_first(found, words), after)
        return answer._replace(
            unmatched_words=unmatched,
            matched=matched,
            read_as=reading[0] if reading else None,
            did_you_mean=tuple(reading[1:]),
            parts=() if matched == "all_words" else self._parts(query, words),
        )

    def _some(self, query: Query, words: list[Word]) -> Clause:
        """Rows with half of the terms that exist at all; when there are none, with fewer."""
        every = list(dict.fromkeys(term for w in words for term in (*w.needed, *w.literal)))
        known = self._counts({term: questions.holding_term(term) for term in every})
        terms = [term for term in every if known[term]]
        if not terms:
            return {"match_none": {}}
        ways = {str(-(-len(terms) // part)): 0 for part in (2, 4, len(terms))}
        counts = self._counts({least: questions.holding_some(terms, int(least)) for least in ways}, query)
        least = next((int(least) for least in ways if counts[least]), 1)
        return questions.holding_some(terms, least)

    def _parts(self, query: Query, words: list[Word]) -> tuple[tuple[str, int], ...]:
        """The question without one of its words, where that finds something: most first."""
        if not 2 <= len(words) <= _MOST_WORDS_LEFT_OUT:
            return ()
        shorter = [[w for w in words if w is not left_out] for left_out in words]
        clauses = {" ".join(w.written for w in part): questions.holding_all(part) for part in shorter}
        counts = self._counts(clauses, query)
        return tuple(sorted(((text, n) for text, n in counts.items() if n), key=lambda p: -p[1]))

    def _rereader(self) -> Rereader:
        if self._title_pairs is None:
            self._title_pairs = self._read_title_pairs()
        return Rereader(
            self._analyzer,
            Speller([self._title_pairs], self._phrases),
            lambda word: bool(self._counts({"word": questions.together(word)})["word"]),
            lambda term: bool(self._counts({"term": questions.holding_term(term)})["term"]),
            self._spans,
        )

    def _read_title_pairs(self) -> Pairs:
        """The pairs of characters in titles, as OpenSearch has counted them."""
        counted: dict[str, int] = {}
        for title in self.titles():
            folded = fold(title)
            for n in range(len(folded) - 1):
                counted[folded[n : n + 2]] = counted.get(folded[n : n + 2], 0) + 1
        return Pairs.of(list(counted), list(counted.values()))

    def titles(self, batch: int = 5000) -> Iterable[str]:
        """Every title that can be found."""
        after = None
        while True:
            body: Clause = {"query": questions.SHOWN, "size": batch, "sort": ["id"], "_source": ["title"]}
            hits = self._ask({**body, "search_after": after} if after else body)["hits"]["hits"]
            yield from (hit["_source"]["title"] for hit in hits)
            if len(hits) < batch:
                return
            after = hits[-1]["sort"]

    def _spans(self, letters: str) -> Iterable[str]:
        """The parts of titles that may be meant by initials."""
        body = {
            "query": {"bool": {"filter": [questions.SHOWN, {"wildcard": {"initials": f"*{letters}*"}}]}},
            "size": _SPANS,
            "_source": ["title", "initials"],
        }
        for hit in self._ask(body)["hits"]["hits"]:
            title = fold(hit["_source"]["title"])
            for start in range(len(title)):
                yield title[start : start + len(letters)]

    def _counts(self, clauses: dict[str, Clause], query: Query | None = None) -> dict[str, int]:
        named = {f"c{n}": clause for n, clause in enumerate(clauses.values())}
        counted = self._ask(questions.counting(named, query))["aggregations"]
        return {name: counted[f"c{n}"]["doc_count"] for n, name in enumerate(clauses)}

    def _answer(self, query: Query, words: list[Word], found: Clause, after: Place | None) -> SearchResult:
        answer = self._ask(questions.page(query, found, after))
        hits = answer["hits"]["hits"]
        page = hits[: query.limit]
        ids = [hit["_source"]["id"] for hit in page]
        more = len(hits) > query.limit
        counted = answer["aggregations"]
        facets = {
            name: {b["key"]: b["doc_count"] for b in counted[f"of_{name}"]["values"]["buckets"]}
            for name in query.facets
        }
        place = next_place(query, after, page[-1]["sort"][0], ids) if more else None
        return SearchResult(
            total=counted["total"]["doc_count"],
            hits=tuple(_hit(hit, words, query) for hit in page),
            facets={name: _ordered(counts) for name, counts in facets.items()},
            next_page=partial(write_cursor, query, place) if place else None,
            unmatched_words=(),
        )

    def _ask(self, body: Clause) -> Any:
        return self._client.send("POST", f"/{self._client.name}/_search", body)


def _ordered(counts: dict[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _hit(hit: Any, words: Sequence[Word], query: Query) -> SearchHit:
    told = hit["_source"]
    plain = SearchHit(told["id"], told["f_kind"], told["revision"], hit["_score"] or 0.0, (), ())
    if not query.highlights:
        return plain
    return plain._replace(
        title_highlight=highlight.title(told["title"], words),
        snippets=highlight.snippets(told["text"], words),
    )
