"""Words of the vocabulary in running text: titles, kinds of support, industries, areas."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

from policies.document.model import Line, Term
from policies.vocabulary import AREAS, INDUSTRIES, SUPPORT_KINDS, TITLES, Entry

_LISTS = (TITLES, SUPPORT_KINDS, INDUSTRIES, AREAS)


def find_terms(lines: Sequence[Line]) -> tuple[Term, ...]:
    """Each word once, in the order they come first."""
    text = "\n".join(line.text.replace("\n", " ") for line in lines)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line.text) + 1)
    terms: dict[tuple[str, str], Term] = {}
    for start, name in sorted(_places(text)):
        place = bisect_right(starts, start) - 1
        span = (start - starts[place], start - starts[place] + len(name))
        meant = _names()[name]
        for words, entry in meant:
            known = terms.get((words, entry.id))
            # A short nickname may be an everyday word.
            sure = sum(words == other for other, _ in meant) == 1 and (name == entry.label or len(name) > 3)
            terms[words, entry.id] = (
                replace(known, count=known.count + 1)
                if known
                else Term(words, entry.id, entry.label, name, lines[place].number, span, 1, sure)
            )
    return tuple(terms.values())


def _places(text: str) -> Iterator[tuple[int, str]]:
    """Where the names stand; of names within names the longest."""
    taken = bytearray(len(text))
    for name in _names():
        start = text.find(name)
        while start >= 0:
            end = start + len(name)
            if not any(taken[start:end]) and not (name.isascii() and _inside_word(text, start, end)):
                taken[start:end] = b"\1" * len(name)
                yield start, name
            start = text.find(name, end)


def _inside_word(text: str, start: int, end: int) -> bool:
    around = text[max(0, start - 1) : start] + text[end : end + 1]
    return any(char.isascii() and char.isalnum() for char in around)


@cache
def _names() -> dict[str, list[tuple[str, Entry]]]:
    """Every name and what it may mean, the longest first."""
    entries: dict[str, list[tuple[str, Entry]]] = {}
    for words in _LISTS:
        for entry in words:
            for name in dict.fromkeys((entry.label, *entry.aliases)):
                if len(name) > 1:
                    entries.setdefault(name, []).append((words.name, entry))
    return {name: entries[name] for name in sorted(entries, key=len, reverse=True)}
