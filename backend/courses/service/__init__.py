"""The verbs of courses. Who may call them is checked at the door; what may be written, here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from backend.courses.service.days import CHANGED, CourseDays
from backend.courses.store import COLLECTION, Course, CourseStore
from backend.shared.caller import Caller
from backend.shared.clock import Clock
from backend.shared.errors import NotFoundError
from backend.shared.events import Event
from backend.shared.paging import Page

__all__ = ["CHANGED", "COLLECTION", "SERIES", "Course", "CourseService"]

# The series named in the plan (measure 8); they are there before any course is.
SERIES = ("高企大讲堂", "训练营", "冲刺班", "名师堂")


class CourseService:
    """Courses are announced when they change, so that search and the graph follow."""

    def __init__(
        self, store: CourseStore, days: CourseDays, clock: Clock, hand_on: Callable[[str, str], bool]
    ) -> None:
        self._store = store
        self.days = days
        self._clock = clock
        self._hand_on = hand_on

    def add_course(self, course_id: str, fields: dict[str, Any], caller: Caller) -> Course:
        """Store a new course."""
        now = self._clock.now()
        course = self._store.add(course_id, fields, caller.label, now, self._changed(course_id, caller))
        self._hand_on(COLLECTION, course.id)
        return course

    def edit_course(self, course_id: str, fields: dict[str, Any], revision: int, caller: Caller) -> Course:
        """Change a course from the revision the editor saw; its sessions say its day where there are any."""
        now = self._clock.now()
        written = fields.get("day")
        day = self.days.day_of(course_id, date.fromisoformat(written) if written else None)
        fields = {**fields, "day": day.isoformat() if day else None}
        event = self._changed(course_id, caller)
        course = self._store.edit(course_id, fields, revision, caller.label, now, event)
        self._hand_on(COLLECTION, course.id)
        return course

    def list_courses(self, limit: int, cursor: str | None, series: str | None = None) -> Page[Course]:
        """Listed courses."""
        return self._store.listed(limit, cursor, series)

    def list_all(self, limit: int, cursor: str | None) -> Page[Course]:
        """All courses, listed or not; for staff."""
        return self._store.page(limit, cursor)

    def list_series(self) -> list[tuple[str, int]]:
        """The four series with the number of their listed courses."""
        return [(name, self._store.count_listed(name)) for name in SERIES]

    def read_course(self, course_id: str) -> Course:
        """One listed course."""
        course = self._store.get(course_id)
        if not course.listed:
            raise NotFoundError("课程", course_id)
        return course

    def find_course(self, course_id: str) -> Course:
        """One course, listed or not; for staff and for listeners."""
        return self._store.get(course_id)

    def listed_names(self, ids: Sequence[str]) -> dict[str, str]:
        """Id and title of those of these that are listed."""
        return self._store.listed_names(ids)

    def helpers(self, condition_ids: list[str], help_kinds: list[str]) -> list[Course]:
        """Listed courses that help with one of the conditions."""
        return self._store.helping(condition_ids, help_kinds)

    def _changed(self, course_id: str, caller: Caller) -> Event:
        return Event(CHANGED, course_id, self._clock.now(), caller.label)
