"""The facts of all firms as columns, kept in this process: it nominates firms, the database decides.

What the table holds is read once; after that only firms that changed are read again.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from backend.push.service.world import World
from backend.push.store.changes import ChangeStore
from policies.eligibility import STATUSES, CompiledRules, FactTable, judge_many
from policies.facts import FactRecord, fact_named, resolve
from policies.sheet import Status

# Clocks of two machines may differ, and a write may be on its way; reading a firm again does no harm.
OVERLAP = timedelta(minutes=10)
BATCH = 5000
OWN = ("gaoqi_valid_to", "srdi_valid_to", "titles")


class FirmTable:
    """Safe in threads; `read` counts the firms read from the database, for the measurements."""

    def __init__(self, world: World, changes: ChangeStore) -> None:
        self._world = world
        self._changes = changes
        self._lock = threading.RLock()
        self._table: FactTable | None = None
        self._fresh_at: datetime | None = None
        # The days from which facts of a firm count, of the firms that have such facts.
        self._begins: dict[str, tuple[date, ...]] = {}
        self._members: set[str] = set()
        self._sorted: list[str] = []
        self.read = 0

    def members(self, day: date, names: Sequence[str] = ()) -> list[str]:
        """All firms pushes reach, by USCC; only those that changed are looked up again."""
        with self._lock:
            self._at(day, names, ())
            if len(self._members) != self._world.pool.count():
                # Somebody brought in many at once, which is not announced firm by firm.
                self._members = set(self._world.pool.all_members())
                self._sorted = []
            if len(self._sorted) != len(self._members):
                self._sorted = sorted(self._members)
            return self._sorted

    def statuses(self, rules: CompiledRules, members: Sequence[str]) -> dict[str, list[Status]]:
        """Slug -> the answer of every member on the day of the rules."""
        with self._lock:
            table = self._at(rules.on, rules.facts, members)
            rows = np.fromiter((table.row(uscc) for uscc in members), np.int64, len(members))
            answers = judge_many(rules, table)
            return {
                slug: [STATUSES[code] for code in answers.statuses(slug)[rows].tolist()]
                for slug in rules.policies
            }

    def differing(self, before: CompiledRules, now: CompiledRules, members: Sequence[str]) -> list[str]:
        """The members whose answers differ between two days of the same year, by the facts of today."""
        then, today = self.statuses(before, members), self.statuses(now, members)
        turned: set[str] = set()
        for slug, statuses in today.items():
            turned.update(
                uscc for uscc, old, new in zip(members, then[slug], statuses, strict=True) if old != new
            )
        return sorted(turned)

    def holding(self, day: date, fact: str, days: Iterable[date], members: Sequence[str]) -> list[str]:
        """The members for which this date fact is one of the days."""
        with self._lock:
            table = self._at(day, (), members)
            column = table.numbers(fact, 0, len(table))
            wanted = np.isin(column, [float(item.toordinal()) for item in days])
            return [uscc for uscc in members if wanted[table.row(uscc)]]

    def few_missing(self, rules: CompiledRules, most: int, members: Sequence[str]) -> list[str]:
        """The members that lack at most this many of the facts the rules read, and at least one."""
        with self._lock:
            table = self._at(rules.on, rules.facts, members)
            size = len(table)
            missing = np.zeros(size, np.int64)
            for name in rules.facts:
                missing += _unknown(table, name, size)
            return [uscc for uscc in members if 0 < missing[table.row(uscc)] <= most]

    def _at(self, day: date, names: Sequence[str], members: Sequence[str]) -> FactTable:
        table = self._table
        if table is None or not set(names) <= set(table.names) or table.on.year != day.year:
            return self._built(day, names)
        now = self._world.clock.now()
        low, high = sorted((day, table.on))
        turned = {uscc for uscc, days in self._begins.items() if any(low < first <= high for first in days)}
        assert self._fresh_at is not None
        changed = self._changes.since(self._fresh_at - OVERLAP)
        absent = [uscc for uscc in members if not _has(table, uscc)]
        table.on = day
        self._read({*turned, *changed, *absent}, table)
        self._move(changed)
        for uscc in absent:
            if not _has(table, uscc):
                table.put_values(uscc, lambda _name: None)
        self._fresh_at = now
        return table

    def _built(self, day: date, names: Sequence[str]) -> FactTable:
        known = self._table.names if self._table else ()
        self._fresh_at = self._world.clock.now()
        self._begins = {}
        table = FactTable(day, (*known, *names, *OWN), max(1024, self._world.companies.count()))
        for firms in self._world.companies.iterate_facts(batch=BATCH):
            self._put(firms, table)
        self._members, self._sorted = set(self._world.pool.all_members()), []
        for uscc in self._members:
            if not _has(table, uscc):
                table.put_values(uscc, lambda _name: None)
        self._table = table
        return table

    def _move(self, changed: Sequence[str]) -> None:
        """Whether the changed firms are still, or newly, among the members."""
        if changed:
            reached = set(self._world.pool.reached(changed))
            if reached - self._members or self._members & (set(changed) - reached):
                self._members = (self._members - set(changed)) | reached
                self._sorted = []

    def _read(self, usccs: set[str], table: FactTable) -> None:
        if usccs:
            for firms in self._world.companies.iterate_facts(sorted(usccs), BATCH):
                self._put(firms, table)

    def _put(self, firms: Iterable[tuple[str, Sequence[FactRecord]]], table: FactTable) -> None:
        for uscc, records in firms:
            self.read += 1
            table.put(uscc, resolve(records, table.on))
            self._begins.pop(uscc, None)
            if days := tuple(day for record in records if (day := _begins(record))):
                self._begins[uscc] = days


def _begins(record: FactRecord) -> date | None:
    """From which day a standing fact counts, when it says so."""
    return date.fromisoformat(record.period) if record.period and len(record.period) == 10 else None


def _has(table: FactTable, uscc: str) -> bool:
    try:
        table.row(uscc)
    except KeyError:
        return False
    return True


def _unknown(table: FactTable, name: str, size: int) -> NDArray[np.int64]:
    if fact_named(name).kind in ("number", "date"):
        return np.isnan(table.numbers(name, 0, size)).astype(np.int64)
    known = table.known(name, 0, size).view(np.uint8)
    return 1 - np.unpackbits(known, count=size, bitorder="little").astype(np.int64)
