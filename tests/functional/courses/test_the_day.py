"""The day of a session and after it: the code, attendance, material, ratings."""

from __future__ import annotations

import io
from typing import Any

from flask.testing import FlaskClient

from backend.courses.service.attending import ENOUGH_ANSWERS
from backend.demo.firms import made_up_code
from backend.shared.caller import SYSTEM, Caller
from backend.wiring import House
from tests.functional.courses.conftest import ONE, PUBLIC, STAFF, sign_up

Headers = dict[str, str]


def test_the_code_of_the_day_lets_in_who_has_a_seat(
    house: House, client: FlaskClient, editor: Headers, offered: Any, people: Any
) -> None:
    first, second, third = people
    code = offered(seats=1)["code"]
    sign_up(client, first)
    sign_up(client, second)
    door = f"{ONE}/check-in"
    assert "code" not in client.get(ONE).json
    assert client.post(door, json={"code": code}, headers=first[1]).status_code == 409
    house.clock.move(days=10)
    wrong = client.post(door, json={"code": "x"}, headers=first[1])
    assert (wrong.status_code, wrong.json["message"]) == (422, "code：签到码不对，请看现场公布的签到码。")
    came = client.post(door, json={"code": code}, headers=first[1])
    assert came.json["came_at"].startswith("2026-05-16T09:30:00")
    assert client.post(door, json={"code": code}, headers=second[1]).status_code == 409
    assert client.post(door, json={"code": code}, headers=third[1]).status_code == 404
    assert client.get(f"{STAFF}/shili-chang", headers=editor).json["came"] == 1


def test_guessing_the_code_ends_and_staff_mark_attendance(
    house: House, client: FlaskClient, editor: Headers, offered: Any, people: Any
) -> None:
    code = offered()["code"]
    sign_up(client, people[0])
    house.clock.move(days=10)
    door, mine = f"{ONE}/check-in", people[0][1]
    answers = [client.post(door, json={"code": "no"}, headers=mine).status_code for _ in range(10)]
    assert answers == [422] * 8 + [409] * 2
    assert client.post(door, json={"code": code}, headers=mine).status_code == 409
    who = client.get("/api/v1/me", headers=mine).json["id"]
    url = f"{STAFF}/shili-chang/sign-ups/{who}/attendance"
    assert client.put(url, json={"came": True}, headers=editor).json["came_at"]
    assert client.put(url, json={"came": False}, headers=editor).json["came_at"] is None
    assert client.put(url, json={"came": "也许"}, headers=editor).status_code == 422
    assert client.put(url.replace(who, "0" * 32), json={"came": True}, headers=editor).status_code == 404


def test_only_who_came_rates_and_few_answers_show_no_average(
    house: House, client: FlaskClient, editor: Headers, offered: Any, people: Any
) -> None:
    first, second, _ = people
    offered(seats=2)
    sign_up(client, first)
    sign_up(client, second)
    house.clock.move(days=10)
    who = client.get("/api/v1/me", headers=first[1]).json["id"]
    client.put(f"{STAFF}/shili-chang/sign-ups/{who}/attendance", json={"came": True}, headers=editor)
    url, answer = f"{ONE}/rating", {"score": 5, "words": "讲得清楚"}
    assert client.put(url, json=answer, headers=first[1]).json["message"].startswith("本场还没有结束")
    house.clock.move(hours=2)
    assert client.put(url, json={"score": 6}, headers=first[1]).status_code == 422
    assert client.put(url, json=answer, headers=second[1]).status_code == 409
    assert client.put(url, json=answer, headers=first[1]).json["score"] == 5
    assert client.put(url, json={**answer, "score": 4}, headers=first[1]).json["score"] == 4
    assert client.get("/api/v1/courses/shili-ke").json["rating"] == {"answers": 1, "average": None}
    shown = client.get(f"{STAFF}/shili-chang/ratings", headers=editor).json
    assert shown == {"rating": {"answers": 1, "average": None}, "words": ["讲得清楚"], "held": []}


