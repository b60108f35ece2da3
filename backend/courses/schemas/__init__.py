"""Shapes of courses on the wire."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import Field
from typing_extensions import TypedDict

from backend.adapters.http import Body, Query
from backend.adapters.http.fields import ConditionId, Slug
from backend.courses.service.attending import Rating
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


class RatingAnswer(TypedDict):
    """How many answered; the average (1 to 5, one decimal place) only when enough did."""

    answers: int
    average: str | None


class CourseAnswer(TypedDict):
    """A course for everybody."""

    id: str
    revision: int
    title: str
    series: str
    summary: str
    place: str
    online: bool
    day: str | None
    helps: list[str]
    help_kinds: list[str]
    listed: bool
    rating: RatingAnswer
    updated_at: str


class CoursePage(TypedDict):
    """A page of courses."""

    items: list[CourseAnswer]
    total: int
    next_cursor: str | None


class SeriesAnswer(TypedDict):
    """A series of the plan and how many listed courses it has."""

    series: str
    courses: int


class SeriesPage(TypedDict):
    """All series."""

    items: list[SeriesAnswer]
    total: int
    next_cursor: None


def rating_json(rating: Rating | None) -> RatingAnswer:
    """A rating on the wire; nobody has answered yet: none."""
    rating = rating or Rating()
    return RatingAnswer(answers=rating.answers, average=rating.average)


def course_json(course: Course, rating: Rating | None = None) -> CourseAnswer:
    """A course on the wire."""
    return CourseAnswer(
        id=course.id,
        revision=course.revision,
        title=course.title,
        series=course.series,
        summary=course.summary,
        place=course.place,
        online=course.online,
        day=course.day.isoformat() if course.day else None,
        helps=list(course.helps),
        help_kinds=list(course.help_kinds),
        listed=course.listed,
        rating=rating_json(rating),
        updated_at=in_shanghai(course.updated_at).isoformat(),
    )
