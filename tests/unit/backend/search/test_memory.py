"""Remembered answers: only on the same ground, and no more of them than fit."""

from __future__ import annotations

from datetime import date

from backend.search.service.memory import Ground, Memory, Remembered
from backend.search.service.records import Shown, Stand

GROUND = Ground("one", date(2026, 5, 6))


def _answer(written: bytes, ground: Ground = GROUND) -> Remembered:
    return Remembered(ground, Shown((), (), {}), Stand([], [], {}), "", written)


def _recalled(memory: Memory, question: str, ground: Ground = GROUND) -> bytes | None:
    known = memory.recall(question, ground)
    return known.written if known else None


def test_another_commit_or_another_day_asks_anew() -> None:
    memory = Memory()
    memory.keep("q", _answer(b"old"))
    assert _recalled(memory, "q") == b"old"
    assert _recalled(memory, "another") is None
    assert _recalled(memory, "q", Ground("two", GROUND.day)) is None
    assert _recalled(memory, "q", Ground("one", date(2026, 5, 7))) is None


def test_a_newer_answer_takes_the_place_of_the_older() -> None:
    memory = Memory(most_bytes=6)
    later = Ground("two", GROUND.day)
    for _ in range(100):
        memory.keep("q", _answer(b"old"))
        memory.keep("q", _answer(b"new", later))
    assert _recalled(memory, "q", later) == b"new"
    memory.keep("p", _answer(b"abc"))
    assert _recalled(memory, "q", later) == b"new"


def test_what_was_not_asked_for_longest_is_forgotten_first() -> None:
    memory = Memory(most_bytes=10)
    for question in "abc":
        memory.keep(question, _answer(b"1234" if question == "a" else b"123"))
    assert _recalled(memory, "a") == b"1234"
    memory.keep("d", _answer(b"123"))
    assert [question for question in "abcd" if _recalled(memory, question)] == ["a", "c", "d"]
    memory.keep("large", _answer(b"x" * 11))
    assert _recalled(memory, "large") is None
