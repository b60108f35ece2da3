"""The pool through HTTP."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from backend.companies.service import Firm
from backend.demo.firms import made_up_code
from backend.pool.life import Stage
from backend.shared.caller import SYSTEM
from backend.wiring import House

Headers = dict[str, str]
ONE, TWO = made_up_code(1), made_up_code(2)
API = "/api/v1"


@pytest.fixture(autouse=True)
def firms(house: House) -> None:
    house.companies.add_company(Firm(ONE, "示例芯片有限公司", area="zhangjiang"), SYSTEM)
    house.companies.add_company(Firm(TWO, "示例生物有限公司", area="lingang"), SYSTEM)


def test_a_life_is_read_as_of_any_day(
    house: House, client: FlaskClient, person: Callable[..., Headers]
) -> None:
    clock, path = house.clock, f"{API}/companies/{ONE}/pool"
    before = clock.today()
    clock.move(days=1)  # type: ignore[attr-defined]
    entered = house.pool.enter(ONE, Stage("in_pool", "reserve"), SYSTEM, "符合条件")
    first = clock.today()
    clock.move(days=2)  # type: ignore[attr-defined]
    house.pool.move(ONE, Stage("applying"), SYSTEM, "已提交", entered.revision)
    days, mine = (before, first, first + timedelta(days=1), clock.today()), person(ONE)
    shown = [client.get(path, query_string={"as_of": day.isoformat()}, headers=mine).json for day in days]
    assert [(one["step"], len(one["life"])) for one in shown] == [
        ("", 0),
        ("in_pool", 1),
        ("in_pool", 1),
        ("applying", 2),
    ]
    assert shown[-1] == client.get(path, headers=mine).json
    for wrong in ("2026-13-01", "soon", "9999-12-31"):
        assert client.get(path, query_string={"as_of": wrong}, headers=mine).status_code == 422


def test_a_firm_enters_moves_and_a_wrong_step_is_taken_back(
    client: FlaskClient, staff: Callable[..., Headers], person: Callable[..., Headers]
) -> None:
    local = staff("liaison", areas=("zhangjiang",))
    body = {"uscc": ONE, "step": "in_pool", "tier": "reserve", "reason": "符合条件", "rule": "ruku@1"}
    entered = client.post(f"{API}/staff/pool", json=body, headers=local)
    assert (entered.status_code, entered.json["label"]) == (201, "在库（储备）")
    assert client.post(f"{API}/staff/pool", json=body, headers=local).status_code == 409
    seen = {**local, "If-Match": str(entered.json["revision"])}
    step = {"step": "applying", "reason": "已提交", "evidence": "受理单 示例001"}
    moves = f"{API}/staff/pool/{ONE}/moves"
    assert client.post(moves, json=step, headers=local).status_code == 428
    moved = client.post(moves, json=step, headers=seen)
    assert moved.json["step"] == "applying"
    assert moved.json["life"][-1]["evidence"] == {"note": "受理单 示例001"}
    assert client.post(moves, json=step, headers=seen).status_code == 409
    seen["If-Match"] = str(moved.json["revision"])
    assert client.post(moves, json={"step": "tracked", "reason": "?"}, headers=seen).status_code == 409
    undone = client.post(f"{API}/staff/pool/{ONE}/undo", json={"reason": "看错了"}, headers=seen)
    assert [event["step"] for event in undone.json["life"]] == ["in_pool", "applying", "undo"]
    shown = client.get(f"{API}/companies/{ONE}/pool", headers=person(ONE)).json
    assert shown["step"] == "in_pool"
    assert "by" not in shown["life"][0]


def test_scope_and_lists(
    client: FlaskClient, staff: Callable[..., Headers], person: Callable[..., Headers]
) -> None:
    editor, local = staff("editor"), staff("liaison", areas=("zhangjiang",))
    for uscc in (ONE, TWO):
        body = {"uscc": uscc, "step": "candidate", "reason": "推荐"}
        assert client.post(f"{API}/staff/pool", json=body, headers=editor).status_code == 201
    assert client.get(f"{API}/staff/pool?step=candidate", headers=editor).json["total"] == 2
    assert [i["uscc"] for i in client.get(f"{API}/staff/pool", headers=local).json["items"]] == [ONE]
    industry = [{"name": "industries", "value": ["biomedicine"]}]
    answer = client.post(f"{API}/companies/{TWO}/facts", json={"facts": industry}, headers=editor)
    assert answer.status_code == 201, answer.json
    for query, codes in {
        "industry_class=biomedicine": [TWO],
        "industry_class=integrated-circuits": [],
        "area=zhangjiang": [ONE],
        "area=zhangjiang&industry_class=biomedicine": [],
    }.items():
        listed = client.get(f"{API}/staff/pool?{query}", headers=editor).json["items"]
        assert [item["uscc"] for item in listed] == codes, query
    assert client.get(f"{API}/staff/pool?industry_class=nothing", headers=editor).status_code == 404
    mine = person(ONE)
    assert client.get(f"{API}/companies/{TWO}/pool", headers=mine).status_code == 404
    assert client.get(f"{API}/staff/pool", headers=mine).status_code == 403
    move = client.post(
        f"{API}/staff/pool/{TWO}/moves",
        json={"step": "left", "reason": "?"},
        headers={**local, "If-Match": "1"},
    )
    assert move.status_code == 404
