"""The audit trail: added to, read, and removed after its time; never changed."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import mongoengine as me

from backend.adapters.mongo import RecordDocument, collection_of, insert
from backend.adapters.mongo.lists import page_by_id
from backend.shared.paging import Page


class AuditDocument(RecordDocument):
    """One act; `_id` begins with its milliseconds, so the order of ids is the order of time."""

    meta = {"collection": "audit", "indexes": ["actor", "action", "subject", "created_at"]}
    label = "审计记录"

    actor = me.StringField(required=True)
    action = me.StringField(required=True)
    subject = me.StringField(required=True)
    details = me.DictField()


@dataclass(frozen=True)
class Entry:
    """Who did what to what, when."""

    id: str
    at: datetime
    actor: str
    action: str
    subject: str
    details: dict[str, Any]


class AuditStore:
    """Adds and reads entries."""

    def add(self, at: datetime, actor: str, action: str, subject: str, details: dict[str, Any]) -> None:
        """One more entry."""
        entry_id = f"{int(at.timestamp() * 1000):015}-{secrets.token_hex(4)}"
        insert(
            AuditDocument, entry_id, actor, at, actor=actor, action=action, subject=subject, details=details
        )

    def listed(self, filters: dict[str, Any], limit: int, cursor: str | None) -> Page[Entry]:
        """Entries that match plain filters, newest first."""
        return page_by_id(AuditDocument, filters, limit, cursor, newest_first=True).map(_entry)

    def purge(self, before: datetime) -> int:
        """Remove entries older than an instant; how many."""
        return collection_of(AuditDocument).delete_many({"created_at": {"$lt": before}}).deleted_count


def _entry(row: AuditDocument) -> Entry:
    return Entry(row.id, row.created_at, row.actor, row.action, row.subject, dict(row.details))
