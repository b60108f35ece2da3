"""The doors of push: follows, wishes, permits, calendar, receipts, campaigns, previews, stop, checks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from pydantic import SecretStr

from backend.app import create_app
from backend.settings import Settings
from backend.wiring import House
from tests.functional.test_push import API, ONE, TWO, Headers, _publish, firms
from tests.standins.mail import bounce_of
from tests.standins.wechat import sealed, signed

__all__ = ["firms"]
TOKEN = "callback-token"
AGREED = {"notice_version": "1", "push": True, "contact": False}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"wechat_callback_token": type(settings.secret_key)(TOKEN)})


def test_a_person_follows_sees_its_consent_and_ends_it(
    house: House, client: FlaskClient, person: Callable[..., Headers]
) -> None:
    _publish(house)
    mine = person(ONE)
    wanted: dict[str, Any] = {"kind": "policy", "uscc": ONE, "policy": "shili-butie", "agree": False}
    refused = client.post(f"{API}/follows", json=wanted, headers=mine)
    assert (refused.status_code, "请先同意" in refused.json["message"]) == (422, True)
    made = client.post(f"{API}/follows", json={**wanted, "agree": True}, headers=mine)
    assert made.status_code == 201
    search = {"kind": "search", "uscc": ONE, "text": "专利", "agree": True}
    assert client.post(f"{API}/follows", json=search, headers=mine).status_code == 201
    listed = client.get(f"{API}/follows", headers=mine).json
    assert {item["kind"] for item in listed["items"]} == {"policy", "search"}
    assert all(item["consent"] for item in listed["items"])
    assert client.delete(f"{API}/follows/{made.json['id']}", headers=person(TWO)).status_code == 404
    assert client.delete(f"{API}/follows/{made.json['id']}", headers=mine).status_code == 204
    for bad in ({**wanted, "uscc": TWO, "agree": True}, {**wanted, "policy": "nowhere", "agree": True}):
        assert client.post(f"{API}/follows", json=bad, headers=mine).status_code == 404
    for bad in ({**search, "text": ""}, {**wanted, "policy": None, "agree": True}, {**search, "kind": "x"}):
        assert client.post(f"{API}/follows", json=bad, headers=mine).status_code == 422
    assert house.push.follow_searches() == 0


def test_a_person_sets_what_it_wants(client: FlaskClient, person: Callable[..., Headers]) -> None:
    mine = person(ONE)
    shown = client.get(f"{API}/me/push", headers=mine).json
    assert (shown["personalised"], shown["permits"]) == (True, {"policy": 0, "deadline": 0})
    assert shown["templates"] == {"policy": "stand-in-policy", "deadline": "stand-in-deadline"}
    change = {"rhythm": {ONE: "weekly"}, "muted": ["help"], "personalised": False}
    assert shown["to_send"] == 0
    shown = client.patch(f"{API}/me/push", json=change, headers=mine).json
    assert (shown["rhythm"], shown["muted"], shown["personalised"]) == ({ONE: "weekly"}, ["help"], False)
    assert client.patch(f"{API}/me/push", json={"rhythm": {TWO: "daily"}}, headers=mine).status_code == 404
    assert client.patch(f"{API}/me/push", json={"muted": ["correction"]}, headers=mine).status_code == 422
    tap = {"template": "policy", "result": "accept", "nonce": "tap-0000001"}
    for _ in range(2):
        assert client.post(f"{API}/me/push/permits", json=tap, headers=mine).json["left"] == 1
    ban = {**tap, "result": "ban"}
    assert client.post(f"{API}/me/push/permits", json=ban, headers=mine).json["left"] == 0
    email = {"email": "lin@example.org"}
    assert client.post(f"{API}/me/push/email", json=email, headers=mine).status_code == 503
    assert client.post(f"{API}/me/push/email", json={"email": "a@b\nc"}, headers=mine).status_code == 422
    code = {"code": "12345678"}
    assert client.post(f"{API}/me/push/email-confirmation", json=code, headers=mine).status_code == 422


def test_done_later_mute_and_the_boxes(
    house: House, client: FlaskClient, person: Callable[..., Headers]
) -> None:
    mine = person(ONE)
    _publish(house)
    message = client.get(f"{API}/messages?box=unread", headers=mine).json["items"][0]["id"]
    url = f"{API}/messages/{message}"
    assert (
        client.post(f"{url}/snooze", json={"until": "2026-05-08T09:00:00+08:00"}, headers=mine).status_code
        == 200
    )
    assert client.get(f"{API}/messages?box=open", headers=mine).json["total"] == 0
    assert client.get(f"{API}/messages?box=snoozed", headers=mine).json["total"] == 1
    assert (
        client.post(f"{url}/snooze", json={"until": "2026-05-08T09:00:00"}, headers=mine).status_code == 422
    )
    assert client.post(f"{url}/done", json={}, headers=mine).status_code == 200
    assert client.get(f"{API}/messages?box=done", headers=mine).json["items"][0]["done_at"]
    assert client.post(f"{url}/mute", headers=mine).json == {"muted": ["answer"]}
    assert client.get(f"{API}/messages?box=elsewhere", headers=mine).status_code == 422
    news = client.get(f"{API}/news").json["items"]
    assert [item["policy"] for item in news] == ["shili-butie"]


def test_wechat_reports_late_doubled_and_only_with_the_right_signature(
    house: House, client: FlaskClient, person: Callable[..., Headers]
) -> None:
    mine = person(ONE)
    client.post(f"{API}/me/consents", json=AGREED, headers=mine)
    tap = {"template": "policy", "result": "accept", "nonce": "tap-0000001"}
    client.post(f"{API}/me/push/permits", json=tap, headers=mine)
    _publish(house)
    message = client.get(f"{API}/messages", headers=mine).json["items"][0]["id"]
    shown = client.get(f"{API}/messages/{message}", headers=mine).json
    receipts = {receipt["carrier"]: receipt for receipt in shown["receipts"]}
    assert (receipts["wechat"]["state"], shown["permit"]) == ("sent", "policy:tap-0000001")
    url = f"{API}/carriers/wechat/receipts"
    event = {
        "Event": "subscribe_msg_sent_event",
        "List": {"MsgID": receipts["wechat"]["carrier_number"], "ErrorCode": "0"},
    }
    assert client.post(url, json=event, query_string=signed("guessed")).status_code == 403
    for _ in range(2):
        assert client.post(url, json=event, query_string=signed(TOKEN)).data == b"success"
    shown = client.get(f"{API}/messages/{message}", headers=mine).json
    assert [r["state"] for r in shown["receipts"] if r["carrier"] == "wechat"] == ["delivered"]
    assert client.get(url, query_string={**signed(TOKEN), "echostr": "hello"}).data == b"hello"
    for odd in ({}, {"Event": 5}, {"Event": "subscribe_msg_sent_event", "List": [[1]]}, [1, 2]):
        assert client.post(url, json=odd, query_string=signed(TOKEN)).status_code == 200


def test_a_calendar_address_works_without_signing_in_until_it_is_revoked(
    client: FlaskClient, person: Callable[..., Headers]
) -> None:
    mine = person(ONE)
    address = client.post(f"{API}/me/push/calendar", headers=mine).json["address"]
    feed = client.get(address)
    assert (feed.status_code, feed.mimetype) == (200, "text/calendar")
    assert "企业年度报告公示" in feed.text.replace("\r\n ", "")
    assert client.get(f"{API}/me/push/calendar", headers=mine).json == {"open": True}
    assert client.delete(f"{API}/me/push/calendar", headers=mine).status_code == 204
    assert client.get(address).status_code == 404
    assert client.get(f"{API}/calendar/guessed.ics").status_code == 404


def test_staff_preview_write_to_a_segment_stop_and_check(
    house: House, client: FlaskClient, person: Callable[..., Headers], staff: Callable[..., Headers]
) -> None:
    mine, editor, publisher = person(ONE), staff("editor"), staff("publisher")
    _publish(house)
    preview = client.get(f"{API}/staff/push-previews?policy=shili-butie", headers=editor).json
    assert (preview["looked_at"], preview["told"], preview["version"]) == (2, 0, 2)
    assert client.get(f"{API}/staff/push-previews?policy=nowhere", headers=editor).status_code == 404
    notice: dict[str, Any] = {
        "title": "示例说明会",
        "text": "欢迎参加。",
        "segment": {"areas": ["zhangjiang"]},
    }
    made = client.post(f"{API}/staff/campaigns", json=notice, headers=editor)
    assert made.status_code == 201
    bad = {**notice, "segment": {"areas": ["nowhere"]}}
    assert client.post(f"{API}/staff/campaigns", json=bad, headers=editor).status_code == 422
    url = f"{API}/staff/campaigns/{made.json['id']}"
    assert client.get(url, headers=editor).json["reach"]["firms"] == 2
    assert client.post(f"{url}/submit", headers=editor).status_code == 428
    submitted = client.post(f"{url}/submit", headers={**editor, "If-Match": "1"})
    revision = {"If-Match": str(submitted.json["revision"])}
    assert client.post(f"{url}/approve", json={}, headers={**editor, **revision}).status_code == 403
    house.push.deliver_due()
    assert client.get(f"{API}/staff/inbox", headers=publisher).json["unread"] == 1
    stopped = client.post(f"{API}/staff/push-stop", json={"reason": "演练"}, headers=publisher).json
    assert (stopped["on"], stopped["by"]) == (True, "staff:publisher")
    approved = client.post(f"{url}/approve", json={}, headers={**publisher, **revision})
    assert approved.json["state"] == "approved"
    house.queue.drain()
    assert client.get(f"{API}/messages", headers=mine).json["total"] == 1
    assert client.delete(f"{API}/staff/push-stop", headers=publisher).json["on"] is False
    client.post(f"{API}/staff/deliveries", headers=publisher)
    items = client.get(f"{API}/messages", headers=mine).json["items"]
    assert {item["title"] for item in items} == {"示例说明会", "您符合《示例专利补贴》的条件"}
    listed = client.get(f"{API}/staff/campaigns", headers=editor).json["items"]
    assert (listed[0]["author"], listed[0]["approver"]) == ("staff:editor", "staff:publisher")
    assert client.get(f"{API}/staff/deliveries/check", headers=editor).json["total"] == 0
    assert client.get(f"{API}/staff/deliveries/call-list", headers=editor).json["total"] == 0
    audit = client.get(f"{API}/staff/messages/audit?uscc={ONE}&day=2026-05-06", headers=editor).json
    told = {item["kind"]: item for item in audit["items"]}
    assert (set(told), told["answer"]["why"]["facts"][0]["value"]) == ({"answer", "notice"}, 5)
    letter = bounce_of("<foreign@example.org>")
    url = f"{API}/staff/deliveries/bounces"
    assert client.post(url, data=letter, headers=publisher).json == {"recorded": False}
    mute_all = client.get(f"{API}/staff/messages/audit?uscc={ONE}&day=yesterday", headers=editor)
    assert mute_all.status_code == 422


def test_encrypted_pushes_are_opened_and_a_refusal_in_wechat_voids_the_permits(
    house: House, client: FlaskClient, person: Callable[..., Headers]
) -> None:
    mine = person(ONE)
    client.put(f"{API}/me/consents", json=AGREED, headers=mine)
    tap = {"template": "policy", "result": "accept", "nonce": "tap-0000009"}
    assert client.post(f"{API}/me/push/permits", json=tap, headers=mine).json["left"] == 1
    who = house.accounts.firms.persons_of(ONE)[0]
    openid = house.accounts.persons.openids_of([who])[who]
    safe = {"wechat_callback_key": SecretStr("A" * 43), "wechat_appid": "wx1"}
    door = create_app(replace(house, settings=house.settings.model_copy(update=safe))).test_client()
    entry = {"TemplateId": "stand-in-policy", "SubscribeStatusString": "reject"}
    event = {"Event": "subscribe_msg_change_event", "FromUserName": openid, "List": entry}
    url = f"{API}/carriers/wechat/receipts"
    assert door.post(url, json=event, query_string=signed(TOKEN)).status_code == 403  # in plain: not any more
    body, query = sealed(TOKEN, "B" * 43, "wx1", event)
    assert door.post(url, json=body, query_string=query).status_code == 403
    assert house.push._stores.permits.free([who])
    body, query = sealed(TOKEN, "A" * 43, "wx1", event)
    for _ in range(2):
        assert door.post(url, json=body, query_string=query).data == b"success"
    assert not house.push._stores.permits.free([who])
