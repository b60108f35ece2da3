"""Runs: one record per cause that may concern many firms, with how far it came; and whose turn it is."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import mongoengine as me

from backend.adapters.mongo import RecordDocument, collection_of, insert
from backend.push.store.newest import order_of, page_newest
from backend.shared.clock import in_shanghai
from backend.shared.errors import AlreadyExistsError, NotFoundError
from backend.shared.paging import Page

COLLECTION = "match_runs"
PENDING, RUNNING, DONE, FAILED = "pending", "running", "done", "failed"
MATCHING = "turn"


class MatchRunDocument(RecordDocument):
    """One pass over firms, by USCC; `cursor` is the last one done.

    `task` names the cause that is looked into, `policy` and `subject` what it is about, `target` the day
    it speaks of when that is not the day it runs for.
    """

    meta = {"collection": COLLECTION, "indexes": ["order", ("state", "order"), ("task", "order")]}
    label = "匹配任务"

    task = me.StringField(default="answers")
    subject = me.StringField(default="")
    target = me.StringField(default="")
    policy = me.StringField(default="")
    version = me.IntField(default=0)
    change = me.StringField(default="answer")
    day = me.StringField(required=True)
    state = me.StringField(default=PENDING)
    cursor = me.StringField(default="")
    firms = me.IntField(default=0)
    attempts = me.IntField(default=0)
    note = me.StringField(default="")
    order = me.StringField(required=True)


class MatchTurnDocument(RecordDocument):
    """Who may do what only one may do at a time: compare answers, or use a carrier."""

    meta = {"collection": "match_turns"}
    label = "匹配次序"

    holder = me.StringField(default="")
    until = me.DateTimeField(required=True)


@dataclass(frozen=True)
class MatchRun:
    """A run as the service sees it."""

    id: str
    task: str
    subject: str
    target: str
    policy: str
    version: int
    change: str
    day: date
    state: str
    cursor: str
    firms: int
    attempts: int
    note: str
    created_at: datetime
    updated_at: datetime

    @property
    def finished(self) -> bool:
        """Whether nothing is left to do."""
        return self.state in {DONE, FAILED}

    def cause(self, slug: str) -> str:
        """The cause of messages about a policy: its slug and the kind of change."""
        return f"{slug}.{self.change}"


class RunStore:
    """Reads and writes runs."""

    def put(self, run_id: str, by: str, at: datetime, day: date, task: str, **about: Any) -> MatchRun:
        """The run of this id, written unless it is there; `about` fills its other fields."""
        fields = {"task": task, "day": day.isoformat(), **about}
        try:
            return _run(insert(MatchRunDocument, run_id, by, at, order=order_of(at, run_id), **fields))
        except AlreadyExistsError:
            return self.get(run_id)

    def get(self, run_id: str) -> MatchRun:
        """One run; NotFoundError if there is none."""
        row = collection_of(COLLECTION).find_one({"_id": run_id})
        if row is None:
            raise NotFoundError(MatchRunDocument.label, run_id)
        return _run(MatchRunDocument._from_son(row))

    def unfinished(self) -> list[MatchRun]:
        """Runs with something left to do, oldest first."""
        query = {"state": {"$in": [PENDING, RUNNING]}}
        rows = collection_of(COLLECTION).find(query).sort([("order", 1), ("_id", 1)])
        return [_run(MatchRunDocument._from_son(row)) for row in rows]

    def find(self, run_id: str) -> MatchRun | None:
        """The run of this id, if there is one."""
        row = collection_of(COLLECTION).find_one({"_id": run_id})
        return _run(MatchRunDocument._from_son(row)) if row else None

    def last_done(self, task: str, **about: Any) -> MatchRun | None:
        """The newest run of a task that did its work (a run with a note found nothing to do)."""
        query = {"task": task, "state": DONE, "note": "", **about}
        rows = collection_of(COLLECTION).find(query).sort([("order", -1), ("_id", -1)]).limit(1)
        return next((_run(MatchRunDocument._from_son(row)) for row in rows), None)

    def failed(self) -> list[MatchRun]:
        """Runs that gave up."""
        rows = collection_of(COLLECTION).find({"state": FAILED}).sort([("order", 1), ("_id", 1)])
        return [_run(MatchRunDocument._from_son(row)) for row in rows]

    def begin(self, run_id: str, at: datetime) -> bool:
        """Mark an unfinished run as running and count the attempt; False when it is finished."""
        query = {"_id": run_id, "state": {"$in": [PENDING, RUNNING]}}
        update = {"$set": {"state": RUNNING, "updated_at": at}, "$inc": {"attempts": 1}}
        return collection_of(COLLECTION).update_one(query, update).matched_count == 1

    def advance(self, run_id: str, start: str, end: str, firms: int, at: datetime) -> bool:
        """Move the cursor from `start` to `end`; False when another worker has moved it."""
        update = {"$set": {"cursor": end, "updated_at": at, "attempts": 0}, "$inc": {"firms": firms}}
        return (
            collection_of(COLLECTION).update_one({"_id": run_id, "cursor": start}, update).matched_count == 1
        )

    def finish(self, run_id: str, state: str, note: str, at: datetime) -> None:
        """Close a run, unless another worker has."""
        query = {"_id": run_id, "state": {"$in": [PENDING, RUNNING]}}
        collection_of(COLLECTION).update_one(
            query, {"$set": {"state": state, "note": note, "updated_at": at}}
        )

    def restart(self, run_id: str, at: datetime) -> None:
        """Begin a finished run anew."""
        fresh: dict[str, Any] = {"state": PENDING, "cursor": "", "firms": 0, "attempts": 0, "note": ""}
        query = {"_id": run_id, "state": {"$in": [DONE, FAILED]}}
        collection_of(COLLECTION).update_one(query, {"$set": {**fresh, "updated_at": at}})

    def page(self, limit: int, cursor: str | None) -> Page[MatchRun]:
        """Runs, newest first."""
        found = page_newest(COLLECTION, {}, limit, cursor)
        return found.map(lambda row: _run(MatchRunDocument._from_son(row)))


class TurnStore:
    """One holder at a time, by a lease that is renewed at every batch."""

    def take(self, holder: str, now: datetime, until: datetime, turn: str = MATCHING) -> bool:
        """Take or renew a turn; False while another holds it."""
        turns = collection_of(MatchTurnDocument)
        free = [{"holder": {"$in": [holder, ""]}}, {"until": {"$lte": now}}]
        taken = {"$set": {"holder": holder, "until": until}}
        if turns.find_one_and_update({"_id": turn, "$or": free}, taken) is not None:
            return True
        with suppress(AlreadyExistsError):  # the usual case: another holds it
            insert(MatchTurnDocument, turn, holder, now, holder=holder, until=until)
            return True
        return False

    def release(self, holder: str, now: datetime, turn: str = MATCHING) -> None:
        """Give a turn back."""
        query = {"_id": turn, "holder": holder}
        collection_of(MatchTurnDocument).update_one(query, {"$set": {"holder": "", "until": now}})


def _run(document: MatchRunDocument) -> MatchRun:
    return MatchRun(
        id=document.id,
        task=document.task,
        subject=document.subject,
        target=document.target,
        policy=document.policy,
        version=document.version,
        change=document.change,
        day=date.fromisoformat(document.day),
        state=document.state,
        cursor=document.cursor,
        firms=document.firms,
        attempts=document.attempts,
        note=document.note,
        created_at=in_shanghai(document.created_at),
        updated_at=in_shanghai(document.updated_at),
    )
