"""The pool in the database: each firm's life, and its present stage for lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import mongoengine as me

from backend.adapters.mongo import RecordDocument, change, collection_of, insert
from backend.adapters.mongo.bulk import insert_absent
from backend.adapters.mongo.lists import iterate_by_id, page_by_id, within
from backend.pool.life import LifeEvent, Stage, State, newly_certified, standing
from backend.shared.clock import in_shanghai
from backend.shared.errors import NotFoundError
from backend.shared.events import Event
from backend.shared.paging import Page

COLLECTION = "pool"


class PoolDocument(RecordDocument):
    """A firm's life by USCC.

    `stage`, `tier`, `since`, `last`, `moves` (the path by months) and `certified_in` (the year) follow from
    `life` at each write, place and industries from the firm; `tracked_after`: seconds from the firm being
    known to being tracked.
    """

    meta = {
        "collection": COLLECTION,
        "indexes": [("stage", "id"), ("area", "id"), ("town", "id"), "updated_at"],
    }
    label = "入库企业"

    life = me.ListField(me.DictField())
    stage = me.StringField(default="")
    tier = me.StringField(default="")
    area = me.StringField(default="")
    town = me.StringField(default="")
    operating_area = me.StringField(default="")
    operating_town = me.StringField(default="")
    industries = me.ListField(me.StringField())
    moves = me.ListField(me.ListField(me.StringField()))
    certified_in = me.StringField(default="")
    since = me.DateTimeField()
    last = me.StringField(default="")
    tracked_after = me.IntField()


@dataclass(frozen=True)
class Membership:
    """A firm's life as the service sees it."""

    uscc: str
    revision: int
    life: tuple[LifeEvent, ...]
    stage: Stage
    area: str
    town: str


@dataclass(frozen=True)
class PoolFilter:
    """Which members to list, in any of the industries; `areas` and `towns` together are a scope."""

    step: str = ""
    tier: str = ""
    area: str = ""
    industries: tuple[str, ...] = ()
    areas: frozenset[str] = frozenset()
    towns: frozenset[str] = frozenset()


