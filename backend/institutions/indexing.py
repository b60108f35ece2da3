"""An institution as a search document."""

from __future__ import annotations

from backend.institutions.store import Institution
from search_index.document import FieldValue, SearchDocument
from search_index.schema import Field, FieldKind

FIELDS = (
    Field("help", FieldKind.KEYWORDS),
    Field("condition", FieldKind.KEYWORDS),
    Field("area", FieldKind.KEYWORDS),
    Field("institution_kind", FieldKind.KEYWORDS),
)
# As for policies: bound to no area means it serves every one.
ANY_AREA = "*"


def is_findable(institution: Institution) -> bool:
    """Whether the public may find it."""
    return institution.listed


def document_id(institution_id: str) -> str:
    """Its id in the index, where policies, courses and institutions meet."""
    return f"institution:{institution_id}"


def search_documents(institution: Institution) -> list[SearchDocument]:
    """The one document of an institution."""
    fields: dict[str, FieldValue] = {
        "help": institution.help_kinds,
        "condition": institution.helps,
        "area": institution.area or ANY_AREA,
        "institution_kind": institution.kind,
    }
    return [
        SearchDocument(
            document_id(institution.id),
            "institution",
            institution.revision,
            "listed",
            institution.name,
            institution.summary,
            fields,
        )
    ]
