"""Explanations beside policies: what they say, where they stand, and a firm's consent to its own story."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, get_args

import mongoengine as me

from backend.adapters.mongo import RecordDocument, change, insert
from backend.adapters.mongo.lists import page_by_id
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
        document = ExplanationDocument.objects(id=explanation_id).first()
        if document is None:
            raise NotFoundError(ExplanationDocument.label, explanation_id)
        return _record(document)

    def add(self, explanation_id: str, by: str, at: datetime, **fields: Any) -> Explanation:
        """A new explanation."""
        return _record(insert(ExplanationDocument, explanation_id, by, at, **fields))

    def change(
        self, explanation_id: str, revision: int, by: str, at: datetime, *events: Event, **fields: Any
    ) -> Explanation:
        """Change the revision the step started from, with what it causes."""
        return _record(
            change(ExplanationDocument, explanation_id, by, at, *events, revision=revision, **fields)
        )

    def get_many(self, ids: Sequence[str]) -> list[Explanation]:
        """Those of these that exist."""
        return [_record(document) for document in ExplanationDocument.objects(id__in=ids)]

    def questions(self, slug: str) -> list[Explanation]:
        """The questions and answers of a policy, published or withdrawn."""
        found = ExplanationDocument.objects(slug=slug, status__in=(PUBLISHED, WITHDRAWN), kind="questions")
        return [_record(document) for document in found.order_by("id")]

    def published_questions(self, limit: int, cursor: str | None) -> Page[Explanation]:
        """All published questions and answers."""
        filters = {"kind": "questions", "status": PUBLISHED}
        return page_by_id(ExplanationDocument, filters, limit, cursor).map(_record)

    def page(self, slug: str, status: str | None, limit: int, cursor: str | None) -> Page[Explanation]:
        """The explanations of a policy."""
        filters = {"slug": slug, **({"status": status} if status else {})}
        return page_by_id(ExplanationDocument, filters, limit, cursor).map(_record)


def _record(document: ExplanationDocument) -> Explanation:
    return Explanation(
        id=document.id,
        revision=document.revision,
        slug=document.slug,
        anchor=document.anchor or "",
        kind=document.kind,
        title=document.title,
        content=dict(document.content or {}),
        status=document.status,
        authors=tuple(document.authors),
        uscc=document.uscc or "",
        consent=dict(document.consent or {}),
        explained=document.explained or "",
        published_at=document.published_at,
        why=document.why or "",
    )
