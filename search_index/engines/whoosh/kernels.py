"""The two loops a question spends its time in, compiled: which rows hold a word, and which hold all words.

Everything is a flat array of rows in order; a place looked at in a list only ever moves on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numba import boolean, float32, float64, int32, int64, njit, types, uint32, void

# The first bit of a row's places: the term is in its title. The others are sentences and short fields.
IN_TITLE = 1

Loop = TypeVar("Loop", bound=Callable[..., Any])
_asked = types.Array(float64, 1, "C", readonly=True)
_PAST_ALL = np.int32(2**31 - 1)
_EVERYWHERE = np.uint32(0xFFFFFFFF)
# What is told of a row that holds a word.
SCORE, TITLE, PLACES = 0, 1, 2
# A part of the words in one sentence is little beside all of them.
_STEEP = 6


def compiled(signature: Any) -> Callable[[Loop], Loop]:
    """Machine code, kept beside the source where that can be written, else made by every process."""

    def compile_loop(loop: Loop) -> Loop:
        try:
            made: Loop = njit(signature, cache=True, nogil=True)(loop)
        except RuntimeError:
            made = njit(signature, nogil=True)(loop)
        return made

    return compile_loop


@compiled(int64(int32[::1], int64, int64, int32))
def seek(rows: Any, low: int, stop: int, wanted: Any) -> int:
    """The first place from `low` on whose row is not before the wanted one, or `stop`."""
    if low >= stop or rows[low] >= wanted:
        return low
    step, high = 1, low + 1
    while high < stop and rows[high] < wanted:
        low, step = high, step * 2
        high = low + step
    low, high = low + 1, min(high, stop)
    while low < high:
        middle = (low + high) // 2
        if rows[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    return low


@compiled(boolean(int32[::1], int64[::1], int64[::1], int64, int64, int32))
def in_all(listed: Any, at: Any, starts: Any, first: int, last: int, row: Any) -> bool:
    """Whether each of these terms has the row; where each of them stands moves on."""
    for term in range(first, last):
        at[term] = seek(listed, at[term], starts[term + 1], row)
        if at[term] == starts[term + 1] or listed[at[term]] != row:
            return False
    return True


@compiled(
    int64(
        int32[::1], float32[::1], uint32[::1], int64[::1], float32[::1], int64, int64, boolean[::1],
        float32[::1], int32, int32[::1], uint32[:, ::1], int64,
    )
)  # fmt: skip
def hold(
    listed: Any, weights: Any, places: Any, starts: Any, tells: Any, needed: int, literal: int, shown: Any,
    brevity: Any, first_row: int, rows: Any, told: Any, end: int,
) -> int:  # fmt: skip
    """Append, from `end` on, the rows that hold a word; returns where they end.

    Its terms' lists (rows, weights, places) follow each other, beginning at `starts`: first those all of
    which it needs, then those that will do as well (its `literal` form), then those that only help. In
    either of the first two the shortest list comes first. `first_row` is the number of the block's first row.

    Of each row is told: its score, how much of the word its title tells, times its `brevity`, and which
    places hold all of the word: all in one place, since a question looks at all or at none.
    """
    numbers = told.view(np.float32)
    at, sides = starts[: len(tells)].copy(), ((0, needed), (needed, needed + literal))
    while True:
        row = _PAST_ALL
        for first, last in sides:
            if first < last and at[first] < starts[first + 1]:
                row = min(row, listed[at[first]])
        if row == _PAST_ALL:
            return end
        for first, last in sides:
            if first < last and shown[row] and in_all(listed, at, starts, first, last, row):
                score, title, common = np.float32(0), np.float32(0), _EVERYWHERE
                for term in range(first, last):
                    place = at[term]
                    score += tells[term] * weights[place]
                    title += tells[term] * np.float32(places[place] & np.uint32(IN_TITLE))
                    common &= places[place]
                for term in range(needed + literal, len(tells)):
                    if in_all(listed, at, starts, term, term + 1, row):
                        score += tells[term] * weights[at[term]]
                rows[end], told[end, PLACES] = first_row + row, common
                numbers[end, SCORE], numbers[end, TITLE] = score, title * brevity[row]
                end += 1
                break
        for first, last in sides:
            if first < last and at[first] < starts[first + 1] and listed[at[first]] == row:
                at[first] += 1


@compiled(int32[::1](int32[::1], _asked, int64, int64))
def rows_with(rows: Any, asked: Any, least: int, size: int) -> Any:
    """The rows that at least so many of the lists hold, in order; `asked` as in `cross`."""
    count = np.zeros(size, np.int32)
    for word in range(0, len(asked), 3):
        for place in range(int(asked[word]), int(asked[word + 1])):
            count[rows[place]] += 1
    return np.flatnonzero(count >= least).astype(np.int32)


@compiled(void(float64[:, ::1], float32, int32))
def insert(best: Any, score: Any, row: Any) -> None:
    """Put a row where it belongs among the best; the last falls out."""
    place = len(best) - 1
    while place > 0 and best[place - 1, 0] < score:
        best[place] = best[place - 1]
        place -= 1
    best[place, 0], best[place, 1] = score, row


@compiled(float32(uint32[::1], float32[::1], float32))
def together(masks: Any, shares: Any, most: Any) -> Any:
    """The largest share of the words that one sentence holds whole; `most` is what the row holds of them."""
    left = np.uint32(0)
    for mask in masks:
        left |= mask
    left &= ~np.uint32(IN_TITLE)
    best = np.float32(0)
    while left and best < most:
        sentence = left & (~left + np.uint32(1))
        left ^= sentence
        share = np.float32(0)
        for word in range(len(masks)):
            if masks[word] & sentence:
                share += shares[word]
        best = max(best, share)
    return best


@compiled(
    types.UniTuple(int64, 2)(
        int32[::1], uint32[:, ::1], _asked, int64, float32, float32,
        int32[::1], boolean[::1], int64[::1], int32[::1], float32[::1], float64[:, :, ::1],
    )
)  # fmt: skip
def cross(
    rows: Any, told: Any, asked: Any, least: int, in_title: Any, in_sentence: Any,
    candidates: Any, passing: Any, firsts: Any, found: Any, found_scores: Any, best: Any,
) -> tuple[int, int]:  # fmt: skip
    """Which of the candidates are in at least so many lists; returns how many, and how many of these pass.

    `asked` has three numbers for each word: where its list starts and stops, how much it tells. `in_title`
    and `in_sentence` are what it counts that one place holds all words. `passing` is empty when every row
    passes.
    Writes the rows and their scores and, for each block, its best passing rows as (score, row): best first,
    the earlier first among equals, -1 where there are fewer or no more can be among the best of all. With no
    best asked for, all scores count what is near together, else only those of the best do.
    """
    words, wanted = len(asked) // 3, best.shape[1]
    telling = max(asked[2::3].sum(), 1e-9)
    shares, masks = (asked[2::3] / telling).astype(np.float32), np.zeros(words, np.uint32)
    at, stops = asked[0::3].astype(np.int64), asked[1::3].astype(np.int64)
    numbers, in_title = told.view(np.float32), in_title / np.float32(telling)
    best[:] = -1
    count, passed, block, threshold = 0, 0, 0, np.float32(-1)
    for row in candidates:
        score, title, held, left = np.float32(0), np.float32(0), np.float32(0), words - least
        for word in range(words):
            place = seek(rows, at[word], stops[word], row)
            at[word], masks[word] = place, 0
            if place < stops[word] and rows[place] == row:
                score, title = score + numbers[place, SCORE], title + numbers[place, TITLE]
                held, masks[word] = held + shares[word], told[place, PLACES]
            else:
                left -= 1
                if left < 0:
                    break
        if left < 0:
            continue
        if least < words:
            score *= held
        found[count] = row
        if len(passing) == 0 or passing[row]:
            passed += 1
            factor = 1 + title * in_title
            if in_sentence > 0 and score * (factor + in_sentence * held**_STEEP) >= threshold:
                factor += in_sentence * together(masks, shares, held) ** _STEEP
            score *= factor
            if wanted:
                while block + 1 < len(firsts) and row >= firsts[block + 1]:
                    block += 1
                if score >= threshold and score > best[block, -1, 0]:
                    insert(best[block], score, row)
                    threshold = max(threshold, np.float32(best[block, -1, 0]))
        found_scores[count] = score
        count += 1
    return count, passed
