"""Whom the columns of all firms nominate; what a firm is told is judged again from the database."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from backend.push.service.world import World
from backend.push.store.changes import ChangeStore
from policies.eligibility import STATUSES, CompiledRules, FactTable, Row, judge_many
from policies.sheet import Status

# Clocks of two machines may differ, and a write may be on its way; reading a firm again does no harm.
OVERLAP = timedelta(minutes=10)
OWN = ("gaoqi_valid_to", "srdi_valid_to", "titles")


class FirmTable:
    """The members pushes reach, and what the columns say about them; safe in threads."""

    def __init__(self, world: World, changes: ChangeStore) -> None:
        self._world = world
        self._changes = changes
        self._lock = threading.RLock()
        self._fresh_at: datetime | None = None
        self._members: set[str] = set()
        self._sorted: list[str] = []

    @property
    def read(self) -> int:
        """How many firms were read from the database so far, for the measurements."""
        return self._world.companies.columns.read

    def members(self) -> list[str]:
        """All firms pushes reach, by USCC; only those that changed are looked up again."""
        with self._lock:
            self._follow_members()
            if len(self._sorted) != len(self._members):
                self._sorted = sorted(self._members)
            return self._sorted

    def statuses(self, rules: CompiledRules, members: Sequence[str]) -> dict[str, list[Status]]:
        """Slug -> the answer of every member on the day of the rules."""
        with self._lock:
            table, rows = self._at(rules.on, rules.facts, members)
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
            table, rows = self._at(day, (), members)
            column = table.numbers(fact, 0, len(table))
            wanted = np.isin(column, [float(item.toordinal()) for item in days])
            return _chosen(members, wanted[rows])

    def few_missing(self, rules: CompiledRules, most: int, members: Sequence[str]) -> list[str]:
        """The members that lack at most this many of the facts the rules read, and at least one."""
        with self._lock:
            table, rows = self._at(rules.on, rules.facts, members)
            missing = np.zeros(len(table), np.int64)
            for name in rules.facts:
                missing += ~table.told(name)
            return _chosen(members, ((missing > 0) & (missing <= most))[rows])

    def _at(
        self, day: date, names: Sequence[str], members: Sequence[str]
    ) -> tuple[FactTable, NDArray[np.intp]]:
        """The columns as they are now, and the members' rows; those no company is known of have no facts."""
        table = self._world.companies.columns.view(day, (*names, *OWN)).table
        rows = table.rows(members)
        if strangers := _chosen(members, rows < 0):
            table.extend([(uscc, Row({}, {})) for uscc in strangers])
            rows = table.rows(members)
        return table, rows

    def _follow_members(self) -> None:
        now = self._world.clock.now()
        if self._fresh_at is None or len(self._members) != self._world.pool.count():
            # Not yet read; or somebody brought in many at once, which is not announced firm by firm.
            self._members, self._sorted = set(self._world.pool.all_members()), []
        else:
            self._move(self._changes.since(self._fresh_at - OVERLAP))
        self._fresh_at = now

    def _move(self, changed: Sequence[str]) -> None:
        """Whether the changed firms are still, or newly, among the members."""
        if changed:
            reached = set(self._world.pool.reached(changed))
            if reached - self._members or self._members & (set(changed) - reached):
                self._members = (self._members - set(changed)) | reached
                self._sorted = []


def _chosen(members: Sequence[str], flags: NDArray[np.bool_]) -> list[str]:
    return [members[place] for place in np.flatnonzero(flags).tolist()]
