"""Signing up for a session and leaving it, by the person or by staff."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from backend.courses.service.news import seat_moved
from backend.courses.store import Course, CourseStore
from backend.courses.store.seats import LONGEST_QUEUE, SeatStore, left
from backend.courses.store.sessions import COLLECTION, SEATED, Session, SessionStore
from backend.courses.store.sign_ups import SignUp, SignUpStore
from backend.shared.caller import Caller
from backend.shared.clock import Clock
from backend.shared.errors import ForbiddenError, NotFoundError, NotReadyError, WrongStateError
from backend.shared.paging import Page

# Whoever leaves later than this leaves late: the seat can hardly be used by another.
NOTICE = timedelta(hours=24)
# A step is tried again when others came between; each time one of them got on.
ATTEMPTS = 200

SeatState = Literal["seated", "waiting", "left", "none"]
SEAT_STATES = {"seated": "报名成功", "waiting": "候补中", "left": "已取消", "none": "未完成"}


@dataclass(frozen=True)
class Participation:
    """A person's sign-up with its session, its course and its place in the queue (0: not waiting)."""

    sign_up: SignUp
    session: Session
    course: Course

    @property
    def state(self) -> SeatState:
        """seated, waiting, left; or "none" when the sign-up was cut off before a seat was asked for."""
        return self.session.state_of(self.sign_up.person) or "none"

    @property
    def position(self) -> int:
        """Place in the queue, from 1; 0 for one who does not wait."""
        queue = self.session.waiting
        return queue.index(self.sign_up.person) + 1 if self.sign_up.person in queue else 0


