"""Courses through HTTP: the series of the plan, the public list, editing by revision."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

PUBLIC, STAFF = "/api/v1/courses", "/api/v1/staff/courses"
Staff = Callable[..., dict[str, str]]
NEW: dict[str, Any] = {
    "id": "shili-kecheng",
    "title": "示例课程",
    "series": "训练营",
    "day": "2026-06-30",
    "helps": ["shili/rd-ratio"],
}


def test_the_four_series_are_there_before_any_course(client: FlaskClient, staff: Staff) -> None:
    series = client.get(f"{PUBLIC}/series").json["items"]
    assert [(item["series"], item["courses"]) for item in series] == [
        ("高企大讲堂", 0),
        ("训练营", 0),
        ("冲刺班", 0),
        ("名师堂", 0),
    ]
    client.post(STAFF, json=NEW, headers=staff("editor"))
    assert client.get(f"{PUBLIC}/series").json["items"][1]["courses"] == 1
    assert client.get(f"{PUBLIC}?series=训练营").json["items"][0]["day"] == "2026-06-30"


def test_an_unlisted_course_is_for_staff_only(client: FlaskClient, staff: Staff) -> None:
    editor = staff("editor")
    client.post(STAFF, json={**NEW, "listed": False}, headers=editor)
    assert client.get(f"{PUBLIC}/{NEW['id']}").status_code == 404
    assert client.get(PUBLIC).json["total"] == 0
    assert client.get(STAFF, headers=editor).json["total"] == 1
    change = {key: value for key, value in NEW.items() if key != "id"}
    answer = client.put(f"{STAFF}/{NEW['id']}", json=change, headers={**editor, "If-Match": "1"})
    assert answer.json["revision"] == 2
    assert client.get(f"{PUBLIC}/{NEW['id']}").status_code == 200


@pytest.mark.parametrize(
    "wrong", [{"day": "6月30日"}, {"title": ""}, {"helps": ["x"]}, {"price": 1}, {"series": {"$gt": ""}}]
)
def test_wrong_fields_are_refused(client: FlaskClient, staff: Staff, wrong: dict[str, Any]) -> None:
    assert client.post(STAFF, json={**NEW, **wrong}, headers=staff("editor")).status_code == 422
