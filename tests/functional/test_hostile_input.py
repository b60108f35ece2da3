"""Hostile values in every part of every route: a clear answer in Chinese, and never a failure of ours."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_restx import Resource

from backend.adapters.http.guards import GUARD_ATTRIBUTE
from backend.app import API_PREFIX, create_app
from backend.companies.service import Firm
from backend.demo.firms import made_up_code
from backend.guidance.service.access import Seat
from backend.guidance.service.requests import Asked
from backend.pool.life import Stage
from backend.shared.caller import SYSTEM
from backend.shared.events import Event
from backend.wiring import House
from policies.sheet import parse_sheet
from tests.functional.conftest import START
from tests.functional.hostile import BODIES, CURSORS, TEXTS, as_json, plausible, spoiled
from tests.functional.test_push import SHEET

Headers = dict[str, str]
FIRM = made_up_code(1)
DAY = timedelta(days=1)
CHINESE = re.compile("[\u4e00-\u9fff]")
LEAVES = {"DELETE /api/v1/sessions", "POST /api/v1/me/deletion"}
IDS = {
    "slug": "shili-butie",
    "number": "1",
    "uscc": FIRM,
    "course_id": "shili-ke",
    "session_id": "shili-chang",
    "plan_id": "shili-jihua",
    "file_id": "0" * 64,
    "institution_id": "shili-jigou",
    "adviser_id": "shili-daoshi",
    "case_id": f"shili-jigou~{FIRM}~2026-03-01",
    "complaint_id": "0" * 24,
    "request_id": "shili-suqiu",
    "visit_id": "2026-05-07~shili",
    "feedback_id": "shili-fankui",
    "name": "somebody",
    "invitation_id": "0" * 32,
    "person_id": "0" * 32,
    "binding_id": f"{'0' * 32}:{FIRM}",
    "explanation_id": "shili-butie~000000000000",
    "suffix": "png",
    "message_id": f"{FIRM}:shili-butie.published:2026-05-06",
    "campaign_id": "0" * 32,
    "dispute_id": "0" * 32,
    "fact": "revenue",
    "follow_id": f"{'0' * 32}:policy:shili-butie",
    "rule": "shili-yujing",
    "run": "0" * 32,
    "run_id": "0" * 32,
    "words_id": "0" * 12,
    "secret": "0" * 32,
}


@dataclass(frozen=True)
class Door:
    """One method of one route."""

    method: str
    rule: str
    function: Any

    def path(self, **hostile: str) -> str:
        """The address with real ids, but for those given."""

        def value(found: re.Match[str]) -> str:
            name = found[1]
            return quote(hostile.get(name, IDS[name]).encode("utf-8", "surrogatepass"), safe="")

        return re.sub(r"<\w+:(\w+)>", value, self.rule)

    @property
    def names(self) -> list[str]:
        """The ids in its address."""
        return re.findall(r"<\w+:(\w+)>", self.rule)


@dataclass
class Knocking:
    """Knocks at doors and keeps what was answered badly."""

    client: FlaskClient
    every: int = 1  # of the values it meets, every which one is tried
    met: int = 0
    asked: int = 0
    bad: list[str] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)

    def knock(self, method: str, path: str, headers: Headers, **parts: Any) -> None:
        """One request; its answer must be ours whatever came in."""
        self.met += 1
        if self.met % self.every:
            return
        self.asked += 1
        answer = self.client.open(path, method=method, headers=headers, **parts)
        self.seen.add(answer.status_code)
        if answer.status_code < 400:
            return
        shown = answer.get_json(silent=True) or {}
        clear = set(shown) == {"code", "message", "details"} and CHINESE.search(shown["message"])
        if answer.status_code >= 500 or not clear:
            what = str(parts.get("data", parts.get("query_string", "")))[:150]
            self.bad.append(f"{answer.status_code} {method} {path[:120]} {what} {answer.text[:100]}")


@pytest.fixture
def furnished(house: House, staff: Callable[..., Headers]) -> None:
    """A firm in the pool, a published policy, a course, an institution, an account nobody uses."""
    patents = ({"name": "invention_patents", "value": 5},)
    house.companies.add_company(Firm(FIRM, "示例企业", area="zhangjiang", facts=patents), SYSTEM)
    house.pool.enter(FIRM, Stage("candidate"), SYSTEM, "测试")
    house.catalogue.load_library([parse_sheet(SHEET, "shili-butie.md")])
    house.queue.drain()
    house.courses.add_course("shili-ke", {"title": "示例课程", "series": "训练营"}, SYSTEM)
    hours = {
        "opens_at": START,
        "closes_at": START + DAY,
        "starts_at": START + DAY,
        "ends_at": START + 2 * DAY,
    }
    house.course_room.sessions.add("shili-chang", "shili-ke", {**hours, "seats": 2}, SYSTEM)
    institution = {"name": "示例机构", "kind": "service_agency"}
    house.institutions.add_institution("shili-jigou", institution, SYSTEM)
    mentor = {"name": "示例导师", "level": "mentor", "skills": [], "help_kinds": ["ip-planning"]}
    house.people.add_adviser("shili-daoshi", mentor, SYSTEM)
    guidance = house.guidance
    guidance.requests._open("shili-suqiu", Asked(FIRM, "示例诉求", "示例文字"), SYSTEM, house.clock.now())
    guidance.visits._add("2026-05-07~shili", FIRM, "visit", date(2026, 5, 7), "示例", Seat(SYSTEM, ""))
    given = {"about": "policy:shili-butie", "mark": "unclear", "text": "示例"}
    event = Event("feedback.given", "shili-fankui", house.clock.now(), SYSTEM.label)
    guidance.feedback._store.add("shili-fankui", given, SYSTEM.label, house.clock.now(), event)
    staff("editor", name="somebody")


def _doors(app: Flask) -> Iterator[Door]:
    for rule in app.url_map.iter_rules():
        resource = getattr(app.view_functions[rule.endpoint], "view_class", None)
        if resource is None or not issubclass(resource, Resource) or not rule.rule.startswith(API_PREFIX):
            continue
        for method in resource.methods or ():
            door = Door(method, rule.rule, getattr(resource, method.lower()))
            if f"{method} {rule.rule}" not in LEAVES and "swagger" not in rule.rule:
                yield door


@pytest.mark.timeout(900)  # some ten thousand requests
def test_no_hostile_value_anywhere_is_answered_by_a_failure(
    house: House,
    furnished: None,
    staff: Callable[..., Headers],
    person: Callable[..., Headers],
) -> None:
    # Most of it is refused before any store is asked: over the server a sample, all of it in the torture run.
    _knock_everywhere(house, staff("admin"), person(FIRM), every=1 if house.settings.embedded else 7)


@pytest.mark.torture
def test_no_hostile_value_at_all_is_answered_by_a_failure(
    house: House,
    furnished: None,
    staff: Callable[..., Headers],
    person: Callable[..., Headers],
) -> None:
    _knock_everywhere(house, staff("admin"), person(FIRM), every=1)


def _knock_everywhere(house: House, admin: Headers, mine: Headers, every: int) -> None:
    app = create_app(house)
    knocking = Knocking(app.test_client(), every)
    doors = list(_doors(app))
    assert len(doors) > 60
    for door in doors:
        guard = getattr(door.function, GUARD_ATTRIBUTE, "")
        who = {**(mine if guard == "person" else admin), "If-Match": "1"}
        _at_the_address(knocking, door, who)
        _in_the_question(knocking, door, who)
        _in_the_body(knocking, door, who)
    assert not knocking.bad, "\n".join(knocking.bad[:50])
    assert knocking.asked > 2000
    assert {200, 404, 409, 415, 422} <= knocking.seen


def _at_the_address(knocking: Knocking, door: Door, who: Headers) -> None:
    for name in door.names:
        for text in (*TEXTS, "坏\ud800字"):
            knocking.knock(door.method, door.path(**{name: text}), who, json={})
    for revision in ("x", "-1", "9" * 9, "9" * 30, '"', "W/", "１"):
        headers = {**who, "If-Match": revision.encode().decode("latin-1")}
        knocking.knock(door.method, door.path(), headers, json={})


def _in_the_question(knocking: Knocking, door: Door, who: Headers) -> None:
    model = getattr(door.function, "query_model", None)
    for name in [*(model.model_fields if model else ()), "$where"]:
        for text in (*TEXTS, *(CURSORS if name == "cursor" else ())):
            knocking.knock(door.method, door.path(), who, query_string={name: text}, json={})


def _in_the_body(knocking: Knocking, door: Door, who: Headers) -> None:
    model = getattr(door.function, "body_model", None)
    json_type = {"content_type": "application/json"}
    for data in BODIES:
        knocking.knock(door.method, door.path(), who, data=data, **json_type)
    knocking.knock(door.method, door.path(), who, data=b"a=1", content_type="text/plain")
    for body in plausible(model) if model else ():
        knocking.knock(door.method, door.path(), who, data=as_json(body), **json_type)
        for hostile in spoiled(body):
            knocking.knock(door.method, door.path(), who, data=as_json(hostile), **json_type)


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Bearer a.b.c",
        "Basic eDp4",
        "Bearer eyJhbGciOiJub25lIn0.e30.",
        "\x80",
        "长",
    ],
)
def test_a_hostile_sign_in_is_nobody(client: FlaskClient, header: str) -> None:
    answer = client.get("/api/v1/me", headers={"Authorization": header.encode().decode("latin-1")})
    assert (answer.status_code, answer.json["code"]) == (401, "unauthenticated")