class SignUps:
    """Once per person and session; nobody is signed up but by itself."""

    def __init__(
        self,
        courses: CourseStore,
        sessions: SessionStore,
        seats: SeatStore,
        sign_ups: SignUpStore,
        clock: Clock,
        hand_on: Callable[[str, str], bool],
    ) -> None:
        self._courses = courses
        self._sessions = sessions
        self._seats = seats
        self._sign_ups = sign_ups
        self._clock = clock
        self._hand_on = hand_on

    def sign_up(self, session_id: str, uscc: str, caller: Caller) -> Participation:
        """A seat, or a place in the queue. Asked again by the same person it answers what stands."""
        if uscc not in caller.firms:
            raise ForbiddenError("您没有绑定这家企业，不能代表它报名。")
        session = self._sessions.get(session_id)
        course = self._courses.get(session.course)
        if not course.listed:
            raise NotFoundError("课程场次", session_id)
        if not session.holds(caller.id):
            self._check_open(session)
        row = self._sign_ups.put(session.id, course.id, caller.id, uscc, self._clock.now())
        if row.uscc != uscc:
            if session.holds(caller.id):
                raise WrongStateError("您已代表另一家企业报名本场，每人每场只能报名一次。", uscc=row.uscc)
            row = self._sign_ups.set_firm(session.id, caller.id, uscc, self._clock.now())
        return Participation(row, self._seat(session.id, caller), course)

    def cancel(self, session_id: str, caller: Caller) -> Participation:
        """The person gives its seat or its place in the queue up; until the session starts."""
        self.read(session_id, caller.id)
        self._leave(session_id, caller.id, caller, "")
        return self.read(session_id, caller.id)

    def remove(self, session_id: str, person: str, why: str, caller: Caller) -> Participation:
        """Staff take a person off a session and say why; the person is told."""
        found = self.read(session_id, person)
        self._leave(session_id, found.sign_up.person, caller, why)
        return self.read(session_id, person)

    def read(self, session_id: str, person: str) -> Participation:
        """A person's sign-up for a session; NotFoundError when it never asked."""
        session = self._sessions.get(session_id)
        row = self._sign_ups.get(session_id, person)
        return Participation(row, session, self._courses.get(session.course))

    def list_mine(self, caller: Caller, limit: int, cursor: str | None) -> Page[Participation]:
        """The calling person's sign-ups."""
        return self._joined(self._sign_ups.page_of_person(caller.id, limit, cursor))

    def list_session(self, session_id: str, limit: int, cursor: str | None) -> Page[Participation]:
        """Everybody who ever asked for a session; for staff."""
        self._sessions.get(session_id)
        return self._joined(self._sign_ups.page_of_session(session_id, limit, cursor))

    def of_session(self, session_id: str) -> list[Participation]:
        """Everybody who ever asked for a session, those with a seat first, in the order they asked."""
        rows = list(self._sign_ups.of_session(session_id).values())
        found = self._joined(Page(rows, len(rows))).items
        order = list(SEAT_STATES)
        return sorted(found, key=lambda one: (order.index(one.state), one.position, one.sign_up.signed_at))

    def of_person(self, person: str) -> list[Participation]:
        """All of a person's sign-ups."""
        rows = self._sign_ups.of_person(person)
        return list(self._joined(Page(rows, len(rows))).items)

    def leave_all(self, person: str, caller: Caller, uscc: str | None = None) -> None:
        """Give up whatever the person holds in sessions still to come, for one firm or for all."""
        for found in self.of_person(person):
            to_come = self._clock.now() < found.session.starts_at and not found.session.cancelled_because
            concerned = uscc is None or found.sign_up.uscc == uscc
            if to_come and concerned and found.session.holds(person):
                self._leave(found.session.id, person, caller, "")

    def _joined(self, page: Page[SignUp]) -> Page[Participation]:
        sessions = self._sessions.get_many(sorted({row.session for row in page.items}))
        courses = self._courses.get_many(sorted({row.course for row in page.items}))
        return page.map(lambda row: Participation(row, sessions[row.session], courses[row.course]))

    def _seat(self, session_id: str, caller: Caller) -> Session:
        for _ in range(ATTEMPTS):
            now = self._clock.now()
            found = self._seats.take(session_id, caller.id, caller.label, now) or self._seats.wait(
                session_id, caller.id, caller.label, now
            )
            if found is None:
                found = self._sessions.get(session_id)
                if not found.holds(caller.id):
                    self._check_open(found)
                    continue
            return found
        raise NotReadyError("报名的人太多，请稍后再试。")

    def _check_open(self, session: Session) -> None:
        now = self._clock.now()
        if session.cancelled_because:
            raise WrongStateError(f"本场已取消：{session.cancelled_because}")
        if now < session.opens_at:
            raise WrongStateError("报名还没有开始。", opens_at=session.opens_at.isoformat())
        if now >= session.closes_at:
            raise WrongStateError("报名已经截止。", closes_at=session.closes_at.isoformat())
        if len(session.waiting) >= LONGEST_QUEUE:
            raise WrongStateError("名额已满，候补人数也已满。")

    def _leave(self, session_id: str, person: str, caller: Caller, why: str) -> None:
        for _ in range(ATTEMPTS):
            session = self._sessions.get(session_id)
            if not session.holds(person):
                return
            if self._clock.now() >= session.starts_at:
                raise WrongStateError("本场已经开始，不能再取消报名。")
            if session.cancelled_because:
                raise WrongStateError(f"本场已取消：{session.cancelled_because}")
            if self._left(session, person, caller, why):
                # The events of the step travel with it; here they are only handed on.
                self._hand_on(COLLECTION, session_id)
                return
        raise NotReadyError("操作的人太多，请稍后再试。")

    def _left(self, session: Session, person: str, caller: Caller, why: str) -> Session | None:
        now, label, by_staff = self._clock.now(), caller.label, caller.kind == "staff"
        entry = left(now, label, why, late=now > session.starts_at - NOTICE)
        seated = session.state_of(person) == SEATED
        head = session.waiting[0] if seated and session.waiting else ""
        events = seat_moved(session.id, now, label, person, head, by_staff, why)
        if not seated:
            return self._seats.leave_queue(session.id, person, entry, label, now, *events)
        if head:
            return self._seats.hand_seat_on(session.id, person, head, entry, label, now, *events)
        return self._seats.leave_seat(session.id, person, entry, label, now, *events)
