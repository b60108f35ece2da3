"""The words a category or set fact may take: its own list, or a word list of the vocabulary."""

from __future__ import annotations

from collections.abc import Mapping

from policies.facts.registry import Fact


def members_of(fact: Fact) -> Mapping[str, str] | None:
    """Allowed members with their labels; None where any word is taken."""
    if isinstance(fact.members, str) or fact.kind not in ("category", "set"):
        return None
    return fact.members
