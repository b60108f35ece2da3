"""A course with sessions, and three persons of three made-up firms who may sign up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from backend.companies.service import Firm
from backend.demo.firms import made_up_code
from backend.settings import Settings
from backend.shared.caller import SYSTEM
from backend.wiring import House
from tests.functional.conftest import START

Headers = dict[str, str]
PUBLIC, STAFF = "/api/v1/course-sessions", "/api/v1/staff/course-sessions"
ONE = f"{PUBLIC}/shili-chang"
COURSE = {"id": "shili-ke", "title": "示例课程", "series": "训练营", "helps": ["shili/rd-ratio"]}


def at(**after: float) -> str:
    return (START + timedelta(**after)).isoformat()


def session(**fields: Any) -> dict[str, Any]:
    """A session in ten days, open for sign-up now."""
    return {
        "id": "shili-chang",
        "course": "shili-ke",
        "starts_at": at(days=10),
        "ends_at": at(days=10, hours=2),
        "opens_at": at(days=-1),
        "closes_at": at(days=9),
        "place": "示例厅",
        "seats": 1,
        **fields,
    }


def edited(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in session(**fields).items() if name not in ("id", "course")}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    # The clock is moved over the session; nobody's sign-in is to end on the way.
    return settings.model_copy(update={"access_minutes": 60 * 24 * 30})


@pytest.fixture
def editor(staff: Callable[..., Headers]) -> Headers:
    return staff("editor")


@pytest.fixture
def offered(house: House, client: FlaskClient, editor: Headers) -> Callable[..., dict[str, Any]]:
    """`offered(seats=2)` adds a session of a course to which three made-up firms may sign up."""
    for number in range(1, 4):
        house.companies.add_company(
            Firm(made_up_code(number), f"示例企业{number}", area="zhangjiang"), SYSTEM
        )
    assert client.post("/api/v1/staff/courses", json=COURSE, headers=editor).status_code == 201

    def add(**fields: Any) -> dict[str, Any]:
        answer = client.post(STAFF, json=session(**fields), headers=editor)
        assert answer.status_code == 201, answer.json
        return dict(answer.json)

    return add


@pytest.fixture
def people(person: Callable[..., Headers]) -> list[tuple[str, Headers]]:
    """Three persons, each of a firm of its own: (firm, headers)."""
    return [(made_up_code(number), person(made_up_code(number))) for number in range(1, 4)]


def sign_up(client: FlaskClient, who: tuple[str, Headers], url: str = ONE) -> Any:
    return client.post(f"{url}/sign-up", json={"uscc": who[0]}, headers=who[1])


def told(house: House, client: FlaskClient, headers: Headers) -> list[str]:
    house.push.deliver_due()
    return [item["title"] for item in client.get("/api/v1/messages", headers=headers).json["items"]]
