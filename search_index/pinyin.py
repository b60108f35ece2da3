"""How characters are read, without tones; what typed letters may be read as."""

from __future__ import annotations

import os
import re
import unicodedata
from functools import cache

import numpy as np
import numpy.typing as npt

# The library's phrases would cost forty megabytes in every process; ours are the few the field uses.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")

from pypinyin.constants import PINYIN_DICT

FIRST, LAST = 0x4E00, 0x9FFF
LONGEST_LETTERS = 60
_MOST_SPLITS = 16
# Words in which a character is not read as it usually is.
_READ_OTHERWISE = {
    "银行": "yin hang",
    "行业": "hang ye",
    "高行": "gao hang",
    "行列": "hang lie",
    "央行": "yang hang",
    "重新": "chong xin",
    "重复": "chong fu",
    "重组": "chong zu",
    "重认": "chong ren",
    "双重": "shuang chong",
    "增长": "zeng zhang",
    "成长": "cheng zhang",
    "会计": "kuai ji",
    "调整": "tiao zheng",
    "调解": "tiao jie",
    "空调": "kong tiao",
    "供给": "gong ji",
    "给予": "ji yu",
    "便宜": "pian yi",
    "分量": "fen liang",
    "测量": "ce liang",
    "率先": "shuai xian",
    "参差": "cen ci",
    "音乐": "yin yue",
    "没收": "mo shou",
    "系鞋": "ji xie",
    "处长": "chu zhang",
    "院长": "yuan zhang",
    "校长": "xiao zhang",
    "局长": "ju zhang",
    "传记": "zhuan ji",
    "藏品": "cang pin",
    "宝藏": "bao zang",
    "种植": "zhong zhi",
    "似的": "shi de",
    "地铁": "di tie",
    "朝阳": "chao yang",
    "大厦": "da sha",
    "还款": "huan kuan",
    "返还": "fan huan",
    "偿还": "chang huan",
}
_OTHERWISE = re.compile("|".join(_READ_OTHERWISE))


@cache
def _bare(reading: str) -> str:
    """Without the tone; ü is typed v."""
    parts = unicodedata.normalize("NFD", reading).replace("u\u0308", "v").replace("ê", "e")
    return "".join(c for c in parts if c.isascii() and c.isalpha())


@cache
def readings() -> dict[str, tuple[str, ...]]:
    """Character -> its readings, the usual one first."""
    found = {}
    for code, told in PINYIN_DICT.items():
        if FIRST <= code <= LAST:
            found[chr(code)] = tuple(dict.fromkeys(filter(None, map(_bare, told.split(",")))))
    return found


@cache
def syllables() -> frozenset[str]:
    """Every syllable a character has; interjections without a vowel (n, hm) are none."""
    every = {syllable for told in readings().values() for syllable in told}
    return frozenset(syllable for syllable in every if re.search("[aeiouv]", syllable))


@cache
def heard(syllable: str) -> str:
    """What many hear and type alike becomes one: zh and z, ch and c, sh and s, ng and n, lv and lu."""
    plain = re.sub(r"^([zcs])h", r"\1", syllable).replace("v", "u")
    return plain.removesuffix("g") if plain.endswith("ng") else plain


@cache
def heard_codes() -> dict[str, int]:
    """Syllable as heard -> its number from one."""
    return {
        sound: number
        for number, sound in enumerate(sorted({heard(s) for told in readings().values() for s in told}), 1)
    }


@cache
def code_tables() -> npt.NDArray[np.uint16]:
    """Per character from FIRST, up to three readings as codes of what is heard; zero where there is none."""
    table = np.zeros((3, LAST - FIRST + 1), np.uint16)
    codes = heard_codes()
    for char, told in readings().items():
        for place, code in enumerate(list(dict.fromkeys(codes[heard(s)] for s in told))[:3]):
            table[place, ord(char) - FIRST] = code
    return table


def spelled(text: str) -> list[str]:
    """Each character's syllable; Latin letters and digits stand for themselves, all else is empty."""
    usual = readings()
    found = [usual[c][0] if usual.get(c) else c if c.isascii() and c.isalnum() else "" for c in text]
    for match in _OTHERWISE.finditer(text):
        found[match.start() : match.end()] = _READ_OTHERWISE[match.group()].split()
    return found


def sounds(char: str) -> tuple[int, ...]:
    """What is heard for a character, as codes; none for what has no reading."""
    if not FIRST <= ord(char) <= LAST:
        return ()
    return tuple(int(code) for code in code_tables()[:, ord(char) - FIRST] if code)


def splits(letters: str) -> list[tuple[str, ...]]:
    """The ways to cut letters into whole syllables, fewest syllables first; none if it cannot be done."""
    if not letters or len(letters) > LONGEST_LETTERS or not letters.isascii():
        return []
    ways: list[list[tuple[str, ...]]] = [[] for _ in range(len(letters) + 1)]
    ways[0].append(())
    for end in range(1, len(letters) + 1):
        for start in range(max(0, end - 6), end):
            if ways[start] and letters[start:end] in syllables():
                ways[end] += [(*way, letters[start:end]) for way in ways[start]]
        ways[end] = sorted(ways[end], key=len)[:_MOST_SPLITS]
    return ways[-1]
