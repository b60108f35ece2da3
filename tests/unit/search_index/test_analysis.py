"""Texts to terms, and where words are shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_index import highlight
from search_index.analysis import Analyzer

PLAIN = Analyzer(words=("高新技术企业",))
FULL = Analyzer(
    words=("专精特新小巨人",),
    synonyms={
        "研发费用加计扣除": ("加计扣除", "加计"),
        "高新技术企业": ("高企",),
        "大企业开放创新中心": ("GOI",),
    },
    stop_words=("怎么",),
)
TEXTS = st.text("高新技术企业研发费用加计扣除，Ａa20万〔〕号 \0ß①", max_size=60)


@given(text=st.text("高新技术企业，。", min_size=2, max_size=30), data=st.data())
def test_every_literal_part_is_found(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 2))
    end = data.draw(st.integers(start + 2, len(text)))
    terms = set(PLAIN.terms(text))
    asked = [term for word in PLAIN.words_of(text[start:end]) for term in word.needed]
    assert all(any(held.startswith(term) for held in terms) for term in asked)


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("加计扣除", "研发费用加计扣除"),
        ("费用加计扣除", "研发费用加计扣除"),
        ("研发费用加计扣除", "研发费用加计扣除"),
        ("高企认定", "高新技术企业认定"),
        ("ＧＯＩ", "大企业开放创新中心"),
        ("goitre", "goitre"),
        ("专精特新小巨人", "专精特新小巨人"),
    ],
)
def test_canonical_forms(written: str, canonical: str) -> None:
    assert FULL.canonical(written) == canonical


@pytest.mark.parametrize(
    "number", ["国科发火〔2016〕32号", "国科发火[2016]032号", "国科发火 2016 32号", "国科发火（2016）第32号"]
)
def test_document_numbers_in_any_brackets(number: str) -> None:
    assert "№2016-32" in FULL.terms(number)


def test_amounts_keep_their_unit_and_their_characters() -> None:
    assert {"20", "20万", "万元"} <= set(FULL.terms("补贴20万元"))


def test_stop_words_leave_only_questions() -> None:
    assert [word.written for word in FULL.words_of("怎么申请")] == ["申请"]
    assert "怎么" in FULL.terms("怎么申请")


def test_fingerprint_tells_what_needs_a_rebuild() -> None:
    assert FULL.fingerprint() != PLAIN.fingerprint()
    assert Analyzer(words=("a", "b")).fingerprint() == Analyzer(words=("b", "a")).fingerprint()


@given(text=TEXTS, question=TEXTS)
def test_highlights_lose_no_character(text: str, question: str) -> None:
    words = FULL.words_of(question)
    assert "".join(piece.text for piece in highlight.title(text, words)) == text
    for snippet in highlight.snippets(text, words):
        assert "".join(piece.text for piece in snippet) in text


def test_hits_are_found_behind_characters_that_grow_when_folded() -> None:
    pieces = highlight.title("㍿㍿高企", FULL.words_of("高新技术企业"))
    assert [piece.text for piece in pieces if piece.is_hit] == ["高企"]
