"""Runs over all firms and the lists they froze, a thousand rows to a document; and what was decided.

A decision is written before it is carried out: whoever writes it first has decided, and what a killed process
left waiting is found again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import mongoengine as me

from backend.adapters.mongo import RecordDocument, collection_of, insert
from backend.adapters.mongo.bulk import insert_absent_rows, insert_rows, new_row
from backend.adapters.mongo.lists import page_by_id
from backend.shared.errors import NotFoundError
from backend.shared.paging import Page

RUNNING, DONE = "running", "done"
CHUNK = 1000

NamesOf = Callable[[Sequence[str]], Mapping[str, str]]


class PoolRunDocument(RecordDocument):
    """One run (`2026-05`, `yearly-2026`, …); once it is done only who works on its decisions changes.

    `labels`: what the lists by a sheet were called then. `paused`: its decisions wait until somebody goes on.
    """

    meta = {"collection": "pool_runs", "indexes": [("status", "held_until")]}
    label = "培育库评估"

    kind = me.StringField(required=True)
    day = me.StringField(required=True)
    status = me.StringField(default=RUNNING)
    held_until = me.DateTimeField()
    firms = me.IntField(default=0)
    rules = me.ListField(me.StringField())
    counts = me.DictField()
    labels = me.DictField()
    missing = me.DictField()
    figures = me.DictField()
    paused = me.BooleanField(default=False)


class PoolListDocument(RecordDocument):
    """`run/list/00001`: rows [USCC, what, …] by USCC, and beside them the firms' names of that day (older
    documents have none)."""

    meta = {"collection": "pool_lists"}
    label = "培育库名单"

    rows = me.ListField(me.ListField(me.StringField()))
    names = me.ListField(me.StringField())


class PoolDecisionDocument(RecordDocument):
    """`run/USCC`: what was decided on a row `seen` → `goal` of a list; `problem`: why it was not done."""

    meta = {"collection": "pool_decisions", "indexes": [("waiting", "id")]}
    label = "培育库决定"

    accepted = me.BooleanField(required=True)
    reason = me.StringField(required=True)
    list = me.StringField(default="")
    seen = me.StringField(default="")
    goal = me.StringField(default="")
    waiting = me.BooleanField(default=False)
    problem = me.StringField(default="")


@dataclass(frozen=True)
class PoolRun:
    """A run as the service sees it."""

    id: str
    kind: str
    day: str
    status: str
    firms: int
    rules: tuple[str, ...]
    counts: Mapping[str, int]
    labels: Mapping[str, str]
    missing: Mapping[str, Mapping[str, int]]
    figures: Mapping[str, float]
    by: str
    created_at: datetime
    paused: bool


@dataclass(frozen=True)
class Decision:
    """What was decided on a firm of a run, by whom and why; whether it is still to be carried out."""

    uscc: str
    accepted: bool
    reason: str
    by: str
    at: datetime
    list: str
    seen: str
    goal: str
    waiting: bool
    problem: str


@dataclass(frozen=True)
class Tally:
    """How far the decisions on a list are."""

    decided: int
    waiting: int
    failed: int


class PoolRunStore:
    """Reads and writes runs, lists and decisions."""

    def add(self, run_id: str, kind: str, day: str, by: str, at: datetime) -> PoolRun:
        """A new run, to be worked on; AlreadyExistsError."""
        return _run(
            insert(PoolRunDocument, run_id, by, at, kind=kind, day=day, held_until=at).to_mongo().to_dict()
        )

    def get(self, run_id: str) -> PoolRun:
        """One run; NotFoundError."""
        raw = collection_of(PoolRunDocument).find_one({"_id": run_id})
        if raw is None:
            raise NotFoundError(PoolRunDocument.label, run_id)
        return _run(raw)

    def page(self, limit: int, cursor: str | None) -> Page[PoolRun]:
        """All runs."""
        found = page_by_id(PoolRunDocument, {}, limit, cursor, newest_first=True)
        return found.map(lambda document: _run(document.to_mongo().to_dict()))

    def take(self, run_id: str, now: datetime, until: datetime, status: str = RUNNING) -> bool:
        """Take in hand a run nobody holds: an unfinished one, or the decisions on one that is done."""
        taken = collection_of(PoolRunDocument).find_one_and_update(
            {"_id": run_id, "status": status, "held_until": {"$lte": now}}, {"$set": {"held_until": until}}
        )
        return taken is not None

    def hold_decisions(self, run_id: str, until: datetime) -> None:
        """Go on holding the decisions, or let them go."""
        collection_of(PoolRunDocument).update_one(
            {"_id": run_id, "status": DONE}, {"$set": {"held_until": until}}
        )

    def pause(self, run_id: str, paused: bool) -> None:
        """Carry out no further decisions, or go on."""
        collection_of(PoolRunDocument).update_one(
            {"_id": run_id, "status": DONE}, {"$set": {"paused": paused}}
        )

    def hold(self, run_id: str, held: datetime, until: datetime, firms: int) -> bool:
        """Still at it: how many firms are read; False when another worker has taken over since."""
        query = {"_id": run_id, "status": RUNNING, "held_until": held}
        change = {"$set": {"held_until": until, "firms": firms}}
        return collection_of(PoolRunDocument).update_one(query, change).matched_count == 1

    def finish(self, run_id: str, fields: Mapping[str, Any], now: datetime) -> None:
        """The run is done: its lists are frozen as they are."""
        change = {**fields, "status": DONE, "held_until": now, "updated_at": now}
        collection_of(PoolRunDocument).update_one({"_id": run_id, "status": RUNNING}, {"$set": change})

    def unfinished(self, now: datetime) -> list[str]:
        """Runs nobody holds."""
        query = {"status": RUNNING, "held_until": {"$lte": now}}
        return [row["_id"] for row in collection_of(PoolRunDocument).find(query, {"_id": 1}).sort("_id", 1)]

    def write_list(
        self, run_id: str, name: str, rows: Sequence[Sequence[str]], names_of: NamesOf, by: str, at: datetime
    ) -> None:
        """Write a list anew with the names of now, in place of what a killed attempt left of it."""
        prefix = f"{run_id}/{name}/"
        collection_of(PoolListDocument).delete_many({"_id": {"$gte": prefix, "$lt": prefix + "~"}})
        for start in range(0, len(rows), CHUNK):
            part = [list(row) for row in rows[start : start + CHUNK]]
            known = names_of([row[0] for row in part])
            names = [known.get(row[0], "") for row in part]
            chunk = new_row(f"{prefix}{start // CHUNK:05}", by, at, rows=part, names=names)
            insert_absent_rows(PoolListDocument, [chunk])

    def rows(self, run_id: str, name: str, after: str = "") -> Iterator[list[str]]:
        """The rows of a list by USCC, after one."""
        return (row for row, _ in self.named_rows(run_id, name, after))

    def named_rows(self, run_id: str, name: str, after: str) -> Iterator[tuple[list[str], str | None]]:
        """The same with the name each firm had then; None where that was not kept."""
        prefix = f"{run_id}/{name}/"
        query = {"_id": {"$gte": prefix, "$lt": prefix + "~"}}
        for chunk in collection_of(PoolListDocument).find(query).sort("_id", 1):
            rows = chunk["rows"]
            if rows[-1][0] > after:
                named = zip(rows, chunk.get("names") or [None] * len(rows), strict=True)
                yield from (pair for pair in named if pair[0][0] > after)

    def find_rows(
        self, run_id: str, names: Sequence[str], usccs: set[str]
    ) -> dict[str, tuple[str, list[str]]]:
        """Firm -> (list, row) of those of the firms that stand in one of the lists."""
        return {row[0]: (name, row) for name in names for row in self.rows(run_id, name) if row[0] in usccs}

    def claim(
        self,
        run_id: str,
        rows: Sequence[tuple[str, Sequence[str]]],
        accepted: bool,
        reason: str,
        by: str,
        at: datetime,
    ) -> set[str]:
        """Decide on (list, row) of firms nobody has decided on yet: which these are."""
        decided = [
            new_row(
                f"{run_id}/{uscc}",
                by,
                at,
                accepted=accepted,
                reason=reason,
                list=name,
                seen=seen,
                goal=goal,
                waiting=accepted,
                problem="",
            )
            for name, (uscc, seen, goal, *_) in rows
        ]
        taken = insert_rows(PoolDecisionDocument, decided)
        return {row[0] for _, row in rows if f"{run_id}/{row[0]}" not in taken}

    def decisions(self, run_id: str, usccs: Sequence[str]) -> dict[str, Decision]:
        """Firm -> what was decided, of those of the firms that were decided on."""
        found = self._decisions({"_id": {"$in": [f"{run_id}/{uscc}" for uscc in usccs]}}, len(usccs))
        return {decision.uscc: decision for decision in found}

    def waiting(self, run_id: str, limit: int) -> list[Decision]:
        """The next decisions to carry out."""
        return self._decisions({"waiting": True, "_id": _of(run_id)}, limit)

    def settle(self, run_id: str, uscc: str, problem: str, at: datetime) -> None:
        """A decision is carried out, or cannot be."""
        collection_of(PoolDecisionDocument).update_one(
            {"_id": f"{run_id}/{uscc}", "waiting": True},
            {"$set": {"waiting": False, "problem": problem, "updated_at": at}, "$inc": {"revision": 1}},
        )

    def runs_waiting(self) -> list[str]:
        """The runs with decisions to carry out."""
        found: list[str] = []
        while True:
            query = {"waiting": True, "_id": {"$gt": f"{found[-1]}/~" if found else ""}}
            rows = collection_of(PoolDecisionDocument).find(query, {"_id": 1}).sort("_id", 1).limit(1)
            run_id = next((row["_id"].rpartition("/")[0] for row in rows), "")
            if not run_id:
                return found
            found.append(run_id)

    def tally(self, run_id: str) -> dict[str, Tally]:
        """List -> how far the decisions on it are."""
        counts = [
            self._count_by_list({"_id": _of(run_id), **more})
            for more in ({}, {"waiting": True}, {"problem": {"$gt": ""}})
        ]
        return {name: Tally(*(by.get(name, 0) for by in counts)) for name in counts[0]}

    def _count_by_list(self, query: Mapping[str, Any]) -> dict[str, int]:
        steps: list[dict[str, Any]] = [{"$match": query}, {"$group": {"_id": "$list", "firms": {"$sum": 1}}}]
        rows = collection_of(PoolDecisionDocument).aggregate(steps)
        return {row["_id"]: row["firms"] for row in rows if row["_id"]}

    def _decisions(self, query: Mapping[str, Any], limit: int) -> list[Decision]:
        rows = collection_of(PoolDecisionDocument).find(query).sort("_id", 1).limit(max(1, limit))
        return [_decision(row) for row in rows]


def _of(run_id: str) -> dict[str, str]:
    """The ids of everything of a run."""
    return {"$gt": f"{run_id}/", "$lt": f"{run_id}/~"}


def _decision(raw: Mapping[str, Any]) -> Decision:
    texts = {name: raw.get(name, "") for name in ("list", "seen", "goal", "problem")}
    return Decision(
        raw["_id"].rpartition("/")[2],
        raw["accepted"],
        raw["reason"],
        raw["updated_by"],
        raw["created_at"],
        waiting=raw.get("waiting", False),
        **texts,
    )


def _run(raw: Mapping[str, Any]) -> PoolRun:
    return PoolRun(
        raw["_id"], raw["kind"], raw["day"], raw["status"], raw.get("firms", 0), tuple(raw.get("rules", ())),
        raw.get("counts", {}), raw.get("labels", {}), raw.get("missing", {}), raw.get("figures", {}),
        raw["updated_by"], raw["created_at"], raw.get("paused", False),
    )  # fmt: skip
