"""The day of a course follows its sessions: search, the map and push look at the course alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from backend.courses.store import COLLECTION, Course, CourseStore
from backend.courses.store.sessions import SessionStore
from backend.shared.caller import SYSTEM
from backend.shared.clock import Clock
from backend.shared.errors import NotReadyError
from backend.shared.events import Event

CHANGED = "course.changed"
TRIES = 10


class CourseDays:
    """A course with sessions has the day of the next one, else none; one without keeps what staff wrote."""

    def __init__(
        self,
        courses: CourseStore,
        sessions: SessionStore,
        clock: Clock,
        hand_on: Callable[[str, str], bool],
    ) -> None:
        self._courses = courses
        self._sessions = sessions
        self._clock = clock
        self._hand_on = hand_on

    def day_of(self, course: str, written: date | None) -> date | None:
        """The day the course has now; `written` is what staff say, which holds without sessions."""
        coming = self._sessions.of_course(course, self._clock.now())
        if coming:
            return coming[0].starts_at.date()
        return None if self._sessions.has_any(course) else written

    def on_session(self, event: Event) -> None:
        """Listens to sessions added, changed and called off."""
        self.follow(self._sessions.get(event.subject).course)

    def follow_passed(self) -> int:
        """Job: courses whose day has passed move on to their next session; how many were looked at."""
        passed = self._courses.passed(self._clock.today())
        for course in passed:
            self.follow(course)
        return len(passed)

    def follow(self, course_id: str) -> Course:
        """Write the day where it has changed, and announce it."""
        for _ in range(TRIES):
            course = self._courses.get(course_id)
            day, now = self.day_of(course_id, course.day), self._clock.now()
            if day == course.day:
                return course
            event = Event(CHANGED, course_id, now, SYSTEM.label)
            if changed := self._courses.set_day(course, day, SYSTEM.label, now, event):
                self._hand_on(COLLECTION, course_id)
                return changed
        raise NotReadyError("这门课程正被多人同时修改，请稍后再试。")
