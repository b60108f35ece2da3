"""Requests through HTTP: routed with reasons, answered in working days, escalated, ended, asked twice."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from backend.app import create_app
from backend.companies.service import Firm
from backend.demo.firms import made_up_code
from backend.shared.caller import SYSTEM
from backend.shared.clock import SHANGHAI
from backend.shared.events import Event
from backend.wiring import House
from backend.wiring.guidance_world import tell_commission
from tests.functional.guidance import API, ONE, TWO, Cast, Headers, ask, inbox, post

Staff = Callable[..., Headers]
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


@pytest.fixture
def cast(house: House, client: FlaskClient, staff: Staff, person: Callable[..., Headers]) -> Cast:
    found = Cast(house, client, staff)
    person(ONE)
    person(TWO)
    return found


def move_to(house: House, day: str, hour: int = 10) -> None:
    house.clock.at = datetime.fromisoformat(f"{day}T{hour:02}:00").replace(tzinfo=SHANGHAI)  # type: ignore[attr-defined]


def read(client: FlaskClient, who: Headers, request_id: str) -> dict[str, Any]:
    return dict(client.get(f"{API}/staff/requests/{request_id}", headers=who).json)


def test_the_whole_story_of_a_request(house: House, client: FlaskClient, cast: Cast) -> None:
    asked = ask(client, cast["firm"])
    assert (asked["state"], asked["level"], asked["due_on"]) == ("open", "liaison", "2026-05-09")
    assert asked["promise"] == "重点企业：3 个工作日内答复"
    assert asked.keys().isdisjoint({"route", "offered", "helpers", "owner"})
    seen = read(client, cast["editor"], asked["id"])
    assert seen["offered"] == ["shili-lian-zj"]
    assert [choice["adviser"] for choice in seen["route"]] == [
        "shili-lian-zj",
        "shili-fudao-zj",
        "shili-dao-ip",
    ]
    assert "负责企业所在片区" in seen["route"][0]["reasons"]
    assert seen["passed_over"] == {"不在负责的片区": 1, "专长不对应": 1}
    assert inbox(client, house, cast["lian-zj"]) == ["有新的诉求"]
    path = f"staff/requests/{asked['id']}"
    assert post(client, f"{path}/claim", cast["lian-zj"])["owner"] == "shili-lian-zj"
    post(client, f"{path}/claim", cast["fudao-zj"], 409)
    post(client, f"{path}/notes", cast["lian-zj"], 201, text="内部：请导师看看")
    post(client, f"{path}/helpers", cast["lian-zj"], adviser="shili-dao-ip")
    assert inbox(client, house, cast["dao-ip"]) == ["请您协助一条诉求"]
    post(client, f"{path}/answers", cast["dao-ip"], 201, text="先查新，再布局。")
    shown = client.get(f"{API}/requests/{asked['id']}", headers=cast["firm"]).json
    assert [entry["text"] for entry in shown["entries"] if entry["kind"] == "message"] == ["先查新，再布局。"]
    assert not [entry for entry in shown["entries"] if entry["kind"] == "note"]
    assert (shown["owner_name"], shown["due_on"]) == ("示例lian-zj", None)
    assert inbox(client, house, cast["firm"]) == ["您的诉求已答复"]
    post(client, f"requests/{asked['id']}/messages", cast["firm"], 201, text="谢谢，费用怎么算？")
    assert read(client, cast["lian-zj"], asked["id"])["due_on"] == "2026-05-09"
    post(client, f"{path}/answers", cast["lian-zj"], 201, text="见附件。")
    ended = post(client, f"{path}/end", cast["lian-zj"], result="helped", note="已说明")
    assert (ended["state"], ended["result_label"], ended["kept"]) == ("ended", "已解决", True)
    post(client, f"{path}/answers", cast["lian-zj"], 409, text="再说一句")
    assert inbox(client, house, cast["firm"]) == ["您的诉求已答复", "您的诉求已答复", "您的诉求已办结"]


def test_satisfaction_is_asked_once_after_the_end_and_once_three_months_later(
    house: House, client: FlaskClient, cast: Cast
) -> None:
    asked = ask(client, cast["firm"])
    path = f"{API}/requests/{asked['id']}"
    stars, told = {"stars": 5, "text": "很快"}, {"applied": True, "certified": False}
    assert client.put(f"{path}/rating", json=stars, headers=cast["firm"]).status_code == 409
    post(client, f"staff/requests/{asked['id']}/end", cast["lian-zj"], result="helped")
    assert client.put(f"{path}/rating", json=stars, headers=cast["other"]).status_code == 404
    assert client.put(f"{path}/rating", json=stars, headers=cast["firm"]).json["rating"]["stars"] == 5
    assert client.put(f"{path}/rating", json=stars, headers=cast["firm"]).status_code == 409
    assert client.put(f"{path}/outcome", json=told, headers=cast["firm"]).status_code == 409
    move_to(house, "2026-08-05")
    assert house.guidance.deadlines.sweep().surveyed == 0
    move_to(house, "2026-08-06")
    assert house.guidance.deadlines.sweep().surveyed == 1
    assert house.guidance.deadlines.sweep().read == 0
    assert inbox(client, house, cast["firm"])[-1] == "请告诉我们后来怎样"
    assert client.get(path, headers=cast["firm"]).json["outcome"]["asked"] is True
    assert client.put(f"{path}/outcome", json=told, headers=cast["firm"]).json["outcome"] == {
        "asked": False, "applied": True, "certified": False
    }  # fmt: skip
    assert client.put(f"{path}/outcome", json=told, headers=cast["firm"]).status_code == 409
    board = client.get(f"{API}/staff/request-board", headers=cast["editor"]).json
    assert board["satisfaction"] == {"answers": 1, "average": "5.00"}
    assert board["later"] == {"answered": 1, "applied": 1}


def test_a_deadline_over_the_spring_festival_counts_working_days_and_escalates_level_by_level(
    house: House, client: FlaskClient, cast: Cast
) -> None:
    move_to(house, "2026-02-13")  # a Friday; the Saturday after it is worked, then nine days are free
    asked = ask(client, cast["firm"])
    assert asked["due_on"] == "2026-02-25"
    post(client, f"staff/requests/{asked['id']}/claim", cast["lian-zj"])
    sweep = house.guidance.deadlines.sweep
    move_to(house, "2026-02-24", 8)
    assert sweep().read == 0
    move_to(house, "2026-02-24", 9)
    assert (sweep().reminded, sweep().read) == (1, 0)
    assert inbox(client, house, cast["lian-zj"]) == ["有新的诉求", "诉求即将到期"]
    move_to(house, "2026-02-25", 23)
    assert sweep().read == 0
    move_to(house, "2026-02-26", 0)
    assert (sweep().escalated, sweep().read) == (1, 0)
    seen = read(client, cast["editor"], asked["id"])
    assert (seen["level"], seen["state"], seen["owner"]) == ("counsellor", "open", None)
    assert (seen["helpers"], seen["offered"]) == (["shili-lian-zj"], ["shili-fudao-zj"])
    assert (seen["kept"], seen["escalations"], seen["due_on"]) == (False, 1, "2026-03-02")
    levels = []
    for day in ("2026-03-03", "2026-03-07", "2026-03-20"):
        move_to(house, day)
        sweep()  # the reminder of a past deadline is the deadline itself
        sweep()
        levels.append(read(client, cast["editor"], asked["id"])["level"])
    assert levels == ["mentor", "commission", "commission"]
    assert "诉求逾期升级" not in inbox(client, house, cast["publisher"])
    for _ in range(2):
        tell_commission(house.guidance, house.push, house.clock.today())
    told = [title for title in inbox(client, house, cast["publisher"]) if "等科经委受理" in title]
    assert told == ["有 1 件诉求等科经委受理"]
    move_to(house, "2026-12-30")
    sweep()
    last = read(client, cast["editor"], asked["id"])
    assert last["state"] == "open", "time alone ends nothing"
    assert (last["due_on"], last["due_sure"]) == ("2027-01-04", False)


def test_the_clock_stands_still_while_the_firm_is_asked(
    house: House, client: FlaskClient, cast: Cast
) -> None:
    asked = ask(client, cast["firm"])
    move_to(house, "2026-05-08")  # one working day is left: the Saturday after it is worked
    path = f"staff/requests/{asked['id']}"
    waiting = post(client, f"{path}/questions", cast["lian-zj"], 201, text="请补充专利清单")
    assert (waiting["state"], waiting["due_on"]) == ("waiting", None)
    assert inbox(client, house, cast["firm"]) == ["您的诉求需要补充"]
    move_to(house, "2026-06-30")
    report = house.guidance.deadlines.sweep()
    assert (report.reminded, report.escalated) == (0, 0)
    post(client, f"requests/{asked['id']}/messages", cast["firm"], 201, text="清单如下")
    seen = read(client, cast["lian-zj"], asked["id"])
    assert (seen["state"], seen["due_on"], seen["owner"]) == ("working", "2026-07-01", "shili-lian-zj")


def test_twenty_claims_at_once_are_one(house: House, cast: Cast, client: FlaskClient) -> None:
    asked = ask(client, cast["firm"])
    app, answers = create_app(house), []
    barrier = threading.Barrier(20)
    who = [cast[name] for name in ("lian-zj", "fudao-zj", "editor", "publisher")]

    def claim(number: int) -> None:
        with app.test_client() as own:
            barrier.wait()
            path = f"{API}/staff/requests/{asked['id']}/claim"
            answer = own.post(path, json={}, headers=who[number % 4])
            answers.append((answer.status_code, answer.json.get("owner"), number % 4))

    threads = [threading.Thread(target=claim, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    owners = {owner for status, owner, _ in answers if status == 200}
    assert len(owners) == 1
    # Whoever has it may claim it again; nobody else got it.
    assert {status for status, _, _ in answers} == {200, 409}
    assert len({number for status, _, number in answers if status == 200}) == 1
    steps = [
        entry for entry in read(client, cast["editor"], asked["id"])["entries"] if entry["text"] == "受理"
    ]
    assert len(steps) == 1


def test_staff_override_the_routing_with_a_reason_but_not_an_interest(
    house: House, client: FlaskClient, cast: Cast
) -> None:
    asked = ask(client, cast["firm"])
    path = f"staff/requests/{asked['id']}"
    post(client, f"{path}/assign", cast["editor"], 422, adviser="shili-dao-tax", why="")
    moved = post(client, f"{path}/assign", cast["editor"], adviser="shili-dao-tax", why="企业要求")
    assert (moved["owner"], moved["level"], moved["state"]) == ("shili-dao-tax", "mentor", "working")
    over = post(client, f"{path}/handover", cast["dao-tax"], adviser="shili-dao-ip", why="属于专利问题")
    assert (over["owner"], over["helpers"]) == ("shili-dao-ip", ["shili-dao-tax"])
    house.people.set_interests("shili-dao-tax", {ONE: "示例持股"}, 1, house.accounts.staff_caller("editor"))
    post(client, f"{path}/assign", cast["editor"], 403, adviser="shili-dao-tax", why="企业要求")
    again = ask(client, cast["firm"], help_kind="finance-tax")
    assert read(client, cast["editor"], again["id"])["passed_over"]["已申报利益关系，须回避"] == 1
    referred = post(client, f"{path}/refer", cast["dao-ip"], department="caizhengju", why="需财政答复")
    assert referred["department"] == "caizhengju"


def test_a_liaison_asks_for_a_firm_and_a_warning_opens_one_once(
    house: House, client: FlaskClient, cast: Cast
) -> None:
    made = ask(client, cast["lian-zj"], "staff/requests", uscc=ONE)
    assert made["source"]["kind"] == "free"
    body = {"uscc": TWO, "title": "示例", "text": "示例文字"}
    assert client.post(f"{API}/staff/requests", json=body, headers=cast["lian-zj"]).status_code == 404
    data = {"uscc": TWO, "rule": "warning-visit", "severity": "一般", "finder": "", "deadline": "2026-06-01"}
    event = Event("warning.raised", f"{TWO}/warning-visit", house.clock.now(), "system", data)
    house.bus.deliver(event)
    house.bus.deliver(event)
    found = client.get(f"{API}/staff/requests?uscc={TWO}", headers=cast["lian-lg"]).json["items"]
    assert [item["source"]["warning"] for item in found] == [f"{TWO}/warning-visit"]
    (asked,) = found
    path = f"staff/requests/{asked['id']}"
    post(client, f"{path}/claim", cast["lian-lg"])
    for kind, more in (("warning.escalated", {"level": 1}), ("warning.ended", {"result": "recovered"})):
        told = Event(kind, f"{TWO}/warning-visit", house.clock.now(), "system", {**data, **more})
        house.bus.deliver(told)
        house.bus.deliver(told)
    seen = read(client, cast["lian-lg"], asked["id"])
    notes = [(row["role"], row["text"]) for row in seen["entries"] if row["kind"] == "note"]
    assert notes == [
        ("system", "预警逾期未处置（第1次），请尽快处置。"),
        ("system", "预警已结束：情况已好转。核对后可办结本诉求。"),
    ]
    assert seen["state"] == "working"
    assert inbox(client, house, cast["lian-lg"]).count("预警有新进展") == 2
    post(client, f"{path}/end", cast["lian-lg"], result="helped")


def test_a_warning_nobody_can_take_is_told_the_commission_once_a_day(
    house: House, client: FlaskClient, cast: Cast
) -> None:
    house.companies.add_company(Firm(made_up_code(3), "示例材料", area="jinqiao"), SYSTEM)
    for mentor in ("shili-dao-ip", "shili-dao-tax"):
        house.people.suspend(mentor, 1, SYSTEM, "示例")
    for rule in ("warning-visit", "warning-moved"):
        data = {"uscc": made_up_code(3), "rule": rule, "severity": "一般"}
        house.bus.deliver(Event("warning.raised", rule, house.clock.now(), "system", data))
    assert inbox(client, house, cast["publisher"]) == []
    for day in ("2026-05-07", "2026-05-08"):
        move_to(house, day)
        tell_commission(house.guidance, house.push, house.clock.today())
        tell_commission(house.guidance, house.push, house.clock.today())
    titles = inbox(client, house, cast["publisher"])
    assert titles == ["有 2 件诉求等科经委受理"] * 2


def test_a_request_from_a_policy_and_a_gap_says_so(house: House, client: FlaskClient, cast: Cast) -> None:
    house.load_library()
    made = ask(client, cast["firm"], condition="gaoqi-rending/ip", help_kind="ip-planning")
    assert (made["source"]["kind"], made["source"]["policy"]) == ("gap", "gaoqi-rending")
    assert ask(client, cast["firm"], policy="gaoqi-rending")["source"]["kind"] == "policy"
    for wrong in (
        {"policy": "mei-you"},
        {"help_kind": "magic"},
        {"title": "\u200b\u202e "},
        {"text": "\x00"},
    ):
        body = {"uscc": ONE, "title": "示例诉求", "text": "示例文字", **wrong}
        assert client.post(f"{API}/requests", json=body, headers=cast["firm"]).status_code in (404, 422)


def test_files_are_checked_by_content_and_served_only_as_downloads(client: FlaskClient, cast: Cast) -> None:
    asked = ask(client, cast["firm"])
    path = f"{API}/requests/{asked['id']}/files"

    def attach(data: bytes, name: str, who: str = "firm") -> Any:
        return client.post(path, data={"file": (io.BytesIO(data), name)}, headers=cast[who])

    assert attach(PNG, "图.png").json[0]["address"] == f"requests/{asked['id']}/files/1"
    refused = [(b"<html>", "a.html"), (b"MZ\x90" + b"0" * 9, "a.pdf"), (b"GIF89a", "a.png"), (b"", "a.txt")]
    assert [attach(data, name).status_code for data, name in refused] == [422] * 4
    assert attach(PNG, "../../图.png").json[1]["name"] == "图.png"
    assert attach(PNG, "a.png", "other").status_code == 404
    got = client.get(f"{path}/1", headers=cast["lian-zj"])
    assert (got.data, got.content_type) == (PNG, "application/octet-stream")
    assert got.headers["Content-Disposition"].startswith("attachment;")
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    for who, status in (("other", 404), ("dao-tax", 404), ("lian-lg", 404)):
        assert client.get(f"{path}/1", headers=cast[who]).status_code == status
    assert client.get(f"{path}/9", headers=cast["firm"]).status_code == 404


def test_a_text_is_cleaned_and_checked_and_what_the_check_refuses_is_refused(
    client: FlaskClient, cast: Cast
) -> None:
    made = ask(client, cast["firm"], title="示例\u200b诉求\n换行", text="<b>文字</b>\u202e")
    assert (made["title"], made["text"]) == ("示例诉求 换行", "<b>文字</b>")
    body = {"uscc": ONE, "title": "示例违规", "text": "示例文字"}
    assert client.post(f"{API}/requests", json=body, headers=cast["firm"]).status_code == 422
    held = ask(client, cast["firm"], text="示例存疑的文字")
    assert read(client, cast["lian-zj"], held["id"])["held"] is True
    path = f"staff/requests/{held['id']}/release"
    post(client, path, cast["lian-lg"], 404)
    post(client, path, cast["dao-ip"], 403)
    listed = client.get(f"{API}/staff/requests?held=true", headers=cast["lian-zj"]).json["items"]
    assert [one["id"] for one in listed] == [held["id"]]
    assert post(client, path, cast["lian-zj"])["held"] is False
    post(client, path, cast["lian-zj"], 409)
    client.post(f"{API}/requests/{held['id']}/messages", json={"text": "示例存疑"}, headers=cast["firm"])
    again = read(client, cast["lian-zj"], held["id"])
    assert (again["held"], again["entries"][-1]["held"]) == (True, True)
    assert post(client, path, cast["editor"])["entries"][-1]["held"] is False
    assert client.get(f"{API}/staff/requests?held=true", headers=cast["editor"]).json["total"] == 0


def test_a_firm_withdraws_and_nobody_is_asked_for_a_rating(
    house: House, client: FlaskClient, cast: Cast
) -> None:
    asked = ask(client, cast["firm"])
    assert post(client, f"requests/{asked['id']}/withdraw", cast["firm"])["result"] == "withdrawn"
    assert inbox(client, house, cast["firm"]) == []
    post(client, f"staff/requests/{asked['id']}/end", cast["lian-zj"], 409, result="helped")
    move_to(house, "2027-01-05")
    assert house.guidance.deadlines.sweep().surveyed == 0


def test_an_account_in_a_post_without_an_adviser_is_asked_where_no_adviser_is(
    house: House, client: FlaskClient, cast: Cast, staff: Staff
) -> None:
    post_only = staff("liaison", name="lian-jq", areas=("jinqiao",))
    staff("liaison", name="lian-zj-2", areas=("zhangjiang",))
    third = made_up_code(3)
    house.companies.add_company(Firm(third, "示例材料", area="jinqiao"), SYSTEM)
    asked = ask(client, cast["editor"], "staff/requests", uscc=third)
    assert (asked["level"], asked["offered"]) == ("liaison", ["staff:lian-jq"])
    assert inbox(client, house, post_only) == ["有新的诉求"]
    path = f"staff/requests/{asked['id']}"
    assert post(client, f"{path}/claim", post_only)["owner"] == "staff:lian-jq"
    post(client, f"{path}/answers", post_only, 201, text="示例答复")
    # Where an adviser holds the post, the account beside it is not asked.
    assert read(client, cast["editor"], ask(client, cast["firm"])["id"])["offered"] == ["shili-lian-zj"]


def test_each_role_sees_its_own(client: FlaskClient, cast: Cast, staff: Staff) -> None:
    mine = ask(client, cast["firm"])
    theirs = ask(client, cast["other"], uscc=TWO, help_kind="finance-tax")
    seen = {
        "editor": {mine["id"], theirs["id"]},
        "lian-zj": {mine["id"]},
        "lian-lg": {theirs["id"]},
        "fudao-zj": {mine["id"]},
        "dao-ip": set(),
        "dao-tax": set(),
    }
    for who, ids in seen.items():
        items = client.get(f"{API}/staff/requests", headers=cast[who]).json["items"]
        assert {item["id"] for item in items} == ids, who
        for request in (mine, theirs):
            path = f"{API}/staff/requests/{request['id']}"
            expected = 200 if request["id"] in ids else 404
            assert client.get(path, headers=cast[who]).status_code == expected, who
            for step in ("claim", "answers", "notes", "questions", "end"):
                body = {} if step == "claim" else {"result": "helped"} if step == "end" else {"text": "示例"}
                if expected == 404:
                    assert client.post(f"{path}/{step}", json=body, headers=cast[who]).status_code == 404
    for who, own, foreign in (("firm", mine, theirs), ("other", theirs, mine)):
        items = client.get(f"{API}/requests", headers=cast[who]).json["items"]
        assert [item["id"] for item in items] == [own["id"]]
        for method, step in (("GET", ""), ("POST", "/messages"), ("POST", "/withdraw"), ("PUT", "/rating")):
            body = {"text": "示例"} if step == "/messages" else {"stars": 5} if step == "/rating" else {}
            path = f"{API}/requests/{foreign['id']}{step}"
            answer = client.open(path, method=method, json=body, headers=cast[who])
            assert answer.status_code == 404, step
    invited = {"adviser": "shili-dao-ip"}
    assert post(client, f"staff/requests/{mine['id']}/helpers", cast["editor"], **invited)
    assert client.get(f"{API}/staff/requests", headers=cast["dao-ip"]).json["total"] == 1
    assert client.get(f"{API}/staff/requests", headers=staff("department")).json["total"] == 0
    for path in ("staff/request-board", "staff/request-exports", "staff/visit-figures", "staff/feedback"):
        local = 200 if "request-" in path else 403
        for who, status in (("editor", 200), ("lian-zj", local), ("dao-ip", 403), ("firm", 403)):
            assert client.get(f"{API}/{path}", headers=cast[who]).status_code == status, (path, who)
