"""Many texts at once tell the same as each alone, by the table of characters too."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search_index import bulk
from search_index.analysis import Analyzer

ANALYZER = Analyzer(
    words=("专精特新小巨人", "高新技术企业"),
    synonyms={
        "高新技术企业": ("高企",),
        "研发费用加计扣除": ("加计扣除", "加计"),
        "大企业开放创新中心": ("GOI",),
    },
)
# Characters that fold to several, to others beside their neighbours, or not at all.
TEXTS = st.lists(
    st.text("高企新技术业加计扣除研发费用GOI。；\n 20万.5%〔〕第号ＡßΣİ①㍿ｶﾞ́é가각ᄀᆨ\ud800\0", max_size=40),
    max_size=6,
)


def told(found: bulk.Terms) -> list[tuple[int, int, str]]:
    """Text, sentence and term of everything found."""
    rows = zip(found.texts.tolist(), found.sentences.tolist(), found.terms.tolist(), strict=True)
    return sorted((text, sentence, found.spelled(term)) for text, sentence, term in rows)


@settings(deadline=None)  # the table is made once, in the first run
@given(texts=TEXTS)
def test_each_text_tells_the_same_among_others(texts: list[str]) -> None:
    alone = [
        (number, sentence, term)
        for number, text in enumerate(texts)
        for sentence, terms in enumerate(ANALYZER.sentences(text))
        for term in terms
    ]
    assert told(ANALYZER.terms_of(texts)) == sorted(alone)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(bulk, "FEW", 0)
        assert told(ANALYZER.terms_of(texts)) == sorted(alone)


def test_what_is_in_one_text() -> None:
    found = ANALYZER.sentences("高企加计。国科发火〔2016〕32号，20万GOI")
    pairs = "高新 新技 技术 术企 企业 业研 研发 发费 费用 用加 加计 计扣 扣除 高企 企加"
    assert set(found[0]) == {*pairs.split(), "除", "计", "高新技术企业", "研发费用加计扣除"}
    assert {"№2016-32", "2016", "32", "20", "20万", "号", "goi", "大企"} <= set(found[1])


def test_a_spelling_that_ends_a_sentence_changes_nothing_around_it() -> None:
    odd = Analyzer(synonyms={"甲；乙": ("丙丙", "丁；丁")})
    assert [len(sentence) > 0 for sentence in odd.sentences("丙丙。丁；丁")] == [True, True, True]
