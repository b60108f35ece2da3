"""The rules of the house for the pool, by what they decide: found by the beginning of their slug."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from policies.facts import fact_named, registry
from policies.sheet import Sheet

TRACKED, ENTRY, EXIT, TIER = "pool-tracked", "pool-entry", "pool-exit", "pool-tier-"
LIST, WARNING = "list-", "warning-"
# The highest first: a firm that meets several tiers stands in the highest.
TIERS = ("promote", "cultivate")
LOWEST_TIER = "reserve"


class Published(Protocol):
    """A published sheet with its version."""

    @property
    def slug(self) -> str: ...
    @property
    def version(self) -> int: ...
    @property
    def sheet(self) -> Sheet: ...


@dataclass(frozen=True)
class Rulebook:
    """The sheets that have rules, by slug."""

    rules: Mapping[str, Published]

    @classmethod
    def of(cls, published: Sequence[Published]) -> Rulebook:
        """From everything published for the house itself."""
        return cls({one.slug: one for one in published if one.sheet.rules})

    def name(self, slug: str) -> str:
        """slug@version, as events and findings keep it; "" when there is no such rule now."""
        return f"{slug}@{self.rules[slug].version}" if slug in self.rules else ""

    def starting(self, prefix: str) -> list[str]:
        """The slugs of one kind."""
        return sorted(slug for slug in self.rules if slug.startswith(prefix))

    def sheets(self, slugs: Sequence[str]) -> list[Sheet]:
        """Those of the sheets that are published."""
        return [self.rules[slug].sheet for slug in slugs if slug in self.rules]


def facts_behind(names: Sequence[str]) -> frozenset[str]:
    """The facts that must be read so that these come out the same as for a whole file.

    Inputs of derived facts, the day of registration that shortens their years, and whatever may contradict.
    """
    wanted, found = {*names, "registered_on"}, set[str]()
    contradicting: dict[str, set[str]] = {}
    for name, fact in registry().items():
        if fact.at_most:
            contradicting.setdefault(name, set()).add(fact.at_most)
            contradicting.setdefault(fact.at_most, set()).add(name)
    while wanted:
        name = wanted.pop()
        found.add(name)
        formula = fact_named(name).derived
        wanted |= ({*(formula.inputs if formula else ())} | contradicting.get(name, set())) - found
    return frozenset(found)
