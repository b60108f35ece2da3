"""How well an engine answers the judged needs: one figure per kind of need, with those that failed."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import mean

from bench.relevance.corpus import Made, read
from search_index.analysis import Analyzer
from search_index.query import Query, SearchResult

Search = Callable[[Query], SearchResult]
# kind of need -> the least its figure may be
GOALS = {
    "known items, MRR": 0.70,
    "topics, nDCG@10": 0.97,
    "short forms, nDCG@10": 0.97,
    "literal parts, recall": 1.0,
    "typos and pinyin, same answer": 0.90,
    "typos and pinyin, held out": 0.90,
    "whole questions, in first three": 0.90,
    "whole questions, held out": 0.90,
}


@dataclass(frozen=True)
class Judged:
    """One need, how well it was answered from 0 to 1, and what came first."""

    asked: str
    mark: float
    came: str = ""


def judge(search: Search, made: Sequence[Made], analyzer: Analyzer) -> dict[str, list[Judged]]:
    """Every need of every kind."""
    needs = read("needs")
    topics = [(topic, n, asked) for topic, all_of in needs["topic"].items() for n, asked in enumerate(all_of)]
    return {
        "known items, MRR": [
            _known(search, ref, q) for ref, all_of in needs["known"].items() for q in all_of
        ],
        "topics, nDCG@10": [_topic(search, made, analyzer, t, q) for t, n, q in topics if n == 0],
        "short forms, nDCG@10": [_topic(search, made, analyzer, t, q) for t, n, q in topics if n],
        "literal parts, recall": list(_literal(search, made, [q for _, _, q in topics])),
        "typos and pinyin, same answer": _typed(search, needs["typed"]),
        "typos and pinyin, held out": _typed(search, needs["typed_held_out"]),
        "whole questions, in first three": [_asked(search, q, ok) for q, ok in needs["asked"].items()],
        "whole questions, held out": [_asked(search, q, ok) for q, ok in needs["asked_held_out"].items()],
    }


def figures(judged: dict[str, list[Judged]]) -> dict[str, float]:
    """The mean of each kind."""
    return {kind: mean(need.mark for need in needs) for kind, needs in judged.items()}


def _ids(search: Search, asked: str, limit: int = 10) -> list[str]:
    return [hit.id for hit in search(Query(asked, limit=limit, highlights=False)).hits]


def _known(search: Search, ref: str, asked: str) -> Judged:
    ids = _ids(search, asked)
    return Judged(asked, 1 / (ids.index(ref) + 1) if ref in ids else 0.0, f"{ref} in {ids[:3]}")


def _topic(search: Search, made: Sequence[Made], analyzer: Analyzer, topic: int, asked: str) -> Judged:
    """Mainly about the topic is worth 2, with a title that names something asked for 3, else 1."""
    words = [word for part in asked.split() for word in (part, analyzer.canonical(part))]
    grades = {}
    for one in made:
        grade = one.topics.get(topic, 0)
        title = analyzer.canonical(one.document.title)
        if grade == 2 and any(word in title or word in one.document.title for word in words):
            grade = 3
        grades[one.document.id] = grade
    ids = _ids(search, asked)
    gained = _gain([grades[ident] for ident in ids])
    best = _gain(sorted(grades.values(), reverse=True)[:10])
    return Judged(asked, gained / best, str([grades[ident] for ident in ids]))


def _gain(grades: Iterable[int]) -> float:
    return sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades))


def _literal(search: Search, made: Sequence[Made], questions: Iterable[str]) -> Iterable[Judged]:
    """Of the documents that hold every word of a question as it is written, how many are found."""
    for asked in questions:
        holding = {
            one.document.id
            for one in made
            if all(word in one.document.title + "\n" + one.document.text for word in asked.split())
        }
        if holding:
            found, cursor = set[str](), None
            while True:
                page = search(Query(asked, limit=100, highlights=False, cursor=cursor))
                found |= {hit.id for hit in page.hits}
                cursor = page.next_cursor
                if cursor is None:
                    break
            yield Judged(asked, len(holding & found) / len(holding))


def _typed(search: Search, kinds: dict[str, dict[str, str]]) -> list[Judged]:
    judged = []
    for typed, meant in (pair for needs in kinds.values() for pair in needs.items()):
        wanted, came = _ids(search, meant), _ids(search, typed)
        judged.append(Judged(typed, len(set(wanted) & set(came)) / max(len(wanted), 1), str(came[:3])))
    return judged


def _asked(search: Search, asked: str, right: list[str]) -> Judged:
    ids = _ids(search, asked, limit=3)
    return Judged(asked, float(bool(set(ids) & set(right))), f"{right} in {ids}")
