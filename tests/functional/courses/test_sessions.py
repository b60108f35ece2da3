"""Sessions as staff keep them: changing, calling off, taking somebody off; who is told."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from backend.wiring import House
from tests.functional.courses.conftest import COURSE, ONE, PUBLIC, STAFF, at, edited, session, sign_up, told

Headers = dict[str, str]


def test_staff_take_a_person_off_and_both_it_and_the_next_are_told(
    house: House, client: FlaskClient, editor: Headers, offered: Any, people: Any
) -> None:
    first, second, _ = people
    offered(seats=1)
    sign_up(client, first)
    sign_up(client, second)
    who = client.get("/api/v1/me", headers=first[1]).json["id"]
    url = f"{STAFF}/shili-chang/sign-ups/{who}/cancel"
    assert client.post(url, json={"why": ""}, headers=editor).status_code == 422
    done = client.post(url, json={"why": "名额留给申报企业"}, headers=editor)
    assert (done.json["state"], done.json["reason"]) == ("left", "名额留给申报企业")
    assert told(house, client, first[1]) == ["《示例课程》报名被取消"]
    assert told(house, client, second[1]) == ["《示例课程》候补成功"]
    shown = client.get(f"{ONE}/sign-up", headers=first[1]).json
    assert shown["reason"] == "名额留给申报企业"
    assert client.post(url, json={"why": "再来一次"}, headers=editor).json["reason"] == "名额留给申报企业"
    assert told(house, client, second[1]) == ["《示例课程》候补成功"]


def test_more_seats_move_up_who_waits_and_fewer_than_are_taken_are_refused(
    house: House, client: FlaskClient, editor: Headers, offered: Any, people: Any
) -> None:
    offered(seats=1)
    for who in people:
        sign_up(client, who)
    url, first = f"{STAFF}/shili-chang", {**editor, "If-Match": "1"}
    assert client.put(url, json=edited(seats=2), headers=editor).status_code == 428
    # Three sign-ups later the form of the editor is still good.
    done = client.put(url, json=edited(seats=2), headers=first)
    assert (done.json["revision"], done.json["seated"], done.json["waiting"]) == (2, 2, 1)
    assert client.put(url, json=edited(seats=3), headers=first).json["code"] == "stale_revision"
    fewer = client.put(url, json=edited(seats=1), headers={**editor, "If-Match": "2"})
    assert (fewer.status_code, fewer.json["details"]) == (409, {"seated": 2})
    assert told(house, client, people[1][1]) == ["《示例课程》候补成功"]


def test_a_new_time_and_a_session_called_off_reach_everybody_who_signed_up(
    house: House, client: FlaskClient, editor: Headers, offered: Any, people: Any
) -> None:
    first, second, third = people
    offered(seats=1)
    sign_up(client, first)
    sign_up(client, second)
    url = f"{STAFF}/shili-chang"
    moved = edited(starts_at=at(days=12), ends_at=at(days=12, hours=2))
    assert client.put(url, json=moved, headers={**editor, "If-Match": "1"}).status_code == 200
    assert told(house, client, second[1]) == ["《示例课程》时间或地点有变化"]
    stale = client.post(f"{url}/cancel", json={"why": "场地维修"}, headers={**editor, "If-Match": "1"})
    assert stale.status_code == 409
    off = client.post(f"{url}/cancel", json={"why": "场地维修"}, headers={**editor, "If-Match": "2"})
    assert off.json["state_label"] == "已取消"
    for _, headers in (first, second):
        assert "《示例课程》本场已取消" in told(house, client, headers)
    assert told(house, client, third[1]) == []
    refused = sign_up(client, third)
    assert (refused.status_code, refused.json["message"]) == (409, "本场已取消：场地维修")
    assert client.delete(f"{ONE}/sign-up", headers=first[1]).status_code == 409


def test_online_rooms_and_names_are_not_public(
    client: FlaskClient, editor: Headers, offered: Any, people: Any
) -> None:
    offered(online=True, link="https://meeting.example/1", place="")
    sign_up(client, people[0])
    sign_up(client, people[1])
    assert "meeting.example" not in client.get(ONE).text + client.get(PUBLIC).text
    assert client.get(f"{ONE}/sign-up", headers=people[0][1]).json["link"] == "https://meeting.example/1"
    assert client.get(f"{ONE}/sign-up", headers=people[1][1]).json["link"] is None
    mine = client.get("/api/v1/me/sign-ups", headers=people[1][1]).json
    assert [(item["session"]["title"], item["state"]) for item in mine["items"]] == [("示例课程", "waiting")]
    assert client.get(f"{STAFF}/shili-chang/sign-ups", headers=people[0][1]).status_code == 403


@pytest.mark.parametrize(
    "wrong",
    [
        {"ends_at": at(days=9)},
        {"closes_at": at(days=11)},
        {"opens_at": at(days=9, hours=1)},
        {"starts_at": "2026-05-16"},
        {"starts_at": "2026-05-16T09:30:00"},
        {"seats": 0},
        {"seats": 10**9},
        {"link": "javascript:alert(1)"},
        {"price": 1},
    ],
)
def test_wrong_sessions_are_refused_in_chinese(
    client: FlaskClient, editor: Headers, offered: Any, wrong: dict[str, Any]
) -> None:
    answer = client.post(STAFF, json=session(**wrong), headers=editor)
    assert answer.status_code == 422, answer.json
    assert any("\u4e00" <= sign <= "\u9fff" for sign in answer.json["message"])
    assert client.get(PUBLIC).json["total"] == 0


def test_a_session_of_no_course_or_of_an_unlisted_one(
    client: FlaskClient, editor: Headers, offered: Any, people: Any
) -> None:
    assert client.post(STAFF, json=session(course="meiyou"), headers=editor).status_code == 404
    offered()
    assert client.post(STAFF, json=session(), headers=editor).status_code == 409
    hidden = {**COURSE, "listed": False}
    hidden.pop("id")
    client.put("/api/v1/staff/courses/shili-ke", json=hidden, headers={**editor, "If-Match": "2"})
    assert client.get(ONE).status_code == 404
    assert client.get(PUBLIC).json["total"] == 0
    assert sign_up(client, people[0]).status_code == 404
    assert client.get(f"{STAFF}/shili-chang", headers=editor).json["listed"] is False


def test_a_session_that_is_over_stays_as_it_was(
    house: House, client: FlaskClient, editor: Headers, offered: Any
) -> None:
    offered()
    house.clock.move(days=11)
    first = {**editor, "If-Match": "1"}
    for method, url, body in (
        ("PUT", f"{STAFF}/shili-chang", edited(seats=5)),
        ("POST", f"{STAFF}/shili-chang/cancel", {"why": "太晚了"}),
    ):
        answer = client.open(url, method=method, json=body, headers=first)
        assert (answer.status_code, answer.json["message"][:6]) == (409, "本场已经结束")
