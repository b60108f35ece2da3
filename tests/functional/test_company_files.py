"""A firm's file through HTTP: what counts, disputes, contacts, who looks after it, and who sees what."""

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
ONE, TWO = made_up_code(1), made_up_code(2)
API = "/api/v1"
REVENUE = {"name": "revenue", "value": 48_000_000, "period": "2025"}


@pytest.fixture(autouse=True)
def firms(house: House) -> None:
    here = Firm(ONE, "示例芯片有限公司", area="zhangjiang", operating_area="lingang", facts=(REVENUE,))
    house.companies.add_company(here, SYSTEM, "tax")
    house.companies.add_company(
        Firm(TWO, "示例生物有限公司", area="jinqiao", facts=(REVENUE,)), SYSTEM, "tax"
    )


def facts(client: FlaskClient, headers: Headers, query: str = "") -> list[dict[str, Any]]:
    answer = client.get(f"{API}/companies/{ONE}/facts{query}", headers=headers)
    assert answer.status_code == 200, answer.json
    return [item for item in answer.json["items"] if item["name"] == "revenue"]


def test_the_better_source_counts_until_staff_rank_them_otherwise_and_any_day_is_known(
    house: House, client: FlaskClient, staff: Callable[..., Headers], person: Callable[..., Headers]
) -> None:
    house.clock.move(days=1)  # type: ignore[attr-defined]
    mine = person(ONE)
    own = {"facts": [{**REVENUE, "value": 50_000_000}]}
    assert client.post(f"{API}/companies/{ONE}/facts", json=own, headers=mine).status_code == 201
    assert [(f["source"], f["counts"]) for f in facts(client, mine)] == [
        ("tax", True),
        ("self_declared", False),
    ]
    order = {"order": ["self_declared", "tax", "registry", "staff_verified"]}
    path = f"{API}/staff/fact-sources/revenue"
    assert client.put(path, json=order, headers=mine).status_code == 403
    settled = client.put(path, json=order, headers=staff("editor"))
    assert settled.status_code == 200, settled.json
    assert client.put(path, json=order, headers=staff("editor")).status_code == 409
    again = {**staff("editor"), "If-Match": str(settled.json["revision"])}
    assert client.put(path, json=order, headers=again).status_code == 200
    assert [f["counts"] for f in facts(client, mine)] == [False, True]
    exported = client.get(f"{API}/staff/company-exports?format=csv&year=2025&fact=revenue", headers=again)
    assert "50000000" in exported.get_data(as_text=True)
    listed = client.get(path.removesuffix("/revenue"), headers=again).json["items"]
    by_fact = {one["fact"]: (one["settled"], one["order"][0]) for one in listed}
    assert (by_fact["revenue"], by_fact["staff"]) == ((True, "self_declared"), (False, "registry"))
    assert "rd_ratio_3y" not in by_fact
    assert [f["source"] for f in facts(client, mine, "?as_of=2026-05-06")] == ["tax"]
    answers = client.get(f"{API}/companies/{ONE}/facts?as_of=soon", headers=mine)
    assert answers.status_code == 422
    wrong = {"order": ["tax", "tax", "tax", "tax"]}
    assert client.put(path, json=wrong, headers=again).status_code == 422
    assert client.put(f"{API}/staff/fact-sources/x", json=order, headers=again).status_code == 422


def test_a_firm_corrects_where_it_is_and_the_word_of_the_better_source_stays_visible(
    house: House, client: FlaskClient, staff: Callable[..., Headers], person: Callable[..., Headers]
) -> None:
    house.clock.move(days=1)  # type: ignore[attr-defined]
    mine, local = person(ONE), staff("liaison", areas=("zhangjiang",))
    path = f"{API}/companies/{ONE}/particulars"
    own = {"operating_area": "金桥", "operating_address": "示例路1号", "source": "registry"}
    said = client.post(path, json=own, headers=mine)
    assert said.status_code == 201, said.json
    assert client.post(path, json=own, headers=mine).json == said.json
    words = [(w["name"], w["value"], w["source"], w["counts"]) for w in said.json["items"]]
    assert words == [
        ("name", "示例芯片有限公司", "tax", True),
        ("operating_area", "lingang", "tax", True),
        ("operating_address", "示例路1号", "self_declared", True),
        ("operating_area", "jinqiao", "self_declared", False),
    ]
    shown = client.get(f"{API}/companies/{ONE}", headers=mine).json
    assert (shown["operating_area"], shown["operating_address"]) == ("lingang", "示例路1号")
    registered = {"operating_area": "金桥", "source": "registry"}
    assert client.post(path, json=registered, headers=local).status_code == 201
    assert client.get(f"{API}/companies/{ONE}", headers=local).json["operating_area"] == "jinqiao"
    assert {word["by"] for word in client.get(path, headers=mine).json["items"]} == {""}
    assert client.get(path, headers=local).json["items"][-1]["by"] == "staff:liaison-zhangjiang"
    assert client.get(f"{path}?as_of=2026-05-06", headers=local).json["total"] == 2
    for wrong in ({"name": "短"}, {"park": 5}, {"nothing": "x"}, {"source": "hearsay"}):
        assert client.post(path, json=wrong, headers=local).status_code == 422, wrong
    assert client.post(path, json=own, headers=person(TWO)).status_code == 404


