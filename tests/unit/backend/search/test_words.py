"""A question asks for what it is about, not for the words that make it one."""

from __future__ import annotations

import pytest

from backend.search.words import policy_analyzer


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("什么是科技型中小企业", ["科技型中小企业"]),
        ("高企认定条件是什么？", ["高企认定条件"]),
        ("高企有哪些优惠", ["高企", "优惠"]),
        ("怎么办理高企", ["高企"]),
        ("研发费用占比不够怎么办", ["研发费用占比不够"]),
        ("首次认定奖励多少钱", ["首次认定奖励"]),
        ("什么时候申报", ["申报"]),
        ("为什么要认定高企", ["认定高企"]),
        ("人才能力建设", ["人才能力建设"]),
        ("是否", []),
    ],
)
def test_questions(question: str, words: list[str]) -> None:
    assert [word.written for word in policy_analyzer().words_of(question)] == words
