"""Text to terms: width and case folded, short forms made canonical, CJK bigrams, domain words, numbers.

Bigrams find every literal substring; domain words only add to the score. What the words and short forms
are is data of the caller.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from search_index.bulk import LONGEST_TERM, OFFICIAL, STOPS, Spellings, Terms, terms_of
from search_index.folding import fold as fold

VERSION = "2"
_RUN = re.compile(
    r"(?P<cjk>[㐀-鿿]+)|(?P<number>[0-9]+(?:\.[0-9]+)?)(?=(?P<unit>[万亿%]?))|(?P<latin>[a-z]+)"
)
_CJK = re.compile("[㐀-鿿]+")
_STOPS = frozenset(STOPS)
_BLANKS = {ord(stop): " " for stop in STOPS}
_REMEMBERED = 4096
_NEVER = re.compile(r"(?!)")


@dataclass(frozen=True)
class Word:
    """One word of a question: how it was written, the terms all of which it needs, and those that help.

    `literal` is there when a short form was read into it: a row that holds all of these will do as well.
    """

    written: str
    needed: tuple[str, ...]
    helpful: tuple[str, ...]
    forms: tuple[str, ...]
    literal: tuple[str, ...] = ()


def _alternatives(words: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted({w for w in words if w}, key=lambda w: (-len(w), w))
    if not longest_first:
        return _NEVER
    firsts = "".join(sorted({re.escape(w[0]) for w in longest_first}))
    return re.compile(f"(?=[{firsts}])(?:{'|'.join(map(re.escape, longest_first))})")


@dataclass(frozen=True)
class Analyzer:
    """`synonyms`: full form to short ones; `words`: domain words; `stop_words` leave questions only."""

    words: tuple[str, ...] = ()
    synonyms: Mapping[str, tuple[str, ...]] = None  # type: ignore[assignment]
    stop_words: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "synonyms", dict(self.synonyms or {}))

    @cached_property
    def ambiguous(self) -> dict[str, tuple[str, ...]]:
        """Short forms of several full ones: never read as one of them, so that all are found."""
        fulls_of: dict[str, dict[str, None]] = {}
        for full, shorts in self.synonyms.items():
            for short in map(fold, shorts):
                fulls_of.setdefault(short, {})[full] = None
        return {short: tuple(fulls) for short, fulls in fulls_of.items() if len(fulls) > 1}

    @cached_property
    def _full_of(self) -> dict[str, str]:
        """Every spelling to its full form; full forms and domain words stand for themselves."""
        full_of: dict[str, str] = {}
        for full, shorts in self.synonyms.items():
            for short in (s for s in map(fold, shorts) if s not in self.ambiguous):
                full_of[short] = fold(full)
                # 费用加计扣除 is 研发费用加计扣除 cut short, not 加计扣除 after 费用.
                full_of.update((part, fold(full)) for part in _parts_holding(fold(full), short))
        protected = [fold(w) for w in (*self.synonyms, *self.words)]
        full_of.update((w, w) for w in protected if w not in full_of)
        return full_of

    @cached_property
    def _spelling(self) -> re.Pattern[str]:
        return _spelling(self._full_of)

    @cached_property
    def _domain(self) -> re.Pattern[str]:
        return _alternatives(
            fold(w) for w in (*self.words, *self.synonyms) if len(w) > 2 and _CJK.fullmatch(w)
        )

    @cached_property
    def _stops(self) -> re.Pattern[str]:
        return _alternatives(fold(w) for w in self.stop_words)

    @cached_property
    def _shorts_of(self) -> dict[str, tuple[str, ...]]:
        return {fold(full): tuple(fold(s) for s in shorts) for full, shorts in self.synonyms.items()}

    def fingerprint(self) -> str:
        """Changes whenever an index built with this analysis must be rebuilt."""
        told = repr((VERSION, sorted(self.words), sorted((k, sorted(v)) for k, v in self.synonyms.items())))
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    def canonical(self, text: str) -> str:
        """Folded, with every short form written in full."""
        return self._spelling.sub(self._full, fold(text))

    def terms(self, text: str) -> list[str]:
        """The terms of a document's text, with repeats."""
        return [term for sentence in self.sentences(text) for term in sentence]

    def sentences(self, text: str) -> list[list[str]]:
        """The same, sentence by sentence: words of one sentence belong together.

        What a short form stands for is added to what is written, so that every literal part is found too.
        """
        found = self.terms_of([text])
        sentences: list[list[str]] = [[] for _ in range(int(found.sentences.max(initial=-1)) + 1)]
        for term, sentence in zip(found.terms.tolist(), found.sentences.tolist(), strict=True):
            sentences[sentence].append(found.spelled(term))
        return sentences

    def terms_of(self, texts: Sequence[str]) -> Terms:
        """The terms of many texts at once."""
        return terms_of(texts, self._spellings)

    @cached_property
    def _spellings(self) -> Spellings:
        # An end of sentence in a spelling would be one in the text.
        full_of = {s: full.translate(_BLANKS) for s, full in self._full_of.items() if not _STOPS & set(s)}
        return Spellings(_spelling(full_of), full_of, self._domain)

    def _full(self, spelling: re.Match[str]) -> str:
        return self._full_of[spelling.group()]

    def named_in(self, text: str) -> list[str]:
        """The domain words and full forms a text names, in order."""
        return self._domain.findall(self.canonical(text))

    def words_of(self, question: str) -> list[Word]:
        """The words of a question in order, without those that only make it a sentence."""
        words = self._asked_before.get(question)
        if words is None:
            words = self._read_words(question)
            if len(self._asked_before) >= _REMEMBERED:
                self._asked_before.clear()
            self._asked_before[question] = words
        return list(words)

    @cached_property
    def _asked_before(self) -> dict[str, list[Word]]:
        return {}

    def _read_words(self, question: str) -> list[Word]:
        folded = fold(question)
        stripped = self._stops.sub(" ", folded)
        found: dict[str, Word] = {}
        for chunk in re.split(r"[\s,;:!?。，；：！？、\"'“”‘’]+", stripped):
            word = self._word(chunk)
            if word.needed:
                found.setdefault(word.written, word)
        return list(found.values())

    def _word(self, written: str) -> Word:
        canonical = self.canonical(written)
        needed, helpful = self._asked(canonical)
        # A short form that is the whole word is surely meant; inside a longer word it may be chance (加计扣).
        literal = self._asked(written)[0] if canonical != written and written not in self._full_of else []
        forms = dict.fromkeys((written, canonical, *self._shorts_of.get(canonical, ()), *helpful))
        return Word(
            written,
            tuple(dict.fromkeys(needed)),
            tuple(dict.fromkeys(helpful)),
            tuple(forms),
            tuple(dict.fromkeys(literal)),
        )

    def _asked(self, text: str) -> tuple[list[str], list[str]]:
        """The terms all of which a row must hold, and those that only help."""
        needed = _official_numbers(text)
        helpful: list[str] = []
        for run in _RUN.finditer(text):
            after_number = run.start() > 0 and text[run.start() - 1].isdigit()
            if not (after_number and run["cjk"] and len(run["cjk"]) == 1):
                needed += _terms_of_run(run)
            helpful += self._domain.findall(run["cjk"] or "")
        return needed, helpful


