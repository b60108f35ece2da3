"""Shapes of courses on the wire."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import Field

from backend.adapters.http import Body, Query
from backend.adapters.http.fields import ConditionId, Slug
from backend.courses.store import Course
from backend.shared.clock import in_shanghai


class CourseFields(Body):
    """What staff may say of a course."""

    title: str = Field(min_length=2, max_length=120)
    series: str = Field(min_length=1, max_length=60)
    summary: str = Field(default="", max_length=2000)
    place: str = Field(default="", max_length=200)
    online: bool = False
    day: date | None = None
    helps: list[ConditionId] = Field(default_factory=list, max_length=50)
    help_kinds: list[Slug] = Field(default_factory=list, max_length=20)
    listed: bool = True

    def fields(self) -> dict[str, Any]:
        """As the store keeps it: the day as text."""
        return self.model_dump(mode="json", exclude={"id"})


class NewCourse(CourseFields):
    """A course to add."""

    id: Slug


class CourseQuery(Query):
    """Which courses to list."""

    series: str | None = Field(default=None, max_length=60)
    limit: int = Field(default=20, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=300)


class StaffQuery(Query):
    """A page of all courses."""

    limit: int = Field(default=20, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=300)


def course_json(course: Course) -> dict[str, Any]:
    """A course for everybody."""
    return {
        "id": course.id,
        "revision": course.revision,
        "title": course.title,
        "series": course.series,
        "summary": course.summary,
        "place": course.place,
        "online": course.online,
        "day": course.day.isoformat() if course.day else None,
        "helps": list(course.helps),
        "help_kinds": list(course.help_kinds),
        "listed": course.listed,
        "updated_at": in_shanghai(course.updated_at).isoformat(),
    }
