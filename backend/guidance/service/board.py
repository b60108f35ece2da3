"""The board: requests by state, level, area and age, promises kept, load, satisfaction, what is asked most.

Counts are kept in memory and brought up to date from the requests changed since: the first look reads all.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from backend.guidance.answers import BoardJson, CountOf, DeskLoad, Stars
from backend.guidance.service.access import COMMISSION, LOCAL
from backend.guidance.service.world import World
from backend.guidance.store.requests import LIVE, RequestStore, hour_of
from backend.shared.caller import Caller, Scope
from backend.shared.errors import ForbiddenError

# Clocks of processes differ by less, and a write is seen no later.
OVERLAP = timedelta(minutes=2)
LONGEST = 72
MOST = 10
AGES = ((3, "0-2天"), (8, "3-7天"), (31, "8-30天"), (10**6, "30天以上"))
Key = tuple[str, str]
Place = tuple[str, str]


class RequestBoard:
    """One per process; also says how many live requests lie on each desk."""

    def __init__(self, store: RequestStore, world: World) -> None:
        self._store = store
        self._world = world
        self._lock = threading.Lock()
        self._briefs: dict[str, tuple[Place, tuple[Key, ...]]] = {}
        self._counts: dict[Place, Counter[Key]] = {}
        self._loads: Counter[str] = Counter()
        self._looked: datetime | None = None

    def loads(self) -> dict[str, int]:
        """Desk -> live requests it owns."""
        with self._lock:
            self._refresh()
            return dict(+self._loads)

    def show(self, caller: Caller) -> BoardJson:
        """Everything the board shows: the commission all, a liaison or counsellor its own places."""
        counts, now = self._now(board_scope(caller)), self._world.clock.now()
        by: dict[str, dict[str, int]] = {}
        for (what, word), count in counts.items():
            if count > 0:
                by.setdefault(what, {})[word] = count
        kept, missed = (by.get("kept", {}).get(word, 0) for word in ("yes", "no"))
        return {
            "as_of": now.isoformat(),
            "requests": sum(by.get("state", {}).values()),
            "live": sum(by.get("state", {}).get(state, 0) for state in LIVE),
            "overdue": sum(count for day, count in by.get("due", {}).items() if day < now.date().isoformat()),
            "states": _sorted(by.get("state", {})),
            "levels": _sorted(by.get("level", {})),
            "areas": _sorted(by.get("area", {})),
            "ages": _ages(by.get("opened", {}), now.date()),
            "results": _sorted(by.get("result", {})),
            "promise": {"kept": kept, "of": kept + missed, "share": _share(kept, kept + missed)},
            "loads": self._named(by.get("owner", {})),
            "satisfaction": _stars(by.get("stars", {})),
            "later": _sorted(by.get("later", {})),
            "asked_most": _most(by.get("kind", {})),
            "policies": _most(by.get("policy", {})),
        }

    def _now(self, scope: Scope | None) -> Counter[Key]:
        total: Counter[Key] = Counter()
        with self._lock:
            self._refresh()
            for (area, town), counts in self._counts.items():
                if scope is None or scope.covers(area, town):
                    total.update(counts)
        return total

    def _refresh(self) -> None:
        now = self._world.clock.now()
        for rows in self._store.briefs(self._hours(now)):
            for row in rows:
                place = (row.get("area", ""), row.get("town", ""))
                self._take(row["_id"], place, tuple(_added(row)))
        self._looked = now

    def _hours(self, now: datetime) -> Sequence[str] | None:
        if self._looked is None:
            return None
        at = self._looked - OVERLAP
        if now - at > timedelta(hours=LONGEST):
            return None
        hours = {hour_of(now)}
        while at < now:
            hours.add(hour_of(at))
            at += timedelta(hours=1)
        return sorted(hours)

    def _take(self, request_id: str, place: Place, brief: tuple[Key, ...]) -> None:
        """A request stays where it was opened; what it adds to the counts changes."""
        _, old = self._briefs.get(request_id, (place, ()))
        if old != brief:
            counts = self._counts.setdefault(place, Counter())
            counts.subtract(old)
            counts.update(brief)
            self._loads.subtract(_owners(old))
            self._loads.update(_owners(brief))
            self._briefs[request_id] = place, brief

    def _named(self, loads: Mapping[str, int]) -> list[DeskLoad]:
        people = {one.id: one for one in self._world.people.everyone()}
        rows: list[DeskLoad] = [
            {
                "desk": desk,
                "name": people[desk].name if desk in people else desk,
                "live": count,
                "capacity": people[desk].capacity if desk in people else None,
            }
            for desk, count in loads.items()
        ]
        return sorted(rows, key=lambda row: (-row["live"], row["desk"]))


def board_scope(caller: Caller) -> Scope | None:
    """The places whose board a caller may see, None for all; ForbiddenError for who may see none."""
    if caller.kind == "system" or (caller.kind == "staff" and caller.has(*COMMISSION)):
        return None
    if caller.kind == "staff" and caller.has(*LOCAL):
        return caller.scope
    raise ForbiddenError


def _owners(brief: tuple[Key, ...]) -> list[str]:
    return [word for what, word in brief if what == "owner"]


def _added(row: Mapping[str, Any]) -> list[Key]:
    """What a request adds to the counts."""
    keys = [("state", row["state"])]
    if row["state"] in LIVE:
        keys += [("level", row["level"]), ("area", row.get("area", "")), ("opened", row["opened_on"])]
        keys += [(what, row[name]) for what, name in (("due", "due_on"), ("owner", "owner")) if row.get(name)]
    named = (("kept", "kept"), ("result", "result"), ("kind", "help_kind"), ("policy", "policy"))
    keys += [(what, row[name]) for what, name in named if row.get(name)]
    if stars := (row.get("rating") or {}).get("stars"):
        keys.append(("stars", str(stars)))
    later = row.get("later") or {}
    keys += [("later", word) for word in ("applied", "certified") if later.get(word)]
    if later.get("at"):
        keys.append(("later", "answered"))
    return keys


def _sorted(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items()))


def _most(counts: Mapping[str, int]) -> list[CountOf]:
    ranked = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    return [{"id": word, "requests": count} for word, count in ranked[:MOST]]


def _ages(opened: Mapping[str, int], today: date) -> dict[str, int]:
    ages = dict.fromkeys((label for _, label in AGES), 0)
    for day, count in opened.items():
        old = (today - date.fromisoformat(day)).days
        ages[next(label for below, label in AGES if old < below)] += count
    return ages


def _stars(stars: Mapping[str, int]) -> Stars:
    answers = sum(stars.values())
    total = sum(int(star) * count for star, count in stars.items())
    return {"answers": answers, "average": f"{total / answers:.2f}" if answers else None}


def _share(part: int, whole: int) -> str | None:
    return f"{part / whole:.4f}" if whole else None
