"""What typed letters and slips are read as; titles found by any part."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_index.analysis import Analyzer
from search_index.pairs import Pairs
from search_index.phrases import Phrases
from search_index.pinyin import heard, spelled, splits
from search_index.spelling import Speller
from search_index.titles import windows_of

PHRASES = Phrases(Analyzer(words=("揭榜挂帅", "科技小巨人"), synonyms={"高新技术企业": ("高企", "高新企业")}))
SPELLER = Speller([Pairs.of(["孵化", "化器", "工业", "业上", "上楼"], [50, 40, 30, 5, 5])], PHRASES)
TITLES = ("高新技术企业认定办法", "银行服务指引", "ABC 平台（2025年）", "")
WINDOWS = windows_of(TITLES)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("gaoxinqiye", "高新企业"),
        ("gxqy", "高新企业"),
        ("jiebangguashuai", "揭榜挂帅"),
        ("fuhuaqi", "孵化器"),
        ("gongyeshanglou", "工业上楼"),
        ("孚化器", "孵化器"),
        ("接榜挂帅", "揭榜挂帅"),
        ("高欣企业", "高新企业"),
        ("科技巨小人", "科技小巨人"),
        ("高新技企业", "高新技术企业"),
        ("高新技术企企业", "高新技术企业"),
    ],
)
def test_slips_and_letters(written: str, meant: str) -> None:
    assert meant in SPELLER.readings(written)[:3]


@pytest.mark.parametrize("written", ["", "x", "zzz", "火", "火星基地", "123", "a" * 200])
def test_nothing_is_made_up(written: str) -> None:
    assert SPELLER.readings(written) == []


@given(st.text("高新企业孵化器gxqyａＢ1龘🚀 ", max_size=40))
def test_any_text_is_read_in_bounded_ways(text: str) -> None:
    assert len(SPELLER.readings(text)) < 60


def test_splits_prefer_few_syllables() -> None:
    assert splits("xian")[0] == ("xian",)
    assert ("xi", "an") in splits("xian")
    assert splits("gxqy") == []


def test_what_sounds_alike_to_many_is_one() -> None:
    assert heard("zhang") == heard("zan") == "zan"
    assert heard("lv") == heard("lu")


def test_characters_read_by_their_word() -> None:
    assert spelled("银行") == ["yin", "hang"]
    assert spelled("重新A1（") == ["chong", "xin", "A", "1", ""]


@pytest.mark.parametrize(
    ("part", "typed", "row"),
    [
        ("heads", "高新", 0),
        ("inner", "认定", 0),
        ("letter_heads", "gxjs", 0),
        ("letter_heads", "gaoxinj", 0),
        ("letter_inner", "rdbf", 0),
        ("letter_heads", "yinhang", 1),
        ("inner", "平台", 2),
        ("heads", "abc", 2),
    ],
)
def test_titles_are_found_by_any_part(part: str, typed: str, row: int) -> None:
    assert row in [found for found, _ in getattr(WINDOWS, part).starting(typed, 9)]


def test_windows_end_with_their_title() -> None:
    assert list(WINDOWS.inner.starting("办法银行", 9)) == []
    assert list(WINDOWS.letter_inner.starting("bfyh", 9)) == []


def test_no_titles_have_no_windows() -> None:
    assert list(windows_of([]).heads.starting("高", 9)) == []
