"""A series planned ahead of an application season: from the policy's own dates, or from what staff expect."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from backend.wiring import House
from policies.sheet import parse_sheet
from tests.functional.courses.conftest import COURSE
from tests.functional.test_push import SHEET

Headers = dict[str, str]
PLANS, STAFF = "/api/v1/course-plans", "/api/v1/staff/course-plans"
WINDOW = "    windows: [{open: 2026-09-10, close: 2026-10-20, source: 示例申报通知, mark: P}]\n"
STEP = {"course": "shili-ke", "days_before": 60, "at": "14:00", "minutes": 120, "seats": 30}
PLAN: dict[str, Any] = {"id": "shili-jihua", "policy": "shili-butie", "steps": [STEP]}


@pytest.fixture
def editor(house: House, client: FlaskClient, staff: Callable[..., Headers]) -> Headers:
    headers = staff("editor")
    assert client.post("/api/v1/staff/courses", json=COURSE, headers=headers).status_code == 201
    return headers


def publish(house: House, window: str = "") -> None:
    text = SHEET.replace("    all:\n", f"{window}    all:\n")
    house.catalogue.load_library([parse_sheet(text, "shili-butie.md")])


def test_sessions_are_planned_back_from_the_day_the_season_opens(
    house: House, client: FlaskClient, editor: Headers
) -> None:
    publish(house, WINDOW)
    steps = [STEP, {**STEP, "days_before": 32, "online": True}]
    made = client.post(STAFF, json={**PLAN, "steps": steps}, headers=editor)
    assert made.status_code == 201, made.json
    assert (made.json["season_opens"], made.json["season_closes"]) == ("2026-09-10", "2026-10-20")
    assert (made.json["source"], made.json["mark"]) == ("示例申报通知", "P")
    # 12 July and 9 August 2026 are Sundays: the working day before is taken.
    starts = [step["starts_at"] for step in made.json["steps"]]
    assert starts == ["2026-07-10T14:00:00+08:00", "2026-08-07T14:00:00+08:00"]
    shown = client.get("/api/v1/course-sessions").json["items"]
    assert [(item["id"], item["plan"], item["starts_at"]) for item in shown] == [
        ("shili-jihua-1", "shili-jihua", starts[0]),
        ("shili-jihua-2", "shili-jihua", starts[1]),
    ]
    assert (shown[0]["state_label"], shown[0]["seats"]) == ("报名未开始", 30)
    assert client.get(f"{PLANS}/shili-jihua").json == made.json
    assert client.get(PLANS).json["total"] == 1
    assert client.post(STAFF, json=PLAN, headers=editor).status_code == 409


def test_a_season_nobody_has_announced_is_not_invented(
    house: House, client: FlaskClient, editor: Headers
) -> None:
    publish(house)
    refused = client.post(STAFF, json=PLAN, headers=editor)
    assert (refused.status_code, refused.json["code"]) == (409, "wrong_state")
    assert "没有已知的下一次申报期" in refused.json["message"]
    expected = {**PLAN, "expected_opens": "2027-04-01", "expected_because": "参照上一年度通知"}
    made = client.post(STAFF, json=expected, headers=editor).json
    assert (made["source"], made["mark"], made["season_closes"]) == (
        "预计，依据：参照上一年度通知",
        "?",
        None,
    )


def test_the_plan_is_finished_after_a_kill_and_carried_out_once(
    house: House, client: FlaskClient, editor: Headers, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(house, WINDOW)
    with monkeypatch.context() as broken:
        broken.setattr(house.course_room.planning, "_hand_on", lambda *_: False)
        client.post(STAFF, json=PLAN, headers=editor)
    assert client.get("/api/v1/course-sessions").json["total"] == 0
    for _ in range(2):
        house.relay.sweep()
    assert client.get("/api/v1/course-sessions").json["total"] == 1


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"policy": "meiyou"}, 404),
        ({"steps": []}, 422),
        ({"steps": [{**STEP, "course": "meiyou"}]}, 404),
        ({"steps": [{**STEP, "days_before": 300}]}, 422),
        ({"steps": [{**STEP, "at": "25:00"}]}, 422),
        ({"steps": [{**STEP, "seats": -1}]}, 422),
        ({"expected_opens": "2027-04-01"}, 422),
        ({"expected_opens": "2026-02-30", "expected_because": "示例"}, 422),
        ({"id": "大写"}, 422),
    ],
)
def test_wrong_plans_are_refused_in_chinese(
    house: House, client: FlaskClient, editor: Headers, wrong: dict[str, Any], status: int
) -> None:
    publish(house, WINDOW)
    answer = client.post(STAFF, json={**PLAN, **wrong}, headers=editor)
    assert answer.status_code == status, answer.json
    assert any("\u4e00" <= sign <= "\u9fff" for sign in answer.json["message"])
    assert client.get(PLANS).json["total"] == 0
