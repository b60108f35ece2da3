"""Every door of sessions, plans and institutions by who knocks: nobody, a person, other posts, an editor."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook

from backend.companies.service import Firm
from backend.demo.firms import made_up_code
from backend.shared.caller import SYSTEM
from backend.wiring import House
from tests.functional.courses.conftest import sign_up

Headers = dict[str, str]
API = "/api/v1"
SESSION, INSTITUTION, NOBODY = "shili-chang", "shili-jigou", "0" * 32
PUBLIC = [
    ("GET", "/courses"),
    ("GET", "/courses/series"),
    ("GET", "/course-sessions"),
    ("GET", f"/course-sessions/{SESSION}"),
    ("GET", "/course-plans"),
    ("GET", "/institutions"),
    ("GET", f"/institutions/{INSTITUTION}"),
]
PERSONAL = [
    ("GET", "/me/sign-ups"),
    ("GET", f"/course-sessions/{SESSION}/sign-up"),
    ("POST", f"/course-sessions/{SESSION}/sign-up"),
    ("DELETE", f"/course-sessions/{SESSION}/sign-up"),
    ("POST", f"/course-sessions/{SESSION}/check-in"),
    ("PUT", f"/course-sessions/{SESSION}/rating"),
    ("GET", "/me/complaints"),
    ("PUT", f"/institutions/{INSTITUTION}/rating"),
    ("POST", f"/institutions/{INSTITUTION}/complaints"),
]
STAFF = [
    ("GET", "/staff/courses"),
    ("POST", "/staff/courses"),
    ("POST", "/staff/course-sessions"),
    ("PUT", f"/staff/course-sessions/{SESSION}"),
    ("POST", f"/staff/course-sessions/{SESSION}/cancel"),
    ("POST", f"/staff/course-sessions/{SESSION}/sign-ups/{NOBODY}/cancel"),
    ("POST", f"/staff/course-sessions/{SESSION}/material"),
    ("DELETE", f"/staff/course-sessions/{SESSION}/material/{NOBODY}"),
    ("GET", f"/staff/course-sessions/{SESSION}/ratings"),
    ("POST", f"/staff/course-sessions/{SESSION}/ratings/x/release"),
    ("POST", "/staff/course-plans"),
    ("GET", "/staff/institutions"),
    ("POST", "/staff/institutions"),
    ("GET", f"/staff/institutions/{INSTITUTION}"),
    ("PUT", f"/staff/institutions/{INSTITUTION}"),
    ("POST", f"/staff/institutions/{INSTITUTION}/suspend"),
    ("POST", f"/staff/institutions/{INSTITUTION}/resume"),
    ("POST", f"/staff/institutions/{INSTITUTION}/confirm"),
    ("GET", f"/staff/institutions/{INSTITUTION}/cases"),
    ("POST", f"/staff/institutions/{INSTITUTION}/cases"),
    ("PUT", f"/staff/institutions/{INSTITUTION}/cases/x"),
    ("GET", f"/staff/institutions/{INSTITUTION}/complaints"),
    ("POST", "/staff/institution-complaints/x/decision"),
    ("POST", "/staff/institution-complaints/x/release"),
]
DOOR = [
    ("GET", "/staff/course-sessions"),
    ("GET", f"/staff/course-sessions/{SESSION}"),
    ("GET", f"/staff/course-sessions/{SESSION}/sign-ups"),
    ("GET", f"/staff/course-sessions/{SESSION}/roster"),
    ("PUT", f"/staff/course-sessions/{SESSION}/sign-ups/{NOBODY}/attendance"),
]
OTHER_POSTS = ("reviewer", "publisher", "liaison", "counsellor", "mentor", "department")


@pytest.fixture
def knock(client: FlaskClient, offered: Any, editor: Headers) -> Callable[..., int]:
    offered()
    body = {"id": INSTITUTION, "name": "示例机构", "kind": "park"}
    assert client.post(f"{API}/staff/institutions", json=body, headers=editor).status_code == 201

    def ask(door: tuple[str, str], headers: Headers | None = None) -> int:
        method, path = door
        return client.open(f"{API}{path}", method=method, json={}, headers=headers).status_code

    return ask


def test_nobody_known_sees_what_is_public_and_nothing_else(knock: Callable[..., int]) -> None:
    assert {knock(door) for door in PUBLIC} == {200}
    assert {knock(door) for door in (*PERSONAL, *STAFF, *DOOR)} == {401}


def test_a_person_comes_to_its_own_doors_and_to_none_of_the_staff(
    knock: Callable[..., int], person: Callable[..., Headers]
) -> None:
    mine = person(made_up_code(1))
    assert not {knock(door, mine) for door in PERSONAL} & {401, 403}
    assert {knock(door, mine) for door in (*STAFF, *DOOR)} == {403}


def test_other_posts_run_no_courses_and_nobody_of_the_staff_signs_up(
    knock: Callable[..., int], staff: Callable[..., Headers], editor: Headers
) -> None:
    for post in OTHER_POSTS:
        assert {knock(door, staff(post)) for door in (*STAFF, *PERSONAL)} == {403}, post
    for post in ("reviewer", "publisher", "mentor", "department"):
        assert {knock(door, staff(post)) for door in DOOR} == {403}, post
    assert {knock(door, editor) for door in PERSONAL} == {403}
    for allowed in (editor, staff("admin")):
        assert not {knock(door, allowed) for door in (*STAFF, *DOOR)} & {401, 403}


def test_a_liaison_runs_the_door_of_sessions_in_its_area_and_of_no_other(
    client: FlaskClient, offered: Any, people: Any, house: House, staff: Callable[..., Headers]
) -> None:
    offered(area="zhangjiang", seats=3)
    near = staff("liaison", name="lian-zj", areas=("zhangjiang",))
    far = staff("counsellor", name="fudao-lg", areas=("lingang",))
    sign_up(client, people[0])
    who = client.get(f"{API}/me", headers=people[0][1]).json["id"]
    url = f"{API}/staff/course-sessions"
    house.clock.move(days=10)
    assert client.get(url, headers=near).json["total"] == 1
    assert client.get(url, headers=far).json["total"] == 0
    attendance = f"{url}/{SESSION}/sign-ups/{who}/attendance"
    assert client.put(attendance, json={"came": True}, headers=far).status_code == 404
    assert client.put(attendance, json={"came": True}, headers=near).json["came_at"]
    assert len(client.get(f"{url}/{SESSION}", headers=near).json["code"]) == 6
    for path in (f"{url}/{SESSION}", f"{url}/{SESSION}/sign-ups", f"{url}/{SESSION}/roster"):
        assert client.get(path, headers=far).status_code == 404
        assert client.get(path, headers=near).status_code == 200


def test_the_roster_is_a_table_safe_in_excel_and_its_export_is_written_down(
    client: FlaskClient,
    offered: Any,
    people: Any,
    house: House,
    editor: Headers,
    person: Callable[..., Headers],
) -> None:
    risky = made_up_code(9)
    house.companies.add_company(Firm(risky, "=1+1示例", area="zhangjiang"), SYSTEM)
    offered(seats=1)
    sign_up(client, (risky, person(risky)))
    sign_up(client, people[0])
    url = f"{API}/staff/course-sessions/{SESSION}/roster"
    lines = client.get(f"{url}?format=csv", headers=editor).data.decode("utf-8-sig").splitlines()
    assert [line.split(",")[3:5] for line in lines] == [
        ["状态", "候补位次"],
        ["报名成功", ""],
        ["候补中", "1"],
    ]
    assert lines[1].split(",")[1] == "'=1+1示例"
    book = load_workbook(io.BytesIO(client.get(url, headers=editor).data))
    assert [row[2] for row in book.active.values][1:] == [risky, made_up_code(1)]
    entries = house.accounts.audit.list_entries(10, None, action="course_roster.exported").items
    assert {entry.details["form"] for entry in entries} == {"xlsx", "csv"}
    assert client.get(f"{url}?format=pdf", headers=editor).status_code == 422
