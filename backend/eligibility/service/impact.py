"""Before a rule goes out: what it changes over the whole pool."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from backend.companies.service import CompanyService
from policies.eligibility import STATUSES, FactTable, compile_rules, judge, judge_many
from policies.facts import FactRecord, Facts, resolve
from policies.rules import ApplicationKind
from policies.sheet import Sheet, Status

Members = Callable[[str, int], list[str]]
BATCH = 2000
EXAMPLES = 5
# Enough to see which facts are missing most; every unknown firm would be looked at one by one.
LOOKED_AT = 500
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


def impact_of(
    before: Sheet | None,
    after: Sheet,
    members: Members | None,
    companies: CompanyService,
    on: date,
    kind: ApplicationKind | None = None,
) -> Impact:
    """The impact over all firms `members` walks (all firms known, where it is None)."""
    impact = Impact(after.slug, on)
    for batch in _batches(members, companies):
        resolved = {uscc: resolve(records, on) for uscc, records in batch}
        was = _statuses(before, resolved, on, kind)
        now = _statuses(after, resolved, on, kind)
        for uscc, old, new in zip(resolved, was, now, strict=True):
            _count(impact, uscc, old, new)
            if new == "unknown" and impact.looked_at < LOOKED_AT:
                impact.looked_at += 1
                impact.missing.update(judge(after, resolved[uscc], on, kind).missing)
    return impact


def _batches(
    members: Members | None, companies: CompanyService
) -> Iterator[Sequence[tuple[str, list[FactRecord]]]]:
    if members is None:
        yield from companies.iterate_facts()
        return
    last = ""
    while usccs := members(last, BATCH):
        yield from companies.iterate_facts(usccs)
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
