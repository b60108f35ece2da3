"""Shapes of sessions and sign-ups on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator
from typing_extensions import TypedDict

from backend.adapters.http import Body, Query
from backend.adapters.http.fields import Instant, Slug, Uscc, Words
from backend.courses.schemas import RatingAnswer, rating_json
from backend.courses.service.attending import Rating
from backend.courses.service.sessions import Offer
from backend.courses.service.sign_ups import SEAT_STATES, Participation, SeatState
from backend.courses.store.sessions import Session
from policies.vocabulary import AREAS

STATES = {
    "cancelled": "已取消",
    "not_open": "报名未开始",
    "open": "报名中",
    "full": "名额已满，可候补",
    "closed": "报名已截止",
    "under_way": "进行中",
    "over": "已结束",
}
SessionState = Literal["cancelled", "not_open", "open", "full", "closed", "under_way", "over"]


class SessionFields(Body):
    """What staff say of a session; `link` is shown only to who has a seat."""

    starts_at: Instant
    ends_at: Instant
    opens_at: Instant
    closes_at: Instant
    seats: int = Field(ge=1, le=2000)
    place: str = Field(default="", max_length=200)
    area: str = Field(default="", max_length=60, description="所在片区；该片区的联络员和辅导员可登记出席")
    online: bool = False
    link: str = Field(default="", max_length=300)

    @model_validator(mode="after")
    def _in_order(self) -> SessionFields:
        if not self.starts_at < self.ends_at:
            raise ValueError("结束时间（ends_at）须晚于开始时间（starts_at）。")
        if not self.opens_at < self.closes_at <= self.starts_at:
            raise ValueError("报名须先开始（opens_at）后截止（closes_at），并在本场开始之前截止。")
        if self.link and not self.link.startswith("https://"):
            raise ValueError("线上地址（link）须以 https:// 开头。")
        return self

    @field_validator("area")
    @classmethod
    def _known_area(cls, area: str) -> str:
        if area and area not in AREAS:
            raise ValueError(f"没有“{area}”这个片区。")
        return area

    def fields(self) -> dict[str, Any]:
        """As the store keeps it."""
        return self.model_dump(exclude={"id", "course"})


class NewSession(SessionFields):
    """A session to add to a course."""

    id: Slug
    course: Slug


class SessionQuery(Query):
    """Which sessions to list; without `past` those that are not over."""

    course: str | None = Field(default=None, max_length=63)
    series: str | None = Field(default=None, max_length=60)
    past: bool = False
    limit: int = Field(default=20, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=300)


class StaffSessionQuery(Query):
    """A page of all sessions, or of one course's."""

    course: str | None = Field(default=None, max_length=63)
    limit: int = Field(default=20, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=300)


class PageQuery(Query):
    """A page of a list."""

    limit: int = Field(default=20, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=300)


class RosterQuery(Query):
    """As which kind of file."""

    format: Literal["xlsx", "csv"] = "xlsx"


class SignUpBody(Body):
    """For which of one's firms."""

    uscc: Uscc


class Reason(Body):
    """Why; the persons concerned are told."""

    why: str = Field(min_length=2, max_length=300)


class CheckIn(Body):
    """The code shown at the session."""

    code: str = Field(min_length=1, max_length=20)


class Attendance(Body):
    """Whether the person was there."""

    came: bool


class RatingBody(Body):
    """One (worst) to five (best), and words if one likes."""

    score: int = Field(ge=1, le=5)
    words: Words = Field(default="", max_length=500)


class MaterialAnswer(TypedDict):
    """A file handed out; fetched at `material/{id}`."""

    id: str
    name: str
    size: int


class SessionAnswer(TypedDict):
    """A session for everybody; no names, and no address of an online room."""

    id: str
    revision: int
    course: str
    title: str
    series: str
    helps: list[str]
    help_kinds: list[str]
    starts_at: str
    ends_at: str
    opens_at: str
    closes_at: str
    place: str
    area: str
    online: bool
    seats: int
    free: int
    waiting: int
    state: SessionState
    state_label: str
    cancelled_because: str
    material: list[MaterialAnswer]
    plan: str
    rating: RatingAnswer


class SessionPage(TypedDict):
    """A page of sessions."""

    items: list[SessionAnswer]
    total: int
    next_cursor: str | None


class StaffSessionAnswer(SessionAnswer):
    """The same for staff: the code for the door, who came in numbers, and whether the course is listed."""

    link: str
    code: str
    listed: bool
    seated: int
    came: int | None
    updated_by: str


