"""The words search knows: short forms and domain words, all from the vocabulary."""

from __future__ import annotations

from collections import Counter
from functools import cache, lru_cache

from policies.vocabulary import AREAS, DEPARTMENTS, FIELDS, INDUSTRIES, TERMS, TITLES, TOWNS, plain
from search_index.analysis import Analyzer

# What turns words into a question and says nothing about what is sought. Whole phrases, for what is left of
# one (是, 有, 办, 钱, 时候) would be sought, or grow onto the word beside it.
_STOP_WORDS = (
    "什么是", "是什么", "有什么", "要什么", "为什么", "为什么要", "什么时候", "有哪些", "是哪些", "有没有",
    "是不是", "是多少", "有多少", "要多少", "多少钱", "在哪里", "怎么办", "怎么办理", "怎么才能", "怎样才能",
    "如何才能", "怎么", "怎样", "如何", "什么", "哪些", "哪里", "多少", "可以", "能不能", "是否", "需要",
    "请问", "我们", "我公司", "本公司", "吗", "呢", "的", "了", "和", "与", "及", "申请", "办理",
)  # fmt: skip


def meanings(question: str) -> dict[str, tuple[str, ...]]:
    """Short forms in a question that stand for several terms, none of which is written out beside them."""
    folded = plain(question)
    found: dict[str, tuple[str, ...]] = {}
    for alias, labels in _ambiguous().items():
        longer = [other for other in _longer_spellings(alias) if other in folded]
        if alias in folded and not longer:
            found[alias] = labels
    return found


@cache
def _ambiguous() -> dict[str, tuple[str, ...]]:
    labels: dict[str, list[str]] = {}
    for term in TERMS:
        for alias in term.aliases:
            labels.setdefault(plain(alias), []).append(term.label)
    return {alias: tuple(all_of) for alias, all_of in labels.items() if len(all_of) > 1}


@cache
def _longer_spellings(alias: str) -> tuple[str, ...]:
    spellings = {plain(text) for term in TERMS for text in (term.label, *term.aliases)}
    return tuple(s for s in spellings if alias in s and s != alias)


@cache
def policy_analyzer() -> Analyzer:
    """Short forms become full ones, but for those of two meanings ("小巨人") and parts of the full form.

    A part of the full form finds it anyway by its characters, and elsewhere may mean something else (高新).
    """
    said = Counter(plain(alias) for term in TERMS for alias in term.aliases)
    synonyms = {
        term.label: tuple(
            alias for alias in term.aliases if said[plain(alias)] == 1 and alias not in term.label
        )
        for term in TERMS
    }
    lists = (TITLES, DEPARTMENTS, AREAS, TOWNS, INDUSTRIES, FIELDS)
    words = tuple(dict.fromkeys(entry.label for words in lists for entry in words))
    return Analyzer(words, synonyms, _STOP_WORDS)


@lru_cache(maxsize=4096)
def terms_named(title: str) -> tuple[str, ...]:
    """The domain words and full forms a title names; the same titles are found again and again."""
    return tuple(policy_analyzer().named_in(title))
