"""Before a rule goes out: what it changes over the whole pool."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from backend.companies.service import CompanyService
from policies.eligibility import STATUSES, FactTable, compile_rules, judge, judge_many
from policies.facts import Facts, fact_named, resolve
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

    def as_dict(self) -> dict[str, Any]:
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
    for batch in (batch for usccs in walk(members) for batch in companies.iterate_facts(usccs)):
        resolved = {uscc: resolve(records, on) for uscc, records in batch}
        was = _statuses(before, resolved, on, kind)
        now = _statuses(after, resolved, on, kind)
        for uscc, old, new in zip(resolved, was, now, strict=True):
            _count(impact, uscc, old, new)
            if new == "unknown" and impact.looked_at < LOOKED_AT:
                impact.looked_at += 1
                impact.missing.update(judge(after, resolved[uscc], on, kind).missing)
        if progress:
            progress(impact.firms)
    return impact


def walk(members: Members) -> Iterator[list[str]]:
    """All firms, batch by batch."""
    last = ""
    while usccs := members(last, BATCH):
        yield usccs
        last = usccs[-1]


def _statuses(
    sheet: Sheet | None, firms: dict[str, Facts], on: date, kind: ApplicationKind | None
) -> list[Status]:
    if sheet is None or not sheet.rules:
        return [NONE] * len(firms)
    rules = compile_rules([sheet], on, kind)
    table = FactTable(on, rules.facts, capacity=len(firms) or 1)
    for uscc, facts in firms.items():
        table.put(uscc, facts)
    return [STATUSES[code] for code in judge_many(rules, table).statuses(sheet.slug)]


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
