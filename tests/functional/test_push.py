"""From a publication to the inbox of the right firm, through HTTP."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from backend.companies.service import Firm
from backend.demo.firms import made_up_code
from backend.pool.life import Stage
from backend.shared.caller import SYSTEM, Caller, Role
from backend.wiring import House
from policies.sheet import parse_sheet

Headers = dict[str, str]
ONE, TWO = made_up_code(1), made_up_code(2)
API = "/api/v1"
SHEET = """---
slug: shili-butie
title: 示例专利补贴
kind: money
level: district
stage: final
issuers: [示例部门]
validity: {from: 2020-01-01, to: null}
confidence: {mark: K, note: 示例}
sources: [{title: 示例通知, mark: K}]
summary: 示例政策
rules:
  - id: text-2020
    kind: any
    from: 2020-01-01
    source: {title: 示例 第一条, mark: K}
    all:
      - {id: patents, label: 发明专利, fact: invention_patents, at_least: 3}
---
示例
"""


@pytest.fixture(autouse=True)
def firms(house: House) -> None:
    for uscc, count in ((ONE, 5), (TWO, 1)):
        facts = ({"name": "invention_patents", "value": count},)
        house.companies.add_company(Firm(uscc, "示例企业", area="zhangjiang", facts=facts), SYSTEM)
        house.pool.enter(uscc, Stage("candidate"), SYSTEM, "测试")


def _staff(name: str, role: Role) -> Caller:
    return Caller("staff", name, roles=frozenset({role}))


def _publish(house: House) -> None:
    editor, reviewer = _staff("e", Role.EDITOR), _staff("r", Role.REVIEWER)
    policy = house.catalogue.write_policy(parse_sheet(SHEET, "shili-butie.md"), editor)
    policy = house.catalogue.submit(policy.slug, policy.revision, editor)
    policy = house.catalogue.approve(policy.slug, policy.revision, reviewer)
    house.catalogue.publish(policy.slug, policy.revision, _staff("p", Role.PUBLISHER))
    house.queue.drain()


def test_publishing_fills_the_right_inbox_with_one_reasoned_message(
    house: House, client: FlaskClient, person: Callable[..., Headers], staff: Callable[..., Headers]
) -> None:
    mine, other = person(ONE), person(TWO)
    _publish(house)
    inbox = client.get(f"{API}/messages", headers=mine).json
    assert (inbox["total"], inbox["unread"]) == (1, 1)
    message = inbox["items"][0]["id"]
    assert message == f"{ONE}:shili-butie.published:2026-05-06"
    assert client.get(f"{API}/messages", headers=other).json["total"] == 0
    assert client.get(f"{API}/messages/{message}", headers=other).status_code == 404
    shown = client.get(f"{API}/messages/{message}", headers=mine).json
    assert shown["why"]["facts"][0]["source_label"] == "工作人员核实"
    assert shown["why"]["new"] == "eligible"
    assert [receipt["state"] for receipt in shown["receipts"]] == ["delivered"]
    client.post(f"{API}/messages/{message}/read", headers=mine)
    assert client.get(f"{API}/messages", headers=mine).json["unread"] == 0
    reason = {"reason": "不做这个方向"}
    told = client.post(f"{API}/messages/{message}/not-relevant", json=reason, headers=mine)
    assert told.json["receipts"][0]["not_relevant"] == "不做这个方向"
    assert client.get(f"{API}/messages").status_code == 401
    assert client.get(f"{API}/messages", headers=staff("editor")).status_code == 403


def test_staff_see_messages_and_runs_and_start_a_match(
    house: House, client: FlaskClient, staff: Callable[..., Headers]
) -> None:
    _publish(house)
    editor, publisher = staff("editor"), staff("publisher")
    found = client.get(f"{API}/staff/messages?policy=shili-butie", headers=editor).json
    assert [item["uscc"] for item in found["items"]] == [ONE]
    assert client.get(f"{API}/staff/messages?uscc={TWO}", headers=editor).json["total"] == 0
    local = staff("liaison", areas=("lingang",))
    assert client.get(f"{API}/staff/messages", headers=local).status_code == 403
    assert client.get(f"{API}/staff/messages?uscc={ONE}", headers=local).status_code == 404
    assert client.post(f"{API}/staff/match-runs", json={}, headers=editor).status_code == 403
    started = client.post(f"{API}/staff/match-runs", json={}, headers=publisher)
    assert (started.status_code, started.json["id"]) == (202, "all@2026-05-06")
    house.queue.drain()
    runs = client.get(f"{API}/staff/match-runs", headers=editor).json["items"]
    assert {run["id"]: (run["state"], run["messages"]) for run in runs} == {
        "shili-butie@1": ("done", 1),
        "shili-butie@1.question": ("done", 0),
        "all@2026-05-06": ("done", 0),
    }
    assert client.post(f"{API}/staff/deliveries", headers=publisher).json == {"delivered": 0}


def test_whoever_redeems_an_invitation_later_finds_the_message(
    house: House, client: FlaskClient, person: Callable[..., Headers]
) -> None:
    _publish(house)
    assert client.get(f"{API}/messages", headers=person(ONE)).json["unread"] == 1


def test_a_withdrawn_policys_message_is_marked(
    house: House, client: FlaskClient, person: Callable[..., Headers]
) -> None:
    mine = person(ONE)
    _publish(house)
    policy = house.catalogue.read_working("shili-butie")
    house.catalogue.withdraw("shili-butie", policy.revision, _staff("p", Role.PUBLISHER), "有误")
    assert client.get(f"{API}/messages", headers=mine).json["items"][0]["mark"] == "已撤回"
