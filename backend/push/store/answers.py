"""The last answer of every policy for every firm, which the next run compares with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import mongoengine as me

from backend.adapters.mongo import RecordDocument, collection_of
from backend.adapters.mongo.bulk import insert_absent

COLLECTION = "answers"


class AnswersDocument(RecordDocument):
    """A firm's answers by policy slug: {slug: {status, version, day}}."""

    meta = {"collection": COLLECTION}
    label = "企业答复"

    answers = me.DictField()


@dataclass(frozen=True)
class StoredAnswer:
    """What a policy's version answered on a day (YYYY-MM-DD)."""

    status: str
    version: int
    day: str


class AnswerStore:
    """Reads and writes answers."""

    def get_many(self, usccs: Sequence[str]) -> dict[str, dict[str, StoredAnswer]]:
        """USCC -> slug -> answer, of the firms that have any."""
        rows = collection_of(COLLECTION).find({"_id": {"$in": list(usccs)}}, {"answers": 1}).sort("_id", 1)
        return {
            row["_id"]: {slug: StoredAnswer(**answer) for slug, answer in row["answers"].items()}
            for row in rows
        }

    def put_many(self, answers: Mapping[str, Mapping[str, StoredAnswer]], by: str, at: datetime) -> None:
        """Set these answers of each firm and leave its others; writing them again changes nothing."""
        known = self.get_many(list(answers))
        fresh = {uscc: found for uscc, found in answers.items() if uscc not in known}
        insert_absent(
            [
                AnswersDocument(id=uscc, created_at=at, updated_at=at, updated_by=by, answers=_packed(found))
                for uscc, found in fresh.items()
            ]
        )
        for uscc, found in answers.items():
            if uscc in known and any(known[uscc].get(slug) != answer for slug, answer in found.items()):
                fields = {f"answers.{slug}": asdict(answer) for slug, answer in found.items()}
                update = {"$set": {**fields, "updated_at": at, "updated_by": by}, "$inc": {"revision": 1}}
                collection_of(COLLECTION).update_one({"_id": uscc}, update)


def _packed(answers: Mapping[str, StoredAnswer]) -> dict[str, dict[str, object]]:
    return {slug: asdict(answer) for slug, answer in answers.items()}
