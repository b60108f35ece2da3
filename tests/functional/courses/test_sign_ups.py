"""Signing up as stories: seats, the queue, the window, what a killed process leaves, one's own data."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar

from backend.app import create_app
from backend.demo.firms import made_up_code
from backend.shared.caller import Caller
from backend.shared.errors import WrongStateError
from backend.wiring import House
from tests.functional.courses.conftest import ONE, STAFF, at, sign_up, told

Headers = dict[str, str]


def test_seats_run_out_and_the_queue_moves_up_when_somebody_leaves(
    house: House, client: FlaskClient, editor: Headers, offered: Any, people: Any
) -> None:
    first, second, third = people
    offered(seats=1)
    assert client.get(ONE).json["state_label"] == "报名中"
    answer = sign_up(client, first)
    assert (answer.status_code, answer.json["state_label"]) == (200, "报名成功")
    assert [sign_up(client, who).json["position"] for who in (second, third)] == [1, 2]
    shown = client.get(ONE).json
    assert (shown["free"], shown["waiting"], shown["state_label"]) == (0, 2, "名额已满，可候补")

    gone = client.delete(f"{ONE}/sign-up", headers=first[1])
    assert (gone.json["state_label"], gone.json["link"]) == ("已取消", None)
    assert client.get(f"{ONE}/sign-up", headers=second[1]).json["state"] == "seated"
    assert client.get(f"{ONE}/sign-up", headers=third[1]).json["position"] == 1
    assert told(house, client, second[1]) == ["《示例课程》候补成功"]
    assert told(house, client, first[1]) == told(house, client, third[1]) == []

    # Leaving again changes nothing; coming back is at the end of the queue.
    assert client.delete(f"{ONE}/sign-up", headers=first[1]).json["state"] == "left"
    assert client.get(f"{ONE}/sign-up", headers=third[1]).json["position"] == 1
    assert sign_up(client, first).json["position"] == 2
    rows = client.get(f"{STAFF}/shili-chang/sign-ups", headers=editor).json
    assert {row["firm"]: row["state"] for row in rows["items"]} == {
        "示例企业1": "waiting",
        "示例企业2": "seated",
        "示例企业3": "waiting",
    }


def test_a_person_signs_up_once_and_only_for_its_own_firm(
    client: FlaskClient, offered: Any, people: Any, person: Callable[..., Headers]
) -> None:
    (uscc, headers), (other, _), _ = people
    offered(seats=2)
    assert [sign_up(client, (uscc, headers)).json["state"] for _ in range(3)] == ["seated"] * 3
    assert client.get(ONE).json["free"] == 1
    refused = sign_up(client, (other, headers))
    assert (refused.status_code, refused.json["code"]) == (403, "forbidden")
    assert "没有绑定这家企业" in refused.json["message"]
    assert sign_up(client, (uscc, person())).status_code == 403
    assert client.post(f"{ONE}/sign-up", json={"uscc": uscc}).status_code == 401
    # Bound to both firms by now, the person still has one place in this session.
    both = person(other, code=f"demo-{uscc}")
    assert sign_up(client, (other, both)).json["message"].startswith("您已代表另一家企业报名本场")


def test_fifty_at_once_take_exactly_the_seats_there_are(
    house: House, client: FlaskClient, offered: Any, person: Callable[..., Headers]
) -> None:
    offered(seats=10)
    firm, app = made_up_code(1), create_app(house)
    crowd = [person(firm, code=f"demo-person-{number}") for number in range(50)]
    together = Barrier(len(crowd))

    def at_once(step: Callable[[FlaskClient, Headers], Any]) -> list[Any]:
        def go(headers: Headers) -> Any:
            together.wait()
            return step(app.test_client(), headers)

        with ThreadPoolExecutor(len(crowd)) as pool:
            return list(pool.map(go, crowd))

    answers = at_once(lambda browser, headers: sign_up(browser, (firm, headers)))
    assert {answer.status_code for answer in answers} == {200}
    states = [client.get(f"{ONE}/sign-up", headers=headers).json["state"] for headers in crowd]
    assert (states.count("seated"), states.count("waiting")) == (10, 40)
    shown = client.get(ONE).json
    assert (shown["seats"], shown["free"], shown["waiting"]) == (10, 0, 40)

    # All ten with a seat leave at once, each twice: every seat goes on once, in the order of the queue.
    before = house.course_room.sessions.find("shili-chang").session
    seated = [headers for headers, state in zip(crowd, states, strict=True) if state == "seated"]
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda h: app.test_client().delete(f"{ONE}/sign-up", headers=h), seated * 2))
    after = house.course_room.sessions.find("shili-chang").session
    assert set(after.seated) == set(before.waiting[:10])
    assert (after.waiting, after.free) == (before.waiting[10:], 0)


def test_a_window_that_has_not_opened_or_has_closed_is_said(
    house: House, client: FlaskClient, offered: Any, people: Any
) -> None:
    offered(opens_at=at(days=1), closes_at=at(days=2))
    early = sign_up(client, people[0])
    assert (early.status_code, early.json["message"]) == (409, "报名还没有开始。")
    assert client.get(f"{ONE}/sign-up", headers=people[0][1]).status_code == 404
    house.clock.move(days=1)
    assert sign_up(client, people[0]).json["state"] == "seated"
    house.clock.move(days=1)
    assert client.get(ONE).json["state_label"] == "报名已截止"
    late = sign_up(client, people[1])
    assert (late.status_code, late.json["message"]) == (409, "报名已经截止。")
    # Who has a seat may still give it up, and that it came late is kept.
    house.clock.move(days=7, hours=20)
    assert client.delete(f"{ONE}/sign-up", headers=people[0][1]).json["state"] == "left"
    assert house.course_room.sessions.find("shili-chang").session.book.popitem()[1].late


def test_a_seat_stands_in_the_persons_calendar_until_it_is_given_up(
    client: FlaskClient, offered: Any, people: Any
) -> None:
    offered()
    sign_up(client, people[0])
    path = client.post("/api/v1/me/push/calendar", json={}, headers=people[0][1]).json["address"]

    def events() -> list[tuple[str, str, str]]:
        found = Calendar.from_ical(client.get(path).data).walk("VEVENT")
        shown = [(str(e["summary"]), e["dtstart"].dt.isoformat(), e["dtend"].dt.isoformat()) for e in found]
        return [event for event in shown if event[0] == "示例课程"]

    assert events() == [("示例课程", at(days=10), at(days=10, hours=2))]
    client.delete(f"{ONE}/sign-up", headers=people[0][1])
    assert events() == []


def test_a_person_takes_its_sign_ups_along_and_has_them_erased(
    house: House, client: FlaskClient, offered: Any, people: Any
) -> None:
    first, second, _ = people
    offered(seats=1)
    sign_up(client, first)
    sign_up(client, second)
    who = client.get("/api/v1/me", headers=first[1]).json["id"]
    kept = client.get("/api/v1/me/export", headers=first[1]).json["courses"]["sign_ups"]
    assert [(item["course"], item["firm"], item["state"]) for item in kept] == [
        ("示例课程", first[0], "seated")
    ]
    assert client.post("/api/v1/me/deletion", json={"confirm": True}, headers=first[1]).status_code in {
        200,
        202,
    }
    found = house.course_room.sessions.find("shili-chang").session
    assert who not in str(found)
    assert client.get(f"{ONE}/sign-up", headers=second[1]).json["state"] == "seated"
    assert told(house, client, second[1]) == ["《示例课程》候补成功"]
    assert house.course_room.personal.export_person(who) == {"sign_ups": []}


def test_a_step_that_was_cut_off_is_finished_by_asking_again(
    house: House, client: FlaskClient, offered: Any, people: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process dies after a seat was given on and before anybody was told; the sweep tells, once."""
    first, second, third = people
    offered(seats=1)
    for who in people:
        sign_up(client, who)

    def die(*_: Any) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(house.course_room.signing, "_hand_on", die)
        with pytest.raises(KeyboardInterrupt):
            client.delete(f"{ONE}/sign-up", headers=first[1])
    assert told(house, client, second[1]) == []
    for _ in range(2):
        client.delete(f"{ONE}/sign-up", headers=first[1])
        house.relay.sweep()
    assert told(house, client, second[1]) == ["《示例课程》候补成功"]
    assert client.get(f"{ONE}/sign-up", headers=third[1]).json["position"] == 1