def test_words_the_check_doubts_are_held_until_staff_release_them(
    house: House, client: FlaskClient, editor: Headers, offered: Any, people: Any
) -> None:
    offered()
    sign_up(client, people[0])
    house.clock.move(days=10, hours=2)
    who = client.get("/api/v1/me", headers=people[0][1]).json["id"]
    client.put(f"{STAFF}/shili-chang/sign-ups/{who}/attendance", json={"came": True}, headers=editor)
    refused = client.put(f"{ONE}/rating", json={"score": 1, "words": "示例违规"}, headers=people[0][1])
    assert (refused.status_code, refused.json["message"][:6]) == (422, "words：")
    client.put(f"{ONE}/rating", json={"score": 1, "words": "示例存疑"}, headers=people[0][1])
    shown = client.get(f"{STAFF}/shili-chang/ratings", headers=editor).json
    assert (shown["words"], [one["text"] for one in shown["held"]]) == ([], ["示例存疑"])
    assert who not in str(shown)
    url = f"{STAFF}/shili-chang/ratings/{shown['held'][0]['id']}/release"
    assert client.post(url, json={}, headers=people[0][1]).status_code == 403
    released = client.post(url, json={}, headers=editor).json
    assert (released["words"], released["held"]) == (["示例存疑"], [])
    assert client.post(url, json={}, headers=editor).status_code == 404


def test_with_enough_answers_the_average_is_shown(house: House, client: FlaskClient, offered: Any) -> None:
    offered(seats=10)
    crowd = [Caller("person", f"{n:032x}", firms=frozenset({made_up_code(1)})) for n in range(ENOUGH_ANSWERS)]
    room = house.course_room
    for caller in crowd:
        room.signing.sign_up("shili-chang", made_up_code(1), caller)
    house.clock.move(days=10)
    for caller in crowd:
        room.attending.mark("shili-chang", caller.id, True, SYSTEM)
    house.clock.move(days=1)
    for caller, score in zip(crowd, (5, 5, 4, 4, 3), strict=True):
        room.attending.rate("shili-chang", score, "", caller)
    assert client.get("/api/v1/courses").json["items"][0]["rating"] == {"answers": 5, "average": "4.2"}
    assert client.get(f"{PUBLIC}?past=true").json["items"][0]["rating"]["average"] == "4.2"
    assert client.get(PUBLIC).json["total"] == 0


def test_material_is_for_who_has_a_seat_and_reached_only_through_its_session(
    client: FlaskClient, editor: Headers, offered: Any, people: Any
) -> None:
    offered()
    sign_up(client, people[0])
    url = f"{STAFF}/shili-chang/material"

    def upload(data: bytes, name: str) -> Any:
        return client.post(url, data={"file": (io.BytesIO(data), name)}, headers=editor)

    added = upload("示例讲义".encode(), "../讲义.txt")
    assert added.status_code == 201, added.json
    assert upload("示例讲义".encode(), "同样的.txt").json["material"] == added.json["material"]
    assert upload(b"MZ\x90\x00", "讲义.txt").status_code == 422
    assert upload(b"", "讲义.txt").status_code == 422
    assert client.post(url, headers=editor).status_code == 422
    (file,) = client.get(ONE).json["material"]
    assert (file["name"], file["size"]) == ("讲义.txt", 12)
    address = f"{ONE}/material/{file['id']}"
    got = client.get(address, headers=people[0][1])
    assert got.data.decode() == "示例讲义"
    assert got.headers["Content-Type"] == "application/octet-stream"
    assert got.headers["Content-Disposition"].startswith("attachment")
    assert client.get(address, headers=editor).status_code == 200
    assert client.get(address, headers=people[1][1]).status_code == 403
    assert client.get(address).status_code == 401
    assert client.delete(f"{url}/{file['id']}", headers=editor).json["material"] == []
    assert client.get(address, headers=editor).status_code == 404
