"""Before a rule goes out: what it changes over the whole pool."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from backend.companies.service import CompanyService
from backend.eligibility.store.impacts import ImpactJson
from policies.eligibility import STATUSES, CompiledRules, FactTable, compile_rules, judge, judge_many
from policies.facts import fact_named, resolve
from policies.rules import ApplicationKind
from policies.sheet import Sheet, Status

Members = Callable[[str, int], list[str]]
BATCH = 2000
EXAMPLES = 5
# Enough to see which facts are missing most; every unknown firm would be looked at one by one.
LOOKED_AT = 500
MISSING = 10
NONE: Status = "not_in_force"


@dataclass
class Impact:
    """How answers turn when a sheet replaces the published one; examples are USCCs."""

    policy: str
    on: date
    firms: int = 0
    before: Counter[str] = field(default_factory=Counter)
    after: Counter[str] = field(default_factory=Counter)
    turned: Counter[tuple[str, str]] = field(default_factory=Counter)
    examples: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    missing: Counter[str] = field(default_factory=Counter)
    looked_at: int = 0

    @property
    def gained(self) -> int:
        """Firms that qualify (or come before people) and did not."""
        return sum(n for (was, now), n in self.turned.items() if _good(now) and not _good(was))

    @property
    def lost(self) -> int:
        """Firms that no longer do, for certain."""
        return sum(n for (was, now), n in self.turned.items() if _good(was) and now in ("ineligible", NONE))

    @property
    def unsettled(self) -> int:
        """Firms whose answer becomes unknown."""
        return sum(n for (was, now), n in self.turned.items() if now == "unknown" != was)

    def as_dict(self) -> ImpactJson:
        """The impact as JSON, what is most first."""
        turned = sorted(self.turned.items(), key=lambda item: -item[1])
        return {
            "policy": self.policy,
            "on": self.on.isoformat(),
            "firms": self.firms,
            "gained": self.gained,
            "lost": self.lost,
            "unsettled": self.unsettled,
            "before": dict(self.before),
            "after": dict(self.after),
            "turned": [
                {"before": was, "after": now, "firms": firms, "examples": self.examples[was, now]}
                for (was, now), firms in turned
            ],
            "missing": [
                {"fact": name, "label": fact_named(name).label, "firms": firms}
                for name, firms in self.missing.most_common(MISSING)
            ],
            "missing_counted_in": self.looked_at,
        }


def impact_of(
    before: Sheet | None,
    after: Sheet,
    members: Members,
    companies: CompanyService,
    on: date,
    kind: ApplicationKind | None = None,
    progress: Callable[[int], None] | None = None,
) -> Impact:
    """The impact over all firms `members` walks."""
    impact = Impact(after.slug, on)
    sheets = [sheet for sheet in (before, after) if sheet is not None and sheet.rules]
    compiled = [compile_rules([sheet], on, kind) for sheet in sheets]
    table = companies.columns.view(on, [name for rules in compiled for name in rules.facts]).table
    unknown: list[str] = []
    was, now = _statuses(before, compiled[:1], table), _statuses(after, compiled[-1:], table)
    for usccs in walk(members):
        for uscc in usccs:
            if uscc in table:
                row = table.row(uscc)
                _count(impact, uscc, STATUSES[was[row]], STATUSES[now[row]])
                if STATUSES[now[row]] == "unknown" and len(unknown) < LOOKED_AT:
                    unknown.append(uscc)
        if progress:
            progress(impact.firms)
    for _, records in chain.from_iterable(companies.iterate_facts(unknown)):
        impact.looked_at += 1
        impact.missing.update(judge(after, resolve(records, on), on, kind).missing)
    return impact


def walk(members: Members) -> Iterator[list[str]]:
    """All firms, batch by batch."""
    last = ""
    while usccs := members(last, BATCH):
        yield usccs
        last = usccs[-1]


def _statuses(sheet: Sheet | None, compiled: Sequence[CompiledRules], table: FactTable) -> NDArray[np.uint8]:
    if sheet is None or not sheet.rules:
        return np.full(len(table), STATUSES.index(NONE), np.uint8)
    return judge_many(compiled[0], table).statuses(sheet.slug)


def _count(impact: Impact, uscc: str, old: Status, new: Status) -> None:
    impact.firms += 1
    impact.before[old] += 1
    impact.after[new] += 1
    if old != new:
        impact.turned[old, new] += 1
        examples = impact.examples.setdefault((old, new), [])
        if len(examples) < EXAMPLES:
            examples.append(uscc)


def _good(status: str) -> bool:
    return status in ("eligible", "subject_to_review")
