"""The board: how many firms stand where, what flows each month, who was tracked in time, and the year's goal.

Counts are kept in memory and brought up to date from the lives written since: the first look reads all.
"""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from backend.companies.service import COMMISSION, LOCAL
from backend.pool.answers import PoolBoardJson
from backend.pool.life import STEPS, TIERS
from backend.pool.service.settings import CLASSES, GOALS, INDUSTRY_CLASSES, PoolSettings
from backend.pool.store import PoolStore
from backend.shared.caller import Caller
from backend.shared.clock import Clock, in_shanghai
from backend.shared.errors import ForbiddenError

# Clocks of processes differ by less, and a write is seen no later.
OVERLAP = timedelta(seconds=60)
DAY = 24 * 3600
MONTHS = 12


@dataclass(frozen=True)
class _Brief:
    """What one firm adds to the counts."""

    stage: str
    area: str
    industries: tuple[str, ...]
    moves: tuple[tuple[str, str], ...]
    certified_in: str
    tracked_after: int | None


class Board:
    """One per process."""

    def __init__(self, store: PoolStore, settings: PoolSettings, clock: Clock) -> None:
        self._store = store
        self._settings = settings
        self._clock = clock
        self._lock = threading.Lock()
        self._briefs: dict[str, _Brief] = {}
        self._counts: Counter[tuple[str, ...]] = Counter()
        self._seen: datetime | None = None

    def show(self, caller: Caller) -> PoolBoardJson:
        """Everything the board shows, for charts."""
        if not (caller.kind == "staff" and caller.has(*COMMISSION, *LOCAL)):
            raise ForbiddenError
        with self._lock:
            self._refresh()
            counts = Counter(self._counts)
        return self._shaped(counts)

    def _refresh(self) -> None:
        since = None if self._seen is None else self._seen - OVERLAP
        for rows in self._store.briefs(since):
            for row in rows:
                self._take(row["_id"], _brief(row))
                at = in_shanghai(row["updated_at"])
                self._seen = max(self._seen or at, at)

    def _take(self, uscc: str, brief: _Brief) -> None:
        old = self._briefs.get(uscc)
        if old == brief:
            return
        if old is not None:
            self._counts.subtract(_added(old))
        self._counts.update(_added(brief))
        self._briefs[uscc] = brief

    def _shaped(self, counts: Mapping[tuple[str, ...], int]) -> PoolBoardJson:
        by: dict[str, dict[str, int]] = defaultdict(dict)
        flows: dict[str, dict[str, int]] = defaultdict(dict)
        for (kind, *words), count in counts.items():
            if count and kind == "flow":
                flows[words[0]][words[1]] = count
            elif count:
                by[kind]["/".join(words)] = count
        year = str(self._clock.today().year)
        goal = int(self._settings.read(GOALS).value["new_gaoqi_per_year"])
        classes = self._settings.read(INDUSTRY_CLASSES).value
        service: Counter[str] = Counter()
        mapping = self._settings.read(CLASSES).value
        for stage, count in by["stage"].items():
            service[mapping.get(stage, "")] += count
        tracked, converted = by["ever"].get("tracked", 0), by["ever"].get("converted", 0)
        in_time, timed = by["timed"].get("in_time", 0), by["timed"].get("all", 0)
        done = by["new"].get(year, 0)
        return {
            "as_of": self._clock.now().isoformat(),
            "firms": sum(count for stage, count in by["stage"].items() if stage),
            "stages": {step: _sum(by["stage"], step) for step in STEPS},
            "tiers": {tier: by["stage"].get(f"in_pool/{tier}", 0) for tier in TIERS},
            "service_classes": {name: count for name, count in service.items() if name},
            "areas": dict(sorted(by["area"].items())),
            "industries": {
                name: {
                    "label": entry["label"],
                    "firms": sum(by["industry"].get(i, 0) for i in entry["industries"]),
                }
                for name, entry in classes.items()
            },
            "flows": {month: flows[month] for month in sorted(flows)[-MONTHS:]},
            "conversion": {"tracked": tracked, "certified": converted, "share": _share(converted, tracked)},
            "tracked_within_a_day": {"firms": in_time, "of": timed, "share": _share(in_time, timed)},
            "goal": {"year": year, "new_gaoqi": done, "goal": goal, "share": _share(done, goal)},
        }


def _brief(row: Mapping[str, Any]) -> _Brief:
    tier = row.get("tier", "")
    stage = f"{row.get('stage', '')}/{tier}" if tier else row.get("stage", "")
    moves = tuple((month, step) for month, step in row.get("moves", ()))
    industries = tuple(row.get("industries", ()))
    year, after = row.get("certified_in", ""), row.get("tracked_after")
    return _Brief(stage, row.get("area", ""), industries, moves, year, after)


def _added(brief: _Brief) -> Counter[tuple[str, ...]]:
    """What the firm adds: its stage; if it stands anywhere its area and industries; its way."""
    counts: Counter[tuple[str, ...]] = Counter({("stage", brief.stage): 1})
    if brief.stage:
        counts["area", brief.area] += 1
        counts.update(("industry", industry) for industry in brief.industries)
    counts.update(("flow", month, step) for month, step in brief.moves)
    steps = [step for _, step in brief.moves]
    if "tracked" in steps:
        counts["ever", "tracked"] += 1
        if "certified" in steps[steps.index("tracked") :]:
            counts["ever", "converted"] += 1
    if brief.certified_in:
        counts["new", brief.certified_in] += 1
    if brief.tracked_after is not None:
        counts["timed", "all"] += 1
        counts["timed", "in_time"] += brief.tracked_after <= DAY
    return counts


def _sum(stages: Mapping[str, int], step: str) -> int:
    return sum(count for stage, count in stages.items() if stage.partition("/")[0] == step)


def _share(part: int, whole: int) -> str | None:
    return f"{part / whole:.4f}" if whole else None
