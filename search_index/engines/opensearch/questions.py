"""Questions as OpenSearch queries: the same sets as the embedded engine, by the same terms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from search_index.analysis import Word
from search_index.cursor import Place
from search_index.engines.opensearch.mapping import GAP, as_number
from search_index.query import AnyOf, Between, Query

Clause = dict[str, Any]
SHOWN: Clause = {"term": {"gone": False}}
_FACET_VALUES = 1000
# As the embedded engine weighs them (engines/whoosh/nearness.py).
_SENTENCE, _WORDS_POWER, _TITLE = 0.25, 2, 0.6


def holding_term(term: str) -> Clause:
    """Rows holding the term; of a single CJK character, any term that starts with it."""
    if len(term) == 1 and term > "ÿ":
        return {"prefix": {"all_terms": {"value": term}}}
    return {"term": {"all_terms": term}}


def holding_word(word: Word) -> Clause:
    """Rows that hold all a word needs, or all of it as written."""
    needed: Clause = {"bool": {"must": [holding_term(term) for term in word.needed]}}
    if not word.literal:
        return needed
    literal: Clause = {"bool": {"must": [holding_term(term) for term in word.literal]}}
    return {"bool": {"should": [needed, literal], "minimum_should_match": 1}}


def holding_all(words: Sequence[Word]) -> Clause:
    """Rows that hold every word; helpful terms only add to the score."""
    helpful = dict.fromkeys(term for word in words for term in word.helpful)
    title = dict.fromkeys(term for word in words for term in word.needed)
    should = [holding_term(term) for term in helpful]
    should += [{"term": {"title_terms": {"value": term, "boost": 0.5}}} for term in title]
    return {"bool": {"must": [holding_word(word) for word in words], "should": should}}


def holding_some(terms: Sequence[str], least: int) -> Clause:
    """Rows that hold at least so many of the terms."""
    return {"bool": {"should": [holding_term(term) for term in terms], "minimum_should_match": least}}


def nearer_first(found: Clause, words: Sequence[Word]) -> Clause:
    """The same rows; those with the question in one sentence, or much of it in the title, score more."""
    terms = list(dict.fromkeys(term for word in words for term in word.needed if len(term) > 1))
    if len(terms) < 2:
        return found
    functions: list[Clause] = [{"filter": {"match_all": {}}, "weight": 1}]
    functions += [
        {"filter": {"term": {"title_terms": term}}, "weight": _TITLE / len(terms)} for term in terms
    ]
    if len(words) > 1:
        together = {"intervals": {"sentences": {"all_of": {"max_gaps": GAP // 2, "intervals": _each(terms)}}}}
        functions.append({"filter": together, "weight": _SENTENCE * (len(words) - 1) ** _WORDS_POWER})
    return {
        "function_score": {
            "query": found,
            "functions": functions,
            "score_mode": "sum",
            "boost_mode": "multiply",
        }
    }


def together(word: Word) -> Clause:
    """Rows that hold the whole word in one sentence or in the title."""
    needed = [term for term in word.needed if len(term) > 1]
    if len(needed) < 2:
        return holding_word(word)
    near = {"intervals": {"sentences": {"all_of": {"max_gaps": GAP // 2, "intervals": _each(needed)}}}}
    title = {"bool": {"must": [{"term": {"title_terms": term}} for term in needed]}}
    return {"bool": {"should": [near, title], "minimum_should_match": 1}}


def _each(terms: Sequence[str]) -> list[Clause]:
    return [{"match": {"query": term}} for term in terms]


def condition(wanted: AnyOf | Between) -> Clause:
    """One filter."""
    if isinstance(wanted, AnyOf):
        return {"terms": {f"f_{wanted.field}": list(wanted.values)}}
    limits = {}
    if wanted.low is not None:
        limits["gte"] = as_number(wanted.low)
    if wanted.high is not None:
        limits["lte"] = as_number(wanted.high)
    name = f"f_{wanted.field}"
    known: Clause = {"range": {name: limits}} if limits else {"exists": {"field": name}}
    if not wanted.or_unknown:
        return known
    unknown = {"bool": {"must_not": [{"exists": {"field": name}}]}}
    return {"bool": {"should": [known, unknown], "minimum_should_match": 1}}


def passing(query: Query, without: str | None = None) -> Clause:
    """All filters, or all but those on one field."""
    return {"bool": {"filter": [condition(c) for c in query.filters if c.field != without]}}


def page(query: Query, found: Clause, after: Place | None) -> Clause:
    """The request for one page, its exact total and its facets."""
    order: list[Any] = [{"_score": "desc"}]
    if query.sort:
        way = "desc" if query.sort.descending else "asc"
        order = [{f"f_{query.sort.field}": {"order": way, "missing": "_last"}}]
    body: Clause = {
        "query": {"bool": {"must": [found], "filter": [SHOWN]}},
        "post_filter": passing(query),
        "track_scores": True,
        "size": query.limit + 1,
        "sort": [*order, {"id": "asc"}],
        "_source": ["id", "f_kind", "revision", *(["title", "text"] if query.highlights else [])],
        "aggs": {"total": {"filter": passing(query)}, **{f"of_{n}": _facet(query, n) for n in query.facets}},
    }
    if after is not None and after.seen:
        unseen = {"bool": {"must_not": [{"terms": {"mark": list(after.seen)}}]}}
        body["post_filter"] = {"bool": {"filter": [passing(query), unseen]}}
    elif after is not None:
        body["search_after"] = [after.key, after.id]
    return body


def _facet(query: Query, name: str) -> Clause:
    """Counts over what the other filters leave: a chosen value still shows its alternatives."""
    values = {"terms": {"field": f"f_{name}", "size": _FACET_VALUES}}
    return {"filter": passing(query, without=name), "aggs": {"values": values}}


def counting(clauses: dict[str, Clause], query: Query | None = None) -> Clause:
    """How many rows each clause finds, in one request; only those that pass the filters of the query."""
    filters = [SHOWN] if query is None else [SHOWN, passing(query)]
    return {
        "size": 0,
        "query": {"bool": {"filter": filters}},
        "aggs": {name: {"filter": clause} for name, clause in clauses.items()},
    }
