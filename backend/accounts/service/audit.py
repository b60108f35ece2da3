"""The audit trail: who did what to what. It never holds phones, codes or tokens."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from backend.accounts.store.audit import AuditStore, Entry
from backend.shared.caller import Caller
from backend.shared.clock import Clock
from backend.shared.paging import Page


class AuditLog:
    """Append only; every room may record."""

    def __init__(self, store: AuditStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def record(
        self, caller: Caller, action: str, subject: str, at: datetime | None = None, **details: Any
    ) -> None:
        """Write down one act (`action` like "invitation.issued"; details: JSON, never personal data)."""
        self._store.add(at or self._clock.now(), caller.label, action, subject, details)

    def list_entries(
        self, limit: int, cursor: str | None, actor: str = "", action: str = "", subject: str = ""
    ) -> Page[Entry]:
        """Entries newest first, filtered by exact actor, action or subject."""
        given = {"actor": actor, "action": action, "subject": subject}
        filters = {name: value for name, value in given.items() if value}
        return self._store.listed(filters, limit, cursor)

    def purge_audit(self, before: datetime) -> int:
        """Remove entries older than an instant."""
        return self._store.purge(before)
