"""Every door of sessions, plans and institutions by who knocks: nobody, a person, other posts, an editor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from backend.demo.firms import made_up_code

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
    ("GET", "/staff/course-sessions"),
    ("POST", "/staff/course-sessions"),
    ("GET", f"/staff/course-sessions/{SESSION}"),
    ("PUT", f"/staff/course-sessions/{SESSION}"),
    ("POST", f"/staff/course-sessions/{SESSION}/cancel"),
    ("GET", f"/staff/course-sessions/{SESSION}/sign-ups"),
    ("POST", f"/staff/course-sessions/{SESSION}/sign-ups/{NOBODY}/cancel"),
    ("PUT", f"/staff/course-sessions/{SESSION}/sign-ups/{NOBODY}/attendance"),
    ("POST", f"/staff/course-sessions/{SESSION}/material"),
    ("DELETE", f"/staff/course-sessions/{SESSION}/material/{NOBODY}"),
    ("GET", f"/staff/course-sessions/{SESSION}/ratings"),
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
    assert {knock(door) for door in (*PERSONAL, *STAFF)} == {401}


def test_a_person_comes_to_its_own_doors_and_to_none_of_the_staff(
    knock: Callable[..., int], person: Callable[..., Headers]
) -> None:
    mine = person(made_up_code(1))
    assert not {knock(door, mine) for door in PERSONAL} & {401, 403}
    assert {knock(door, mine) for door in STAFF} == {403}


def test_other_posts_run_no_courses_and_nobody_of_the_staff_signs_up(
    knock: Callable[..., int], staff: Callable[..., Headers], editor: Headers
) -> None:
    for post in OTHER_POSTS:
        assert {knock(door, staff(post)) for door in (*STAFF, *PERSONAL)} == {403}, post
    assert {knock(door, editor) for door in PERSONAL} == {403}
    for allowed in (editor, staff("admin")):
        assert not {knock(door, allowed) for door in STAFF} & {401, 403}
