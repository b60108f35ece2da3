"""The field's terms that a text mentions, the longest word first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from policies.vocabulary import TERMS, Entry, plain

# Official texts use full names; a shorter alias ("创新型", "高新") is mostly part of another word.
_SHORTEST_ALIAS = 4


@cache
def _words() -> tuple[re.Pattern[str], dict[str, tuple[Entry, ...]]]:
    meant: dict[str, tuple[Entry, ...]] = {}
    for entry in TERMS:
        aliases = [alias for alias in entry.aliases if len(plain(alias)) >= _SHORTEST_ALIAS]
        for word in dict.fromkeys(plain(word) for word in (entry.label, *aliases)):
            meant[word] = (*meant.get(word, ()), entry)
    longest_first = sorted(meant, key=lambda word: (-len(word), word))
    return re.compile("|".join(map(re.escape, longest_first))), meant


def mentioned_terms(*texts: str) -> Iterator[tuple[Entry, bool]]:
    """Each term once, in the order of the text, and whether the word means only this one."""
    pattern, meant = _words()
    found = [meant[word] for text in texts for word in pattern.findall(plain(text))]
    yield from dict.fromkeys((entry, len(entries) == 1) for entries in found for entry in entries)
