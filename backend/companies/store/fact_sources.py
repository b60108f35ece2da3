"""Which source is believed before which, for the facts where staff settled it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import mongoengine as me

from backend.adapters.mongo import RecordDocument, change, collection_of, insert


class FactSourceDocument(RecordDocument):
    """The order of sources of one fact, the best first; `_id` is the fact's name."""

    meta = {"collection": "fact_sources"}
    label = "事实来源次序"

    order = me.ListField(me.StringField())


@dataclass(frozen=True)
class FactSource:
    """The order settled for a fact."""

    fact: str
    revision: int
    order: tuple[str, ...]


class FactSourceStore:
    """Reads and writes orders."""

    def all(self) -> list[FactSource]:
        """Every order that was settled, by fact."""
        rows = collection_of(FactSourceDocument).find({}).sort("_id", 1)
        return [FactSource(row["_id"], row["revision"], tuple(row["order"])) for row in rows]

    def put(
        self, fact: str, order: tuple[str, ...], revision: int | None, by: str, at: datetime
    ) -> FactSource:
        """A first order without a revision or from 0, else the edit of that revision."""
        if not revision:
            document = insert(FactSourceDocument, fact, by, at, order=list(order))
        else:
            document = change(FactSourceDocument, fact, by, at, revision=revision, order=list(order))
        return FactSource(fact, document.revision, tuple(document.order))
