"""Everything wired, over each store, with a clock that stands still; requests go through Flask."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from backend.app import create_app
from backend.settings import Settings
from backend.shared.caller import SYSTEM, Role
from backend.shared.clock import SHANGHAI, FixedClock
from backend.wiring import House, build_house
from tests.functional.promises import PromisedClient

START = datetime(2026, 5, 6, 9, 30, tzinfo=SHANGHAI)
PASSWORD = "correct-horse-battery"


@pytest.fixture
def settings(store_settings: dict[str, object], tmp_path: Path) -> Settings:
    return Settings(
        data_dir=tmp_path / "var",
        secret_key="k" * 40,
        wechat_stand_in=True,
        sign_in_limit="1000 per minute",
        invitation_limit="1000 per minute",
        assessment_limit="1000 per minute",
        **store_settings,
    )


@pytest.fixture
def house(settings: Settings) -> Iterator[House]:
    house = build_house(settings, FixedClock(START), cheap_passwords=True)
    yield house
    house.close()


@pytest.fixture
def client(house: House) -> FlaskClient:
    app = create_app(house)
    app.test_client_class = PromisedClient
    return app.test_client()


@pytest.fixture
def staff(house: House, client: FlaskClient) -> Callable[..., dict[str, str]]:
    """`staff("editor", areas=["zhangjiang"])` -> headers of a signed-in member of staff with these roles."""
    made: dict[str, str] = {}

    def headers(
        *roles: str, name: str = "", areas: tuple[str, ...] = (), towns: tuple[str, ...] = ()
    ) -> dict[str, str]:
        name = name or "-".join((*roles, *areas, *towns))
        if name not in made:
            house.accounts.add_staff(
                name, PASSWORD, frozenset(Role(role) for role in roles), SYSTEM, areas=areas, towns=towns
            )
            answer = client.post(
                "/api/v1/sessions", json={"kind": "staff", "name": name, "password": PASSWORD}
            )
            assert answer.status_code == 200, answer.json
            made[name] = answer.json["access_token"]
        return {"Authorization": f"Bearer {made[name]}"}

    return headers


@pytest.fixture
def person(
    house: House, client: FlaskClient, staff: Callable[..., dict[str, str]]
) -> Callable[..., dict[str, str]]:
    """`person(uscc)` -> headers of a signed-in person bound to that firm; `person()` of one bound to none."""

    def headers(uscc: str | None = None, code: str = "") -> dict[str, str]:
        session = client.post(
            "/api/v1/sessions", json={"kind": "wechat", "code": code or f"demo-{uscc or 'nobody'}"}
        )
        assert session.status_code == 200, session.json
        found = {"Authorization": f"Bearer {session.json['access_token']}"}
        if uscc is not None:
            issued = client.post("/api/v1/staff/invitations", json={"uscc": uscc}, headers=staff("admin"))
            assert issued.status_code == 201, issued.json
            bound = client.post("/api/v1/bindings", json={"code": issued.json["code"]}, headers=found)
            assert bound.status_code in {200, 201}, bound.json
        return found

    return headers
