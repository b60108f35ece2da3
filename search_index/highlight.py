"""Where the searched words are in a text: pieces for the title, windows for snippets. Never HTML."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate

from search_index.analysis import Word, fold
from search_index.query import Piece

WINDOW = 80
SNIPPETS = 2
_LEAD = 16
# The same few texts are shown for many questions, and folding takes most of the time.
_REMEMBERED = 2048

Span = tuple[int, int]


def title(text: str, words: Sequence[Word]) -> tuple[Piece, ...]:
    """The whole text, cut where hits begin and end."""
    return _cut(text, 0, len(text), spans(text, words))


def snippets(text: str, words: Sequence[Word]) -> tuple[tuple[Piece, ...], ...]:
    """Up to two windows of the text around its densest hits, in reading order; its start when it has none."""
    hits = spans(text, words)
    if not hits:
        return ((Piece(text[:WINDOW]),),) if text else ()
    return tuple(_cut(text, a, min(a + WINDOW, len(text)), hits) for a in sorted(_densest(hits)))


def _densest(hits: Sequence[Span]) -> list[int]:
    """Where the windows with the most hit characters begin, none over another."""
    begins = [begin for begin, _ in hits]
    first = max(0, begins[0] - _LEAD)
    if begins[-1] < first + WINDOW:
        return [first]  # it holds them all, and no other begins so early
    held = [0, *accumulate(end - begin for begin, end in hits)]
    ranked = [
        (held[bisect.bisect_left(begins, start)] - held[bisect.bisect_left(begins, start + WINDOW)], start)
        for start in dict.fromkeys(max(0, begin - _LEAD) for begin in begins)
    ]
    chosen = [min(ranked)[1]]
    while len(chosen) < SNIPPETS:
        free = [one for one in ranked if all(abs(one[1] - other) >= WINDOW for other in chosen)]
        if not free:
            break
        chosen.append(min(free)[1])
    return chosen


def spans(text: str, words: Sequence[Word]) -> list[Span]:
    """Hits in order, not overlapping: every form of each word, or its parts where none is there."""
    folded, origin = _fold_with_origin(text)
    found: list[Span] = []
    for word in words:
        here = [span for form in word.forms if form in folded for span in _occurrences(folded, form)]
        found += here or [
            span for term in word.needed if term in folded for span in _occurrences(folded, term)
        ]
    return _joined(found if origin is None else [(origin[a], origin[b - 1] + 1) for a, b in found])


@lru_cache(_REMEMBERED)
def _fold_with_origin(text: str) -> tuple[str, Sequence[int] | None]:
    """The folded text, and for each of its characters the place in the text it came from, None if its own."""
    folded = fold(text)
    if len(folded) == len(text):
        return folded, None
    pieces = [fold(c) for c in text]
    return "".join(pieces), [place for place, piece in enumerate(pieces) for _ in piece]


def _occurrences(text: str, form: str) -> list[Span]:
    found, at = [], text.find(form) if form else -1
    while at >= 0:
        found.append((at, at + len(form)))
        at = text.find(form, at + len(form))
    return found


def _joined(found: list[Span]) -> list[Span]:
    if len(found) < 2:
        return found
    joined: list[Span] = []
    for start, end in sorted(found):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _cut(text: str, start: int, end: int, hits: Sequence[Span]) -> tuple[Piece, ...]:
    pieces, at = [], start
    for begin, finish in hits[bisect.bisect_right(hits, start, key=_end_of) :]:
        if begin >= end:
            break
        begin, finish = max(begin, at), min(finish, end)
        if begin < finish:
            if at < begin:
                pieces.append(Piece(text[at:begin]))
            pieces.append(Piece(text[begin:finish], True))
            at = finish
    if at < end:
        pieces.append(Piece(text[at:end]))
    return tuple(pieces)


def _end_of(hit: Span) -> int:
    return hit[1]
