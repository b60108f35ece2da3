"""The last answer a policy gave a firm, which the next run compares with.

Only answers that once said yes are kept: a firm without one has never been told anything.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import mongoengine as me

from backend.adapters.mongo import RecordDocument, collection_of
from backend.adapters.mongo.bulk import insert_rows, new_stamps
from backend.adapters.mongo.lists import iterate_by_id

COLLECTION = "answers"
# The answers a firm is told: yes, or yes if people agree.
TOLD = frozenset({"eligible", "subject_to_review"})


class AnswerDocument(RecordDocument):
    """A policy's answer for a firm; `_id` is slug:uscc, so that a policy's answers lie together."""

    meta = {"collection": COLLECTION, "indexes": [("uscc", "policy"), ("policy", "status")]}
    label = "企业答复"

    uscc = me.StringField(required=True)
    policy = me.StringField(required=True)
    status = me.StringField(required=True)
    version = me.IntField(required=True)
    day = me.StringField(required=True)


@dataclass(frozen=True)
class StoredAnswer:
    """What a policy's version answered on a day (YYYY-MM-DD)."""

    status: str
    version: int
    day: str


Answers = dict[str, dict[str, StoredAnswer]]


class AnswerStore:
    """Reads and writes answers."""

    def get_many(self, usccs: Sequence[str], slugs: Sequence[str]) -> Answers:
        """USCC -> slug -> answer, of the firms that have any."""
        if len(slugs) == 1:
            query = {"_id": {"$in": [f"{slugs[0]}:{uscc}" for uscc in usccs]}}
        else:
            query = {"uscc": {"$in": list(usccs)}, "policy": {"$in": list(slugs)}}
        found: Answers = defaultdict(dict)
        for row in collection_of(COLLECTION).find(query).sort("_id", 1):
            found[row["uscc"]][row["policy"]] = _answer(row)
        return dict(found)

    def of_policy(self, slug: str) -> dict[str, StoredAnswer]:
        """USCC -> answer, of every firm that has one."""
        fields = ("uscc", "status", "version", "day")
        batches = iterate_by_id(COLLECTION, {"policy": slug}, fields, batch=5000)
        return {row["uscc"]: _answer(row) for rows in batches for row in rows}

    def put_many(
        self,
        answers: Mapping[str, Mapping[str, StoredAnswer]],
        by: str,
        at: datetime,
        known: Mapping[str, Mapping[str, StoredAnswer]],
    ) -> None:
        """Set these answers and leave the others; `known` are those of the firms as they were just read."""
        given = {
            f"{slug}:{uscc}": (uscc, slug, answer)
            for uscc, said in answers.items()
            for slug, answer in said.items()
        }
        stamps = new_stamps(by, at)
        rows = [
            {"_id": key, **stamps, "uscc": uscc, "policy": slug, **vars(answer)}
            for key, (uscc, slug, answer) in given.items()
            if slug not in known.get(uscc, {})
        ]
        late = insert_rows(AnswerDocument, rows)  # written by another worker meanwhile: the same run's
        alike: dict[StoredAnswer, list[str]] = defaultdict(list)
        for key, (uscc, slug, answer) in given.items():
            if key in late or known.get(uscc, {}).get(slug, answer) != answer:
                alike[answer].append(key)
        for answer, keys in alike.items():
            update = {"$set": {**asdict(answer), "updated_at": at, "updated_by": by}, "$inc": {"revision": 1}}
            collection_of(COLLECTION).update_many({"_id": {"$in": keys}}, update)


def _answer(row: Mapping[str, object]) -> StoredAnswer:
    return StoredAnswer(str(row["status"]), int(str(row["version"])), str(row["day"]))
