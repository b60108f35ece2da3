"""Where the searched words are in a text: pieces for the title, windows for snippets. Never HTML."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from functools import lru_cache

from search_index.analysis import Word, fold
from search_index.query import Piece

WINDOW = 80
SNIPPETS = 2
_LEAD = 16
# The same few texts are shown for many questions, and folding takes most of the time.
_REMEMBERED = 256

Span = tuple[int, int]


def title(text: str, words: Sequence[Word]) -> tuple[Piece, ...]:
    """The whole text, cut where hits begin and end."""
    return _cut(text, 0, len(text), spans(text, words))


def snippets(text: str, words: Sequence[Word]) -> tuple[tuple[Piece, ...], ...]:
    """Up to two windows of the text around its densest hits, in reading order; its start when it has none."""
    hits = spans(text, words)
    if not hits:
        return ((Piece(text[:WINDOW]),),) if text else ()
    windows: list[Span] = []
    for start in sorted(
        (max(0, s - _LEAD) for s, _ in hits), key=lambda start: (-_density(hits, start), start)
    ):
        if all(start + WINDOW <= a or start >= b for a, b in windows):
            windows.append((start, start + WINDOW))
        if len(windows) == SNIPPETS:
            break
    return tuple(_cut(text, a, min(b, len(text)), hits) for a, b in sorted(windows))


def spans(text: str, words: Sequence[Word]) -> list[Span]:
    """Hits in order, not overlapping: every form of each word, or its parts where none is there."""
    folded, origin = _fold_with_origin(text)
    found: list[Span] = []
    for word in words:
        here = [span for form in word.forms for span in _occurrences(folded, form)]
        found += here or [span for term in word.needed for span in _occurrences(folded, term)]
    return _joined([(origin[a], origin[b - 1] + 1) for a, b in found])


@lru_cache(_REMEMBERED)
def _fold_with_origin(text: str) -> tuple[str, Sequence[int]]:
    """The folded text, and for each of its characters the place in the text it came from."""
    folded = fold(text)
    if len(folded) == len(text):
        return folded, range(len(text))
    pieces = [fold(c) for c in text]
    return "".join(pieces), [place for place, piece in enumerate(pieces) for _ in piece]


def _occurrences(text: str, form: str) -> list[Span]:
    found, at = [], text.find(form) if form else -1
    while at >= 0:
        found.append((at, at + len(form)))
        at = text.find(form, at + len(form))
    return found


def _joined(found: list[Span]) -> list[Span]:
    joined: list[Span] = []
    for start, end in sorted(found):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _density(hits: Sequence[Span], start: int) -> int:
    inside = hits[bisect.bisect_left(hits, (start, 0)) : bisect.bisect_left(hits, (start + WINDOW, 0))]
    return sum(end - begin for begin, end in inside)


def _cut(text: str, start: int, end: int, hits: Sequence[Span]) -> tuple[Piece, ...]:
    pieces, at = [], start
    first = bisect.bisect_right(hits, start, key=lambda hit: hit[1])
    for begin, finish in hits[first : bisect.bisect_left(hits, (end, end))]:
        begin, finish = max(begin, at), min(finish, end)
        if begin < finish:
            pieces += [Piece(text[at:begin]), Piece(text[begin:finish], is_hit=True)]
            at = finish
    pieces.append(Piece(text[at:end]))
    return tuple(piece for piece in pieces if piece.text)
