"""A firm's way with one policy: each word with its day and who told it; the newest day stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import mongoengine as me

from backend.adapters.mongo import RecordDocument, change, collection_of, insert
from backend.shared.events import Event

COLLECTION = "applications"
State = Literal["interested", "preparing", "applied", "obtained", "refused"]


class ApplicationDocument(RecordDocument):
    """`uscc/policy`; `state` and `since` repeat the step that stands."""

    meta = {"collection": COLLECTION, "indexes": ["uscc", ("policy", "state")]}
    label = "申报状态"

    uscc = me.StringField(required=True)
    policy = me.StringField(required=True)
    state = me.StringField(required=True)
    since = me.StringField(required=True)
    history = me.ListField(me.DictField())


@dataclass(frozen=True)
class Application:
    """Where a firm stands with a policy; `history` in the order it was told."""

    uscc: str
    policy: str
    revision: int
    state: State
    since: str
    history: tuple[Mapping[str, Any], ...]


class ApplicationStore:
    """Reads and writes applications."""

    def find(self, uscc: str, policy: str) -> Application | None:
        """One firm's way with one policy, if it has begun."""
        raw = collection_of(COLLECTION).find_one({"_id": f"{uscc}/{policy}"})
        return None if raw is None else _application(raw)

    def of_firm(self, uscc: str) -> list[Application]:
        """All of a firm, by policy."""
        return [_application(raw) for raw in collection_of(COLLECTION).find({"uscc": uscc}).sort("_id", 1)]

    def in_states(
        self, states: Iterable[str], usccs: Sequence[str] | None = None, policy: str | None = None
    ) -> list[tuple[str, str]]:
        """(USCC, policy) of all applications in one of these states: of these firms, of this policy."""
        query: dict[str, Any] = {"state": {"$in": sorted(states)}}
        if usccs is not None:
            query["uscc"] = {"$in": list(usccs)}
        if policy is not None:
            query["policy"] = policy
        rows = collection_of(COLLECTION).find(query, {"uscc": 1, "policy": 1}).sort("_id", 1)
        return [(row["uscc"], row["policy"]) for row in rows]

    def tell(
        self,
        before: Application | None,
        key: tuple[str, str],
        step: Mapping[str, Any],
        stands: Mapping[str, Any],
        at: datetime,
        event: Event,
    ) -> Application:
        """One more word on what was read before; StaleRevisionError when somebody was faster."""
        uscc, policy = key
        record_id, by = f"{uscc}/{policy}", step["by"]
        shown = {"state": stands["state"], "since": stands["on"]}
        if before is None:
            fields = {"uscc": uscc, "policy": policy, "history": [dict(step)], **shown}
            document = insert(ApplicationDocument, record_id, by, at, event, **fields)
        else:
            push = {"$push": {"history": dict(step)}}
            document = change(
                ApplicationDocument,
                record_id,
                by,
                at,
                event,
                revision=before.revision,
                operators=push,
                **shown,
            )
        return _application(document.to_mongo().to_dict())


def _application(raw: Mapping[str, Any]) -> Application:
    return Application(
        raw["uscc"], raw["policy"], raw["revision"], raw["state"], raw["since"], tuple(raw["history"])
    )
