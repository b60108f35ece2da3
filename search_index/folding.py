"""How texts are folded before anything else: width and case do not matter to a search."""

from __future__ import annotations

import unicodedata

# Line ends separate sentences, so they stay; every other control is a blank.
_CONTROLS = {code: " " for code in range(32) if chr(code) != "\n"}


def fold(text: str) -> str:
    """Width and case do not matter to a search, ü is typed v; NUL and other controls are blanks."""
    if text.isascii() or unicodedata.is_normalized("NFKC", text):
        folded = text.lower()
    else:
        folded = unicodedata.normalize("NFKC", text).lower()
    return folded.replace("ü", "v").translate(_CONTROLS)
