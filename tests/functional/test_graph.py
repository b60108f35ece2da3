"""The map through HTTP: publication and withdrawal, the questions, pictures, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from backend.companies.service import Firm
from backend.demo.firms import made_up_code
from backend.pool.life import Stage
from backend.shared.caller import SYSTEM
from backend.wiring import House
from policies.sheet import parse_sheet

Headers = dict[str, str]
GRAPH = "/api/v1/graph"
ONE = made_up_code(1)
TITLE = """---
slug: shili-zizhi
title: 示例资质认定
kind: title
level: city
issuers: [科经委]
validity: {from: 2025-01-01}
confidence: {mark: P}
grants: [gaoqi]
clauses: [{anchor: m1, title: 示例措施, lead: [科经委], support: [财政局]}]
tasks:
  - {anchor: r1, position: 1, text: 示例任务, units: [科经委], measure: m1}
  - {anchor: r2, position: 2, text: 无人任务, measure: m1}
rules:
  - id: r2025
    from: 2025-01-01
    to: 2026-03-31
    source: {title: 示例旧规, mark: P}
    all: [{id: ip, label: 知识产权, fact: class1_ip, at_least: 1, fix: true}]
  - id: r2026
    from: 2026-04-01
    source: {title: 示例新规, mark: P}
    all: [{id: ip, label: 知识产权, fact: class1_ip, at_least: 2, fix: true, help: [ip-planning]}]
---
"""
UPPER = """---
slug: shili-gaoji
title: 示例高一级资质
kind: title
level: city
grants: [keji-xiaojuren]
relations: [{kind: based_on, target: shili-zizhi}]
rules:
  - id: rule
    from: 2025-01-01
    source: {title: 示例}
    all:
      - {id: title, label: 已有资质, fact: titles, any_of: [gaoqi], fix: true}
      - {id: ip, label: 知识产权, fact: class1_ip, at_least: 9, fix: true}
---
"""
MONEY = """---
slug: shili-zijin
title: 示例资助
kind: money
level: district
limits: [{id: best, title: 从优不重复, kind: best_of}]
supports:
  - {id: big, title: 大额资助, amount: 20万, best_of: ["#best"]}
  - {id: small, title: 小额资助, amount: 5万, best_of: ["#best"]}
  - {id: open, title: 待定资助}
rules:
  - id: rule
    from: 2025-01-01
    source: {title: 示例}
    all: [{id: ip, label: 知识产权, fact: class1_ip, at_least: 1}]
