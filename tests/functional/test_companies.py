"""Firms through HTTP: who sees what, what is taken in, and what is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from backend.companies.service import Firm
from backend.demo.firms import made_up_code
from backend.shared.caller import SYSTEM
from backend.wiring import House

Headers = dict[str, str]
ONE, TWO, NOBODY = made_up_code(1), made_up_code(2), made_up_code(3)
API = "/api/v1"


@pytest.fixture(autouse=True)
def firms(house: House) -> None:
    house.companies.add_company(Firm(ONE, "示例芯片有限公司", area="zhangjiang"), SYSTEM)
    house.companies.add_company(Firm(TWO, "示例生物有限公司", area="lingang"), SYSTEM)


def test_a_person_sees_its_own_firm_and_of_others_not_even_that_they_exist(
    client: FlaskClient, person: Callable[..., Headers]
) -> None:
    mine = person(ONE)
    assert client.get(f"{API}/companies/{ONE}", headers=mine).json["name"] == "示例芯片有限公司"
    for path in ("", "/facts"):
        other = client.get(f"{API}/companies/{TWO}{path}", headers=mine)
        nobody = client.get(f"{API}/companies/{NOBODY}{path}", headers=mine)
        assert other.status_code == nobody.status_code == 404
        assert other.json["message"].replace(TWO, "") == nobody.json["message"].replace(NOBODY, "")
    facts = {"facts": [{"name": "class1_ip", "value": 1}]}
    assert client.post(f"{API}/companies/{TWO}/facts", json=facts, headers=mine).status_code == 404
    assert client.get(f"{API}/companies/{ONE}").status_code == 401
    assert client.get(f"{API}/staff/companies", headers=mine).status_code == 403


def test_a_person_declares_and_staff_know_better(
    client: FlaskClient, person: Callable[..., Headers], staff: Callable[..., Headers]
) -> None:
    stated = {"name": "revenue", "value": "5000万", "period": "2025"}
    body = {"facts": [stated], "source": "tax"}
    answer = client.post(f"{API}/companies/{ONE}/facts", json=body, headers=person(ONE))
    assert answer.status_code == 201, answer.json
    assert answer.json["items"][-1]["source"] == "self_declared"
    assert answer.json["items"][-1]["value"] == 50_000_000
    body = {"facts": [{**stated, "value": 48_000_000}], "source": "tax"}
    local = staff("liaison", areas=("zhangjiang",))
    answer = client.post(f"{API}/companies/{ONE}/facts", json=body, headers=local)
    assert [item["source"] for item in answer.json["items"][-2:]] == ["self_declared", "tax"]
    assert client.get(f"{API}/companies/{TWO}", headers=local).status_code == 404


@pytest.mark.parametrize(
    "facts",
    [
        [],
        [{"name": "no_such_fact", "value": 1}],
        [{"name": "staff", "value": {"$gt": ""}, "period": "2025"}],
        [
            {"name": "staff", "value": 10, "period": "2025"},
            {"name": "tech_staff", "value": 11, "period": "2025"},
        ],
        [{"name": "class1_ip", "value": 1, "admin": True}],
        [{"name": "$where", "value": "<script>"}],
    ],
)
def test_bad_facts_are_refused_and_nothing_is_half_written(
    client: FlaskClient, person: Callable[..., Headers], facts: list[dict[str, object]]
) -> None:
    mine = person(ONE)
    before = client.get(f"{API}/companies/{ONE}/facts", headers=mine).json
    answer = client.post(f"{API}/companies/{ONE}/facts", json={"facts": facts}, headers=mine)
    assert answer.status_code == 422, answer.json
    assert client.get(f"{API}/companies/{ONE}/facts", headers=mine).json == before


def test_staff_add_and_find_firms(client: FlaskClient, staff: Callable[..., Headers]) -> None:
    editor = staff("editor")
    body = {"uscc": NOBODY, "name": "示例新材料有限公司", "area": "某某园"}
    added = client.post(f"{API}/staff/companies", json=body, headers=editor)
    assert (added.status_code, added.json["flags"]) == (201, ["area"])
    assert client.post(f"{API}/staff/companies", json=body, headers=editor).status_code == 409
    wrong = {**body, "uscc": NOBODY[:-1] + ("1" if NOBODY[-1] == "0" else "0")}
    refused = client.post(f"{API}/staff/companies", json=wrong, headers=editor)
    assert (refused.status_code, refused.json["code"]) == (422, "invalid_input")
    found = client.get(f"{API}/staff/companies?name=生物", headers=editor).json
    assert [item["uscc"] for item in found["items"]] == [TWO]
    assert client.get(f"{API}/staff/companies?limit=2", headers=editor).json["total"] == 3
    assert client.get(f"{API}/staff/companies", headers=staff("mentor")).status_code == 403
