"""Published versions: each stays readable as it was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

import mongoengine as me
from pymongo.errors import DuplicateKeyError

from backend.adapters.mongo import RecordDocument, collection_of
from backend.catalogue.store.contents import read_content
from backend.catalogue.store.policies import Policy
from backend.shared.errors import NotFoundError
from policies.sheet import Sheet

COLLECTION = "policy_versions"


class PolicyVersionDocument(RecordDocument):
    """`slug@n`. `source_revision` is the policy's revision it was made from."""

    meta = {"collection": COLLECTION, "indexes": [("slug", "number")]}
    label = "政策版本"

    slug = me.StringField(required=True)
    number = me.IntField(required=True)
    content = me.StringField(required=True)
    source_revision = me.IntField(required=True)
    note = me.StringField(default="")
    material = me.BooleanField(default=False)
    # The imported file this text came from, as it was then.
    original = me.StringField(default="")
    filename = me.StringField(default="")
    openness = me.StringField(default="")


@dataclass(frozen=True)
class PolicyVersion:
    """A published version; `material` says an editor held the change worth a message."""

    slug: str
    number: int
    published_at: datetime
    by: str
    note: str
    material: bool
    original: str
    filename: str
    openness: str
    content: str = field(repr=False)

    @cached_property
    def sheet(self) -> Sheet:
        """The sheet as it was published."""
        return read_content(self.content)


@dataclass(frozen=True)
class PublishedPolicy:
    """A policy as the public sees it now; `revision` is the policy record's, and only ever rises."""

    slug: str
    version: int
    revision: int
    sheet: Sheet
    published_at: datetime


class VersionStore:
    """Writes a version once; a version that never went live gives way to a newer try."""

    def put(self, policy: Policy, by: str, at: datetime, note: str, material: bool) -> PolicyVersion:
        """Write the policy's next version and return it as it stands in the database.

        Repeating it for the same revision of the policy changes nothing, whatever the note.
        """
        number = policy.last_version + 1
        version_id = f"{policy.slug}@{number}"
        fields = {
            "slug": policy.slug,
            "number": number,
            "content": policy.content,
            "source_revision": policy.revision,
            "note": note,
            "material": material,
            "original": policy.original or "",
            "filename": policy.filename,
            "openness": policy.openness,
            "created_at": at,
            "updated_at": at,
            "updated_by": by,
        }
        first = {"_id": version_id, "schema_version": 1, "revision": 1, "events": [], "pending": False}
        versions = collection_of(PolicyVersionDocument)
        try:
            versions.insert_one({**first, **fields})
        except DuplicateKeyError:
            # Left by a publication that was killed before the policy changed; older tries are replaced.
            older = {"_id": version_id, "source_revision": {"$lt": policy.revision}}
            versions.find_one_and_update(older, {"$set": fields, "$inc": {"revision": 1}})
        return self.get(policy.slug, number)

    def get(self, slug: str, number: int) -> PolicyVersion:
        """One version; NotFoundError if there is none."""
        row = collection_of(PolicyVersionDocument).find_one({"_id": f"{slug}@{number}"})
        if row is None:
            raise NotFoundError(PolicyVersionDocument.label, f"{slug}@{number}")
        return _record(row)

    def get_many(self, keys: Iterable[tuple[str, int]]) -> list[PolicyVersion]:
        """These versions, in no order."""
        ids = [f"{slug}@{number}" for slug, number in keys]
        return list(map(_record, collection_of(PolicyVersionDocument).find({"_id": {"$in": ids}})))

    def of_policy(self, slug: str, up_to: int) -> list[PolicyVersion]:
        """The versions 1..up_to, newest first."""
        query = {"slug": slug, "number": {"$lte": up_to}}
        return list(map(_record, collection_of(PolicyVersionDocument).find(query).sort("number", -1)))


def _record(row: Mapping[str, Any]) -> PolicyVersion:
    return PolicyVersion(
        slug=row["slug"],
        number=row["number"],
        published_at=row["updated_at"],
        by=row["updated_by"],
        note=row.get("note") or "",
        material=bool(row.get("material")),
        original=row.get("original") or "",
        filename=row.get("filename") or "",
        openness=row.get("openness") or "",
        content=row["content"],
    )
