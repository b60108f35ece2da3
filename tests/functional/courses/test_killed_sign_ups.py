"""kill -9 while people come and go: seats stay exact, every step up is told, and told once."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from backend.companies.service import Firm
from backend.courses.store.sessions import Session
from backend.demo.firms import made_up_code
from backend.settings import Settings
from backend.shared.caller import SYSTEM, Caller, Role
from backend.shared.paging import LARGEST_PAGE, every
from backend.wiring import House
from tests.functional.test_killed_jobs import AT, killed, opened

FIRM, SEATS, KILLS = made_up_code(1), 3, 3
DAY = timedelta(days=1)


def test_whatever_the_moment_of_the_kill_no_seat_and_no_word_is_lost_or_doubled(settings: Settings) -> None:
    house = opened(settings)
    house.companies.add_company(Firm(FIRM, "示例企业", area="zhangjiang"), SYSTEM)
    house.courses.add_course("shili-ke", {"title": "示例课程", "series": "训练营"}, SYSTEM)
    hours = {"opens_at": AT - DAY, "closes_at": AT + DAY, "starts_at": AT + DAY, "ends_at": AT + 2 * DAY}
    house.course_room.sessions.add("shili-chang", "shili-ke", {**hours, "seats": SEATS}, SYSTEM)
    house.close()

    moments, moved = Random(11), 0
    for _ in range(KILLS):
        moved += killed(settings, "seats", FIRM, "moved", moments.uniform(0, 0.4)).count("moved")
        house = opened(settings)
        try:
            for _ in range(2):
                house.relay.sweep()
            check(house.course_room.sessions.find("shili-chang").session)
            told = promotions_told(house)
        finally:
            house.close()
    assert moved >= KILLS
    # Each killed process may have moved one up that it had no time to speak of.
    assert moved <= told <= moved + KILLS


def check(session: Session) -> None:
    assert session.free == SEATS - len(session.seated)
    assert session.free == 0 or not session.waiting
    assert len(set(session.waiting)) == len(session.waiting)
    waiting = {person for person in session.book if session.state_of(person) == "waiting"}
    assert waiting == set(session.waiting)


def promotions_told(house: House) -> int:
    publisher = Caller("staff", "p", roles=frozenset({Role.PUBLISHER}))
    inbox = house.push.inbox
    messages = every(lambda at: inbox.list_messages(publisher, LARGEST_PAGE, at, FIRM, None))
    return sum(message.title.endswith("候补成功") for message in messages)
