"""Sessions as staff keep them and everybody reads them."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from backend.courses.service.news import SESSION_ADDED, SESSION_CANCELLED, SESSION_CHANGED
from backend.courses.store import Course, CourseStore
from backend.courses.store.sessions import COLLECTION, Session, SessionStore
from backend.shared.caller import Caller, Role
from backend.shared.clock import Clock
from backend.shared.errors import NotFoundError, NotReadyError, StaleRevisionError, WrongStateError
from backend.shared.events import Event
from backend.shared.paging import Page

ATTEMPTS = 50
# What people who signed up must be told of.
_WHEN_AND_WHERE = ("starts_at", "ends_at", "place", "online", "link")


@dataclass(frozen=True)
class Offer:
    """A session and the course it is of."""

    session: Session
    course: Course


class Sessions:
    """Staff plan, change and call off; who signed up is told by the event of the change."""

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

    def add(self, session_id: str, course_id: str, fields: Mapping[str, Any], caller: Caller) -> Offer:
        """A new session of a course, with its code for the door."""
        course = self._courses.get(course_id)
        code = f"{secrets.randbelow(10**6):06}"
        now = self._clock.now()
        event = Event(SESSION_ADDED, session_id, now, caller.label)
        given = {**fields, "course": course.id, "code": code}
        added = self._sessions.add(session_id, given, caller.label, now, event)
        self._hand_on(COLLECTION, session_id)
        return Offer(added, course)

    def edit(self, session_id: str, fields: Mapping[str, Any], edition: int, caller: Caller) -> Offer:
        """Change a session from the edition the editor saw; more seats move up who waits."""
        for _ in range(ATTEMPTS):
            old = self._from_edition(session_id, edition)
            if self._clock.now() >= old.ends_at:
                raise WrongStateError("本场已经结束，不能再修改。")
            if fields["seats"] < len(old.seated):
                raise WrongStateError(
                    f"已有 {len(old.seated)} 人报名成功，名额不能少于这个数。", seated=len(old.seated)
                )
            now = self._clock.now()
            event = self._changed(old, fields, caller)
            edited = self._sessions.edit(old, fields, caller.label, now, *([event] if event else []))
            if edited is not None:
                self._hand_on(COLLECTION, session_id)
                return self._offer(edited)
        raise NotReadyError("报名的人太多，请稍后再改。")

    def cancel(self, session_id: str, why: str, edition: int, caller: Caller) -> Offer:
        """Call a session off and say why; everybody who signed up is told."""
        old, now = self._from_edition(session_id, edition), self._clock.now()
        if now >= old.ends_at:
            raise WrongStateError("本场已经结束，不能取消。")
        event = Event(SESSION_CANCELLED, session_id, now, caller.label)
        done = self._sessions.cancel(old, why, caller.label, now, event)
        if done is None:
            raise StaleRevisionError("课程场次", session_id, edition, self._sessions.get(session_id).edition)
        self._hand_on(COLLECTION, session_id)
        return self._offer(done)

    def read(self, session_id: str) -> Offer:
        """One session of a listed course."""
        found = self.find(session_id)
        if not found.course.listed:
            raise NotFoundError("课程场次", session_id)
        return found

    def find(self, session_id: str) -> Offer:
        """One session, of whatever course; for staff and listeners."""
        return self._offer(self._sessions.get(session_id))

    def at_door(self, session_id: str, caller: Caller) -> Offer:
        """One session for those who run it: editors, and the liaisons and counsellors of its area."""
        found = self.find(session_id)
        if not caller.has(Role.EDITOR) and not _own_area(found.session.area, caller):
            raise NotFoundError("课程场次", session_id)
        return found

    def list_offered(
        self, limit: int, cursor: str | None, course: str | None, series: str | None, past: bool
    ) -> Page[Offer]:
        """Sessions of listed courses by their start; those to come unless `past` ones are wanted too."""
        listed = self._courses.listed_ids(series)
        chosen = [course] if course in listed else [] if course else listed
        since = None if past else self._clock.now()
        return self._joined(self._sessions.page({"course": {"$in": chosen}}, since, limit, cursor))

    def list_all(self, limit: int, cursor: str | None, course: str | None, caller: Caller) -> Page[Offer]:
        """All sessions by their start, for editors; for others of staff those of their areas."""
        wanted: dict[str, Any] = {"course": course} if course else {}
        if not caller.has(Role.EDITOR) and not _everywhere(caller):
            wanted["area"] = {"$in": sorted(caller.scope.areas)}
        return self._joined(self._sessions.page(wanted, None, limit, cursor))

    def _joined(self, page: Page[Session]) -> Page[Offer]:
        courses = self._courses.get_many(sorted({session.course for session in page.items}))
        return page.map(lambda session: Offer(session, courses[session.course]))

    def _offer(self, session: Session) -> Offer:
        return Offer(session, self._courses.get(session.course))

    def _from_edition(self, session_id: str, edition: int) -> Session:
        old = self._sessions.get(session_id)
        if old.edition != edition:
            raise StaleRevisionError("课程场次", session_id, edition, old.edition)
        if old.cancelled_because:
            raise WrongStateError(f"本场已取消：{old.cancelled_because}")
        return old

    def _changed(self, old: Session, fields: Mapping[str, Any], caller: Caller) -> Event | None:
        promoted = list(old.waiting[: max(0, fields["seats"] - len(old.seated))])
        moved = any(fields[name] != getattr(old, name) for name in _WHEN_AND_WHERE)
        if not moved and not promoted:
            return None
        data = {"promoted": promoted, "moved": moved}
        return Event(SESSION_CHANGED, old.id, self._clock.now(), caller.label, data)


def _everywhere(caller: Caller) -> bool:
    return not caller.scope.areas and not caller.scope.towns


def _own_area(area: str, caller: Caller) -> bool:
    return _everywhere(caller) or area in caller.scope.areas
