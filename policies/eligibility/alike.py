"""Many firms judged with reasons: those of which the same is known share one judgement."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from policies.eligibility.answers import Verdict
from policies.eligibility.columns import FactTable
from policies.eligibility.compiled import CompiledRules
from policies.eligibility.judge import judge
from policies.eligibility.matching import STATUSES, judge_many
from policies.facts import Facts, Pattern, names_behind
from policies.sheet import Sheet, Status


class Alike(NamedTuple):
    """A firm of a batch, its own facts, and which of the batch's patterns they have."""

    uscc: str
    facts: Facts
    pattern: int


def names_to_judge(rules: CompiledRules, sheets: Iterable[Sheet]) -> frozenset[str]:
    """The facts to read so that these sheets are judged as by everything known."""
    titles = ("titles",) if any(sheet.grants for sheet in sheets) else ()
    return names_behind((*rules.facts, *titles))


class AlikeFirms:
    """A batch of firms judged by `rules`; read no other facts of them than `names_to_judge`.

    Values and sources in a shared verdict are every firm's own; since when they are known is the first one's.
    """

    def __init__(self, rules: CompiledRules) -> None:
        self._rules = rules
        self._table = FactTable(rules.on, rules.facts, 64)
        self._patterns: dict[Pattern, int] = {}
        self._examples: list[Facts] = []
        self._firms: list[Alike] = []
        self._verdicts: dict[tuple[str, int], Verdict] = {}

    def put(self, uscc: str, facts: Facts) -> None:
        """Add a firm, its facts resolved for the day of the rules."""
        pattern = self._patterns.setdefault(facts.pattern, len(self._examples))
        if pattern == len(self._examples):
            self._examples.append(facts)
            self._table.put(uscc, facts)
        self._firms.append(Alike(uscc, facts, pattern))

    def statuses(self) -> dict[str, list[tuple[Alike, Status]]]:
        """Slug -> the answer of every firm, in the order they were put in."""
        answers = judge_many(self._rules, self._table)
        found = {}
        for slug in self._rules.policies:
            said = [STATUSES[code] for code in answers.statuses(slug).tolist()]
            found[slug] = [(firm, said[firm.pattern]) for firm in self._firms]
        return found

    def verdict(self, sheet: Sheet, firm: Alike) -> Verdict:
        """The answer with its reasons."""
        key = (sheet.slug, firm.pattern)
        if key not in self._verdicts:
            self._verdicts[key] = judge(sheet, self._examples[firm.pattern], self._rules.on)
        return self._verdicts[key]
