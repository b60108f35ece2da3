"""统一社会信用代码: vectors recomputed from GB 32100-2015."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.vocabulary.uscc import ALPHABET, UsccError, check_character, check_uscc

VALID = [
    "91350100M000100Y43",
    "91310115MA1AY4CL20",
    "91310115MA112TH32R",
    "91310115MA1BJ1XG6Q",
    "91310115MA1612DD4B",
    "91310115MA00003300",
]


@pytest.mark.parametrize("code", VALID)
def test_valid_codes_pass_however_typed(code) -> None:
    assert check_uscc(f" {code.lower()[:8]} {code[8:]} ") == code


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("91350100M000100Y4Z", "第18位"),
        ("91350100M000100Y44", "校验位"),
        ("91350100M000100Y4", "17位"),
        ("", "0位"),
        ("91350100I000100Y43", "第9位"),
    ],
)
def test_wrong_codes_are_refused_with_the_reason(text, reason) -> None:
    with pytest.raises(UsccError, match=reason):
        check_uscc(text)


@given(st.text(ALPHABET, min_size=17, max_size=17), st.integers(0, 16), st.sampled_from(ALPHABET))
def test_one_wrong_character_never_passes(first, place, char) -> None:
    code = first + check_character(first)
    assert check_uscc(code) == code
    wrong = code[:place] + char + code[place + 1 :]
    if wrong != code:
        with pytest.raises(UsccError):
            check_uscc(wrong)
