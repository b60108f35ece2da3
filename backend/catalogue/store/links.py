"""Official links and what they answered when they were last asked."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import mongoengine as me

from backend.adapters.mongo import RecordDocument, change, collection_of, insert
from backend.shared.errors import AlreadyExistsError

COLLECTION = "policy_links"
LinkWord = Literal["fine", "uncertain", "broken"]
FINE: LinkWord = "fine"
UNCERTAIN: LinkWord = "uncertain"
BROKEN: LinkWord = "broken"


class PolicyLinkDocument(RecordDocument):
    """A link by the hash of its address. `gone_since` is the first of the unbroken run of "not there"."""

    meta = {"collection": COLLECTION}
    label = "官方链接"

    url = me.StringField(required=True)
    state = me.StringField(required=True, choices=(FINE, UNCERTAIN, BROKEN))
    reason = me.StringField(default="")
    checked_at = me.DateTimeField(required=True)
    gone_since = me.DateTimeField()


@dataclass(frozen=True)
class LinkState:
    """A link as it was last found."""

    url: str
    state: LinkWord
    reason: str
    checked_at: datetime
    gone_since: datetime | None


class LinkStore:
    """One record for each address, whoever cites it."""

    def states(self, urls: Iterable[str]) -> dict[str, LinkState]:
        """Address to state, of those that were ever asked."""
        wanted = {"_id": {"$in": [_key(url) for url in urls]}}
        return {
            row["url"]: LinkState(
                row["url"], row["state"], row.get("reason") or "", row["checked_at"], row.get("gone_since")
            )
            for row in collection_of(PolicyLinkDocument).find(wanted)
        }

    def keep(self, state: LinkState) -> None:
        """Write what was found."""
        fields: dict[str, Any] = {
            "url": state.url,
            "state": state.state,
            "reason": state.reason,
            "checked_at": state.checked_at,
            "gone_since": state.gone_since,
        }
        try:
            insert(PolicyLinkDocument, _key(state.url), "system", state.checked_at, **fields)
        except AlreadyExistsError:
            change(PolicyLinkDocument, _key(state.url), "system", state.checked_at, **fields)


def _key(url: str) -> str:
    return hashlib.sha256(url.encode("utf-8")).hexdigest()[:32]
