"""Staff's own messages: written by one, approved by another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import mongoengine as me

from backend.adapters.mongo import RecordDocument, change, collection_of, insert
from backend.adapters.mongo.lists import page_by_id
from backend.shared.clock import in_shanghai
from backend.shared.errors import NotFoundError
from backend.shared.paging import Page

COLLECTION = "campaigns"
DRAFT, SUBMITTED, APPROVED, REJECTED = "draft", "submitted", "approved", "rejected"


class CampaignDocument(RecordDocument):
    """A message of staff to a segment of the pool, and who let it out."""

    meta = {"collection": COLLECTION, "indexes": ["state"]}
    label = "群发通知"

    title = me.StringField(required=True)
    text = me.StringField(required=True)
    segment = me.DictField()
    state = me.StringField(default=DRAFT)
    author = me.StringField(required=True)
    approver = me.StringField(default="")
    remark = me.StringField(default="")


@dataclass(frozen=True)
class Campaign:
    """A campaign as the service sees it."""

    id: str
    revision: int
    title: str
    text: str
    segment: Mapping[str, Any]
    state: str
    author: str
    approver: str
    remark: str
    updated_at: datetime


class CampaignStore:
    """Reads and writes campaigns."""

    def add(self, campaign_id: str, by: str, at: datetime, **fields: Any) -> Campaign:
        """A new draft."""
        return _campaign(insert(CampaignDocument, campaign_id, by, at, author=by, **fields))

    def get(self, campaign_id: str) -> Campaign:
        """One campaign; NotFoundError if there is none."""
        row = collection_of(COLLECTION).find_one({"_id": campaign_id})
        if row is None:
            raise NotFoundError(CampaignDocument.label, campaign_id)
        return _campaign(CampaignDocument._from_son(row))

    def step(
        self, campaign_id: str, revision: int, start: str, state: str, by: str, at: datetime, **fields: Any
    ) -> Campaign:
        """From one state to the next, from the revision that was seen."""
        where = {"state": start}
        document = change(
            CampaignDocument, campaign_id, by, at, revision=revision, where=where, state=state, **fields
        )
        return _campaign(document)

    def in_state(self, state: str) -> list[Campaign]:
        """Campaigns in a state."""
        rows = collection_of(COLLECTION).find({"state": state}).sort("_id", 1)
        return [_campaign(CampaignDocument._from_son(row)) for row in rows]

    def page(self, limit: int, cursor: str | None) -> Page[Campaign]:
        """All campaigns, newest first (ids begin with the time)."""
        return page_by_id(CampaignDocument, {}, limit, cursor, newest_first=True).map(_campaign)


def _campaign(document: CampaignDocument) -> Campaign:
    return Campaign(
        id=document.id,
        revision=document.revision,
        title=document.title,
        text=document.text,
        segment=document.segment,
        state=document.state,
        author=document.author,
        approver=document.approver,
        remark=document.remark,
        updated_at=in_shanghai(document.updated_at),
    )
