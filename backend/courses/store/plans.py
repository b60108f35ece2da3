"""Plans of a series ahead of an application season, in the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import mongoengine as me

from backend.adapters.mongo import RecordDocument, insert
from backend.adapters.mongo.lists import page_by_id
from backend.shared.clock import in_shanghai
from backend.shared.errors import NotFoundError
from backend.shared.events import Event
from backend.shared.paging import Page

COLLECTION = "course_plans"


class PlanDocument(RecordDocument):
    """A season and the sessions planned before it; `steps` are sessions as they will be added."""

    meta = {"collection": COLLECTION}
    label = "课程计划"

    title = me.StringField(required=True)
    policy = me.StringField(required=True)
    season_opens = me.StringField(required=True)
    season_closes = me.StringField()
    source = me.StringField(required=True)
    mark = me.StringField(required=True)
    steps = me.ListField(me.DictField())


@dataclass(frozen=True)
class Step:
    """One session to be added; `natural`: the year's holidays are not known, only weekends were left out."""

    session: str
    course: str
    days_before: int
    starts_at: datetime
    ends_at: datetime
    opens_at: datetime
    closes_at: datetime
    place: str
    online: bool
    seats: int
    natural: bool


@dataclass(frozen=True)
class Plan:
    """A series of sessions planned back from the day a season opens."""

    id: str
    title: str
    policy: str
    season_opens: date
    season_closes: date | None
    source: str
    mark: str
    steps: tuple[Step, ...]
    updated_at: datetime
    updated_by: str


class PlanStore:
    """Reads and writes plans; a plan is made once, its sessions are changed one by one."""

    def add(
        self, plan_id: str, steps: Sequence[Step], fields: dict[str, Any], by: str, at: datetime, event: Event
    ) -> Plan:
        """A new plan; AlreadyExistsError if the id is taken."""
        rows = [dict(vars(step)) for step in steps]
        return _record(insert(PlanDocument, plan_id, by, at, event, steps=rows, **fields))

    def get(self, plan_id: str) -> Plan:
        """One plan; NotFoundError if there is none."""
        document = PlanDocument.objects(id=plan_id).first()
        if document is None:
            raise NotFoundError(PlanDocument.label, plan_id)
        return _record(document)

    def page(self, limit: int, cursor: str | None) -> Page[Plan]:
        """Plans by id."""
        return page_by_id(PlanDocument, {}, limit, cursor).map(_record)


def _record(document: PlanDocument) -> Plan:
    closes = document.season_closes
    return Plan(
        id=document.id,
        title=document.title,
        policy=document.policy,
        season_opens=date.fromisoformat(document.season_opens),
        season_closes=date.fromisoformat(closes) if closes else None,
        source=document.source,
        mark=document.mark,
        steps=tuple(_step(row) for row in document.steps),
        updated_at=document.updated_at,
        updated_by=document.updated_by,
    )


def _step(row: dict[str, Any]) -> Step:
    moments = {name: in_shanghai(row[name]) for name in ("starts_at", "ends_at", "opens_at", "closes_at")}
    return Step(**{**row, **moments})
