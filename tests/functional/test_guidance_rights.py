"""Every door of people and guidance against every role: who is let in, and who is not."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from pydantic import TypeAdapter

from backend.guidance.answers import BoardJson
from backend.guidance.schemas.requests import RequestJson, StaffRequestJson
from backend.people.schemas import StaffAdviserJson
from backend.shared.caller import SYSTEM, Role
from backend.wiring import House
from tests.functional.conftest import PASSWORD
from tests.functional.guidance import API, ONE, Cast, Headers, ask, post

COMMISSION, ADVISING = "editor reviewer publisher", "liaison counsellor mentor"
EVERYBODY = f"{COMMISSION} {ADVISING} department"
LOCAL = f"{COMMISSION} liaison counsellor"
ALL = f"{EVERYBODY} person nobody"
DOORS = {
    "GET people": ALL,
    "GET people/shili-dao-ip": ALL,
    "GET staff/people": f"{COMMISSION} {ADVISING}",
    "POST staff/people": COMMISSION,
    "GET staff/people/shili-dao-ip": f"{COMMISSION} {ADVISING}",
    "PUT staff/people/shili-dao-ip": COMMISSION,
    "POST staff/people/shili-dao-ip/suspend": COMMISSION,
    "POST staff/people/shili-dao-ip/resume": COMMISSION,
    "GET requests": "person",
    "POST requests": "person",
    "GET requests/x": "person",
    "POST requests/x/messages": "person",
    "POST requests/x/withdraw": "person",
    "PUT requests/x/rating": "person",
    "PUT requests/x/outcome": "person",
    "POST requests/x/files": f"{EVERYBODY} person",
    "GET requests/x/files/1": f"{EVERYBODY} person",
    "GET staff/requests": EVERYBODY,
    "POST staff/requests": LOCAL,
    "GET staff/requests/x": EVERYBODY,
    "POST staff/requests/x/claim": EVERYBODY,
    "POST staff/requests/x/assign": LOCAL,
    "POST staff/requests/x/handover": EVERYBODY,
    "POST staff/requests/x/refer": EVERYBODY,
    "POST staff/requests/x/helpers": EVERYBODY,
    "POST staff/requests/x/answers": EVERYBODY,
    "POST staff/requests/x/questions": EVERYBODY,
    "POST staff/requests/x/notes": EVERYBODY,
    "POST staff/requests/x/release": LOCAL,
    "POST staff/requests/x/end": EVERYBODY,
    "GET staff/visits": LOCAL,
    "POST staff/visits": LOCAL,
    "POST staff/visits/x/done": LOCAL,
    "POST staff/visits/x/cancel": LOCAL,
    "GET staff/visit-figures": COMMISSION,
    "GET staff/handovers": LOCAL,
    "POST staff/handovers": LOCAL,
    "GET feedback": "person",
    "POST feedback": "person",
    "PUT feedback/policies/x": "person",
    "GET staff/feedback": COMMISSION,
    "GET staff/feedback/x": COMMISSION,
    "POST staff/feedback/x/release": COMMISSION,
    "POST staff/feedback/x/answer": COMMISSION,
    "POST staff/feedback/x/publish": COMMISSION,
    "GET staff/policy-figures/x": COMMISSION,
    "GET staff/request-board": LOCAL,
    "GET staff/request-exports": LOCAL,
    "GET staff/guidance-settings/x": EVERYBODY,
    "PUT staff/guidance-settings/x": COMMISSION,
}
# A mentor may ask for its own absence; whether it is its own is looked at inside.
OWN = {"PUT staff/people/shili-dao-ip/absences", "PUT staff/people/shili-dao-ip/interests"}
ROOMS = re.compile(
    rf"{API}/(people|requests|feedback|staff/(people|requests|visits|visit-figures|handovers|feedback"
    r"|policy-figures|request-board|request-exports|guidance-settings))(/|$)"
)


@pytest.fixture
def cast(
    house: House, client: FlaskClient, staff: Callable[..., Headers], person: Callable[..., Headers]
) -> Cast:
    found = Cast(house, client, staff)
    person(ONE)
    return found


def test_every_door_lets_in_whom_it_should(
    client: FlaskClient, cast: Cast, staff: Callable[..., Headers]
) -> None:
    who: dict[str, Headers] = {role: staff(role, name=f"r-{role}") for role in EVERYBODY.split()}
    who |= {"person": cast["firm"], "nobody": {}}
    wrong = []
    for door, allowed in DOORS.items():
        method, path = door.split()
        for role, headers in who.items():
            status = client.open(f"{API}/{path}", method=method, json={}, headers=headers).status_code
            if (role in allowed.split()) == (status in (401, 403)):
                wrong.append(f"{door} as {role}: {status}")
    assert wrong == []


def test_no_door_is_forgotten(client: FlaskClient) -> None:
    listed = {
        (method, re.sub(r"<[^>]+>", "*", rule.rule))
        for rule in client.application.url_map.iter_rules()
        if ROOMS.match(rule.rule)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    told = set()
    for door in (*DOORS, *OWN):
        method, path = door.split()
        shown = re.sub(r"/(x|shili-dao-ip|1)(?=/|$)", "/*", path)
        told.add((method, f"{API}/{shown}"))
    assert told == listed


def test_a_department_sees_what_is_referred_to_it(house: House, client: FlaskClient, cast: Cast) -> None:
    roles = frozenset({Role.DEPARTMENT})
    house.accounts.add_staff("cai-zheng", PASSWORD, roles, SYSTEM, department="caizhengju")
    asked = ask(client, cast["firm"])
    path = f"staff/requests/{asked['id']}"
    who = cast["cai-zheng"]
    assert client.get(f"{API}/staff/requests", headers=who).json["total"] == 0
    assert client.get(f"{API}/{path}", headers=who).status_code == 404
    post(client, f"{path}/refer", cast["editor"], department="caizhengju", why="资金问题")
    post(client, f"{path}/refer", cast["editor"], 422, department="moon", why="资金问题")
    assert client.get(f"{API}/staff/requests", headers=who).json["total"] == 1
    post(client, f"{path}/answers", who, 201, text="示例答复")
    shown = client.get(f"{API}/requests/{asked['id']}", headers=cast["firm"]).json
    assert [entry["text"] for entry in shown["entries"] if entry["kind"] == "message"] == ["示例答复"]


def test_the_answers_have_the_shapes_the_api_document_tells(client: FlaskClient, cast: Cast) -> None:
    asked = ask(client, cast["firm"])
    staff = client.get(f"{API}/staff/requests/{asked['id']}", headers=cast["editor"]).json
    board = client.get(f"{API}/staff/request-board", headers=cast["editor"]).json
    adviser = client.get(f"{API}/staff/people/shili-dao-ip", headers=cast["editor"]).json
    for shape, answer in (
        (RequestJson, asked),
        (StaffRequestJson, staff),
        (BoardJson, board),
        (StaffAdviserJson, adviser),
    ):
        told = TypeAdapter(shape)
        assert told.dump_python(told.validate_python(answer, strict=True)) == answer
