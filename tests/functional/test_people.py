"""Mentors, counsellors and liaisons through HTTP: the list, rights, the grid, search and gap plans."""

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
Staff = Callable[..., Headers]
API = "/api/v1"
FIRM = made_up_code(1)
MENTOR = {
    "id": "shili-daoshi",
    "name": "示例导师",
    "level": "mentor",
    "summary": "示例专利布局",
    "skills": ["ip"],
    "areas": ["zhangjiang"],
    "helps": ["gaoqi-rending/ip"],
    "capacity": 3,
}


def liaison(name: str, **more: Any) -> dict[str, Any]:
    return {"id": f"shili-{name}", "name": f"示例{name}", "level": "liaison", "areas": ["zhangjiang"], **more}


def add(client: FlaskClient, headers: Headers, body: dict[str, Any], status: int = 201) -> dict[str, Any]:
    answer = client.post(f"{API}/staff/people", json=body, headers=headers)
    assert answer.status_code == status, answer.json
    return dict(answer.json)


def test_the_public_sees_name_skills_and_place_and_staff_more(client: FlaskClient, staff: Staff) -> None:
    editor = staff("editor")
    added = add(client, editor, MENTOR)
    assert (added["capacity"], added["listed"], added["revision"]) == (3, True, 1)
    (shown,) = client.get(f"{API}/people?level=mentor&skill=ip&area=zhangjiang").json["items"]
    assert shown["skills"] == [{"id": "ip", "label": "知识产权"}]
    assert shown.keys().isdisjoint({"staff", "capacity", "interests", "absences"})
    assert client.get(f"{API}/people?skill=tax").json["total"] == 0
    assert client.get(f"{API}/people/shili-daoshi").json["level_label"] == "导师"


@pytest.mark.parametrize(
    "wrong",
    [
        {"phone": "13800000000"},
        {"skills": ["magic"]},
        {"areas": ["mars"]},
        {"help_kinds": ["magic"]},
        {"staff": "nobody"},
        {"level": "boss"},
        {"capacity": -1},
    ],
)
def test_what_no_list_knows_is_refused_and_a_phone_has_no_place(
    client: FlaskClient, staff: Staff, wrong: dict[str, Any]
) -> None:
    editor = staff("editor")
    add(client, editor, {**MENTOR, **wrong}, 422)
    assert client.get(f"{API}/staff/people", headers=editor).json["total"] == 0


def test_only_the_commission_edits_and_everybody_only_the_own_absence(
    client: FlaskClient, staff: Staff, person: Callable[..., Headers]
) -> None:
    editor, mentor, other = staff("editor"), staff("mentor", name="m1"), staff("mentor", name="m2")
    add(client, editor, {**MENTOR, "staff": "m1"})
    add(client, editor, {**MENTOR, "id": "shili-other"})
    add(client, editor, {**MENTOR, "id": "shili-third", "staff": "m1"}, 409)
    for headers in (mentor, staff("department"), person()):
        assert client.post(f"{API}/staff/people", json=MENTOR, headers=headers).status_code == 403
    path = f"{API}/staff/people/shili-daoshi"
    absences = {"absences": [{"first": "2026-05-06", "last": "2026-05-08", "stand_in": "shili-other"}]}
    at = {"If-Match": "1"}
    assert client.put(f"{path}/absences", json=absences, headers={**other, **at}).status_code == 403
    assert client.put(f"{path}/absences", json=absences, headers={**mentor, **at}).json["away"] is True
    for bad in ("shili-daoshi", "shili-nobody"):
        absences["absences"][0]["stand_in"] = bad
        answer = client.put(f"{path}/absences", json=absences, headers={**mentor, "If-Match": "2"})
        assert answer.status_code == 422
    declared = {"interests": [{"uscc": FIRM, "why": "示例亲属任职"}]}
    shown = client.put(f"{path}/interests", json=declared, headers={**mentor, "If-Match": "2"}).json
    assert shown["interests"] == [{"uscc": FIRM, "why": "示例亲属任职"}]
    assert client.get(path, headers=editor).json["interests"] == shown["interests"]
    assert client.get(path, headers=other).json["interests"] == []
    changed = {**MENTOR, "level": "counsellor"}
    del changed["id"]
    assert client.put(path, json=changed, headers={**editor, "If-Match": "3"}).status_code == 422


