"""What to offer while someone types: phrases, then titles that start so, then titles that hold it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from search_index.analysis import fold
from search_index.engines.whoosh.blocks import Block
from search_index.phrases import Phrases

LONGEST_PREFIX = 60
# Titles repeat, and some rows are gone: so many windows are looked at for each one wanted.
_SPARE = 8


def suggest(blocks: Sequence[Block], phrases: Phrases, prefix: str, limit: int) -> list[str]:
    """Up to `limit` different texts; a short form finds the titles that write it in full, too."""
    typed = fold(prefix[:LONGEST_PREFIX]).strip()
    if not typed or limit < 1:
        return []
    found: dict[str, None] = {}
    full = phrases.analyzer.canonical(typed)
    also = (_titles(blocks, full, limit),) if full != typed else ()
    for offered in (phrases.starting(typed, limit), _titles(blocks, typed, limit), *also):
        for text in offered:
            found[text] = None
            if len(found) == limit:
                return list(found)
    return list(found)


def _titles(blocks: Sequence[Block], typed: str, limit: int) -> Iterator[str]:
    parts = ["heads", "inner"]
    if typed.isascii():
        parts = ["heads", "letter_heads", "inner", "letter_inner"]
    for part in parts:
        for block in blocks:
            windows = getattr(block.arrays.titles, part)
            for row, place in windows.starting(typed, limit * _SPARE):
                if block.shown[row]:
                    title = block.arrays.names.text(row)
                    if part.startswith("letter") or fold(title).startswith(typed, place):
                        yield title
