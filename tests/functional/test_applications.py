"""A firm's own way with policies through HTTP: who tells what, what stands, and what opens next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient

from backend.companies.service import Firm
from backend.demo.firms import made_up_code
from backend.pool.life import Stage
from backend.shared.caller import SYSTEM, Caller, Role
from backend.shared.events import Event
from backend.wiring import House
from policies.sheet import Sheet

Headers = dict[str, str]
ONE, TWO = made_up_code(1), made_up_code(2)
API = "/api/v1"
STAFF = Caller("staff", "w", roles=frozenset({Role.EDITOR}))
SHARED = {"level": "district", "sources": [{"title": "示例", "mark": "?"}]}
GAOQI = {
    **SHARED,
    "slug": "shili-gaoqi",
    "title": "示例高企认定",
    "kind": "title",
    "grants": ["gaoqi"],
    "relations": [{"kind": "leads_on_to", "target": "shili-zhuanxiang"}],
}
MONEY = {
    **SHARED,
    "slug": "shili-zizhu",
    "title": "示例资助",
    "kind": "money",
    "rules": [
        {
            "id": "r",
            "from": "2020-01-01",
            "source": {"title": "示例"},
            "all": [
                {"id": "t", "label": "高企", "fact": "titles", "any_of": ["gaoqi"]},
                {"id": "n", "label": "新引进", "fact": "newly_introduced", "is": True},
            ],
        }
    ],
}
LED = {**SHARED, "slug": "shili-zhuanxiang", "title": "示例专项", "kind": "money"}


class Policy:
    def __init__(self, sheet: Sheet) -> None:
        self.slug, self.sheet = sheet.slug, sheet


@pytest.fixture(autouse=True)
def firms(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.companies.add_company(Firm(ONE, "示例芯片有限公司", area="zhangjiang"), SYSTEM)
    house.companies.add_company(Firm(TWO, "示例生物有限公司", area="lingang"), SYSTEM)
    published = [Policy(Sheet.model_validate(sheet)) for sheet in (GAOQI, MONEY, LED)]
    monkeypatch.setattr(house.firms.applications, "_published", lambda: published)


def test_the_newest_day_stands_whoever_tells_it_and_in_whatever_order(
    house: House, client: FlaskClient, staff: Callable[..., Headers], person: Callable[..., Headers]
) -> None:
    path = f"{API}/companies/{ONE}/applications"
    step = {"policy": "shili-gaoqi", "state": "interested", "on": "2026-03-01"}
    mine, local = person(ONE), staff("liaison", areas=("zhangjiang",))
    assert client.post(path, json=step, headers=mine).json["state"] == "interested"
    assert (
        client.post(path, json={**step, "state": "applied", "on": "2026-05-01"}, headers=mine).status_code
        == 201
    )
    again = client.post(path, json={**step, "state": "applied", "on": "2026-05-01"}, headers=mine)
    assert len(again.json["history"]) == 2
    assert house.firms.applications.reminders_over([ONE, TWO]) == {(ONE, "shili-gaoqi")}
    late = client.post(path, json={**step, "state": "preparing", "on": "2026-04-01"}, headers=local)
    assert (late.json["state"], late.json["since"]) == ("applied", "2026-05-01")
    assert [told["told_by"] for told in late.json["history"]] == ["企业", "企业", "联络员"]
    future = client.post(path, json={**step, "on": "2026-05-07"}, headers=mine)
    assert future.status_code == 422
    assert client.post(path, json={**step, "policy": "nothing"}, headers=mine).status_code == 404
    assert client.post(path, json={**step, "state": "won"}, headers=mine).status_code == 422
    other = f"{API}/companies/{TWO}/applications"
    assert client.post(other, json=step, headers=mine).status_code == 404
    assert client.get(other, headers=local).status_code == 404


def test_a_published_list_makes_certified_firms_and_opens_their_funding(
    client: FlaskClient, staff: Callable[..., Headers], person: Callable[..., Headers]
) -> None:
    steps = f"{API}/companies/{ONE}/next-steps"
    assert client.get(steps, headers=person(ONE)).json["items"] == []
    body = {"usccs": [ONE, made_up_code(9)], "on": "2026-05-06", "reference": "示例公示名单（第一批）"}
    path = f"{API}/staff/applications/shili-gaoqi/name-list"
    assert client.post(path, json=body, headers=staff("liaison")).status_code == 403
    told = client.post(path, json=body, headers=staff("editor")).json
    assert (told["told"], told["problems"][0]["where"]) == (1, "usccs.1")
    (entry,) = client.get(f"{API}/companies/{ONE}/applications", headers=person(ONE)).json["items"]
    assert (entry["label"], entry["history"][0]["told_by"]) == ("已获得", "公示名单")
    found = {item["policy"]: item for item in client.get(steps, headers=person(ONE)).json["items"]}
    assert set(found) == {"shili-zizhu", "shili-zhuanxiang"}
    assert found["shili-zizhu"]["because"] == "已获得“示例高企认定”"
    assert found["shili-zizhu"]["status"] == "unknown"


def test_a_firm_that_moved_in_is_shown_what_asks_for_it(
    house: House, client: FlaskClient, person: Callable[..., Headers]
) -> None:
    house.companies.record_facts(TWO, [{"name": "newly_introduced", "value": True}], "registry", SYSTEM)
    (step,) = client.get(f"{API}/companies/{TWO}/next-steps", headers=person(TWO)).json["items"]
    assert (step["policy"], step["because"]) == ("shili-zizhu", "新引进企业")


@pytest.mark.parametrize(
    ("standing", "expected"),
    [
        ([], ["certified"]),
        ([Stage("tracked")], ["tracked", "certified"]),
        ([Stage("in_pool", "promote")], ["in_pool", "applying", "certified"]),
        ([Stage("in_pool", "reserve"), Stage("applying")], ["in_pool", "applying", "certified"]),
        ([Stage("certified")], ["certified"]),
        ([Stage("candidate"), Stage("left")], ["candidate", "left"]),
    ],
)
def test_a_firm_on_a_published_list_is_certified_in_the_pool_once_with_the_evidence(
    house: House, monkeypatch: pytest.MonkeyPatch, standing: list[Stage], expected: list[str]
) -> None:
    monkeypatch.setattr(
        house.pool_room.applying, "_granted", lambda slug: {"gaoqi"} if "gaoqi" in slug else ()
    )
    for place, stage in enumerate(standing):
        (house.pool.enter if place == 0 else house.pool.move)(ONE, stage, SYSTEM, "示例")
    events: list[Event] = []
    house.bus.subscribe("application.changed", "test", events.append)
    day = date(2026, 5, 6)
    house.firms.applications.tell(ONE, "shili-gaoqi", "obtained", day, STAFF, "示例公示名单", listed=True)
    house.bus.deliver(events[0])  # a listener may be told twice
    house.firms.applications.tell(ONE, "shili-zizhu", "obtained", day, STAFF, "示例公示名单", listed=True)
    life = house.pool.read(ONE, SYSTEM).life
    assert [event.step for event in life] == expected
    if len(expected) > len(standing):
        evidence = {"application": f"{ONE}/shili-gaoqi", "told_by": "name_list", "note": "示例公示名单"}
        assert evidence.items() <= life[-1].evidence.items()


def test_what_only_the_firm_says_certifies_nobody_but_it_may_say_that_it_applied(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(house.pool_room.applying, "_granted", lambda _slug: {"gaoqi"})
    house.pool.enter(ONE, Stage("in_pool", "promote"), SYSTEM, "示例")
    mine = Caller("person", "p1", firms=frozenset({ONE}))
    house.firms.applications.tell(ONE, "shili-gaoqi", "applied", date(2026, 5, 5), mine)
    assert house.pool.stage_of(ONE).step == "applying"
    house.firms.applications.tell(ONE, "shili-gaoqi", "obtained", date(2026, 5, 6), mine)
    assert house.pool.stage_of(ONE).step == "applying"
