"""Mentors, counsellors and liaisons in the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import mongoengine as me

from backend.adapters.mongo import RecordDocument, change, collection_of, insert
from backend.adapters.mongo.lists import listed_names, page_by_id
from backend.shared.errors import NotFoundError
from backend.shared.events import Event
from backend.shared.paging import Page
from policies.vocabulary import SKILLS

COLLECTION = "advisers"
Level = Literal["liaison", "counsellor", "mentor"]
LIAISON, COUNSELLOR, MENTOR = "liaison", "counsellor", "mentor"
LEVELS: Mapping[str, str] = {LIAISON: "联络员", COUNSELLOR: "辅导员", MENTOR: "导师"}
_HELP_OF_SKILL = {skill.id: skill.group for skill in SKILLS}


class AdviserDocument(RecordDocument):
    """Who advises firms. `staff` is the account, "" for one without; no phone and no address is ever kept.

    `offers` repeats the kinds of help the skills and `help_kinds` come to; `posts` are ids of institutions
    where the adviser sits; `interests` name the firms (USCC) it may not advise.
    """

    meta = {"collection": COLLECTION, "indexes": ["staff", "helps", "offers", ("listed", "id"), "level"]}
    label = "服务人员"

    name = me.StringField(required=True)
    level = me.StringField(required=True, choices=tuple(LEVELS))
    summary = me.StringField(default="")
    staff = me.StringField(default="")
    skills = me.ListField(me.StringField())
    areas = me.ListField(me.StringField())
    towns = me.ListField(me.StringField())
    posts = me.ListField(me.StringField())
    helps = me.ListField(me.StringField())
    help_kinds = me.ListField(me.StringField())
    offers = me.ListField(me.StringField())
    capacity = me.IntField(default=10)
    absences = me.ListField(me.DictField())
    interests = me.ListField(me.DictField())
    listed = me.BooleanField(default=True)
    suspended_because = me.StringField(default="")


@dataclass(frozen=True)
class Absence:
    """Away from one day through another; `stand_in` is the adviser who takes over, "" for nobody."""

    first: date
    last: date
    stand_in: str = ""


@dataclass(frozen=True)
class Adviser:
    """An adviser as the service sees it; `interests` is firm -> why it may not be advised."""

    id: str
    revision: int
    name: str
    level: Level
    summary: str
    staff: str
    skills: tuple[str, ...]
    areas: tuple[str, ...]
    towns: tuple[str, ...]
    posts: tuple[str, ...]
    helps: tuple[str, ...]
    help_kinds: tuple[str, ...]
    offers: tuple[str, ...]
    capacity: int
    absences: tuple[Absence, ...]
    interests: Mapping[str, str]
    listed: bool
    suspended_because: str
    updated_at: datetime

    def absence(self, day: date) -> Absence | None:
        """The absence this day falls into."""
        return next((away for away in self.absences if away.first <= day <= away.last), None)


class PeopleStore:
    """Reads and writes advisers; returns plain records."""

    def __init__(self) -> None:
        self._known: dict[str, Adviser] = {}

    def get(self, adviser_id: str) -> Adviser:
        """One adviser; NotFoundError if there is none."""
        raw = collection_of(COLLECTION).find_one({"_id": adviser_id})
        if raw is None:
            raise NotFoundError(AdviserDocument.label, adviser_id)
        return _record(raw)

    def of_staff(self, staff: str) -> Adviser | None:
        """The adviser behind a staff account."""
        raw = next(iter(collection_of(COLLECTION).find({"staff": staff}).sort("_id", 1).limit(1)), None)
        return _record(raw) if raw and staff else None

    def known(self, adviser_ids: list[str]) -> set[str]:
        """Those of the ids that belong to somebody."""
        found = collection_of(COLLECTION).find({"_id": {"$in": adviser_ids}}, {"_id": 1}).sort("_id", 1)
        return {raw["_id"] for raw in found}

    def accounts_of(self, adviser_ids: Sequence[str]) -> dict[str, str]:
        """Adviser -> account, of those of the advisers that have one."""
        query = {"_id": {"$in": list(adviser_ids)}}
        found = collection_of(COLLECTION).find(query, {"staff": 1}).sort("_id", 1)
        return {raw["_id"]: raw["staff"] for raw in found if raw.get("staff")}

    def add(self, adviser_id: str, fields: dict[str, Any], by: str, at: datetime, event: Event) -> Adviser:
        """A new adviser; AlreadyExistsError if the id is taken."""
        insert(AdviserDocument, adviser_id, by, at, event, **_stored(fields))
        return self.get(adviser_id)

    def edit(
        self, adviser_id: str, fields: dict[str, Any], revision: int, by: str, at: datetime, event: Event
    ) -> Adviser:
        """Change fields of the revision the edit started from."""
        change(AdviserDocument, adviser_id, by, at, event, revision=revision, **_stored(fields))
        return self.get(adviser_id)

    def page(
        self, limit: int, cursor: str | None, listed_only: bool = True, **equal: str | None
    ) -> Page[Adviser]:
        """Advisers by id; `equal` names fields (level, skills, areas) that have or hold a value."""
        filters: dict[str, Any] = {name: value for name, value in equal.items() if value is not None}
        if listed_only:
            filters["listed"] = True
        found = page_by_id(AdviserDocument, filters, limit, cursor)
        return found.map(lambda document: _record(document.to_mongo().to_dict()))

    def listed_names(self, ids: Sequence[str]) -> dict[str, str]:
        """Id and name of those of these that are listed."""
        return listed_names(AdviserDocument, ids, "name")

    def staffed(self) -> set[str]:
        """The accounts an adviser is described for, listed or not."""
        rows = collection_of(COLLECTION).find({"staff": {"$gt": ""}}, {"staff": 1})
        return {raw["staff"] for raw in rows}

    def everyone(self) -> list[Adviser]:
        """All listed advisers by id; of those read before only the revision is read again."""
        advisers = collection_of(COLLECTION)
        rows = list(advisers.find({"listed": True}, {"revision": 1}))
        known = self._known
        changed = [
            raw["_id"] for raw in rows
            if raw["_id"] not in known or known[raw["_id"]].revision != raw["revision"]
        ]  # fmt: skip
        if changed:
            known = known | {raw["_id"]: _record(raw) for raw in advisers.find({"_id": {"$in": changed}})}
            self._known = known  # put in place whole: threads read one or the other
        return [known[key] for key in sorted(raw["_id"] for raw in rows) if key in known]

    def helping(self, condition_ids: list[str], help_kinds: list[str]) -> list[Adviser]:
        """Listed advisers attached to one of the conditions, or offering one of the kinds of help."""
        advisers = collection_of(COLLECTION)
        found: dict[str, Mapping[str, Any]] = {}
        for query in ({"helps": {"$in": condition_ids}}, {"offers": {"$in": help_kinds}}):
            found |= {raw["_id"]: raw for raw in advisers.find({**query, "listed": True}).sort("_id", 1)}
        return [_record(found[key]) for key in sorted(found)]


def _stored(fields: dict[str, Any]) -> dict[str, Any]:
    if not fields.keys() & {"skills", "help_kinds"}:
        return fields
    given = {_HELP_OF_SKILL[skill] for skill in fields["skills"]} | set(fields["help_kinds"])
    return {**fields, "offers": sorted(given)}


def _record(raw: Mapping[str, Any]) -> Adviser:
    words: dict[str, Any] = {
        name: tuple(raw.get(name, ()))
        for name in ("skills", "areas", "towns", "posts", "helps", "help_kinds", "offers")
    }
    absences = tuple(
        Absence(date.fromisoformat(away["first"]), date.fromisoformat(away["last"]), away["stand_in"])
        for away in raw.get("absences", ())
    )
    texts = {name: raw.get(name, "") for name in ("summary", "staff", "suspended_because")}
    return Adviser(
        id=raw["_id"],
        revision=raw["revision"],
        name=raw["name"],
        level=raw["level"],
        capacity=raw.get("capacity", 10),
        absences=absences,
        interests={entry["uscc"]: entry["why"] for entry in raw.get("interests", ())},
        listed=bool(raw.get("listed", True)),
        updated_at=raw["updated_at"],
        **words,
        **texts,
    )
