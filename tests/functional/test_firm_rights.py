"""Nobody learns of a firm that does not concern them: every route of the map, with every kind of caller."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_restx import Resource
from werkzeug.test import TestResponse

from backend.app import API_PREFIX, create_app
from backend.companies.service import Firm
from backend.demo.firms import made_up_code
from backend.guidance.service.requests import Asked
from backend.pool.life import Stage
from backend.shared.caller import SYSTEM
from backend.shared.events import Event
from backend.wiring import House
from policies.sheet import parse_sheet
from tests.functional.hostile import plausible
from tests.functional.test_hostile_input import LEAVES
from tests.functional.test_push import SHEET

Headers = dict[str, str]
OTHER, FIRM = made_up_code(1), made_up_code(2)
NAME, FIGURE, PHONE = "示例生物有限公司", 48_123_457, "13800004321"
# What plausible bodies do not know: a fact with a value it can have.
FACT = {"name": "revenue", "fact": "revenue", "period": "2025", "value": 5, "claimed": 5}


@dataclass(frozen=True)
class Door:
    """One method of one route, as the map has it."""

    method: str
    rule: str
    function: Any

    def path(self, ids: dict[str, str]) -> str:
        """Its address; a name this test does not know stands for something nobody has."""
        return re.sub(r"<\w+:(\w+)>", lambda found: ids.get(found[1], "1"), self.rule)

    def bodies(self) -> list[Any]:
        """Bodies the door may take, about the firm where they name one."""
        model = getattr(self.function, "body_model", None)
        return [_with_facts(body) for body in plausible(model)] if model else [None]

    def body(self) -> Any:
        """A body the door takes."""
        body = self.bodies()[0]
        if body is not None:
            self.function.body_model.model_validate(body)
        return body


def _with_facts(body: Any) -> Any:
    if isinstance(body, list):
        return [_with_facts(item) for item in body]
    if not isinstance(body, dict):
        return body
    stated = FACT if {"value", "claimed"} & set(body) and {"name", "fact"} & set(body) else {}
    stated = {**stated, "policy": "shili-butie", "uscc": FIRM, "usccs": [FIRM]}
    return {name: stated.get(name, _with_facts(value)) for name, value in body.items()}


def _text(answer: TestResponse) -> str:
    return answer.get_data().decode("utf-8", "replace")  # a workbook is no text


def doors(app: Flask) -> Iterator[Door]:
    """Every method of every route of the API."""
    for rule in app.url_map.iter_rules():
        resource = getattr(app.view_functions[rule.endpoint], "view_class", None)
        if resource is None or not issubclass(resource, Resource) or not rule.rule.startswith(API_PREFIX):
            continue
        for method in resource.methods or ():
            yield Door(method, rule.rule, getattr(resource, method.lower()))


@pytest.fixture
def ids(house: House, client: FlaskClient, person: Callable[..., Headers]) -> dict[str, str]:
    """A firm with something of everything; the ids under which it lies."""
    facts = (
        {"name": "revenue", "value": FIGURE, "period": "2025"},
        {"name": "invention_patents", "value": 5},
    )
    house.companies.add_company(Firm(OTHER, "示例芯片有限公司", area="zhangjiang"), SYSTEM)
    house.companies.add_company(Firm(FIRM, NAME, area="jinqiao", facts=facts), SYSTEM, "tax")
    mine = person(FIRM)
    (somebody,) = house.accounts.firms.persons_of(FIRM)
    contact = {"contact_name": "示例联系人", "contact_phone": PHONE}
    assert client.put(f"{API_PREFIX}/companies/{FIRM}/contact", json=contact, headers=mine).status_code == 200
    dispute = {"fact": "revenue", "period": "2025", "claimed": 5, "reason": "示例"}
    disputed = client.post(f"{API_PREFIX}/companies/{FIRM}/disputes", json=dispute, headers=mine)
    house.pool.enter(FIRM, Stage("candidate"), SYSTEM, "示例")
    house.catalogue.load_library([parse_sheet(SHEET, "shili-butie.md")])
    now = house.clock.now()
    said = {"fact": "revenue", "value": FIGURE, "period": "2025", "sentence": NAME}
    raised = Event("warning.raised", f"{FIRM}/shili-yujing", now, SYSTEM.label)
    fields = {"rule_version": "shili-yujing@1", "evidence": [said]}
    store = house.pool_room.warnings._store
    store.raise_new(FIRM, "shili-yujing", {**fields, "area": "jinqiao"}, SYSTEM.label, now, raised)
    request = house.guidance.requests._open("shili-suqiu", Asked(FIRM, "示例诉求", NAME), SYSTEM, now)
    run = house.pool_room.runs.start("monthly", SYSTEM)
    message = house.push.tell_persons(FIRM, [somebody], "notice", "shili", now.date(), NAME, NAME)
    house.queue.drain()
    return {
        "uscc": FIRM,
        "slug": "shili-butie",
        "rule": "shili-yujing",
        "dispute_id": disputed.json["items"][0]["id"],
        "request_id": request.id if request else "shili-suqiu",
        "message_id": message,
        "person_id": somebody,
        "run_id": run.id,
    }


@pytest.fixture
def strangers(staff: Callable[..., Headers], person: Callable[..., Headers]) -> dict[str, Headers]:
    """Everybody whom the firm does not concern."""
    return {
        "nobody": {},
        "a person of another firm": person(OTHER),
        "a person of no firm": person(),
        "a liaison elsewhere": staff("liaison", areas=("shibo",)),
        "a counsellor elsewhere": staff("counsellor", towns=("beicai-town",)),
        "a mentor": staff("mentor"),
        "a department": staff("department"),
    }


def test_no_route_of_a_firm_opens_to_those_it_does_not_concern(
    house: House,
    client: FlaskClient,
    ids: dict[str, str],
    strangers: dict[str, Headers],
    staff: Callable[..., Headers],
    person: Callable[..., Headers],
) -> None:
    of_a_firm = [door for door in doors(create_app(house)) if "uscc" in door.rule]
    assert len(of_a_firm) > 20
    concerned = (person(FIRM), staff("admin"))
    wrong = []
    # Whom it concerns comes last: some of what they ask for changes the firm.
    for door in sorted(of_a_firm, key=lambda door: (door.method != "GET", door.rule)):
        for who, headers in strangers.items():
            answer = client.open(
                door.path(ids), method=door.method, json=door.body(), headers={**headers, "If-Match": "1"}
            )
            if (
                answer.status_code not in {401, 403, 404}
                or NAME in _text(answer)
                or str(FIGURE) in _text(answer)
            ):
                wrong.append((who, door.method, door.rule, answer.status_code))
    for door in of_a_firm:
        statuses = {
            client.open(
                door.path(ids), method=door.method, json=door.body(), headers={**headers, "If-Match": "1"}
            ).status_code
            for headers in concerned
        }
        if statuses <= {401, 403, 404}:
            wrong.append(("whom it concerns", door.method, door.rule, statuses))
    assert wrong == []


def test_no_other_route_tells_of_the_firm_either(
    house: House,
    client: FlaskClient,
    ids: dict[str, str],
    strangers: dict[str, Headers],
    staff: Callable[..., Headers],
) -> None:
    others = [
        door
        for door in doors(create_app(house))
        if "uscc" not in door.rule and f"{door.method} {door.rule}" not in LEAVES
    ]
    assert len(others) > 200
    told, seen = [], set()
    for door in sorted(others, key=lambda door: (door.method != "GET", door.rule)):
        for who, headers in strangers.items():
            for body in door.bodies():
                answer = client.open(
                    door.path(ids), method=door.method, json=body, headers={**headers, "If-Match": "1"}
                )
                # That there is no such message or firm repeats the code that was asked for.
                words = (NAME, str(FIGURE), PHONE, *((FIRM,) if answer.status_code < 400 else ()))
                if any(word in _text(answer) for word in words):
                    told.append((who, door.method, door.rule))
        if door.method == "GET" and FIRM in _text(client.get(door.path(ids), headers=staff("admin"))):
            seen.add(door.rule.removeprefix(API_PREFIX))
    assert told == []
    mine = client.get(f"{API_PREFIX}/me", headers=strangers["a person of another firm"])
    assert mine.status_code == 200  # nothing on the way has signed anybody out
    # The same routes do tell those who may know.
    assert {"/staff/companies", "/staff/pool", "/staff/warnings", "/staff/messages"} <= seen
