"""Cases in the database: which firm an institution served from when on, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import mongoengine as me

from backend.adapters.mongo import RecordDocument, change, collection_of, insert
from backend.adapters.mongo.lists import page_by_id
from backend.shared.errors import NotFoundError
from backend.shared.paging import Page

COLLECTION = "institution_cases"
Reported = Literal["open", "success", "failure"]


class CaseDocument(RecordDocument):
    """`_id` is institution~USCC~day; `reported` is the institution's word, `known_on` the pool's."""

    meta = {"collection": COLLECTION, "indexes": [("institution", "id"), ("uscc", "id")]}
    label = "服务案例"

    institution = me.StringField(required=True)
    uscc = me.StringField(required=True)
    started_on = me.StringField(required=True)
    service = me.StringField(required=True)
    reported = me.StringField(default="open")
    known_on = me.StringField(default="")


@dataclass(frozen=True)
class Case:
    """One firm served; `known_on` is the day of its certification when that came after the start."""

    id: str
    institution: str
    uscc: str
    started_on: date
    service: str
    reported: Reported
    known_on: date | None
    revision: int
    updated_by: str


@dataclass(frozen=True)
class CaseCounts:
    """How many cases an institution has, and how many ended well: as it says, and as the pool knows."""

    cases: int = 0
    reported_success: int = 0
    reported_failure: int = 0
    known_success: int = 0


class CaseStore:
    """Reads and writes cases."""

    def add(
        self,
        institution: str,
        uscc: str,
        started_on: date,
        service: str,
        known_on: date | None,
        by: str,
        at: datetime,
    ) -> Case:
        """A new case; AlreadyExistsError when it is there."""
        day = started_on.isoformat()
        fields = {"institution": institution, "uscc": uscc, "started_on": day, "service": service}
        known = known_on.isoformat() if known_on else ""
        case_id = f"{institution}~{uscc}~{day}"
        return _record(insert(CaseDocument, case_id, by, at, known_on=known, **fields))

    def get(self, institution: str, case_id: str) -> Case:
        """One case of an institution; NotFoundError if there is none."""
        document = CaseDocument.objects(id=case_id, institution=institution).first()
        if document is None:
            raise NotFoundError(CaseDocument.label, case_id)
        return _record(document)

    def report(self, case: Case, reported: str, revision: int, by: str, at: datetime) -> Case:
        """How the institution says it ended."""
        return _record(change(CaseDocument, case.id, by, at, revision=revision, reported=reported))

    def of_firm(self, uscc: str) -> list[Case]:
        """Every case of a firm."""
        return [_record(document) for document in CaseDocument.objects(uscc=uscc).order_by("id")]

    def has_firm(self, institution: str, uscc: str) -> bool:
        """Whether the institution served the firm."""
        return CaseDocument.objects(institution=institution, uscc=uscc).first() is not None

    def set_known(self, case: Case, known_on: date | None, at: datetime) -> None:
        """What the pool knows of the firm of this case."""
        day = known_on.isoformat() if known_on else ""
        change(CaseDocument, case.id, "system", at, known_on=day)

    def page(self, institution: str, limit: int, cursor: str | None) -> Page[Case]:
        """An institution's cases by firm."""
        return page_by_id(CaseDocument, {"institution": institution}, limit, cursor).map(_record)

    def counts(self, institutions: Sequence[str]) -> dict[str, CaseCounts]:
        """Institution -> counts, of those that have cases."""
        cases = self._counted(institutions, {})
        success = self._counted(institutions, {"reported": "success"})
        failure = self._counted(institutions, {"reported": "failure"})
        known = self._counted(institutions, {"known_on": {"$gt": ""}})
        return {
            key: CaseCounts(count, success.get(key, 0), failure.get(key, 0), known.get(key, 0))
            for key, count in cases.items()
        }

    @staticmethod
    def _counted(institutions: Sequence[str], filters: dict[str, Any]) -> dict[str, int]:
        match = {"institution": {"$in": list(institutions)}, **filters}
        group = {"_id": "$institution", "cases": {"$sum": 1}}
        rows = collection_of(COLLECTION).aggregate([{"$match": match}, {"$group": group}])
        return {row["_id"]: row["cases"] for row in rows}


def _record(document: CaseDocument) -> Case:
    return Case(
        id=document.id,
        institution=document.institution,
        uscc=document.uscc,
        started_on=date.fromisoformat(document.started_on),
        service=document.service,
        reported=document.reported,
        known_on=date.fromisoformat(document.known_on) if document.known_on else None,
        revision=document.revision,
        updated_by=document.updated_by,
    )
