"""The compiled loops say what plain sets and sums say."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import int64

from search_index.engines.whoosh import kernels
from search_index.engines.whoosh.arrays import POSTING

SIZE = 150  # more than two chunks of marks
BREVITY = np.linspace(0.1, 1, SIZE, dtype=np.float32)
TERM = st.dictionaries(
    st.integers(0, SIZE - 1),
    st.tuples(st.floats(0.25, 4, width=16), st.integers(0, 2**32 - 1)),
    max_size=SIZE,
)
WORD = st.dictionaries(
    st.integers(0, SIZE - 1),
    st.tuples(st.floats(0.25, 4, width=16), st.floats(0, 1, width=16), st.integers(0, 31)),
    max_size=SIZE,
)


def column(values: Any, kind: Any) -> Any:
    return np.array(list(values), kind)


@given(st.lists(TERM, min_size=1, max_size=3), st.lists(TERM, max_size=2), st.lists(TERM, max_size=2),
       st.sets(st.integers(0, SIZE - 1)))  # fmt: skip
def test_rows_of_a_word(needed: Any, literal: Any, helpful: Any, hidden: set[int]) -> None:
    needed, literal = sorted(needed, key=len), sorted(literal, key=len)
    terms = [*needed, *literal, *helpful]
    tells = column((1 + n for n in range(len(terms))), np.float32)
    listed = [sorted(term.items()) for term in terms]
    postings = np.array([(row, *told) for term in listed for row, told in term], POSTING)
    rows, told = np.zeros(2 * SIZE, np.int32), np.zeros((2 * SIZE, 3), np.uint32)
    end = kernels.hold(
        postings.view(np.uint32).reshape(-1, 3),
        np.cumsum([0, *map(len, listed)]),
        tells,
        len(needed),
        len(literal),
        column((row not in hidden for row in range(SIZE)), bool),
        BREVITY,
        1000,
        rows,
        told,
        5,
    )
    expected = {}
    for row in set(range(SIZE)) - hidden:
        sides = [(0, needed), (len(needed), literal)]
        for first, side in sides:
            if side and all(row in term for term in side):
                held = [(tells[first + n], *term[row]) for n, term in enumerate(side)]
                more = [
                    tells[len(needed) + len(literal) + n] * t[row][0]
                    for n, t in enumerate(helpful)
                    if row in t
                ]
                common = 0xFFFFFFFF
                for _, _, mask in held:
                    common &= mask
                title = sum(tell for tell, _, mask in held if mask & kernels.IN_TITLE)
                expected[1000 + row] = (
                    sum(t * w for t, w, _ in held) + sum(more),
                    title * BREVITY[row],
                    common,
                )
                break
    assert rows[5:end].tolist() == sorted(expected)
    for number in range(5, end):
        score, title, common = expected[int(rows[number])]
        assert np.allclose(told[number, :2].view(np.float32), (score, title)) and told[number, 2] == common


@given(
    st.lists(WORD, min_size=1, max_size=4),
    st.integers(1, 4),
    st.sets(st.integers(0, SIZE - 1)),
    st.integers(0, 6),
    st.integers(1, SIZE - 1),
    st.lists(st.booleans(), min_size=4, max_size=4),
)
def test_rows_of_all_words(
    words: Any, least: int, failing: set[int], wanted: int, second: int, marking: list[bool]
) -> None:
    words = sorted(words, key=len)
    least = min(least, len(words))
    listed = [sorted(word.items()) for word in words]
    told = [(row, *what) for word in listed for row, what in word]
    ends = np.cumsum([0, *map(len, listed)]).tolist()
    telling = [1.0 + n for n in range(len(words))]
    rows, chunks = column((t[0] for t in told), np.int32), SIZE // 64 + 1
    marks, asked = np.full((chunks * len(words), 2), 99, np.uint64), np.zeros((len(words), kernels.NUMBERS))
    for number, (start, stop) in enumerate(pairwise(ends)):
        asked[number] = start, stop, telling[number], number * chunks if marking[number] else kernels.UNMARKED
        kernels.mark(rows, start, stop, marks[number * chunks : (number + 1) * chunks])
    asked = asked.ravel()
    asked.flags.writeable = False
    holding = kernels.rows_with(rows, asked, least, SIZE)
    found, scores = np.zeros(SIZE, np.int32), np.zeros(SIZE, np.float32)
    best = np.zeros((2 * wanted, 2))
    count, passed, firsts = kernels.cross(
        rows,
        _told(told),
        marks,
        asked,
        least,
        0.5,
        2.0,
        holding,
        column((row not in failing for row in range(SIZE)), bool),
        np.array([0, second]),
        found,
        scores,
        wanted,
        best,
    )
    expected = [row for row in range(SIZE) if sum(row in word for word in words) >= least]
    assert found[:count].tolist() == expected == holding.tolist()
    passing = [row for row in expected if row not in failing]
    assert passed == len(passing)
    nearer = {row: _nearer(row, words, telling, least) for row in passing}
    if not wanted:
        for row, score in zip(found[:count].tolist(), scores.tolist(), strict=False):
            assert row in failing or np.isclose(score, nearer[row], rtol=1e-4)
    assert all(row in nearer and np.isclose(score, nearer[row], rtol=1e-4) for score, row in best[:firsts])
    shown = best[:firsts, 0].tolist()
    assert shown == sorted(shown, reverse=True)
    expected_best = sorted(nearer.values(), reverse=True)[:wanted]
    assert np.allclose(shown[:wanted], expected_best, rtol=1e-4)
    assert all(score == shown[wanted - 1] for score in shown[wanted:])


def _told(told: list[Any]) -> Any:
    """Scores, titles and places of rows as the loops keep them."""
    found = np.zeros((len(told), 3), np.uint32)
    found.view(np.float32)[:, :2] = [t[1:3] for t in told] or np.zeros((0, 2))
    found[:, 2] = [t[3] for t in told]
    return found


def _nearer(row: int, words: list[Any], telling: list[float], least: int) -> float:
    """The score of a row, as the documentation of the ranking has it."""
    whole = sum(telling)
    score = sum(word[row][0] for word in words if row in word)
    held = sum(t for word, t in zip(words, telling, strict=True) if row in word) / whole
    if least < len(words):
        score *= held
    title = sum(word[row][1] for word in words if row in word)
    sentences = (
        sum(t for word, t in zip(words, telling, strict=True) if row in word and word[row][2] >> bit & 1)
        for bit in range(1, 32)
    )
    return score * (1 + 0.5 * title / whole + 2.0 * (max(sentences) / whole) ** 6)


def test_no_best_is_left_out_for_ties() -> None:
    rows, found, scores = np.arange(30, dtype=np.int32), np.zeros(30, np.int32), np.zeros(30, np.float32)
    best, told = np.zeros((12, 2)), _told([(row, 1.0, 1.0, 0) for row in range(30)])
    asked, blocks, all_pass = np.array([0.0, 30.0, 1.0, -1.0]), np.array([0, 10, 20]), np.empty(0, bool)
    asked.flags.writeable = False
    marks = np.empty((0, 2), np.uint64)
    counts = kernels.cross(
        rows, told, marks, asked, 1, 0.5, 0.0, rows, all_pass, blocks, found, scores, 4, best
    )
    assert counts == (30, 30, 12)
    assert best[:, 1].tolist() == [0, 1, 2, 3, 10, 11, 12, 13, 20, 21, 22, 23]


def test_compiles_where_nothing_can_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    keeping = kernels.njit

    def cannot_keep(*args: Any, cache: bool = False, **options: Any) -> Any:
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return keeping(*args, **options)

    monkeypatch.setattr(kernels, "njit", cannot_keep)

    @kernels.compiled(int64(int64))
    def twice(number: int) -> int:
        return 2 * number

    assert twice(21) == 42