def _spelling(full_of: Mapping[str, str]) -> re.Pattern[str]:
    # Latin short forms must not fire inside longer Latin words.
    spellings = sorted(filter(None, full_of), key=lambda w: (-len(w), w))
    parts = [f"(?<![a-z]){re.escape(w)}(?![a-z])" if w.isascii() else re.escape(w) for w in spellings]
    # Looking at the first character alone spares trying every spelling everywhere.
    firsts = "".join(sorted({re.escape(w[0]) for w in spellings}))
    return re.compile(f"(?=[{firsts}])(?:{'|'.join(parts)})") if parts else _NEVER


def _parts_holding(full: str, short: str) -> list[str]:
    """Every part of the full form that holds the short one."""
    at = full.find(short) if short else -1
    if at < 0:
        return []
    return [full[a:b] for a in range(at + 1) for b in range(at + len(short), len(full) + 1)]


def _terms_of_run(run: re.Match[str]) -> list[str]:
    if run["latin"]:
        return [run["latin"][:LONGEST_TERM]]
    if run["number"]:
        number = run["number"][:LONGEST_TERM]
        return [number, number + run["unit"]] if run["unit"] else [number]
    cjk = run["cjk"]
    return [cjk] if len(cjk) == 1 else [cjk[i : i + 2] for i in range(len(cjk) - 1)]


def _official_numbers(text: str) -> list[str]:
    return [f"№{m['year']}-{int(m['number'])}" for m in OFFICIAL.finditer(text) if m["open"] or m["hao"]]