---
"""
COURSE = {
    "id": "shili-kecheng",
    "title": "示例课程",
    "series": "训练营",
    "day": "2026-06-30",
    "helps": ["shili-zizhi/ip"],
}


@pytest.fixture(autouse=True)
def content(house: House, client: FlaskClient, staff: Callable[..., Headers]) -> None:
    sheets = [parse_sheet(text) for text in (TITLE, UPPER, MONEY)]
    report = house.catalogue.load_library(sheets)
    assert not report.problems
    client.post("/api/v1/staff/courses", json=COURSE, headers=staff("editor"))
    facts = ({"name": "class1_ip", "value": 1}, {"name": "titles", "value": []})
    house.companies.add_company(Firm(ONE, "示例芯片有限公司", area="zhangjiang", facts=facts), SYSTEM)


def ids(nodes: list[dict[str, Any]]) -> list[str]:
    return [node["id"] for node in nodes]


def get(client: FlaskClient, path: str, headers: Headers | None = None, **args: Any) -> Any:
    answer = client.get(f"{GRAPH}{path}", query_string=args, headers=headers or {})
    assert answer.status_code == 200, answer.text
    return answer.json


def test_what_is_published_is_on_the_map_and_what_is_withdrawn_is_not(
    house: House, client: FlaskClient, staff: Callable[..., Headers]
) -> None:
    overview = get(client, "")
    assert set(ids(overview["nodes"])) == {
        f"policy:{slug}" for slug in ("shili-zizhi", "shili-gaoji", "shili-zijin")
    }
    assert overview["counts"]["kinds"]["course"] == 1
    around = get(client, "", node="policy:shili-zizhi", depth=2)
    assert "condition:shili-zizhi/ip" in ids(around["nodes"])
    assert "policy:shili-gaoji" in ids(around["nodes"])
    led = next(link for link in around["links"] if link["kind"] == "leads")
    assert (
        led["anchor"] == "m1"
        and led["in_force"]
        and led["mark"] == "P"
        and led["owner"] == "policy:shili-zizhi"
    )
    working = house.catalogue.read_working("shili-gaoji")
    headers = {**staff("publisher"), "If-Match": str(working.revision)}
    gone = client.post("/api/v1/staff/policies/shili-gaoji/withdraw", json={"why": "示例"}, headers=headers)
    assert gone.status_code == 200, gone.json
    assert "policy:shili-gaoji" not in ids(get(client, "", node="policy:shili-zizhi", depth=2)["nodes"])
    assert client.get(f"{GRAPH}?node=policy:shili-gaoji").status_code == 404


def test_following_the_events_gives_the_same_map_as_a_full_rebuild(house: House) -> None:
    followed = house.graph.current()
    assert followed.count()[0] > 15
    counts = house.graph.rebuild()
    assert house.graph.current() == followed
    assert counts == followed.count()


def test_a_day_before_the_change_shows_the_old_rule(client: FlaskClient) -> None:
    for day, version in (("2026-03-31", "r2025"), ("2026-04-01", "r2026")):
        around = get(client, "", node="policy:shili-zizhi", kind="version", on=day)
        assert [n for n in ids(around["nodes"]) if n.startswith("version")] == [
            f"version:shili-zizhi@{version}"
        ]
        instead = get(client, "/lineage", node="version:shili-zizhi@r2025", on=day)
        assert ids(instead["instead"]) == [f"version:shili-zizhi@{version}"]
    assert get(client, "/lineage", node="policy:shili-zizhi")["standing"] == "in_force"


def test_staff_see_what_an_end_would_touch(client: FlaskClient, staff: Callable[..., Headers]) -> None:
    found = get(client, "/touched", staff("publisher"), node="policy:shili-zizhi")
    assert found["messages"] == 0
    touched = found["items"]
    pages = {item["id"]: item["page"] for item in touched}
    assert pages["policy:shili-gaoji"] == "policies/shili-gaoji"
    assert pages["course:shili-kecheng"] == "courses/shili-kecheng"
    assert "title:gaoqi" in pages and "version:shili-gaoji@rule" in pages
    assert client.get(f"{GRAPH}/touched?node=policy:shili-zizhi").status_code == 401


def test_the_messages_that_rest_on_a_policy_are_counted(
    house: House, client: FlaskClient, staff: Callable[..., Headers]
) -> None:
    house.pool.enter(ONE, Stage("candidate"), SYSTEM, "测试")
    house.push.match_all(house.clock.today())
    sent = client.get("/api/v1/staff/messages?policy=shili-zijin", headers=staff("editor")).json["total"]
    assert sent == 1
    assert get(client, "/touched", staff("editor"), node="policy:shili-zijin")["messages"] == sent


def test_a_firm_sees_its_ladder_and_others_do_not(
    client: FlaskClient, person: Callable[..., Headers]
) -> None:
    mine = get(client, "/ladder", person(ONE), uscc=ONE)
    rungs = {rung["title"]["id"]: rung for rung in mine["items"]}
    assert mine["held"] == []
    assert rungs["title:gaoqi"]["state"] == "next"
    assert rungs["title:keji-xiaojuren"]["state"] == "later"
    (way,) = rungs["title:gaoqi"]["ways"]
    (step,) = way["plan"]["steps"]
    assert (step["id"], step["state"], step["help"]) == ("shili-zizhi/ip", "unmet", ["ip-planning"])
    assert way["plan"]["earliest"] == "2026-05-06"
    before = get(client, "/ladder", person(ONE), uscc=ONE, on="2026-03-31")
    assert next(r for r in before["items"] if r["title"]["id"] == "title:gaoqi")["state"] == "now"
    assert client.get(f"{GRAPH}/ladder?uscc={ONE}").status_code == 401
    assert client.get(f"{GRAPH}/ladder?uscc={ONE}", headers=person()).status_code == 404
    everybody = get(client, "/ladder")["items"]
    assert [rung["height"] for rung in everybody] == [0, 1]
    assert everybody[1]["required"][0]["id"] == "title:gaoqi"


def test_a_firm_gets_the_best_combination_with_reasons(
    client: FlaskClient, person: Callable[..., Headers]
) -> None:
    best = get(client, "/combination", person(ONE), uscc=ONE)
    assert (best["total"], [item["label"] for item in best["taken"]]) == (200_000, ["大额资助"])
    (left,) = best["left_out"]
    assert (left["label"], left["policy"]) == ("小额资助", "shili-zijin")
    assert "大额资助" in left["reason"]
    assert [item["label"] for item in best["unpriced"]] == ["待定资助"]
    assert client.get(f"{GRAPH}/combination?uscc={ONE}").status_code == 401
    assert client.get(f"{GRAPH}/combination?uscc={ONE}", headers=person()).status_code == 404


def test_a_course_leads_to_titles(client: FlaskClient, person: Callable[..., Headers]) -> None:
    ways = get(client, "/paths", start="course:shili-kecheng")["items"]
    assert [way["nodes"][-1]["id"] for way in ways] == ["title:gaoqi", "title:keji-xiaojuren"]
    mine = get(client, "/paths", person(ONE), start="course:shili-kecheng", to="title:gaoqi", uscc=ONE)
    assert mine["total"] == 1
    assert client.get(f"{GRAPH}/paths?start=course:shili-kecheng&uscc={ONE}").status_code == 401


def test_staff_see_who_answers_for_what_and_what_is_wrong(
    client: FlaskClient, staff: Callable[..., Headers]
) -> None:
    found = get(client, "/responsibility", staff("editor"), department="department:kejingwei")
    assert [duty["label"] for duty in found["leads"]] == ["示例措施"]
    assert [duty["label"] for duty in found["tasks"]] == ["示例任务"]
    assert found["issued"][0]["id"] == "policy:shili-zizhi"
    assert [duty["label"] for duty in get(client, "/responsibility", staff("editor"))["items"]] == [
        "无人任务"
    ]
    assert get(client, "/health", staff("editor"))["items"] == []
    for path in ("/health", "/responsibility"):
        assert client.get(f"{GRAPH}{path}").status_code == 401


def test_pictures_stay_as_they_were_when_something_comes(house: House, client: FlaskClient) -> None:
    def places() -> dict[str, tuple[float, float]]:
        chart = get(client, "", node="policy:shili-zizhi", format="picture")["chart"]
        assert chart["width"] == 390
        return {node["id"]: (node["x"], node["y"]) for node in chart["nodes"]}

    before = places()
    assert places() == before
    more = TITLE.replace("clauses: [{", "clauses: [{anchor: a0, title: 甲}, {anchor: zz, title: 乙}, {")
    house.catalogue.load_library([parse_sheet(more)])
    after = places()
    assert set(after) - set(before) == {"measure:shili-zizhi#a0", "measure:shili-zizhi#zz"}
    assert all(after[node] == before[node] for node in before)


def test_svg_csv_and_words_say_the_same(client: FlaskClient, person: Callable[..., Headers]) -> None:
    drawn = client.get(f"{GRAPH}?node=policy:shili-zizhi&format=svg")
    assert drawn.mimetype == "image/svg+xml"
    assert "示例措施" in "".join(ElementTree.fromstring(drawn.text).itertext())
    table = client.get(f"{GRAPH}?node=policy:shili-zizhi&format=csv")
    assert table.mimetype == "text/csv"
    assert "政策,示例资质认定,包含,措施,示例措施" in table.text
    words = get(client, "", node="policy:shili-zizhi", format="picture")["words"]
    assert "属于：示例资质认定（2025-01-01起，m1，可信度 P）" in [
        line for item in words for line in item["lines"]
    ]
    for headers in ({}, person(ONE)):
        uscc = f"&uscc={ONE}" if headers else ""
        chart = client.get(f"{GRAPH}/ladder?format=picture{uscc}", headers=headers).json["chart"]
        assert {node["id"] for node in chart["nodes"]} == {"title:gaoqi", "title:keji-xiaojuren"}
        ladder = client.get(f"{GRAPH}/ladder?format=svg{uscc}", headers=headers)
        assert ("下一步" in ladder.text) is bool(headers)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("?node=policy:none", 404),
        ("?node=policy:shili-zizhi&depth=9", 422),
        ("?node=policy:shili-zizhi&on=2026-02-30", 422),
        ("?node=policy:shili-zizhi&format=png", 422),
        ("?kind=nothing", 422),
        ("?format=svg", 422),
        (f"?node={'x' * 300}", 422),
        ("/lineage?node=title:gaoqi", 404),
        ("/lineage", 422),
        ("/paths?start=policy:shili-zizhi", 404),
        ("/paths?start=course:shili-kecheng&to=title:none", 404),
        ("/ladder?on=later", 422),
    ],
)
def test_what_cannot_be_answered_is_refused_in_chinese(client: FlaskClient, path: str, status: int) -> None:
    answer = client.get(f"{GRAPH}{path}")
    assert answer.status_code == status
    assert any("\u4e00" <= char <= "\u9fff" for char in answer.json["message"])


def test_a_code_that_is_none_is_refused(client: FlaskClient, person: Callable[..., Headers]) -> None:
    assert client.get(f"{GRAPH}/ladder?uscc=123", headers=person(ONE)).status_code == 422
    assert client.get(f"{GRAPH}/combination?uscc=123", headers=person(ONE)).status_code == 422
