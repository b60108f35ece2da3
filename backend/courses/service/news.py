"""What people are told of their sign-ups, worked out from the event alone and the records as they stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from backend.courses.service.workdays import working_day_before
from backend.courses.store import CourseStore
from backend.courses.store.sessions import Session, SessionStore
from backend.courses.store.sign_ups import SignUpStore
from backend.shared.clock import Clock, in_shanghai
from backend.shared.events import Event

SEAT_MOVED = "course_session.seat_moved"
SESSION_CHANGED = "course_session.changed"
SESSION_CANCELLED = "course_session.cancelled"
# Tells nobody: the course takes its day from it.
SESSION_ADDED = "course_session.added"
KINDS = (SEAT_MOVED, SESSION_CHANGED, SESSION_CANCELLED)


# No holiday with its weekends is longer.
LONGEST_BREAK = timedelta(days=16)


@dataclass(frozen=True)
class News:
    """One message to some persons of a firm; the same `cause` and day is told once."""

    uscc: str
    persons: tuple[str, ...]
    cause: str
    day: date
    title: str
    text: str


class SignUpNews:
    """From an event of a session to what is to be told."""

    def __init__(
        self, courses: CourseStore, sessions: SessionStore, sign_ups: SignUpStore, clock: Clock
    ) -> None:
        self._clock = clock
        self._courses = courses
        self._sessions = sessions
        self._sign_ups = sign_ups

    def of(self, event: Event) -> list[News]:
        """Who is told what; the event says who was concerned then, the records what to call things."""
        session = self._sessions.get(event.subject)
        title = self._courses.get(session.course).title
        found = []
        for word, (persons, sentence) in _sentences(event, session).items():
            for uscc, members in self._by_firm(session.id, persons).items():
                # The event's id, not the person's: a cause outlives the person's data.
                cause = f"session.{session.id}.{event.id[:16]}.{word}"
                heading = f"《{title}》{_HEADINGS[word]}"
                text = f"{sentence}{when_and_where(session)}"
                found.append(News(uscc, members, cause, in_shanghai(event.at).date(), heading, text))
        return found

    def reminders(self) -> list[News]:
        """What those with a seat are told on the working day before their session; each day once."""
        now, found = self._clock.now(), []
        for session in self._sessions.starting(now, now + LONGEST_BREAK):
            day = session.starts_at.date()
            last, _ = working_day_before(day)
            if last > now.date():
                continue
            title = f"《{self._courses.get(session.course).title}》即将开始"
            text = f"请按时参加：{when_and_where(session)}如不能参加请及时取消，把名额留给别人。"
            for uscc, members in self._by_firm(session.id, session.seated).items():
                found.append(News(uscc, members, f"session.{session.id}.reminder", day, title, text))
        return found

    def _by_firm(self, session_id: str, persons: Iterable[str]) -> dict[str, tuple[str, ...]]:
        rows = self._sign_ups.of_session(session_id)
        firms: dict[str, tuple[str, ...]] = defaultdict(tuple)
        for person in persons:
            if person in rows:  # whoever had its data erased is told nothing
                firms[rows[person].uscc] += (person,)
        return firms


_HEADINGS = {
    "promoted": "候补成功",
    "removed": "报名被取消",
    "changed": "时间或地点有变化",
    "cancelled": "本场已取消",
}


def _sentences(event: Event, session: Session) -> dict[str, tuple[Sequence[str], str]]:
    """Word of the message -> (whom it concerns, its first sentence)."""
    data = event.data
    everybody = [person for person in session.book if session.holds(person)]
    if event.kind == SESSION_CANCELLED:
        return {"cancelled": (everybody, f"原因：{session.cancelled_because}。原定：")}
    if event.kind == SESSION_CHANGED:
        changed = [person for person in everybody if person not in data["promoted"]]
        told = {"changed": (changed, "请留意新的安排：")} if data["moved"] else {}
        return {**told, "promoted": (data["promoted"], "您已从候补转为报名成功：")}
    removed = [data["left"]] if data["by_staff"] else []
    promoted = [data["promoted"]] if data["promoted"] else []
    return {
        "removed": (removed, f"工作人员取消了您的报名，原因：{data['why']}。场次："),
        "promoted": (promoted, "您已从候补转为报名成功；如不能参加请及时取消，把名额留给别人："),
    }


def when_and_where(session: Session) -> str:
    """Time and place in a sentence."""
    where = "线上" if session.online else session.place or "地点另行通知"
    one_day = session.starts_at.date() == session.ends_at.date()
    until = f"{session.ends_at:%H:%M}" if one_day else spoken(session.ends_at)
    return f"{spoken(session.starts_at)}至{until}，{where}。"


def spoken(moment: datetime) -> str:
    """An instant as people say it."""
    return f"{moment.year}年{moment.month}月{moment.day}日{moment:%H:%M}"


def seat_moved(
    session_id: str, at: datetime, label: str, left: str, promoted: str, by_staff: bool, why: str
) -> Iterator[Event]:
    """The event of a seat given up or on; none when there is nothing to tell."""
    if by_staff or promoted:
        data = {"left": left, "promoted": promoted, "by_staff": by_staff, "why": why}
        yield Event(SEAT_MOVED, session_id, at, label, data)