class StaffSessionPage(TypedDict):
    """A page of all sessions; `came` is counted only for a single one."""

    items: list[StaffSessionAnswer]
    total: int
    next_cursor: str | None


class SignUpAnswer(TypedDict):
    """A person's own sign-up; `position`: its place in the queue, `link`: the online room of the seated."""

    session: SessionAnswer
    uscc: str
    state: SeatState
    state_label: str
    position: int | None
    since: str | None
    reason: str
    came_at: str | None
    score: int | None
    words: str
    link: str | None


class SignUpPage(TypedDict):
    """A page of a person's sign-ups."""

    items: list[SignUpAnswer]
    total: int
    next_cursor: str | None


class StaffSignUpAnswer(TypedDict):
    """A sign-up for staff; `late`: given up less than a day before the start."""

    person: str
    uscc: str
    firm: str
    state: SeatState
    state_label: str
    position: int | None
    signed_at: str
    since: str | None
    reason: str
    late: bool
    came_at: str | None


class StaffSignUpPage(TypedDict):
    """A page of a session's sign-ups."""

    items: list[StaffSignUpAnswer]
    total: int
    next_cursor: str | None


class HeldWords(TypedDict):
    """Words the content check could not pass; released by their id."""

    id: str
    text: str


class RatingsAnswer(TypedDict):
    """A session's rating and what people wrote, without who; `held`: not checked yet."""

    rating: RatingAnswer
    words: list[str]
    held: list[HeldWords]


def state_of(session: Session, now: datetime) -> SessionState:
    """What a visitor may do with a session now."""
    if session.cancelled_because:
        return "cancelled"
    if now >= session.ends_at:
        return "over"
    if now >= session.starts_at:
        return "under_way"
    if now < session.opens_at:
        return "not_open"
    if now >= session.closes_at:
        return "closed"
    return "open" if session.free else "full"


def session_json(offer: Offer, now: datetime, rating: Rating | None = None) -> SessionAnswer:
    """A session on the wire."""
    session, course = offer.session, offer.course
    state = state_of(session, now)
    return {
        "id": session.id,
        "revision": session.edition,
        "course": course.id,
        "title": course.title,
        "series": course.series,
        "helps": list(course.helps),
        "help_kinds": list(course.help_kinds),
        "starts_at": session.starts_at.isoformat(),
        "ends_at": session.ends_at.isoformat(),
        "opens_at": session.opens_at.isoformat(),
        "closes_at": session.closes_at.isoformat(),
        "place": session.place,
        "area": session.area,
        "online": session.online,
        "seats": session.seats,
        "free": session.free,
        "waiting": len(session.waiting),
        "state": state,
        "state_label": STATES[state],
        "cancelled_because": session.cancelled_because,
        "material": [{"id": item.id, "name": item.name, "size": item.size} for item in session.material],
        "plan": session.plan,
        "rating": rating_json(rating),
    }


def staff_session_json(
    offer: Offer, now: datetime, came: int | None = None, rating: Rating | None = None
) -> StaffSessionAnswer:
    """A session for staff."""
    session = offer.session
    return {
        **session_json(offer, now, rating),
        "link": session.link,
        "code": session.code,
        "listed": offer.course.listed,
        "seated": len(session.seated),
        "came": came,
        "updated_by": session.updated_by,
    }


def sign_up_json(found: Participation, now: datetime) -> SignUpAnswer:
    """A person's own sign-up."""
    row, session = found.sign_up, found.session
    seat = session.book.get(row.person)
    return {
        "session": session_json(Offer(session, found.course), now),
        "uscc": row.uscc,
        "state": found.state,
        "state_label": SEAT_STATES[found.state],
        "position": found.position or None,
        "since": _moment(seat.at if seat else None),
        "reason": session.cancelled_because or (seat.why if seat else ""),
        "came_at": _moment(row.came_at),
        "score": row.score or None,
        "words": row.words,
        "link": session.link if found.state == "seated" and session.link else None,
    }


def staff_sign_up_json(found: Participation, names: dict[str, str]) -> StaffSignUpAnswer:
    """A sign-up for staff; `names` are the firms'."""
    row = found.sign_up
    seat = found.session.book.get(row.person)
    return {
        "person": row.person,
        "uscc": row.uscc,
        "firm": names.get(row.uscc, ""),
        "state": found.state,
        "state_label": SEAT_STATES[found.state],
        "position": found.position or None,
        "signed_at": row.signed_at.isoformat(),
        "since": _moment(seat.at if seat else None),
        "reason": seat.why if seat else "",
        "late": bool(seat and seat.late),
        "came_at": _moment(row.came_at),
    }


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
