"""A mentor as a search document: the name as published, what it is good at, and where; never more."""

from __future__ import annotations

from backend.people.store import MENTOR, Adviser
from policies.vocabulary import SKILLS
from search_index.document import FieldValue, SearchDocument
from search_index.schema import Field, FieldKind

FIELDS = (
    Field("help", FieldKind.KEYWORDS),
    Field("condition", FieldKind.KEYWORDS),
    Field("area", FieldKind.KEYWORDS),
)
# As for policies: bound to no area means it serves every one.
ANY_AREA = "*"


def is_findable(adviser: Adviser) -> bool:
    """Whether the public may find it: mentors; liaisons and counsellors are reached by place."""
    return adviser.listed and adviser.level == MENTOR


def document_id(adviser_id: str) -> str:
    """Its id in the index."""
    return f"mentor:{adviser_id}"


def search_documents(adviser: Adviser) -> list[SearchDocument]:
    """The one document of a mentor."""
    skills = "、".join(SKILLS.labels()[skill] for skill in adviser.skills)
    fields: dict[str, FieldValue] = {
        "help": adviser.offers,
        "condition": adviser.helps,
        "area": adviser.areas or (ANY_AREA,),
    }
    text = "\n".join(part for part in (skills, adviser.summary) if part)
    return [
        SearchDocument(
            document_id(adviser.id), "mentor", adviser.revision, "listed", adviser.name, text, fields
        )
    ]
