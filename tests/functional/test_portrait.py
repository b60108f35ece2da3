"""The portrait through HTTP: series beside peers, small groups hidden, what is missing, a page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from backend.companies.service import Firm
from backend.demo.firms import made_up_code
from backend.shared.caller import SYSTEM
from backend.wiring import House

Headers = dict[str, str]
API = "/api/v1"
ONE = made_up_code(1)


@pytest.fixture(autouse=True)
def firms(house: House) -> None:
    house.load_library()
    for number in range(1, 7):
        facts: list[dict[str, Any]] = [
            {"name": "tech_field", "value": "materials" if number < 6 else "energy"},
            {"name": "revenue", "value": number * 10_000_000 // 2, "period": "2025"},
            {"name": "rd_expense", "value": 1_000_000, "period": "2025"},
            {"name": "class1_ip", "value": number},
            {"name": "titles", "value": ["gaoqi"]},
            {"name": "gaoqi_valid_to", "value": "2028-01-01"},
        ]
        firm = Firm(made_up_code(number), f"示例<b>{number}号", area="zhangjiang", facts=tuple(facts))
        house.companies.add_company(firm, SYSTEM, "tax")


def portrait(client: FlaskClient, headers: Headers, uscc: str = ONE) -> dict[str, Any]:
    answer = client.get(f"{API}/companies/{uscc}/portrait", headers=headers)
    assert answer.status_code == 200, answer.json
    return answer.json


def series(found: dict[str, Any], name: str) -> dict[str, Any]:
    return next(item for item in found["series"] if item["id"] == name)


def test_own_figures_stand_beside_the_quartiles_of_at_least_five_peers(
    house: House, client: FlaskClient, person: Callable[..., Headers]
) -> None:
    assert house.pool_room.portraits.gather_peers() == 1
    found = portrait(client, person(ONE))
    revenue = series(found, "revenue")
    assert (revenue["years"], revenue["values"]) == (["2023", "2024", "2025"], [None, None, 5_000_000])
    shown = [revenue[name][2] for name in ("peers", "lower_quartile", "median", "upper_quartile")]
    assert shown == [5, 10_000_000, 15_000_000, 20_000_000]
    assert revenue["median"][:2] == [None, None]
    assert series(found, "rd_ratio")["values"][2] == "0.2"
    assert found["peers"] == {"field": "新材料", "size": "销售收入5000万元以下"}
    alone = portrait(client, person(made_up_code(6)), made_up_code(6))
    assert series(alone, "revenue")["median"] == [None, None, None]
    assert found["titles"] == [{"id": "gaoqi", "label": "高新技术企业", "valid_to": "2028-01-01"}]
    (owned,) = [item for item in found["ip"] if item["id"] == "class1_ip"]
    shown = [owned[name] for name in ("value", "peers", "lower_quartile", "median", "upper_quartile")]
    assert shown == [1, 5, 2, 3, 4]
    assert [item["median"] for item in alone["ip"]] == [None] * 6


def test_it_asks_for_what_settles_most_and_shows_what_changed_since_an_earlier_day(
    house: House, client: FlaskClient, staff: Callable[..., Headers]
) -> None:
    portraits = house.pool_room.portraits
    caller = house.accounts.staff_caller(_named(staff))
    first = portraits.draw(ONE, caller)
    assert first["completeness"]["known"] < first["completeness"]["asked"]
    assert first["completeness"]["next_question"]["question"].endswith("？")
    assert first["changed"] == {"since": None, "facts": []}
    house.clock.move(days=2)  # type: ignore[attr-defined]
    house.companies.record_facts(ONE, [{"name": "class1_ip", "value": 9}], "registry", SYSTEM)
    for _ in range(2):  # a second look on the same day shows the same
        changed = portraits.draw(ONE, caller)["changed"]
        assert [(fact["name"], fact["value"]) for fact in changed["facts"]] == [("class1_ip", 9)]
    owned = next(item for item in portraits.draw(ONE, caller)["ip"] if item["id"] == "class1_ip")
    assert owned["history"] == [{"on": "2026-05-06", "value": 1}, {"on": "2026-05-08", "value": 9}]


def test_the_page_to_print_runs_nothing(client: FlaskClient, person: Callable[..., Headers]) -> None:
    page = client.get(f"{API}/companies/{ONE}/portrait/page", headers=person(ONE))
    text = page.get_data(as_text=True)
    assert page.content_type.startswith("text/html")
    assert "示例&lt;b&gt;1号" in text
    assert "<script" not in text
    assert "5,000,000" in text


def _named(staff: Callable[..., Headers]) -> str:
    staff("editor")
    return "editor"
