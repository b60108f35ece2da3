"""Who did what to a policy, when and why: steps, only ever added."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import mongoengine as me

from backend.adapters.mongo import RecordDocument, insert
from backend.adapters.mongo.lists import page_by_id
from backend.shared.errors import AlreadyExistsError
from backend.shared.paging import Page

COLLECTION = "policy_steps"


class PolicyStepDocument(RecordDocument):
    """`slug@revision`, the revision the step led to, padded so that ids sort as steps do."""

    meta = {"collection": COLLECTION, "indexes": [("slug", "id")]}
    label = "政策办理记录"

    slug = me.StringField(required=True)
    step = me.DictField(required=True)


@dataclass(frozen=True)
class Step:
    """One step: from one status to another, and the revision it led to."""

    by: str
    at: datetime
    why: str
    source: str
    target: str
    revision: int

    def as_dict(self) -> dict[str, Any]:
        """As the policy carries it."""
        return asdict(self)


class HistoryStore:
    """The newest step stands in the policy itself; `keep` moves it here before the next one."""

    def keep(self, slug: str, step: Mapping[str, Any]) -> None:
        """Add a step; one that is already here is left as it is."""
        if not step:
            return
        try:
            key = f"{slug}@{step['revision']:09d}"
            insert(PolicyStepDocument, key, step["by"], step["at"], slug=slug, step=dict(step))
        except AlreadyExistsError:
            return  # kept by a step that was killed or refused afterwards

    def page(self, slug: str, limit: int, cursor: str | None) -> Page[Step]:
        """The steps kept here, newest first."""
        found = page_by_id(PolicyStepDocument, {"slug": slug}, limit, cursor, newest_first=True)
        return found.map(lambda document: Step(**document.step))
