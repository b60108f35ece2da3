"""Words that find nothing, read otherwise: pinyin and initials as characters, slips as what sounds alike."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from search_index.analysis import Analyzer, Word, fold
from search_index.pinyin import spelled
from search_index.spelling import Speller

_RUN = re.compile(r"[a-z]+|[㐀-鿿]+")
_MOST_READINGS = 6
_MOST_OTHERS = 3


class Rereader:
    """Reads questions by what one generation of an index holds.

    `holds` tells whether any row holds a whole word, `knows` whether any holds a term; `spans` are the parts
    of titles that may be meant by initials.
    """

    def __init__(
        self,
        analyzer: Analyzer,
        speller: Speller,
        holds: Callable[[Word], bool],
        knows: Callable[[str], bool],
        spans: Callable[[str], Iterable[str]],
    ) -> None:
        self._analyzer = analyzer
        self._speller = speller
        self._holds = holds
        self._knows = knows
        self._spans = spans

    def read(self, question: str, words: Sequence[Word], unmatched: Sequence[str]) -> list[str]:
        """The question with its unmatched words read otherwise, likeliest first; empty when nothing fits."""
        read_as, others = fold(question), list[str]()
        for word in words:
            if word.written in unmatched:
                found = self._readings(word)
                if found:
                    others += [read_as.replace(word.written, other, 1) for other in found[1:]]
                    read_as = read_as.replace(word.written, found[0], 1)
        return [read_as, *others[:_MOST_OTHERS]] if read_as != fold(question) else []

    def _readings(self, word: Word) -> list[str]:
        """Readings some row holds; failing that, one that by a single character has fewer unknown terms."""
        tried = []
        for run in _RUN.finditer(word.written):
            for reading in self._readings_of_run(run.group())[:_MOST_READINGS]:
                tried.append(word.written[: run.start()] + reading + word.written[run.end() :])
        held = [reading for reading in tried if self._is_held(reading)]
        if held:
            return held
        unknown = self._unknown(word.written)
        better = [
            reading
            for reading in tried
            if _changes(reading, word.written) == 1 and self._unknown(reading) < unknown
        ]
        return sorted(better, key=self._unknown)[:1]

    def _readings_of_run(self, run: str) -> list[str]:
        if run.isascii() and (len(run) == 1 or self._is_held(run)):
            return []
        found = self._speller.readings(run)
        return found or (self._by_titles(run) if run.isascii() else [])

    def _by_titles(self, letters: str) -> list[str]:
        """What most titles have for these initials."""
        found = Counter(
            part
            for part in self._spans(letters)
            if len(part) == len(letters) and "".join(s[:1] for s in spelled(part)) == letters
        )
        return [part for part, _ in found.most_common(_MOST_READINGS)]

    def _is_held(self, text: str) -> bool:
        words = self._analyzer.words_of(text)
        return bool(words) and all(self._holds(word) for word in words)

    def _unknown(self, text: str) -> int:
        terms = {term for word in self._analyzer.words_of(text) for term in word.needed}
        return sum(not self._knows(term) for term in terms)


def _changes(one: str, other: str) -> int:
    return sum(a != b for a, b in zip(one, other, strict=True)) if len(one) == len(other) else len(one)
