"""Folding is normal form KC in small letters, controls but line ends blank, whatever short cut it takes."""

from __future__ import annotations

import random
import unicodedata

import pytest

from search_index.folding import fold


def _plainly(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).lower().replace("ü", "v")
    return "".join(" " if ord(c) < 32 and c != "\n" else c for c in folded)


def test_every_character_alone_and_among_others() -> None:
    for code in range(0x30000):
        for text in (chr(code), f"企{chr(code)}，A\u0301"):
            assert fold(text) == _plainly(text), hex(code)


@pytest.mark.parametrize("seed", range(3))
def test_signs_that_join_or_fall_apart(seed: int) -> None:
    chance = random.Random(seed)
    ranges = [
        (0, 0x370),
        (0x1100, 0x1200),
        (0x2100, 0x2200),
        (0x3000, 0x3100),
        (0xAC00, 0xAC40),
        (0xFF00, 0xFFF0),
    ]
    signs = [chr(code) for low, high in ranges for code in range(low, high)]
    for _ in range(5000):
        text = "".join(chance.choices(signs, k=chance.randint(1, 8)))
        assert fold(text) == _plainly(text), repr(text)
