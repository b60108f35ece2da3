"""What a carrier answered to an attempt: the receipts of at most fifty deliveries in one record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import mongoengine as me

from backend.adapters.mongo import RecordDocument, collection_of, insert
from backend.shared.errors import AlreadyExistsError

COLLECTION = "delivery_batches"


class BatchDocument(RecordDocument):
    """An attempt by its id: the deliveries the carrier took, and its own number for each."""

    meta = {"collection": COLLECTION, "indexes": ["refs"]}
    label = "投递批次"

    carrier = me.StringField(required=True)
    deliveries = me.ListField(me.StringField())
    refs = me.ListField(me.StringField())


class BatchStore:
    """Reads and writes receipts of attempts."""

    def put(self, batch: str, carrier: str, refs: Mapping[str, str], at: datetime) -> None:
        """Delivery -> the carrier's number, of those it took; writing it again changes nothing."""
        try:
            insert(
                BatchDocument,
                batch,
                "system:policymap",
                at,
                carrier=carrier,
                deliveries=list(refs),
                refs=list(refs.values()),
            )
        except AlreadyExistsError:
            return

    def taken(self, batch: str) -> list[str]:
        """The deliveries the carrier is known to have taken in this attempt."""
        row = collection_of(COLLECTION).find_one({"_id": batch}, {"deliveries": 1})
        return list(row["deliveries"]) if row else []

    def delivery_of(self, carrier: str, ref: str) -> str | None:
        """The delivery a carrier calls by this number."""
        row = collection_of(COLLECTION).find_one({"refs": ref, "carrier": carrier}) if ref else None
        return row["deliveries"][row["refs"].index(ref)] if row else None

    def ref_of(self, batch: str, delivery: str) -> str:
        """The carrier's number for a delivery, "" if none."""
        row = collection_of(COLLECTION).find_one({"_id": batch})
        found = dict(zip(row["deliveries"], row["refs"], strict=True)) if row else {}
        return found.get(delivery, "")
