"""What preview links must carry: with a new seal those given out before are worth nothing."""

from __future__ import annotations

from datetime import datetime

import mongoengine as me

from backend.adapters.mongo import RecordDocument, change, insert
from backend.shared.errors import AlreadyExistsError

COLLECTION = "policy_preview_seals"


class PreviewSealDocument(RecordDocument):
    """The seal of a policy's preview links, by slug; none until links were called off once."""

    meta = {"collection": COLLECTION}
    label = "预览链接"

    seal = me.StringField(required=True)


class SealStore:
    """One seal for each policy."""

    def of(self, slug: str) -> str:
        """The seal links carry now; "" while none were ever called off."""
        found = PreviewSealDocument.objects(id=slug).first()
        return str(found.seal) if found else ""

    def put(self, slug: str, seal: str, by: str, at: datetime) -> None:
        """A new seal in place of the old one."""
        try:
            insert(PreviewSealDocument, slug, by, at, seal=seal)
        except AlreadyExistsError:
            change(PreviewSealDocument, slug, by, at, seal=seal)