def test_leaving_when_the_head_of_the_queue_has_changed_moves_up_the_new_head(
    house: House, offered: Any
) -> None:
    """The session is read, then the queue changes, then the seat is given on: nobody is lost."""
    offered(seats=1)
    room, seats = house.course_room, house.course_room.signing._seats
    crowd = [Caller("person", f"{number:032x}", firms=frozenset({made_up_code(1)})) for number in range(3)]
    for caller in crowd:
        room.signing.sign_up("shili-chang", made_up_code(1), caller)
    now, gone = house.clock.now(), crowd[1].id
    room.signing.cancel("shili-chang", crowd[1])
    assert seats.hand_seat_on("shili-chang", crowd[0].id, gone, {}, "x", now) is None
    assert seats.leave_seat("shili-chang", crowd[0].id, {}, "x", now) is None
    room.signing.cancel("shili-chang", crowd[0])
    assert room.sessions.find("shili-chang").session.seated == [crowd[2].id]
    house.clock.move(days=10)
    with pytest.raises(WrongStateError):
        room.signing.cancel("shili-chang", crowd[2])


def test_who_no_longer_acts_for_the_firm_gives_its_seat_to_the_next(
    house: House, client: FlaskClient, offered: Any, people: Any
) -> None:
    first, second, _ = people
    offered(seats=1)
    sign_up(client, first)
    sign_up(client, second)
    who = client.get("/api/v1/me", headers=first[1]).json["id"]
    assert client.delete(f"/api/v1/bindings/{who}:{first[0]}", headers=first[1]).status_code == 204
    assert client.get(f"{ONE}/sign-up", headers=second[1]).json["state"] == "seated"
    assert told(house, client, second[1]) == ["《示例课程》候补成功"]
    assert client.get(f"{ONE}/sign-up", headers=first[1]).json["state"] == "left"
