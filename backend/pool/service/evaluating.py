"""Every firm against every rule of the house in one pass; and one firm with its reasons."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from time import perf_counter

import numpy as np

from backend.companies.service import CompanyService
from backend.pool.rulebook import LOWEST_TIER, TIER, TIERS, Published, Rulebook, facts_behind
from backend.pool.signals import BEHIND, WORKED_OUT, as_records, lay_signals, signals
from policies.eligibility import (
    STATUSES,
    Answers,
    FactTable,
    Verdict,
    compile_rules,
    judge,
    judge_many,
)
from policies.facts import resolve
from policies.sheet import Sheet

Progress = Callable[[int], None]
MET = frozenset({STATUSES.index("eligible"), STATUSES.index("subject_to_review")})
UNMET, UNKNOWN = STATUSES.index("ineligible"), STATUSES.index("unknown")


@dataclass(frozen=True)
class Evaluation:
    """The answers of a day; `seconds` is what the matching itself took."""

    answers: Answers
    table: FactTable
    known_since: Callable[[str], datetime]
    seconds: float
    _statuses: dict[str, list[int]] = field(default_factory=dict, repr=False)

    def of(self, slug: str) -> Sequence[int]:
        """The status of every firm for one rule, as positions in STATUSES; empty when there is none."""
        if slug not in self.answers.policies:
            return ()
        if slug not in self._statuses:
            self._statuses[slug] = self.answers.statuses(slug).tolist()
        return self._statuses[slug]

    def firms(self, slug: str, statuses: Collection[int] = MET) -> list[str]:
        """The firms that meet a rule, or have one of the other answers."""
        keys = self.table.keys
        return [keys[row] for row, status in enumerate(self.of(slug)) if status in statuses]

    def tiers(self) -> dict[str, str]:
        """Firm -> the highest tier whose rule it meets; those in none are left out."""
        found: dict[str, str] = {}
        for tier in TIERS:
            for uscc in self.firms(f"{TIER}{tier}"):
                found.setdefault(uscc, tier)
        return found


class Evaluator:
    """Reads only the facts the rules ask for."""

    def __init__(
        self,
        companies: CompanyService,
        published: Callable[[], Sequence[Published]],
        renewing: Callable[[], Collection[str]],
    ) -> None:
        self._companies = companies
        self._published = published
        self._renewing = renewing

    def rulebook(self) -> Rulebook:
        """The rules as they are published now."""
        return Rulebook.of(self._published())

    def evaluate(
        self,
        book: Rulebook,
        slugs: Sequence[str],
        day: date,
        usccs: Sequence[str] | None = None,
        progress: Progress | None = None,
    ) -> Evaluation:
        """The answers of all firms, or of those named, for the day."""
        sheets = book.sheets(slugs)
        rules = compile_rules(sheets, day)
        names, columns = (*rules.facts, "titles"), self._companies.columns
        view = columns.view(day, names, progress) if usccs is None else columns.view_of(usccs, day, names)
        lay_signals(view, self._renewing if set(rules.facts) & set(WORKED_OUT) else None)
        if progress:
            progress(len(view.table))
        begun = perf_counter()
        answers = judge_many(rules, view.table)
        seconds = perf_counter() - begun
        return Evaluation(answers, view.table, view.known_since, seconds)

    def wanted_facts(self, book: Rulebook, slug: str, found: Evaluation) -> dict[str, list[str]]:
        """Each firm a rule cannot judge -> the facts its open conditions wait for."""
        keys, table = found.table.keys, found.table
        unknown = np.array(found.of(slug), np.uint8) == UNKNOWN
        wanted: dict[str, list[str]] = {keys[row]: [] for row in np.flatnonzero(unknown).tolist()}
        for part in _one_by_one(book.sheets([slug])):
            rules = compile_rules([part], table.on)
            waiting = unknown & (judge_many(rules, table).statuses(slug) == UNKNOWN)
            for fact in rules.facts:
                for row in np.flatnonzero(waiting & ~table.told(fact)).tolist():
                    if fact not in wanted[keys[row]]:
                        wanted[keys[row]].append(fact)
        return wanted

    def explain(self, book: Rulebook, slug: str, uscc: str, day: date) -> Verdict | None:
        """One firm by one rule, condition by condition; None when there is no such rule or firm."""
        if slug not in book.rules:
            return None
        sheet = book.rules[slug].sheet
        names = facts_behind([*compile_rules([sheet], day).facts, *BEHIND])
        for firms in self._companies.iterate_files(names, [uscc]):
            for firm in firms:
                found = signals(firm, resolve(firm.records, day), self._renewing())
                return judge(sheet, resolve([*firm.records, *as_records(found)], day), day)
        return None


def _one_by_one(sheets: Sequence[Sheet]) -> Iterator[Sheet]:
    """The same sheets with one condition each."""
    for sheet in sheets:
        for rule in sheet.rules:
            for condition in rule.conditions:
                alone = rule.model_copy(update={"all_": (condition,), "seasons": ()})
                yield sheet.model_copy(update={"rules": (alone,)})


def tier_of(tiers: Mapping[str, str], uscc: str) -> str:
    """The tier a firm belongs into once it meets the entry rule."""
    return tiers.get(uscc, LOWEST_TIER)
