"""The terms of many texts at once, as arrays: what `Analyzer.sentences` tells of one, a hundred times faster.

A term is a number: its characters where it is one or two CJK ones, else its place among the `names`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from search_index.folding import fold

Array = npt.NDArray[Any]

NAMED = 0xF000_0000
_CJK_FIRST, _CJK_LAST = 0x3400, 0x9FFF
_STOP = ord("。")
STOPS = "。;!?\n"
_TOKENS = re.compile(r"([0-9]+(?:\.[0-9]+)?)(?=([万亿%]?))|([a-z]+)")
OFFICIAL = re.compile(
    r"[㐀-鿿]\s*(?P<open>[〔\[(【]?)\s*(?P<year>(?:19|20)[0-9]{2})\s*[〕\])】]?\s*第?(?P<number>[0-9]{1,4})\s*(?P<hao>号?)"
)
LONGEST_TERM = 32
# Below so many characters, folding each text is faster than the table.
FEW = 50_000


@dataclass(frozen=True)
class Terms:
    """Every term of every text, the text it is of, and the number of its sentence in that text."""

    names: tuple[str, ...]
    terms: Array
    texts: Array
    sentences: Array

    def spelled(self, term: int) -> str:
        """A term as it is written."""
        if term >= NAMED:
            return self.names[term - NAMED]
        first, second = term >> 16, term & 0xFFFF
        return chr(first) + chr(second) if second else chr(first)


@dataclass(frozen=True)
class Spellings:
    """What the words of an analyzer are: short forms with what they stand for, and domain words."""

    short: re.Pattern[str]
    full_of: Mapping[str, str]
    domain: re.Pattern[str]


@dataclass(frozen=True)
class _Written:
    """Folded texts one after the other; a sentence has a number, what ends it has none (0)."""

    codes: Array
    sentences: Array

    @classmethod
    def of(cls, codes: Array) -> _Written:
        """With sentences numbered from one."""
        inside = codes != _STOP
        starts = inside & np.concatenate(([True], ~inside[:-1]))
        return cls(codes, np.where(inside, np.cumsum(starts, dtype=np.int64), 0))

    @property
    def text(self) -> str:
        """As one text."""
        return _text(self.codes)


def terms_of(texts: Sequence[str], words: Spellings) -> Terms:
    """All terms of these texts. What a short form stands for is added to what is written."""
    folded, starts = _folded(texts)
    raw = _Written.of(folded)
    names: dict[str, int] = {}
    changed: list[int] = []

    def full(spelling: re.Match[str]) -> str:
        written = words.full_of[spelling.group()]
        if written != spelling.group():
            changed.append(spelling.start())
        return written

    canonical = _Written.of(_codes(words.short.sub(full, raw.text)))
    terms, sentences = _terms(canonical, words, names)
    if changed:
        touched = np.zeros(int(raw.sentences.max()) + 1, bool)
        touched[raw.sentences[changed]] = True
        kept = touched[raw.sentences] | (raw.sentences == 0)
        literal, where = _terms(_Written(raw.codes[kept], raw.sentences[kept]), words, names)
        held = (sentences << 32 | terms)[touched[sentences]]
        added = ~np.isin(where << 32 | literal, held)
        terms = np.concatenate((terms, literal[added]))
        sentences = np.concatenate((sentences, where[added]))
    # The first sentence of a text is the first to begin at its start or later.
    before = np.concatenate(([0], np.maximum.accumulate(raw.sentences)))[starts]
    of_text = np.searchsorted(before, np.arange(int(raw.sentences.max(initial=0)) + 1), side="left") - 1
    texts_of = of_text[sentences]
    return Terms(tuple(names), terms, texts_of, sentences - before[texts_of] - 1)


def _terms(written: _Written, words: Spellings, names: dict[str, int]) -> tuple[Array, Array]:
    """Terms and the sentence of each."""
    codes = written.codes.astype(np.int64)
    cjk = (codes >= _CJK_FIRST) & (codes <= _CJK_LAST)
    after = np.concatenate((cjk[1:], [False]))
    before = np.concatenate(([False], cjk[:-1]))
    pairs = np.flatnonzero(cjk & after)
    # A run's last character starts no pair; alone it lets one-character questions find it.
    lasts = np.flatnonzero(cjk & ~after)
    alone = np.flatnonzero(cjk & ~after & ~before)
    named = np.array(list(_named(written.text, words, names)), np.int64).reshape(-1, 2)
    terms = (codes[pairs] << 16 | codes[pairs + 1], codes[lasts] << 16, codes[alone] << 16, named[:, 0])
    places = np.concatenate((pairs, lasts, alone, named[:, 1]))
    return np.concatenate(terms), written.sentences[places]


def _named(text: str, words: Spellings, names: dict[str, int]) -> Iterator[tuple[int, int]]:
    """Numbers, Latin words, numbers of documents and domain words, with the place of each."""
    for token in _TOKENS.finditer(text):
        number, unit, latin = token.groups()
        term = (number or latin)[:LONGEST_TERM]
        yield NAMED + names.setdefault(term, len(names)), token.start()
        if unit:
            yield NAMED + names.setdefault(term + unit, len(names)), token.start()
    for found in OFFICIAL.finditer(text):
        if found["open"] or found["hao"]:
            term = f"№{found['year']}-{int(found['number'])}"
            yield NAMED + names.setdefault(term, len(names)), found.start()
    for found in words.domain.finditer(text):
        yield NAMED + names.setdefault(found.group(), len(names)), found.start()


def _folded(texts: Sequence[str]) -> tuple[Array, Array]:
    """The folded texts in one array, an end of sentence after each; and where each begins."""
    if sum(map(len, texts)) < FEW:
        texts = [fold(text) for text in texts]
        codes = _codes("。".join(texts) + "。")
    else:
        codes, texts = _by_table(texts)
    sizes = np.array([len(text) + 1 for text in texts], np.int64)
    codes = np.where(np.isin(codes, tuple(map(ord, STOPS))), np.uint32(_STOP), codes)
    return codes, np.cumsum(sizes) - sizes


def _by_table(texts: Sequence[str]) -> tuple[Array, Sequence[str]]:
    table = _table()
    codes = _codes("。".join(texts) + "。")
    known = codes < len(table)
    hard = np.flatnonzero(~known | (table.take(codes, mode="clip") == 0))
    if not len(hard):
        return table.take(codes), texts
    ends = np.cumsum([len(text) + 1 for text in texts])
    chosen = set(np.searchsorted(ends, hard, side="right").tolist())
    parts = [_codes(fold(text)) if n in chosen else None for n, text in enumerate(texts)]
    stop = np.array([_STOP], np.uint32)
    whole = []
    for part, text in zip(parts, texts, strict=True):
        whole += [table.take(_codes(text)) if part is None else part, stop]
    folded = [text if part is None else _text(part) for part, text in zip(parts, texts, strict=True)]
    return np.concatenate(whole), folded


@cache
def _table() -> Array:
    """What each character folds to; zero where that depends on its neighbours or is several."""
    table = np.zeros(0x10000, np.uint32)
    for code in range(0x10000):
        char = chr(code)
        folded = fold(char)
        jamo = 0x1100 <= code <= 0x11FF or 0xA960 <= code <= 0xA97F or 0xD7B0 <= code <= 0xD7FF
        joins = any(unicodedata.category(c)[0] == "M" for c in char + folded)
        if len(folded) == 1 and not jamo and not joins and char != "Σ":
            table[code] = ord(folded)
    return table


def _codes(text: str) -> Array:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def _text(codes: Array) -> str:
    return codes.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")
