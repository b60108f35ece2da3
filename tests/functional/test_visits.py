"""Visits, whether firms are reached, and what one carrier passes on to the next; through HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from backend.pool.life import Stage
from backend.shared.caller import SYSTEM
from backend.wiring import House
from tests.functional.guidance import API, ONE, TWO, Cast, Headers, inbox, post

VISITS = f"{API}/staff/visits"


@pytest.fixture
def cast(house: House, client: FlaskClient, staff: Callable[..., Headers]) -> Cast:
    return Cast(house, client, staff)


def listed(client: FlaskClient, who: Headers, query: str = "") -> list[dict[str, Any]]:
    return list(client.get(f"{VISITS}{query}", headers=who).json["items"])


def done(client: FlaskClient, who: Headers, visit: dict[str, Any], status: int = 200, **body: Any) -> Any:
    headers = {**who, "If-Match": str(visit["revision"])}
    answer = client.post(f"{VISITS}/{visit['id']}/done", json=body, headers=headers)
    assert answer.status_code == status, answer.json
    return answer.json


def test_a_visit_is_planned_done_and_followed_by_the_next(
    house: House, client: FlaskClient, cast: Cast
) -> None:
    plan = {"uscc": ONE, "kind": "checkup", "on": "2026-05-08", "why": "示例"}
    visit = post(client, "staff/visits", cast["lian-zj"], 201, **plan)
    assert (visit["state"], visit["desk"], visit["area"]) == ("planned", "shili-lian-zj", "zhangjiang")
    post(client, "staff/visits", cast["lian-zj"], 422, **{**plan, "on": "2026-05-05"})
    post(client, "staff/visits", cast["lian-lg"], 404, **plan)
    post(client, "staff/visits", cast["dao-ip"], 403, **plan)
    assert listed(client, cast["lian-zj"], "?due") == []
    assert [one["id"] for one in listed(client, cast["lian-zj"], "?due=2")] == [visit["id"]]
    assert listed(client, cast["lian-lg"], "?due=9") == []
    house.clock.move(days=2)  # type: ignore[attr-defined]
    assert [one["id"] for one in listed(client, cast["lian-zj"], "?due")] == [visit["id"]]
    found = {"found": "研发台账不全", "on": "2026-05-08", "next_on": "2026-08-08"}
    done(client, cast["lian-lg"], visit, 404, **found)
    done(client, cast["lian-zj"], visit, 422, **{**found, "on": "2026-05-09"})
    closed = done(client, cast["lian-zj"], visit, **found)
    assert (closed["state"], closed["next_on"]) == ("done", "2026-08-08")
    done(client, cast["lian-zj"], visit, 409, **found)
    (following,) = listed(client, cast["lian-zj"], "?state=planned")
    assert (following["planned_on"], following["kind"]) == ("2026-08-08", "checkup")
    facts = {fact.name: fact.value for fact in house.companies.facts_of(ONE)}
    assert str(facts["last_visited_on"]) == "2026-05-08"


def test_a_call_is_no_visit_and_an_older_visit_tells_nothing_new(
    house: House, client: FlaskClient, cast: Cast
) -> None:
    def visit(kind: str, on: str) -> None:
        made = post(client, "staff/visits", cast["lian-zj"], 201, uscc=ONE, kind=kind, on="2026-05-06")
        done(client, cast["lian-zj"], made, found="示例情况", on=on)

    def learnt() -> list[str]:
        return [str(f.value) for f in house.companies.facts_of(ONE) if f.name == "last_visited_on"]

    visit("call", "2026-05-06")
    assert learnt() == []
    visit("visit", "2026-05-04")
    visit("visit", "2026-05-02")
    assert learnt() == ["2026-05-04"]


def test_a_certified_firm_is_visited_too(house: House, client: FlaskClient, cast: Cast) -> None:
    for step in ("applying", "certified"):
        house.pool.move(ONE, Stage(step), SYSTEM, "示例")
    house.relay.sweep()
    (planned,) = listed(client, cast["lian-zj"])
    assert (planned["why"], planned["planned_on"]) == ("已认定企业回访", "2026-06-05")


def test_reached_served_and_tracked_are_counted_from_what_was_done(
    house: House, client: FlaskClient, cast: Cast
) -> None:
    house.pool.move(TWO, Stage("applying"), SYSTEM, "示例")

    def figures() -> dict[str, tuple[int, int]]:
        answer = client.get(f"{API}/staff/visit-figures", headers=cast["editor"]).json
        return {row["id"]: (row["firms"], row["of"]) for row in answer["items"]}

    assert figures() == {
        "contacted": (0, 0), "served": (0, 1), "tracked": (0, 1), "tracked_certified": (0, 0)
    }  # fmt: skip
    for uscc, who, kind in ((ONE, "lian-zj", "checkup"), (TWO, "lian-lg", "call")):
        plan = {"uscc": uscc, "kind": kind, "on": "2026-05-06"}
        made = post(client, "staff/visits", cast[who], 201, **plan)
        done(client, cast[who], made, found="示例情况", on="2026-05-06")
    assert (figures()["served"], figures()["tracked"]) == ((1, 1), (1, 1))
    house.clock.move(days=181)  # type: ignore[attr-defined]
    assert (figures()["served"], figures()["tracked"]) == ((1, 1), (0, 1))


def test_carriers_pass_on_what_they_know_and_each_sees_its_own_ends(
    house: House, client: FlaskClient, cast: Cast
) -> None:
    for key, kind in (("fu-hua", "incubator"), ("jia-su", "accelerator"), ("yuan-qu", "park")):
        house.institutions.add_institution(f"shili-{key}", {"name": f"示例{key}", "kind": kind}, SYSTEM)
    adviser = house.people.find_adviser("shili-fudao-zj")
    fields = {
        "name": adviser.name, "level": adviser.level, "staff": adviser.staff, "areas": ["zhangjiang"],
        "towns": [], "skills": [], "help_kinds": [], "helps": [], "posts": ["shili-fu-hua"], "capacity": 9,
    }  # fmt: skip
    house.people.edit_adviser("shili-fudao-zj", fields, adviser.revision, SYSTEM)
    body = {
        "uscc": ONE,
        "given_by": "incubator/shili-fu-hua",
        "given_to": "accelerator/shili-jia-su",
        "topic": "示例毕业企业",
        "note": "需要更大场地",
    }
    given = post(client, "staff/handovers", cast["fudao-zj"], 201, **body)
    assert given["given_to_label"] == "加速器"
    further = {**body, "given_by": "accelerator/shili-jia-su", "given_to": "park/shili-yuan-qu"}
    post(client, "staff/handovers", cast["fudao-zj"], 403, **further)
    for wrong in ("incubator/shili-yuan-qu", "park/mei-you", "bureau/mars", "moon/shili-x"):
        post(client, "staff/handovers", cast["editor"], 422, **{**body, "given_to": wrong})
    back = {**body, "given_by": body["given_to"], "given_to": body["given_by"]}
    post(client, "staff/handovers", cast["editor"], 422, **back)
    house.clock.move(seconds=1)  # type: ignore[attr-defined]
    post(client, "staff/handovers", cast["editor"], 201, **further)
    house.clock.move(seconds=1)  # type: ignore[attr-defined]
    to_bureau = {**body, "given_by": "park/shili-yuan-qu", "given_to": "bureau/zhangjiang"}
    post(client, "staff/handovers", cast["editor"], 201, **to_bureau)

    def ends(who: str) -> list[str]:
        answer = client.get(f"{API}/staff/handovers?uscc={ONE}", headers=cast[who])
        return [item["given_to"].partition("/")[0] for item in answer.json["items"]]

    assert ends("editor") == ["bureau", "park", "accelerator"]
    assert ends("fudao-zj") == ["accelerator"]
    assert ends("lian-zj") == ["bureau"]
    assert ends("lian-lg") == []
    assert "收到企业跟踪信息" in inbox(client, house, cast["lian-zj"])
