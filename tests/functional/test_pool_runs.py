"""应入尽入 through HTTP: runs, frozen lists, decisions, tracking, settings and the board."""

from __future__ import annotations

import csv
import io
import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from backend.adapters.mongo import collection_of
from backend.companies.service import Firm
from backend.demo.firms import made_up_code
from backend.pool.life import Stage
from backend.pool.store.runs import PoolListDocument
from backend.shared.caller import SYSTEM
from backend.wiring import House

Headers = dict[str, str]
API = "/api/v1"
READY, INSIDE, GONE, DARK, NEW, HOLDER = (made_up_code(number) for number in range(1, 7))
BASE = [{"name": "pudong_registered", "value": True}, {"name": "titles", "value": []}]
IP = {"name": "class2_ip", "value": 3}
RD = {"name": "rd_expense", "value": 100, "period": "2025"}


def facts(*more: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    return (*BASE, *more)


@pytest.fixture(autouse=True)
def firms(house: House) -> None:
    house.load_library()
    added = {
        READY: facts(IP, RD, {"name": "registered_on", "value": "2020-01-01"}),
        INSIDE: facts(IP, RD, {"name": "registered_on", "value": "2020-01-01"}),
        GONE: ({"name": "pudong_registered", "value": False}, BASE[1], IP),
        DARK: (BASE[0],),
        HOLDER: (BASE[0], {"name": "titles", "value": ["gaoqi"]}, IP),
    }
    for uscc, stated in added.items():
        house.companies.add_company(Firm(uscc, "示例企业", area="zhangjiang", facts=stated), SYSTEM)
    house.pool.enter(INSIDE, Stage("in_pool", "reserve"), SYSTEM, "示例")
    house.pool.enter(GONE, Stage("in_pool", "reserve"), SYSTEM, "示例")


def finished(house: House, client: FlaskClient, headers: Headers, kind: str = "monthly") -> dict[str, Any]:
    started = client.post(f"{API}/staff/pool-runs", json={"kind": kind}, headers=headers)
    assert started.status_code == 202, started.json
    house.queue.drain()
    return client.get(f"{API}/staff/pool-runs/{started.json['id']}", headers=headers).json


def rows(client: FlaskClient, headers: Headers, run: str, name: str) -> list[dict[str, Any]]:
    answer = client.get(f"{API}/staff/pool-runs/{run}/lists/{name}", headers=headers)
    assert answer.status_code == 200, answer.json
    return answer.json["items"]


def test_a_run_lists_who_should_be_in_who_should_not_and_who_cannot_be_judged(
    house: House, client: FlaskClient, staff: Callable[..., Headers]
) -> None:
    editor = staff("editor")
    run = finished(house, client, editor)
    assert (run["id"], run["status"], run["firms"]) == ("2026-05", "done", 5)
    assert "pool-entry@1" in run["rules"]
    shown = {name: rows(client, editor, "2026-05", name) for name in ("enter", "leave", "move", "unjudged")}
    assert [(r["uscc"], r["now"], r["proposed"]) for r in shown["enter"]] == [
        (READY, "", "in_pool/cultivate")
    ]
    assert [(r["uscc"], r["proposed"]) for r in shown["leave"]] == [(GONE, "left")]
    assert [(r["uscc"], r["proposed"]) for r in shown["move"]] == [(INSIDE, "in_pool/cultivate")]
    assert [r["uscc"] for r in shown["unjudged"]] == [DARK]
    assert "已有资质" in shown["unjudged"][0]["missing"]
    assert {"fact": "titles", "label": "已有资质", "firms": 1} in run["missing"]["pool-entry"]
    # The lists of the plan come out of the same run.
    assert [r["uscc"] for r in rows(client, editor, "2026-05", "list-rd-no-patent")] == []
    assert rows(client, editor, "2026-05", "list-srdi-contest") == []
    assert run["lists"]["list-srdi-contest"]["label"] == "专精特新或创赛企业中的非高企"
    assert client.get(f"{API}/staff/pool-runs/2026-05/lists/nothing", headers=editor).status_code == 404
    assert client.get(f"{API}/staff/pool-runs", headers=staff("liaison")).status_code == 403


def test_decisions_one_by_one_and_in_bulk_are_carried_out_once_and_the_list_stays_as_it_was(
    house: House, client: FlaskClient, staff: Callable[..., Headers]
) -> None:
    editor = staff("editor")
    finished(house, client, editor)
    path = f"{API}/staff/pool-runs/2026-05/decisions"
    bulk = {"usccs": [READY, INSIDE, DARK], "accept": True, "reason": "符合口径"}
    done = client.post(path, json=bulk, headers=editor).json
    assert (done["done"], [bool(item["problem"]) for item in done["items"]]) == (2, [False, False, True])
    assert client.post(path, json=bulk, headers=editor).json["done"] == 0
    kept = {"usccs": [GONE], "accept": False, "reason": "正在办理迁回"}
    assert client.post(path, json=kept, headers=editor).json["done"] == 1
    assert house.pool.state(GONE).stage == Stage("in_pool", "reserve")
    life = house.pool.read(READY, SYSTEM).life
    assert [(e.step, e.tier, e.rule, e.evidence["run"]) for e in life] == [
        ("in_pool", "cultivate", "pool-entry@1", "2026-05")
    ]
    (row,) = rows(client, editor, "2026-05", "enter")
    assert (row["now"], row["decision"]["accepted"], row["decision"]["reason"]) == ("", True, "符合口径")
    file = f"{API}/staff/pool-runs/2026-05/lists/enter/file"
    text = client.get(f"{file}?format=csv", headers=editor).data.decode("utf-8-sig")
    (line,) = list(csv.reader(io.StringIO(text)))[1:]
    assert line == [
        READY, "示例企业", "", "在库（培育）", "", "采纳", "符合口径", "staff:editor", "2026-05-06", ""
    ]  # fmt: skip
    assert client.get(file, headers=editor).data.startswith(b"PK")
    assert house.accounts.audit.list_entries(5, None, action="pool_list.exported").total == 2
    assert client.get(f"{file}?format=pdf", headers=editor).status_code == 422
    assert client.get(file.replace("enter", "nothing"), headers=editor).status_code == 404
    assert client.get(file, headers=staff("liaison")).status_code == 403
    assert finished(house, client, editor)["lists"]["enter"]["rows"] == 1
    later = finished(house, client, editor, "adhoc")
    assert (later["lists"]["enter"]["rows"], later["lists"]["move"]["rows"]) == (0, 0)
    assert client.post(path, json={**bulk, "reason": ""}, headers=editor).status_code == 422


def test_of_two_who_decide_on_the_same_firm_at_once_one_step_comes_of_it(
    house: House, client: FlaskClient, staff: Callable[..., Headers]
) -> None:
    finished(house, client, staff("editor"))
    callers = [house.accounts.staff_caller("editor"), SYSTEM]
    ready, problems = threading.Barrier(2), {}

    def decide(accept: bool) -> None:
        ready.wait()
        deciding = house.pool_room.deciding
        (outcome,) = deciding.decide("2026-05", [READY], accept, f"决定{accept}", callers[accept])
        problems[accept] = outcome.problem

    threads = [threading.Thread(target=decide, args=(accept,)) for accept in (True, False)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(problems.values()) == ["", "已有决定。"]
    accepted = problems[True] == ""
    (row,) = rows(client, staff("editor"), "2026-05", "enter")
    assert (row["decision"]["accepted"], row["decision"]["reason"]) == (accepted, f"决定{accepted}")
    assert (house.pool.stage_of(READY) == Stage("in_pool", "cultivate")) == accepted


def many(house: House, count: int) -> list[str]:
    """Firms that meet the entry rule, and hold an industry."""
    stated = facts(IP, {"name": "industries", "value": ["biomedicine"]})
    for number in range(count):
        house.companies.add_company(Firm(made_up_code(100 + number), "示例企业", facts=stated), SYSTEM)
    return sorted([READY, *(made_up_code(100 + number) for number in range(count))])


def test_a_whole_list_is_decided_at_once_and_carried_out_as_a_job_that_a_kill_does_not_harm(
    house: House, client: FlaskClient, staff: Callable[..., Headers], monkeypatch: pytest.MonkeyPatch
) -> None:
    editor, firms = staff("editor"), many(house, 120)
    finished(house, client, editor)
    aside = {"usccs": [READY], "accept": False, "reason": "另行研究"}
    client.post(f"{API}/staff/pool-runs/2026-05/decisions", json=aside, headers=editor)
    house.pool.enter(firms[-1], Stage("candidate"), SYSTEM, "先观察")
    path, body = (
        f"{API}/staff/pool-runs/2026-05/lists/enter/decisions",
        {"accept": True, "reason": "应入尽入"},
    )
    begun = client.post(path, json=body, headers=editor)
    assert (begun.status_code, begun.json) == (202, {"decided": 121, "waiting": 120, "failed": 0})
    real, calls = house.pool.carry_out, []

    def killed(*args: Any) -> None:
        calls.append(args)
        real(*args)
        if len(calls) == 70:
            raise KeyboardInterrupt  # the step is taken, and not yet marked as done

    monkeypatch.setattr(house.pool_room.deciding._pool, "carry_out", killed)
    with pytest.raises(KeyboardInterrupt):
        house.pool_room.deciding.carry_out("2026-05")
    monkeypatch.undo()
    shown = client.get(f"{API}/staff/pool-runs/2026-05", headers=editor).json["lists"]["enter"]
    assert (shown["rows"], shown["decided"], shown["waiting"]) == (121, 121, 51)
    house.queue.drain()  # whoever was killed still holds it
    assert client.post(path, json=body, headers=editor).json["waiting"] == 51
    house.clock.move(minutes=3)  # type: ignore[attr-defined]
    assert house.pool_room.deciding.resume() == 1
    house.queue.drain()
    shown = client.get(f"{API}/staff/pool-runs/2026-05", headers=editor).json["lists"]["enter"]
    assert (shown["waiting"], shown["failed"]) == (0, 1)
    assert house.pool_room.deciding.resume() == 0
    lives = [house.pool.read(uscc, SYSTEM).life for uscc in firms if uscc != READY]
    assert {len(life) for life in lives} == {1}
    assert {(life[0].by, life[0].reason) for life in lives[:-1]} == {("staff:editor", "应入尽入")}
    (last,) = client.get(f"{API}/staff/pool-runs/2026-05/lists/enter?after={firms[-2]}", headers=editor).json[
        "items"
    ]
    assert "已变动" in last["decision"]["problem"]
    board = client.get(f"{API}/staff/pool-board", headers=editor).json
    assert board["industries"]["biomedicine"]["firms"] == 120
    assert client.post(path, json={"accept": True}, headers=editor).status_code == 422
    for name in ("unjudged", "nothing"):
        wrong = path.replace("/enter/", f"/{name}/")
        assert client.post(wrong, json=body, headers=editor).status_code == 404
    assert client.post(path, json=body, headers=staff("liaison")).status_code == 403


def test_carrying_out_a_whole_list_is_stopped_and_gone_on_with(
    house: House, client: FlaskClient, staff: Callable[..., Headers], monkeypatch: pytest.MonkeyPatch
) -> None:
    editor, firms = staff("editor"), many(house, 120)
    finished(house, client, editor)
    run = f"{API}/staff/pool-runs/2026-05"
    stop, go_on = f"{run}/decisions/stop", f"{run}/decisions/resume"
    assert client.post(stop, headers=editor).status_code == 409  # nothing is decided yet
    assert client.post(go_on, headers=editor).status_code == 409
    client.post(f"{run}/lists/enter/decisions", json={"accept": True, "reason": "应入尽入"}, headers=editor)
    real, calls = house.pool.carry_out, []

    def stopped_meanwhile(*args: Any) -> None:
        calls.append(args)
        real(*args)
        if len(calls) == 10:
            answer = client.post(stop, headers=editor)
            assert (answer.status_code, answer.json["paused"]) == (200, True)

    monkeypatch.setattr(house.pool_room.deciding._pool, "carry_out", stopped_meanwhile)
    house.queue.drain()
    monkeypatch.undo()
    shown = client.get(run, headers=editor).json
    left = shown["lists"]["enter"]["waiting"]
    assert shown["paused"] and 0 < left < len(firms) - 10
    assert house.pool_room.deciding.resume() == 0
    assert client.post(stop, headers=editor).status_code == 409
    for path in (stop, go_on):
        assert client.post(path, headers=staff("liaison")).status_code == 403
        assert client.post(path.replace("2026-05", "2026-06"), headers=editor).status_code == 404
    assert client.post(go_on, headers=editor).json["paused"] is False
    house.queue.drain()
    shown = client.get(run, headers=editor).json["lists"]["enter"]
    assert (shown["decided"], shown["waiting"], shown["failed"]) == (121, 0, 0)
    assert {len(house.pool.read(uscc, SYSTEM).life) for uscc in firms} == {1}


def test_firms_registered_here_and_working_elsewhere_and_the_reverse_are_listed(
    house: House, client: FlaskClient, staff: Callable[..., Headers]
) -> None:
    house.companies.record_particulars(READY, {"operating_area": "外区"}, "registry", SYSTEM)
    stranger, outsider = made_up_code(201), made_up_code(202)
    away = ({"name": "pudong_registered", "value": False},)
    house.companies.add_company(Firm(stranger, "示例企业", operating_area="金桥", facts=away), SYSTEM)
    house.companies.add_company(Firm(outsider, "示例企业", operating_area="外区", facts=away), SYSTEM)
    editor = staff("editor")
    finished(house, client, editor)
    listed = rows(client, editor, "2026-05", "list-split-address")
    assert [row["uscc"] for row in listed] == sorted([READY, stranger])
    evaluator = house.pool_room.runs._evaluator
    for uscc in (READY, stranger, outsider):  # one firm with its reasons says the same
        verdict = evaluator.explain(evaluator.rulebook(), "list-split-address", uscc, house.clock.today())
        assert verdict is not None
        assert verdict.status == ("unknown" if uscc == outsider else "eligible")


def test_what_a_firm_could_not_be_judged_by_stays_as_it_was_found(
    house: House, client: FlaskClient, staff: Callable[..., Headers]
) -> None:
    editor = staff("editor")
    finished(house, client, editor)
    house.companies.record_facts(DARK, [BASE[1], IP], "registry", SYSTEM)
    (row,) = rows(client, editor, "2026-05", "unjudged")
    assert (row["uscc"], row["missing"][0]) == (DARK, "已有资质")
    assert "注册在浦东新区" not in row["missing"]
    finished(house, client, editor, "adhoc")
    assert [
        run["lists"]["unjudged"]["rows"]
        for run in client.get(f"{API}/staff/pool-runs", headers=editor).json["items"]
    ] == [0, 1]


def test_a_firm_that_was_moved_meanwhile_is_not_moved_by_an_old_list(
    house: House, client: FlaskClient, staff: Callable[..., Headers]
) -> None:
    editor = staff("editor")
    finished(house, client, editor)
    house.pool.enter(READY, Stage("candidate"), SYSTEM, "先观察")
    body = {"usccs": [READY], "accept": True, "reason": "符合口径"}
    (item,) = client.post(f"{API}/staff/pool-runs/2026-05/decisions", json=body, headers=editor).json["items"]
    assert "已变动" in item["problem"]
    assert house.pool.state(READY).stage == Stage("candidate")


def test_a_killed_run_starts_again_under_its_name(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = house.pool_room.runs
    run = runs.start("yearly", SYSTEM)
    real, calls = runs._store.write_list, []

    def killed(*args: Any) -> None:
        calls.append(args)
        if len(calls) == 3:
            raise KeyboardInterrupt
        real(*args)

    monkeypatch.setattr(runs._store, "write_list", killed)
    with pytest.raises(KeyboardInterrupt):
        runs.run(run.id)
    monkeypatch.undo()
    assert runs.resume() == 0  # its lease still runs
    house.clock.move(minutes=3)  # type: ignore[attr-defined]
    assert runs.resume() == 1
    house.queue.drain()
    assert runs.read("yearly-2026", SYSTEM).status == "done"
    assert runs.read("yearly-2026", SYSTEM).counts["recommend"] == 0
    assert [row.uscc for row in runs.rows("yearly-2026", "enter", SYSTEM, 10, "")] == [READY]


def test_a_worker_that_stood_still_does_not_write_over_what_another_has_frozen(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = house.pool_room.runs
    run = runs.start("adhoc", SYSTEM)
    real = runs._store.write_list

    def overtaken(*args: Any) -> None:
        monkeypatch.undo()
        real(*args)
        house.clock.move(minutes=3)  # type: ignore[attr-defined]
        house.companies.record_facts(DARK, [BASE[1], IP], "registry", SYSTEM)
        runs.run(run.id)

    monkeypatch.setattr(runs._store, "write_list", overtaken)
    runs.run(run.id)
    assert runs.read(run.id, SYSTEM).counts["enter"] == 2
    assert [row.uscc for row in runs.rows(run.id, "enter", SYSTEM, 10, "")] == sorted([READY, DARK])
    assert runs.rows(run.id, "unjudged", SYSTEM, 10, "") == []


def test_a_new_technology_firm_is_tracked_as_soon_as_it_is_known(
    house: House, client: FlaskClient, staff: Callable[..., Headers]
) -> None:
    stated = (*BASE, {"name": "registered_on", "value": "2026-04-30"})
    firm = Firm(NEW, "示例新企业", area="zhangjiang", industries=("集成电路",), facts=stated)
    house.companies.add_company(firm, SYSTEM)
    (event,) = house.pool.read(NEW, SYSTEM).life
    assert (event.step, event.reason, event.rule) == ("tracked", "注册即关注", "pool-tracked@1")
    board = client.get(f"{API}/staff/pool-board", headers=staff("liaison")).json
    assert board["tracked_within_a_day"] == {"firms": 1, "of": 1, "share": "1.0000"}
    assert board["stages"]["tracked"] == 1
    assert house.pool.members() == sorted([INSIDE, GONE])


def test_the_board_follows_every_step(
    house: House, client: FlaskClient, staff: Callable[..., Headers], person: Callable[..., Headers]
) -> None:
    editor = staff("editor")
    board = client.get(f"{API}/staff/pool-board", headers=editor).json
    assert (board["tiers"], board["areas"]) == (
        {"reserve": 2, "cultivate": 0, "promote": 0},
        {"zhangjiang": 2},
    )
    assert board["goal"] == {"year": "2026", "new_gaoqi": 0, "goal": 2000, "share": "0.0000"}
    house.pool.enter(READY, Stage("tracked"), SYSTEM, "一")
    house.clock.move(days=40)  # type: ignore[attr-defined]
    house.pool.move(READY, Stage("certified"), SYSTEM, "认定")
    house.pool.move(GONE, Stage("left"), SYSTEM, "迁出")
    board = client.get(f"{API}/staff/pool-board", headers=staff("publisher")).json
    assert board["flows"] == {"2026-05": {"in_pool": 2, "tracked": 1}, "2026-06": {"certified": 1, "left": 1}}
    assert board["conversion"] == {"tracked": 1, "certified": 1, "share": "1.0000"}
    assert (board["goal"]["new_gaoqi"], board["tiers"]["reserve"]) == (1, 1)
    # Who was one before is not new; whom a list names is, in the year of the certificate.
    house.pool.enter(HOLDER, Stage("certified"), SYSTEM, "原有高企")
    path = f"{API}/staff/applications/gaoqi-rending/name-list"
    for uscc, on in ((DARK, "2026-06-01"), (INSIDE, "2025-12-30")):
        named = {"usccs": [uscc], "on": on, "reference": "示例公示名单"}
        assert client.post(path, json=named, headers=staff("publisher")).json["told"] == 1
    board = client.get(f"{API}/staff/pool-board", headers=staff("publisher")).json
    assert (board["stages"]["certified"], board["goal"]["new_gaoqi"]) == (4, 2)
    assert client.get(f"{API}/staff/pool-board", headers=person(READY)).status_code == 403


def test_tier_and_class_of_service_are_mapped_by_data_staff_edit(
    client: FlaskClient, staff: Callable[..., Headers]
) -> None:
    editor, path = staff("editor"), f"{API}/staff/pool-settings/service_classes"
    before = client.get(path, headers=editor).json
    assert (before["revision"], before["confirmed"]) == (0, False)
    body = {"value": {**before["value"], "in_pool/reserve": "key"}}
    assert client.put(path, json=body, headers={**editor, "If-Match": "0"}).json["confirmed"]
    assert client.put(path, json=body, headers={**editor, "If-Match": "0"}).status_code == 409
    shown = client.get(f"{API}/staff/pool?step=in_pool", headers=editor).json["items"][0]
    assert (shown["tier"], shown["service_class_label"]) == ("reserve", "重点企业")
    for wrong in ({"nowhere": "key"}, {"tracked": "royal"}, {"tracked": {"$gt": ""}}):
        answer = client.put(path, json={"value": wrong}, headers={**editor, "If-Match": "1"})
        assert answer.status_code == 422
    path = path.replace("service", "industry")
    for entry in (
        5,
        {"label": 5, "industries": ["biomedicine"]},
        {"label": "示例", "industries": []},
        {"label": "示例", "industries": [{}]},
        {"label": "示例", "industries": "biomedicine"},
    ):
        answer = client.put(path, json={"value": {"x": entry}}, headers={**editor, "If-Match": "0"})
        assert answer.status_code == 422, entry
    industries = client.get(path, headers=editor).json["value"]
    assert sorted(industries) == ["artificial-intelligence", "biomedicine", "integrated-circuits"]


def test_staff_change_the_rule_through_the_catalogue_and_the_public_never_sees_it(
    house: House, client: FlaskClient, staff: Callable[..., Headers], person: Callable[..., Headers]
) -> None:
    assert client.get(f"{API}/policies/pool-entry").status_code == 404
    assert client.get(f"{API}/policies/pool-entry/versions").status_code == 404
    assert "pool-" not in client.get(f"{API}/policies?limit=100").get_data(as_text=True)
    assert "pool-" not in client.get(f"{API}/companies/{READY}/eligibility", headers=person(READY)).get_data(
        as_text=True
    )
    policy = house.catalogue.read_working("pool-entry")
    data = policy.sheet.model_dump(mode="json")
    data["rules"][0]["all"].append({"id": "ten", "label": "Ⅱ类至少10件", "fact": "class2_ip", "at_least": 10})
    data["cases"] = []
    sheet = type(policy.sheet).model_validate(data)
    editor = house.accounts.staff_caller(_named(staff, "editor"))
    reviewer = house.accounts.staff_caller(_named(staff, "reviewer"))
    publisher = house.accounts.staff_caller(_named(staff, "publisher"))
    policy = house.catalogue.edit_policy("pool-entry", sheet, policy.revision, editor)
    policy = house.catalogue.submit("pool-entry", policy.revision, editor)
    policy = house.catalogue.approve("pool-entry", policy.revision, reviewer)
    house.catalogue.publish("pool-entry", policy.revision, publisher, note="试改")
    run = finished(house, client, staff("editor"))
    assert "pool-entry@2" in run["rules"]
    assert run["lists"]["enter"]["rows"] == 0


def _named(staff: Callable[..., Headers], role: str) -> str:
    staff(role)
    return role


@pytest.mark.parametrize("kind", ["monthly", "yearly"])
def test_a_frozen_list_keeps_the_names_its_firms_had(
    house: House, client: FlaskClient, staff: Callable[..., Headers], kind: str
) -> None:
    editor = staff("editor")
    run = finished(house, client, editor, kind)["id"]
    house.companies.record_particulars(READY, {"name": "改名后的示例企业"}, "registry", SYSTEM)
    (row,) = rows(client, editor, run, "enter")
    assert row["name"] == "示例企业"
    file = f"{API}/staff/pool-runs/{run}/lists/enter/file?format=csv"
    assert ",示例企业," in client.get(file, headers=editor).data.decode("utf-8-sig")
    # A list frozen by an earlier release kept no names.
    collection_of(PoolListDocument).update_many({}, {"$unset": {"names": ""}})
    (row,) = rows(client, editor, run, "enter")
    assert row["name"] == "改名后的示例企业"
