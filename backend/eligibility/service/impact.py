"""Before a rule goes out: what it changes over the whole pool."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain

from backend.companies.service import CompanyService
from policies.eligibility import STATUSES, CompiledRules, FactTable, compile_rules, judge, judge_many
from policies.facts import resolve
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
    sheets = [sheet for sheet in (before, after) if sheet is not None and sheet.rules]
    compiled = [compile_rules([sheet], on, kind) for sheet in sheets]
    table = companies.columns.view(on, [name for rules in compiled for name in rules.facts]).table
    usccs = sorted(table.keys) if members is None else [uscc for uscc in _all(members) if uscc in table]
    was, now = _statuses(before, compiled[:1], table, usccs), _statuses(after, compiled[-1:], table, usccs)
    unknown: list[str] = []
    for uscc, old, new in zip(usccs, was, now, strict=True):
        _count(impact, uscc, old, new)
        if new == "unknown" and len(unknown) < LOOKED_AT:
            unknown.append(uscc)
    for _, records in chain.from_iterable(companies.iterate_facts(unknown)):
        impact.looked_at += 1
        impact.missing.update(judge(after, resolve(records, on), on, kind).missing)
    return impact


def _all(members: Members) -> Iterator[str]:
    last = ""
    while usccs := members(last, BATCH):
        yield from usccs
        last = usccs[-1]


def _statuses(
    sheet: Sheet | None, compiled: Sequence[CompiledRules], table: FactTable, usccs: Sequence[str]
) -> list[Status]:
    if sheet is None or not sheet.rules:
        return [NONE] * len(usccs)
    codes = judge_many(compiled[0], table).statuses(sheet.slug)
    return [STATUSES[codes[table.row(uscc)]] for uscc in usccs]


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