def test_a_mentor_is_found_by_search_and_on_the_map_until_suspended(
    client: FlaskClient, staff: Staff, house: House
) -> None:
    editor = staff("editor")
    add(client, editor, MENTOR)
    add(client, editor, {**MENTOR, "id": "shili-fudao", "level": "counsellor", "name": "示例辅导员"})
    found = client.get(f"{API}/search?q=示例导师 专利&kind=mentor").json
    assert [(item["id"], item["kind"], item["title"]) for item in found["items"]] == [
        ("mentor:shili-daoshi", "mentor", "示例导师")
    ]
    around = client.get(f"{API}/graph?node=mentor:shili-daoshi&depth=1").json
    assert {"help:ip-planning", "condition:gaoqi-rending/ip"} <= {node["id"] for node in around["nodes"]}
    path = f"{API}/staff/people/shili-daoshi/suspend"
    assert client.post(path, json={"why": "聘期结束"}, headers={**editor, "If-Match": "1"}).status_code == 200
    assert client.get(f"{API}/search?q=示例导师&kind=mentor").json["total"] == 0
    assert client.get(f"{API}/people/shili-daoshi").status_code == 404
    house.rebuild()
    assert client.get(f"{API}/search?q=示例导师&kind=mentor").json["total"] == 0


def test_gap_plans_name_mentors_and_counsellors(client: FlaskClient, staff: Staff, house: House) -> None:
    editor = staff("editor")
    house.load_library()
    add(client, editor, MENTOR)
    add(client, editor, {**MENTOR, "id": "shili-fudao", "level": "counsellor", "name": "示例辅导员"})
    add(client, editor, liaison("lianluo", helps=["gaoqi-rending/ip"]))
    facts = ({"name": "invention_patents", "value": 0},)
    house.companies.add_company(Firm(FIRM, "示例企业", area="zhangjiang", facts=facts), SYSTEM)
    answers = client.get(f"{API}/companies/{FIRM}/eligibility", headers=editor).json["items"]
    (gaoqi,) = [answer for answer in answers if answer["policy"] == "gaoqi-rending"]
    helpers = [
        (helper["kind"], helper["title"])
        for condition in gaoqi["conditions"]
        if condition["id"] == "gaoqi-rending/ip"
        for helper in condition["helpers"]
    ]
    assert set(helpers) == {
        ("mentor", "示例导师"),
        ("counsellor", "示例辅导员"),
    }


def test_the_grid_follows_people_and_their_stand_ins_and_doubles_nobody(
    client: FlaskClient, staff: Staff, house: House
) -> None:
    editor = staff("editor")
    house.companies.add_company(Firm(FIRM, "示例企业", area="zhangjiang"), SYSTEM)
    staff("liaison", name="lian1", areas=("zhangjiang",))
    path = f"{API}/companies/{FIRM}/service"
    assert client.get(path, headers=editor).json["liaison"]["name"] == "lian1"
    add(client, editor, liaison("yi", staff="lian1"))
    add(client, editor, liaison("er", areas=["lingang"]))
    assert client.get(path, headers=editor).json["liaison"]["name"] == "示例yi"
    gaps = client.get(f"{API}/staff/service-grid/gaps", headers=editor).json["items"]
    assert [(gap["missing"], gap["shared"]) for gap in gaps] == [(["counsellor"], [])]
    away = {"absences": [{"first": "2026-05-06", "last": "2026-05-06", "stand_in": "shili-er"}]}
    at = {**editor, "If-Match": "1"}
    assert client.put(f"{API}/staff/people/shili-yi/absences", json=away, headers=at).status_code == 200
    assert client.get(path, headers=editor).json["liaison"]["name"] == "示例er"
    house.clock.move(days=1)  # type: ignore[attr-defined]
    assert house.firms.grid.finder(FIRM) == "lian1"
