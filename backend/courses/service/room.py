"""The services of this room, put together for the doors and for whoever wires the house."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from backend.adapters.files import OriginalStore
from backend.courses.service import CourseService
from backend.courses.service.attending import Attending
from backend.courses.service.materials import Materials
from backend.courses.service.news import SignUpNews
from backend.courses.service.personal import PersonalSignUps
from backend.courses.service.planning import FindSeason, Planning
from backend.courses.service.roster import Roster
from backend.courses.service.sessions import Sessions
from backend.courses.service.sign_ups import SignUps
from backend.courses.store import CourseStore
from backend.courses.store.plans import PlanStore
from backend.courses.store.seats import SeatStore
from backend.courses.store.sessions import SessionStore
from backend.courses.store.sign_ups import SignUpStore
from backend.shared.clock import Clock
from backend.shared.writing import CheckText


@dataclass(frozen=True)
class CourseRoom:
    """Everything the doors of courses call; `names_of` knows the firms' names."""

    courses: CourseService
    sessions: Sessions
    signing: SignUps
    attending: Attending
    materials: Materials
    planning: Planning
    news: SignUpNews
    personal: PersonalSignUps
    roster: Roster
    names_of: Callable[[Sequence[str]], dict[str, str]]


def open_course_room(
    courses: CourseService,
    files: OriginalStore,
    find_season: FindSeason,
    names_of: Callable[[Sequence[str]], dict[str, str]],
    check_text: CheckText,
    record: Callable[..., None],
    clock: Clock,
    hand_on: Callable[[str, str], bool],
) -> CourseRoom:
    """The room over its own stores."""
    kept, sessions, seats, sign_ups = CourseStore(), SessionStore(), SeatStore(), SignUpStore()
    offered = Sessions(kept, sessions, clock, hand_on)
    signing = SignUps(kept, sessions, seats, sign_ups, clock, hand_on)
    return CourseRoom(
        courses,
        offered,
        signing,
        Attending(signing, sessions, sign_ups, check_text, record, clock),
        Materials(sessions, files, clock),
        Planning(kept, offered, PlanStore(), find_season, clock, hand_on),
        SignUpNews(kept, sessions, sign_ups, clock),
        PersonalSignUps(signing, seats, sign_ups, clock),
        Roster(offered, signing, names_of, record),
        names_of,
    )
