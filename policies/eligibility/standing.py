"""Answers kept from one night to the next: facts and verdicts of many firms, changed in place."""

from __future__ import annotations

from collections.abc import Iterable

from policies.eligibility.columns import FactTable
from policies.eligibility.compiled import CompiledRules
from policies.eligibility.matching import Answers, Change, judge_many
from policies.eligibility.row import Row


class StandingAnswers:
    """A snapshot of columns with the answers that follow from it; both move together."""

    def __init__(self, rules: CompiledRules, table: FactTable, answers: Answers | None = None) -> None:
        """`answers` are those of these rules over this table, where they were worked out before."""
        self.rules = rules
        self.table = table
        self.answers = answers or judge_many(rules, table)

    def update(self, firms: Iterable[tuple[str, Row]]) -> list[Change]:
        """Take in what is now known about some firms: the answers that turned, policy by policy.

        A firm the snapshot does not know yet is added; it had no answer that could turn.
        """
        given = dict(firms)
        known = [(key, row) for key, row in given.items() if key in self.table]
        fresh = [(key, row) for key, row in given.items() if key not in self.table]
        changes: list[Change] = []
        if known:
            small = FactTable(self.table.on, self.table.names, len(known))
            small.extend(known)
            places = self.table.merge(small)
            changes = list(self.answers.merge(judge_many(self.rules, small), places))
        if fresh:
            self.table.extend(fresh)
            self.answers = judge_many(self.rules, self.table)
        return changes