def told_of(house: House, uscc: str, cause: str) -> dict[str, str]:
    """Reader -> title of what was told of a cause."""
    stores = house.push._stores
    message = stores.messages.last_of_cause(uscc, cause)
    assert message is not None
    return {row.person: message.title for row in stores.deliveries.of_message(message.id)}


def test_a_firm_disputes_a_fact_and_staff_correct_it_once(
    house: House, client: FlaskClient, staff: Callable[..., Headers], person: Callable[..., Headers]
) -> None:
    mine, local = person(ONE), staff("liaison", areas=("lingang",))
    house.clock.move(minutes=1)  # type: ignore[attr-defined]
    body = {"fact": "revenue", "period": "2025", "claimed": "5000万", "reason": "漏计一笔收入"}
    path = f"{API}/companies/{ONE}/disputes"
    raised = client.post(path, json=body, headers=mine)
    assert raised.status_code == 201, raised.json
    assert client.post(path, json=body, headers=mine).status_code == 409
    missing = {**body, "period": "2024"}
    assert client.post(path, json=missing, headers=mine).status_code == 422
    assert client.post(f"{API}/companies/{TWO}/disputes", json=body, headers=mine).status_code == 404
    assert facts(client, mine)[0]["disputed"]
    house.clock.move(minutes=1)  # type: ignore[attr-defined]
    settle = f"{API}/staff/companies/{ONE}/disputes/{raised.json['items'][0]['id']}"
    ending = {"outcome": "corrected", "answer": "已与申报表核对"}
    assert client.post(settle, json=ending, headers=staff("liaison", areas=("shibo",))).status_code == 404
    done = client.post(settle, json=ending, headers=local)
    assert done.status_code == 200, done.json
    assert (done.json["items"][0]["state"], done.json["items"][0]["claimed"]) == ("corrected", 50_000_000)
    assert client.post(settle, json=ending, headers=local).status_code == 409
    seen = facts(client, mine)
    assert [(f["value"], f["source"], f["counts"]) for f in seen] == [
        (48_000_000, "tax", False),
        (50_000_000, "tax", True),
    ]
    assert not seen[0]["disputed"]
    dispute = raised.json["items"][0]["id"]
    assert set(told_of(house, "staff", f"dispute.{dispute}")) == {f"staff:{house.firms.grid.finder(ONE)}"}
    persons = told_of(house, ONE, f"dispute.{dispute}")
    assert persons and set(persons) == set(house.accounts.firms.persons_of(ONE))
    assert all("已更正" in title for title in persons.values())


def test_contacts_are_masked_and_read_in_full_only_for_a_reason_that_is_kept(
    house: House, client: FlaskClient, staff: Callable[..., Headers], person: Callable[..., Headers]
) -> None:
    mine, local = person(ONE), staff("liaison", areas=("zhangjiang",))
    path = f"{API}/companies/{ONE}/contact"
    fields = {"contact_name": "示例人", "contact_phone": "13800001234"}
    written = client.put(path, json=fields, headers=mine)
    assert (written.json["contact_name"], written.json["contact_phone"]) == ("示**", "138****1234")
    assert client.get(path, headers=local).json["contact_phone"] == "138****1234"
    full = f"{API}/staff/companies/{ONE}/contact-reads"
    assert client.post(full, json={}, headers=local).status_code == 422
    assert client.post(full, json={"reason": "走访"}, headers=mine).status_code == 403
    assert client.post(full, json={"reason": "走访"}, headers=local).json["contact_phone"] == "13800001234"
    (entry,) = house.accounts.audit.list_entries(5, None, action="contact.read").items
    assert (entry.actor, entry.details) == ("staff:liaison-zhangjiang", {"reason": "走访"})
    assert client.put(path, json={"contact_phone": "call me"}, headers=mine).status_code == 422
    owner = house.firms.contacts._store.get(ONE).person
    assert house.personal_data.export(owner)["companies"]["contacts"][0]["contact_phone"] == "13800001234"
    assert house.personal_data.erase(owner)["companies"] == {"contacts": 1}
    assert client.get(path, headers=local).json["contact_phone"] == ""


def test_every_firm_has_one_liaison_and_one_counsellor_by_where_it_works_and_gaps_are_listed(
    client: FlaskClient, staff: Callable[..., Headers], person: Callable[..., Headers]
) -> None:
    staff("liaison", areas=("lingang", "jinqiao"), name="宽")
    staff("liaison", areas=("lingang",), name="窄")
    staff("liaison", areas=("zhangjiang",), name="注册地")
    staff("liaison", name="全区")
    staff("counsellor", areas=("jinqiao",), name="甲")
    staff("counsellor", areas=("jinqiao",), name="乙")
    found = client.get(f"{API}/companies/{ONE}/service", headers=person(ONE)).json
    assert (found["liaison"]["name"], found["counsellor"]) == ("窄", None)
    gaps = client.get(f"{API}/staff/service-grid/gaps", headers=staff("editor")).json["items"]
    assert [(gap["operating_area"], gap["missing"], gap["shared"]) for gap in gaps] == [
        ("", [], ["counsellor"]),
        ("lingang", ["counsellor"], []),
    ]
    assert client.get(f"{API}/staff/service-grid/gaps", headers=person(ONE)).status_code == 403
