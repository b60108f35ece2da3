"""The people, firms and requests that the stories of guidance share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from backend.companies.service import Firm
from backend.demo.firms import made_up_code
from backend.pool.life import Stage
from backend.shared.caller import SYSTEM
from backend.wiring import House
from tests.functional.conftest import PASSWORD

Headers = dict[str, str]
API = "/api/v1"
ONE, TWO = made_up_code(1), made_up_code(2)
FIRMS = {"firm": ONE, "other": TWO}
STAFF = (
    ("lian-zj", "liaison", ("zhangjiang",)),
    ("lian-lg", "liaison", ("lingang",)),
    ("fudao-zj", "counsellor", ("zhangjiang",)),
    ("dao-ip", "mentor", ()),
    ("dao-tax", "mentor", ()),
    ("editor", "editor", ()),
    ("publisher", "publisher", ()),
)


class Cast:
    """Everybody of the stories; signed in anew when the clock has moved."""

    def __init__(self, house: House, client: FlaskClient, staff: Callable[..., Headers]) -> None:
        self.house, self.client = house, client
        self._headers: dict[tuple[str, datetime], Headers] = {}
        for name, role, areas in STAFF:
            staff(role, name=name, areas=areas)
        furnish(house)

    def __getitem__(self, name: str) -> Headers:
        key = (name, self.house.clock.now())
        if key not in self._headers:
            self._headers[key] = self._signed_in(name)
        return self._headers[key]

    def _signed_in(self, name: str) -> Headers:
        who = {"kind": "wechat", "code": f"demo-{FIRMS[name]}"} if name in FIRMS else {
            "kind": "staff", "name": name, "password": PASSWORD
        }  # fmt: skip
        answer = self.client.post(f"{API}/sessions", json=who)
        assert answer.status_code == 200, answer.json
        return {"Authorization": f"Bearer {answer.json['access_token']}"}


def furnish(house: House) -> None:
    """Two firms in two areas, two liaisons, a counsellor and two mentors."""
    for uscc, name, area in ((ONE, "示例芯片", "zhangjiang"), (TWO, "示例生物", "lingang")):
        house.companies.add_company(Firm(uscc, name, area=area), SYSTEM)
        house.pool.enter(uscc, Stage("in_pool", "cultivate"), SYSTEM, "示例")
    accounts = house.accounts.staff
    for key, level, area, skills in (
        ("lian-zj", "liaison", "zhangjiang", []),
        ("lian-lg", "liaison", "lingang", []),
        ("fudao-zj", "counsellor", "zhangjiang", ["policy"]),
        ("dao-ip", "mentor", "zhangjiang", ["ip"]),
        ("dao-tax", "mentor", "lingang", ["tax"]),
    ):
        fields = {"name": f"示例{key}", "level": level, "areas": [area], "towns": [], "skills": skills}
        more = {"help_kinds": [], "helps": [], "posts": [], "capacity": 10}
        staff = key if accounts.is_known(key) else ""
        house.people.add_adviser(f"shili-{key}", {**fields, **more, "staff": staff}, SYSTEM)


def ask(client: FlaskClient, headers: Headers, path: str = "requests", **more: Any) -> dict[str, Any]:
    """A new request."""
    body = {"uscc": ONE, "title": "示例诉求", "text": "专利怎样布局？", "help_kind": "ip-planning", **more}
    answer = client.post(f"{API}/{path}", json=body, headers=headers)
    assert answer.status_code == 201, answer.json
    return dict(answer.json)


def post(client: FlaskClient, path: str, headers: Headers, status: int = 200, **body: Any) -> dict[str, Any]:
    """One step; the answer."""
    answer: TestResponse = client.post(f"{API}/{path}", json=body, headers=headers)
    assert answer.status_code == status, answer.json
    return dict(answer.json)


def inbox(client: FlaskClient, house: House, headers: Headers) -> list[str]:
    """The titles in somebody's inbox, oldest first."""
    house.push.deliver_due()
    answer = client.get(f"{API}/messages?limit=100", headers=headers)
    if answer.status_code == 403:
        answer = client.get(f"{API}/staff/inbox?limit=100", headers=headers)
    items = answer.json["items"]
    return [item["title"] for item in items][::-1]
