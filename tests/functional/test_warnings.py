"""Early warning through HTTP: raised once, acted on, ended, reopened only on new evidence, escalated."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from backend.companies.service import Firm
from backend.demo.firms import made_up_code
from backend.pool.life import Stage
from backend.shared.caller import SYSTEM
from backend.shared.events import Event
from backend.wiring import House
from backend.wiring.firm_news import tell_escalated

Headers = dict[str, str]
API = "/api/v1"
ONE, TWO = made_up_code(1), made_up_code(2)
CERTIFICATE = "warning-certificate"


@pytest.fixture(autouse=True)
def heard(house: House) -> list[Event]:
    house.load_library()
    stated = ({"name": "titles", "value": ["gaoqi"]}, {"name": "gaoqi_valid_to", "value": "2026-09-01"})
    house.companies.add_company(Firm(ONE, "示例芯片", area="zhangjiang", facts=stated), SYSTEM)
    house.companies.add_company(Firm(TWO, "示例生物", area="lingang"), SYSTEM)
    for uscc in (ONE, TWO):
        house.pool.enter(uscc, Stage("certified"), SYSTEM, "示例")
    events: list[Event] = []
    for kind in ("warning.raised", "warning.escalated", "warning.ended"):
        house.bus.subscribe(kind, "test", events.append)
    return events


def found(client: FlaskClient, headers: Headers, query: str = "?state=open") -> list[dict[str, Any]]:
    return client.get(f"{API}/staff/warnings{query}", headers=headers).json["items"]


def test_a_warning_is_raised_once_with_its_evidence_its_finder_and_a_deadline(
    house: House, client: FlaskClient, staff: Callable[..., Headers], heard: list[Event]
) -> None:
    local = staff("liaison", areas=("zhangjiang",), name="张江联络员")
    look = house.pool_room.warnings.look
    assert (look().raised, look().raised) == (1, 0)
    (warning,) = found(client, local)
    assert (warning["rule_version"], warning["severity"]) == ("warning-certificate@1", "紧急")
    assert (warning["finder"], warning["deadline"]) == ("张江联络员", "2026-05-21")
    evidence = {item["fact"]: item["value"] for item in warning["evidence"]}
    assert evidence["gaoqi_valid_to"] == "2026-09-01"
    assert evidence["gaoqi_renewal_applied"] is False
    assert [(event.kind, event.data["uscc"]) for event in heard] == [("warning.raised", ONE)]
    assert found(client, staff("liaison", areas=("lingang",))) == []


def test_who_looks_after_a_firm_where_it_works_sees_it_in_the_lists(
    house: House, client: FlaskClient, staff: Callable[..., Headers]
) -> None:
    local = staff("liaison", areas=("jinqiao",), name="金桥联络员")
    assert (found(client, local, ""), client.get(f"{API}/staff/pool", headers=local).json["total"]) == ([], 0)
    house.companies.record_particulars(ONE, {"operating_area": "金桥"}, "registry", SYSTEM)
    house.pool_room.warnings.look()
    (warning,) = found(client, local)
    assert (warning["finder"], warning["name"]) == ("金桥联络员", "示例芯片")
    (member,) = client.get(f"{API}/staff/pool", headers=local).json["items"]
    assert (member["uscc"], member["name"], member["area"]) == (ONE, "示例芯片", "zhangjiang")


def test_an_open_warning_follows_a_firm_that_moves(
    house: House, client: FlaskClient, staff: Callable[..., Headers]
) -> None:
    staff("liaison", areas=("zhangjiang",), name="张江联络员")
    house.pool_room.warnings.look()
    house.clock.move(minutes=1)  # type: ignore[attr-defined]
    house.companies.record_facts(ONE, [{"name": "area", "value": "金桥"}], "registry", SYSTEM)
    local = staff("liaison", areas=("jinqiao",), name="金桥联络员")
    for _ in range(2):
        house.pool_room.warnings.look()
        (warning,) = [one for one in found(client, local) if one["rule"] == CERTIFICATE]
        assert [step["kind"] for step in warning["steps"]] == ["raised", "handed_over"]
    assert (warning["finder"], warning["deadline"]) == ("金桥联络员", "2026-05-21")


def test_it_ends_with_a_result_and_reopens_only_on_new_evidence(
    house: House, client: FlaskClient, staff: Callable[..., Headers], person: Callable[..., Headers]
) -> None:
    editor, warnings = staff("editor"), house.pool_room.warnings
    warnings.look()
    path = f"{API}/staff/warnings/{ONE}/{CERTIFICATE}"
    assert client.post(f"{path}/steps", json={"what": "已电话联系"}, headers=person(ONE)).status_code == 403
    acted = client.post(f"{path}/steps", json={"what": "已电话联系"}, headers=editor).json
    assert [step["kind"] for step in acted["steps"]] == ["raised", "acted"]
    end = {"result": "false_alarm", "note": "企业已在外区申请"}
    assert client.post(f"{path}/end", json=end, headers=editor).json["result_label"] == "误报"
    assert client.post(f"{path}/end", json=end, headers=editor).status_code == 409
    assert (warnings.look().reopened, found(client, editor)) == (0, [])
    house.clock.move(minutes=1)  # type: ignore[attr-defined]
    new = [{"name": "gaoqi_valid_to", "value": "2026-08-01"}]
    house.companies.record_facts(ONE, new, "staff_verified", SYSTEM)
    assert warnings.look().reopened == 1
    assert [step["kind"] for step in found(client, editor)[0]["steps"]][-2:] == ["ended", "reopened"]
    rates = client.get(f"{API}/staff/warning-rates", headers=editor).json
    assert rates[CERTIFICATE] == {
        "raised": 2, "ended": 1, "false_alarms": 1, "false_alarm_rate": "1.0000"
    }  # fmt: skip


def test_it_escalates_when_nobody_acts_and_not_when_somebody_did(
    house: House, client: FlaskClient, staff: Callable[..., Headers], heard: list[Event]
) -> None:
    warnings = house.pool_room.warnings
    warnings.look()
    house.clock.move(days=14)  # type: ignore[attr-defined]
    warnings.act(ONE, CERTIFICATE, "已走访", house.accounts.staff_caller(_named(staff)))
    house.clock.move(days=3)  # type: ignore[attr-defined]
    assert warnings.look().escalated == 0
    house.clock.move(days=13)  # type: ignore[attr-defined]
    assert (warnings.look().escalated, warnings.look().escalated) == (1, 0)
    (warning,) = warnings.listed(house.accounts.staff_caller("editor"), 10, None, "open").items
    assert (warning.level, heard[-1].kind, heard[-1].data["level"]) == (1, "warning.escalated", 1)
    stores = house.push._stores
    today, readers = house.clock.today(), {warning.finder, *house.push.world.publishers()} - {""}
    for _ in range(2):
        assert tell_escalated(warnings, house.catalogue, house.push, today) == 1
    assert tell_escalated(warnings, house.catalogue, house.push, today - timedelta(days=1)) == 0
    for name in readers:
        told = stores.messages.last_of_cause("staff", f"warnings.escalated.{name}.1")
        assert told is not None and (told.title, told.text[:4]) == ("有 1 条预警逾期未处置", "示例芯片")
        assert [row.person for row in stores.deliveries.of_message(told.id)] == [f"staff:{name}"]


def test_what_comes_right_by_itself_ends_by_itself(house: House, heard: list[Event]) -> None:
    warnings = house.pool_room.warnings
    warnings.look()
    house.clock.move(minutes=1)  # type: ignore[attr-defined]
    renewed = [{"name": "gaoqi_valid_to", "value": "2029-09-01"}]
    house.companies.record_facts(ONE, renewed, "staff_verified", SYSTEM)
    assert warnings.look().recovered == 1
    assert (heard[-1].kind, heard[-1].data["result"]) == ("warning.ended", "recovered")


def test_a_move_and_an_application_change_what_is_found(house: House) -> None:
    warnings = house.pool_room.warnings
    house.clock.move(days=1)  # type: ignore[attr-defined]
    house.companies.record_facts(TWO, [{"name": "area", "value": "zhangjiang"}], "registry", SYSTEM)
    report = warnings.look()
    assert report.raised == 2  # the certificate of one, the move of the other
    assert warnings._store.get(TWO, "warning-moved").evidence[0]["fact"] == "address_moved_on"


def _named(staff: Callable[..., Headers]) -> str:
    staff("editor")
    return "editor"
