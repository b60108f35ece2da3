"""A course has the day of its next session, and who has a seat is reminded the working day before."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient

from backend.wiring import House
from backend.wiring.telling import tell_reminders
from tests.functional.courses.conftest import STAFF, at, edited, sign_up, told

Headers = dict[str, str]
COURSE = "/api/v1/courses/shili-ke"
STAFF_COURSE = "/api/v1/staff/courses/shili-ke"


def test_the_day_of_a_course_is_that_of_its_next_session(
    house: House, client: FlaskClient, editor: Headers, offered: Any
) -> None:
    def day() -> Any:
        return client.get(COURSE).json["day"]

    assert day() is None
    offered()
    assert day() == "2026-05-16"
    sooner = {"starts_at": at(days=5), "ends_at": at(days=5, hours=1), "closes_at": at(days=4)}
    offered(id="shili-chang-2", **sooner)
    assert day() == "2026-05-11"
    course = client.get(COURSE).json
    fields = {name: course[name] for name in ("title", "series", "summary", "helps", "help_kinds")}
    headers = {**editor, "If-Match": str(course["revision"])}
    answer = client.put(STAFF_COURSE, json={**fields, "day": "2026-12-01"}, headers=headers)
    assert answer.json["day"] == "2026-05-11"  # sessions say the day, where there are any
    later = {"starts_at": at(days=12), "ends_at": at(days=12, hours=1)}
    moved = client.put(f"{STAFF}/shili-chang", json=edited(**later), headers={**editor, "If-Match": "1"})
    assert moved.status_code == 200, moved.json
    cancel = {**editor, "If-Match": "1"}
    client.post(f"{STAFF}/shili-chang-2/cancel", json={"why": "示例原因"}, headers=cancel)
    assert day() == "2026-05-18"
    house.clock.move(days=13)
    assert house.courses.days.follow_passed() == 1
    assert day() is None
    assert house.courses.days.follow_passed() == 0


def test_who_has_a_seat_is_reminded_once_on_the_working_day_before(
    house: House, client: FlaskClient, offered: Any, people: Any
) -> None:
    # Saturday 16 May: the working day before is the Friday.
    offered(seats=1)
    for who in people[:2]:
        sign_up(client, who)
    heard = []
    for _ in range(10):
        tell_reminders(house.course_room, house.push)
        tell_reminders(house.course_room, house.push)
        heard.append(told(house, client, people[0][1]).count("《示例课程》即将开始"))
        house.clock.move(days=1)
    assert heard == [0] * 9 + [1]
    assert told(house, client, people[1][1]) == []  # waits in the queue, has no seat
    assert told(house, client, people[0][1]).count("《示例课程》即将开始") == 1
