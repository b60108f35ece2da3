"""Explanations beside policies: what they say, where they stand, and a firm's consent to its own story."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, get_args

import mongoengine as me

from backend.adapters.mongo import RecordDocument, change_row, collection_of, insert_row
from backend.adapters.mongo.lists import rows_by_id
from backend.shared.errors import NotFoundError
from backend.shared.events import Event
from backend.shared.paging import Page

COLLECTION = "policy_explanations"
ExplanationKind = Literal["key_points", "questions", "media", "story", "picture"]
ExplanationStatus = Literal["draft", "in_review", "published", "withdrawn"]
DRAFT, IN_REVIEW, PUBLISHED, WITHDRAWN = "draft", "in_review", "published", "withdrawn"


class ExplanationDocument(RecordDocument):
    """`slug~random`. `anchor` names the clause it explains, "" the whole policy."""

    meta = {"collection": COLLECTION, "indexes": [("slug", "status"), "uscc"]}
    label = "政策解读"

    slug = me.StringField(required=True)
    anchor = me.StringField(default="")
    kind = me.StringField(required=True, choices=get_args(ExplanationKind))
    title = me.StringField(required=True)
    content = me.DictField()
    status = me.StringField(required=True)
    authors = me.ListField(me.StringField())
    uscc = me.StringField(default="")
    consent = me.DictField()
    explained = me.StringField(default="")
    published_at = me.DateTimeField()
    why = me.StringField(default="")


@dataclass(frozen=True)
class Explanation:
    """One explanation; `explained` is the digest of the words it explained when it was published."""

    id: str
    revision: int
    slug: str
    anchor: str
    kind: ExplanationKind
    title: str
    content: Mapping[str, Any]
    status: ExplanationStatus
    authors: tuple[str, ...]
    uscc: str
    consent: Mapping[str, Any] = field(repr=False)
    explained: str
    published_at: datetime | None
    why: str


class ExplanationStore:
    """Reads and writes explanations; returns plain records."""

    def get(self, explanation_id: str) -> Explanation:
        """One explanation; NotFoundError."""
        row = collection_of(ExplanationDocument).find_one({"_id": explanation_id})
        if row is None:
            raise NotFoundError(ExplanationDocument.label, explanation_id)
        return _record(row)

    def add(self, explanation_id: str, by: str, at: datetime, **fields: Any) -> Explanation:
        """A new explanation."""
        return _record(insert_row(ExplanationDocument, explanation_id, by, at, **fields))

    def change(
        self, explanation_id: str, revision: int, by: str, at: datetime, *events: Event, **fields: Any
    ) -> Explanation:
        """Change the revision the step started from, with what it causes."""
        return _record(
            change_row(ExplanationDocument, explanation_id, by, at, *events, revision=revision, **fields)
        )

    def get_many(self, ids: Sequence[str]) -> list[Explanation]:
        """Those of these that exist."""
        return list(map(_record, collection_of(ExplanationDocument).find({"_id": {"$in": list(ids)}})))

    def questions(self, slug: str) -> list[Explanation]:
        """The questions and answers of a policy, published or withdrawn."""
        wanted = {"slug": slug, "status": {"$in": [PUBLISHED, WITHDRAWN]}, "kind": "questions"}
        return list(map(_record, collection_of(ExplanationDocument).find(wanted).sort("_id", 1)))

    def published_questions(self, limit: int, cursor: str | None) -> Page[Explanation]:
        """All published questions and answers."""
        filters = {"kind": "questions", "status": PUBLISHED}
        return rows_by_id(ExplanationDocument, filters, limit, cursor).map(_record)

    def page(self, slug: str, status: str | None, limit: int, cursor: str | None) -> Page[Explanation]:
        """The explanations of a policy."""
        filters = {"slug": slug, **({"status": status} if status else {})}
        return rows_by_id(ExplanationDocument, filters, limit, cursor).map(_record)


def _record(row: Mapping[str, Any]) -> Explanation:
    """A row as the database has it; what nobody set is empty."""
    return Explanation(
        id=row["_id"],
        revision=row["revision"],
        slug=row["slug"],
        anchor=row.get("anchor") or "",
        kind=row["kind"],
        title=row["title"],
        content=dict(row.get("content") or {}),
        status=row["status"],
        authors=tuple(row.get("authors") or ()),
        uscc=row.get("uscc") or "",
        consent=dict(row.get("consent") or {}),
        explained=row.get("explained") or "",
        published_at=row.get("published_at"),
        why=row.get("why") or "",
    )
