"""The two loops a question spends its time in, compiled: which rows hold a word, and which hold all words.

Everything is a flat array of rows in order; a place looked at in a list only ever moves on. A long list has
marks beside it: for each 64 rows one bit a row, and where in the list the first of them is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
from numba import boolean, float32, float64, int32, int64, njit, types, uint32, uint64, void

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
# What `asked` says of a word: where its list starts and stops, how much it tells, where its marks are.
START, STOP, TELLING, MARKED, NUMBERS = 0, 1, 2, 3, 4
UNMARKED = -1


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
        uint32[:, ::1], int64[::1], float32[::1], int64, int64, boolean[::1], float32[::1], int32,
        int32[::1], uint32[:, ::1], int64,
    )
)  # fmt: skip
def hold(
    postings: Any, starts: Any, tells: Any, needed: int, literal: int, shown: Any, brevity: Any,
    first_row: int, rows: Any, told: Any, end: int,
) -> int:  # fmt: skip
    """Append, from `end` on, the rows that hold a word; returns where they end.

    The postings of its terms follow each other, beginning at `starts`: first those of the terms all of which
    it needs, then those that will do as well (its `literal` form), then those that only help. In either of
    the first two the shortest list comes first. `first_row` is the number of the block's first row.

    Of each row is told: its score, how much of the word its title tells, times its `brevity`, and which
    places hold all of the word: all in one place, since a question looks at all or at none.
    """
    listed = postings.view(np.int32)[:, 0].copy()
    weights, places = postings.view(np.float32)[:, 1], postings[:, 2]
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


def inlined(part: Loop) -> Loop:
    """A part of a loop, compiled into it: as a function of its own it takes several times as long."""
    return cast("Loop", njit(inline="always")(part))


@inlined
def bits_in(chunk: Any) -> Any:
    """How many bits are set; the processor has one instruction for these lines."""
    chunk = chunk - ((chunk >> np.uint64(1)) & np.uint64(0x5555555555555555))
    chunk = (chunk & np.uint64(0x3333333333333333)) + (
        (chunk >> np.uint64(2)) & np.uint64(0x3333333333333333)
    )
    chunk = (chunk + (chunk >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return (chunk * np.uint64(0x0101010101010101)) >> np.uint64(56)


@compiled(void(int32[::1], int64, int64, uint64[:, ::1]))
def mark(rows: Any, start: int, stop: int, marks: Any) -> None:
    """Write the marks of a list."""
    marks[:] = 0
    for place in range(start, stop):
        marks[rows[place] >> 6, 0] |= np.uint64(1) << np.uint64(rows[place] & 63)
    place = start
    for chunk in range(len(marks)):
        marks[chunk, 1] = place
        place += bits_in(marks[chunk, 0])


@compiled(int32[::1](int32[::1], _asked, int64, int64))
def rows_with(rows: Any, asked: Any, least: int, size: int) -> Any:
    """The rows that at least so many of the lists hold, in order."""
    count = np.zeros(size, np.int32)
    for word in range(0, len(asked), NUMBERS):
        for place in range(int(asked[word + START]), int(asked[word + STOP])):
            count[rows[place]] += 1
    return np.flatnonzero(count >= least).astype(np.int32)


@compiled(int64(int64[::1], int64, int32))
def block_of(firsts: Any, block: int, row: Any) -> int:
    """The block a row lies in, which is this one or one after it."""
    while block + 1 < len(firsts) and row >= firsts[block + 1]:
        block += 1
    return block


@compiled(void(float64[:, ::1], float32, int32))
def insert(best: Any, score: Any, row: Any) -> None:
    """Put a row where it belongs among the best, after its equals; the last falls out, be it this one."""
    place = len(best) - 1
    if best[place, 0] >= score:
        return
    while place > 0 and best[place - 1, 0] < score:
        best[place] = best[place - 1]
        place -= 1
    best[place, 0], best[place, 1] = score, row


@compiled(int64(float64[:, :, ::1], float64[:, ::1]))
def merge(best: Any, merged: Any) -> int:
    """Put the best of all blocks in one order; returns how many there are, with all that equal the last."""
    at, end, last = np.zeros(len(best), np.int64), 0, 0.0
    while True:
        first = -1
        for block in range(len(best)):
            if at[block] < best.shape[1] and (
                first < 0 or best[block, at[block], 0] > best[first, at[first], 0]
            ):
                first = block
        if first < 0 or best[first, at[first], 1] < 0 or best[first, at[first], 0] < last:
            return end
        merged[end] = best[first, at[first]]
        at[first], end = at[first] + 1, end + 1
        if end == best.shape[1]:
            last = merged[end - 1, 0]


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
    types.UniTuple(int64, 3)(
        int32[::1], uint32[:, ::1], uint64[:, ::1], _asked, int64, float32, float32,
        int32[::1], boolean[::1], int64[::1], int32[::1], float32[::1], int64, float64[:, ::1],
    )
)  # fmt: skip
def cross(
    rows: Any, told: Any, marks: Any, asked: Any, least: int, in_title: Any, in_sentence: Any,
    candidates: Any, passing: Any, firsts: Any, found: Any, found_scores: Any, wanted: int, merged: Any,
) -> tuple[int, int, int]:  # fmt: skip
    """Which of the candidates are in at least so many lists; returns how many, how many of these pass, and
    how many are among the best.

    `in_title` and `in_sentence` are what it counts that one place holds all words. `passing` is empty when
    every row passes.
    Writes the rows and their scores, where there is room for them, and the best passing rows as (score, row):
    as many as are `wanted` and what equals the last of them, the earlier row of a block first among equals.
    With none wanted, all scores count what is near together, else only those of the best do.
    """
    words, best = len(asked) // NUMBERS, np.full((len(firsts), wanted, 2), -1.0)
    telling = max(asked[TELLING::NUMBERS].sum(), 1e-9)
    shares, masks = (asked[TELLING::NUMBERS] / telling).astype(np.float32), np.zeros(words, np.uint32)
    at, stops = asked[START::NUMBERS].astype(np.int64), asked[STOP::NUMBERS].astype(np.int64)
    marked = asked[MARKED::NUMBERS].astype(np.int64)
    numbers, in_title = told.view(np.float32), in_title / np.float32(telling)
    count, passed, block, threshold = 0, 0, 0, np.float32(-1)
    for row in candidates:
        score, title, held, left = np.float32(0), np.float32(0), np.float32(0), words - least
        chunk, bit = row >> 6, np.uint64(1) << np.uint64(row & 63)
        for word in range(words):
            if marked[word] == UNMARKED:
                place = at[word] = seek(rows, at[word], stops[word], row)
                holds = place < stops[word] and rows[place] == row
            else:
                bits = marks[marked[word] + chunk, 0]
                place = np.int64(marks[marked[word] + chunk, 1]) + bits_in(bits & (bit - np.uint64(1)))
                holds = bits & bit != 0
            masks[word] = 0
            if holds:
                score, title = score + numbers[place, SCORE], title + numbers[place, TITLE]
                held, masks[word] = held + shares[word], told[place, PLACES]
            else:
                left -= 1
                if left < 0:
                    break
        if left < 0:
            continue
        score = score * held if least < words else score
        if len(found):
            found[count] = row
        if len(passing) == 0 or passing[row]:
            passed += 1
            factor = 1 + title * in_title
            if in_sentence > 0 and score * (factor + in_sentence * held**_STEEP) >= threshold:
                factor += in_sentence * together(masks, shares, held) ** _STEEP
            score *= factor
            if wanted and score >= threshold:
                block = block_of(firsts, block, row)
                insert(best[block], score, row)
                threshold = max(threshold, np.float32(best[block, -1, 0]))
        if len(found_scores):
            found_scores[count] = score
        count += 1
    return count, passed, merge(best, merged) if wanted else 0