class PoolStore:
    """Reads and writes lives; returns plain records."""

    def get(self, uscc: str) -> Membership:
        """One firm's life; NotFoundError if it never entered."""
        document = PoolDocument.objects(id=uscc).first()
        if document is None:
            raise NotFoundError(PoolDocument.label, uscc)
        return _record(document)

    def find(self, uscc: str) -> Membership | None:
        """One firm's life, or None if it never entered."""
        document = PoolDocument.objects(id=uscc).first()
        return None if document is None else _record(document)

    def stages(self) -> Iterator[tuple[str, str]]:
        """(USCC, "step/tier") of every life."""
        for rows in iterate_by_id(COLLECTION, {}, ("stage", "tier"), batch=5000):
            for row in rows:
                yield row["_id"], Stage(row.get("stage", ""), row.get("tier", "")).key

    def start(
        self, uscc: str, first: LifeEvent, place: tuple[str, str], *events: Event
    ) -> Membership:  # fmt: skip
        """The first event of a life; AlreadyExistsError if there is one."""
        fields = _fields([first], place)
        return _record(insert(PoolDocument, uscc, first.by, first.at, *events, **fields))

    def start_many(
        self, rows: Sequence[tuple[str, LifeEvent, tuple[str, str]]], after: Mapping[str, int] | None = None
    ) -> int:
        """Many first events in one command; firms that have a life keep it. How many were new.

        `after`: seconds from the firm becoming known to its being tracked.
        """
        return insert_absent(
            [_first(uscc, first, place, (after or {}).get(uscc)) for uscc, first, place in rows]
        )

    def append(self, member: Membership, new: LifeEvent, *events: Event) -> Membership:
        """One more event on the revision it was decided from; StaleRevisionError when somebody was faster."""
        changed = change(
            PoolDocument,
            member.uscc,
            new.by,
            new.at,
            *events,
            revision=member.revision,
            operators={"$push": {"life": asdict(new)}},
            **_following([*member.life, new]),
        )
        return _record(changed)

    def place(
        self, uscc: str, places: Mapping[str, str], industries: Sequence[str] | None, at: datetime
    ) -> None:
        """The firm's places and industries, as lists, scopes and the board use them."""
        fields: dict[str, Any] = {**places, "updated_at": at}
        if industries is not None:
            fields["industries"] = sorted(industries)
        collection_of(COLLECTION).update_one({"_id": uscc}, {"$set": fields})

    def briefs(self, since: datetime | None) -> Iterator[list[dict[str, Any]]]:
        """What the board counts, of all lives or of those written since an instant, in batches."""
        filters = {} if since is None else {"updated_at": {"$gte": since}}
        fields = (
            "stage",
            "tier",
            "area",
            "industries",
            "moves",
            "certified_in",
            "tracked_after",
            "updated_at",
        )
        return iterate_by_id(COLLECTION, filters, fields, batch=5000)

    def state(self, uscc: str) -> State:
        """The present state as it was worked out at the last write; NotFoundError."""
        fields = {"stage": 1, "tier": 1, "since": 1, "last": 1}
        raw = collection_of(COLLECTION).find_one({"_id": uscc}, fields)
        if raw is None:
            raise NotFoundError(PoolDocument.label, uscc)
        since = in_shanghai(raw["since"]) if raw.get("since") else None
        return State(Stage(raw.get("stage", ""), raw.get("tier", "")), since, raw.get("last", ""))

    def known(self, usccs: Sequence[str]) -> set[str]:
        """Those of the firms that have a life."""
        rows = collection_of(COLLECTION).find({"_id": {"$in": list(usccs)}}, {"_id": 1}).sort("_id", 1)
        return {row["_id"] for row in rows}

    def steps_of(self, usccs: Sequence[str]) -> dict[str, str]:
        """Code -> present step of those of the firms that have a life."""
        rows = collection_of(COLLECTION).find({"_id": {"$in": list(usccs)}}, {"stage": 1}).sort("_id", 1)
        return {row["_id"]: row["stage"] for row in rows}

    def in_stages(self, steps: Sequence[str], after: str, limit: int) -> list[str]:
        """USCCs in one of the stages, by USCC, after a given one."""
        query = {"stage": {"$in": list(steps)}, "_id": {"$gt": after}}
        rows = collection_of(COLLECTION).find(query, {"_id": 1}).sort("_id", 1).limit(limit)
        return [row["_id"] for row in rows]

    def count(self, steps: Sequence[str]) -> int:
        """How many firms are in one of the stages."""
        return collection_of(COLLECTION).count_documents({"stage": {"$in": list(steps)}})

    def page(self, wanted: PoolFilter, limit: int, cursor: str | None) -> Page[Membership]:
        """Members by USCC."""
        return page_by_id(PoolDocument, _filters(wanted), limit, cursor).map(_record)


def _filters(wanted: PoolFilter) -> dict[str, Any]:
    plain = {"stage": wanted.step, "tier": wanted.tier, "area": wanted.area}
    filters: dict[str, Any] = {field: value for field, value in plain.items() if value}
    if wanted.industries:
        filters["industries"] = {"$in": list(wanted.industries)}
    return filters | within(wanted.areas, wanted.towns)


def _first(uscc: str, first: LifeEvent, place: tuple[str, str], after: int | None) -> PoolDocument:
    stamps = {"created_at": first.at, "updated_at": first.at, "updated_by": first.by}
    return PoolDocument(id=uscc, tracked_after=after, **stamps, **_fields([first], place))


def _fields(life: Sequence[LifeEvent], place: tuple[str, str]) -> dict[str, Any]:
    packed = [asdict(event) for event in life]
    return {"life": packed, "area": place[0], "town": place[1], **_following(life)}


def _following(life: Sequence[LifeEvent]) -> dict[str, Any]:
    """What follows from the events: the stage, since when, by which event, and the path by months."""
    path = standing(life)
    last = path[-1] if path else None
    return {
        "stage": last.step if last else "",
        "tier": last.tier if last else "",
        "since": last.at if last else None,
        "last": last.id if last else "",
        "certified_in": newly_certified(path),
        "moves": [[f"{in_shanghai(event.at):%Y-%m}", event.step] for event in path],
    }


def _record(document: PoolDocument) -> Membership:
    return Membership(
        uscc=document.id,
        revision=document.revision,
        life=tuple(_event(raw) for raw in document.life),
        stage=Stage(document.stage, document.tier),
        area=document.area,
        town=document.town,
    )


def _event(raw: Mapping[str, Any]) -> LifeEvent:
    at: datetime = in_shanghai(raw["at"])
    return LifeEvent(**{**raw, "at": at})
