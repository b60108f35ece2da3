"""Follows: a person asks to be told about a policy, or about what a search newly finds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import mongoengine as me

from backend.adapters.mongo import RecordDocument, change, collection_of, insert
from backend.adapters.mongo.lists import iterate_by_id, page_by_id
from backend.shared.clock import in_shanghai
from backend.shared.errors import AlreadyExistsError, NotFoundError, WrongStateError
from backend.shared.paging import Page

COLLECTION = "follows"
FollowKind = Literal["policy", "search"]


class FollowDocument(RecordDocument):
    """What a person follows for a firm, by its own consent; `seen` are the ids a search has shown."""

    meta = {"collection": COLLECTION, "indexes": [("person", "id"), ("policy", "active"), ("kind", "active")]}
    label = "关注"
    personal = ("person", "text")

    person = me.StringField(required=True)
    uscc = me.StringField(required=True)
    kind = me.StringField(required=True)
    policy = me.StringField(default="")
    text = me.StringField(default="")
    filters = me.DictField()
    consent = me.StringField(required=True)
    agreed_at = me.DateTimeField(required=True)
    seen = me.ListField(me.StringField())
    active = me.BooleanField(default=True)


@dataclass(frozen=True)
class Follow:
    """A follow as the service sees it; `consent` are the words the person agreed to."""

    id: str
    person: str
    uscc: str
    kind: FollowKind
    policy: str
    text: str
    filters: Mapping[str, Any]
    consent: str
    agreed_at: datetime
    seen: tuple[str, ...]
    active: bool


class FollowStore:
    """Reads and writes follows."""

    def start(self, follow_id: str, by: str, at: datetime, **fields: Any) -> Follow:
        """A new follow, or an ended one taken up again with a new consent."""
        with suppress(AlreadyExistsError):
            return _follow(insert(FollowDocument, follow_id, by, at, agreed_at=at, **fields))
        fresh = {"agreed_at": at, "consent": fields["consent"], "seen": fields.get("seen", [])}
        with suppress(WrongStateError):
            where = {"active": False}
            return _follow(change(FollowDocument, follow_id, by, at, where=where, active=True, **fresh))
        return self.get(follow_id)

    def get(self, follow_id: str) -> Follow:
        """One follow; NotFoundError if there is none."""
        row = collection_of(COLLECTION).find_one({"_id": follow_id})
        if row is None:
            raise NotFoundError(FollowDocument.label, follow_id)
        return _follow(FollowDocument._from_son(row))

    def end(self, follow_id: str, by: str, at: datetime) -> None:
        """No more messages from it; ending it again changes nothing."""
        with suppress(WrongStateError):
            change(FollowDocument, follow_id, by, at, where={"active": True}, active=False)

    def show(self, follow_id: str, ids: Sequence[str], at: datetime) -> None:
        """What the search has shown by now."""
        update = {"$set": {"seen": sorted(ids), "updated_at": at}}
        collection_of(COLLECTION).update_one({"_id": follow_id}, update)

    def page(self, person: str, limit: int, cursor: str | None) -> Page[Follow]:
        """A person's follows, ended ones too."""
        return page_by_id(FollowDocument, {"person": person}, limit, cursor).map(_follow)

    def of_policy(self, slug: str) -> list[Follow]:
        """Who follows a policy now."""
        return self._all({"policy": slug, "active": True})

    def searches(self) -> list[Follow]:
        """The searches that are followed now."""
        return self._all({"kind": "search", "active": True})

    def of_person(self, person: str) -> list[Follow]:
        """Everything a person follows or followed."""
        return self._all({"person": person})

    def erase_person(self, person: str) -> int:
        """Remove a person's follows: how many."""
        return collection_of(COLLECTION).delete_many({"person": person}).deleted_count

    def _all(self, query: Mapping[str, Any]) -> list[Follow]:
        rows = [row for batch in iterate_by_id(COLLECTION, query) for row in batch]
        return [_follow(FollowDocument._from_son(row)) for row in rows]


def _follow(document: FollowDocument) -> Follow:
    return Follow(
        id=document.id,
        person=document.person,
        uscc=document.uscc,
        kind=document.kind,
        policy=document.policy,
        text=document.text,
        filters=document.filters,
        consent=document.consent,
        agreed_at=in_shanghai(document.agreed_at),
        seen=tuple(document.seen),
        active=document.active,
    )
