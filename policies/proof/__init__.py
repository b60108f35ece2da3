"""Proof that a sheet holds: sources, dates, official links, two-sided relations, no number without data."""

from policies.proof.library import LibraryProblem, check_library, check_sheet
from policies.proof.numbers import numbers_in, numbers_of, texts_of, unproven

__all__ = [
    "LibraryProblem",
    "check_library",
    "check_sheet",
    "numbers_in",
    "numbers_of",
    "texts_of",
    "unproven",
]
