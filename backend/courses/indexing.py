"""A course as a search document."""

from __future__ import annotations

from backend.courses.store import Course
from search_index.document import FieldValue, SearchDocument
from search_index.schema import Field, FieldKind

FIELDS = (
    Field("help", FieldKind.KEYWORDS),
    Field("condition", FieldKind.KEYWORDS),
    Field("series", FieldKind.KEYWORDS, weight=2.0),
    Field("day", FieldKind.DAY),
)


def is_findable(course: Course) -> bool:
    """Whether the public may find it."""
    return course.listed


def document_id(course_id: str) -> str:
    """Its id in the index, where policies, courses and institutions meet."""
    return f"course:{course_id}"


def search_documents(course: Course) -> list[SearchDocument]:
    """The one document of a course."""
    fields: dict[str, FieldValue] = {
        "help": course.help_kinds,
        "condition": course.helps,
        "series": course.series,
    }
    if course.day:
        fields["day"] = course.day
    text = "\n".join(filter(None, (course.summary, course.place)))
    return [
        SearchDocument(
            document_id(course.id), "course", course.revision, "listed", course.title, text, fields
        )
    ]
