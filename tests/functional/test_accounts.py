"""Sign-in, invitations, a person's rights and the audit, through HTTP."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from backend.wiring import House
from policies.vocabulary.uscc import check_character

Headers = dict[str, str]
Staff = Callable[..., Headers]

PASSWORD = "correct-horse-battery"
FIRM = "91310115MA1K30001" + check_character("91310115MA1K30001")


@pytest.fixture
def firm(house: House, monkeypatch: pytest.MonkeyPatch) -> str:
    """A firm in Zhangjiang, as far as accounts ask for it."""
    monkeypatch.setattr(house.accounts.firms, "_firm_place", {FIRM: ("zhangjiang", "")}.get)
    return FIRM


def _sign_in(client: FlaskClient, **way: str) -> TestResponse:
    return client.post("/api/v1/sessions", json=way)


def _bearer(answer: TestResponse) -> Headers:
    return {"Authorization": f"Bearer {answer.json['access_token']}"}


def _invite(client: FlaskClient, staff: Staff, firm: str) -> str:
    answer = client.post("/api/v1/staff/invitations", json={"uscc": firm}, headers=staff("admin"))
    assert answer.status_code == 201, answer.json
    return str(answer.json["code"])


def test_a_session_from_sign_in_to_sign_out(client: FlaskClient, staff: Staff) -> None:
    staff("editor", name="wang")
    first = _sign_in(client, kind="staff", name="wang", password=PASSWORD)
    assert first.json["caller"]["roles"] == ["editor"]
    renewed = client.post("/api/v1/sessions/refresh", json={"refresh_token": first.json["refresh_token"]})
    assert client.get("/api/v1/me", headers=_bearer(renewed)).json["name"] == "wang"
    assert client.delete("/api/v1/sessions", headers=_bearer(renewed)).status_code == 204
    assert client.get("/api/v1/me", headers=_bearer(renewed)).status_code == 401
    assert client.get("/api/v1/me").status_code == 401


@pytest.mark.parametrize(
    ("way", "status"),
    [
        ({"kind": "staff", "name": "wang", "password": "x"}, 401),
        ({"kind": "staff", "name": {"$gt": ""}, "password": "x"}, 422),
        ({"kind": "staff", "name": "wang"}, 422),
        ({"kind": "staff", "name": "wang", "password": "x", "admin": True}, 422),
        ({"kind": "wechat", "code": "unknown"}, 401),
        ({"kind": "invitation", "code": "ABCD", "notice_version": "1"}, 422),
        ({"kind": "magic"}, 422),
        ({}, 422),
    ],
)
def test_a_bad_sign_in_is_refused_in_chinese(
    client: FlaskClient, way: dict[str, object], status: int
) -> None:
    answer = client.post("/api/v1/sessions", json=way)
    assert answer.status_code == status, answer.json
    assert any("一" <= char <= "鿿" for char in answer.json["message"])


def test_an_admin_adds_changes_and_disables_accounts(client: FlaskClient, staff: Staff) -> None:
    admin, url = staff("admin"), "/api/v1/staff/accounts"
    new = {"name": "zhao", "password": PASSWORD, "roles": ["liaison"], "areas": ["zhangjiang"]}
    assert client.post(url, json=new, headers=staff("editor")).status_code == 403
    assert client.post(url, json=new, headers=admin).status_code == 201
    assert client.post(url, json=new, headers=admin).status_code == 409
    zhao = _bearer(_sign_in(client, kind="staff", name="zhao", password=PASSWORD))
    assert client.patch(f"{url}/zhao", json={"disabled": True}, headers=admin).status_code == 428
    off = client.patch(f"{url}/zhao", json={"disabled": True}, headers={**admin, "If-Match": "1"})
    assert (off.status_code, off.json["disabled"], off.json["revision"]) == (200, True, 2)
    assert "password" not in off.json
    assert client.get("/api/v1/me", headers=zhao).status_code == 401
    names = [item["name"] for item in client.get(url, headers=admin).json["items"]]
    assert "zhao" in names


def test_a_person_is_invited_bound_and_unbound(client: FlaskClient, staff: Staff, firm: str) -> None:
    code = _invite(client, staff, firm)
    lin = _bearer(_sign_in(client, kind="wechat", code="demo-lin"))
    bound = client.post("/api/v1/bindings", json={"code": code}, headers=lin)
    assert (bound.status_code, bound.json["uscc"]) == (201, firm)
    assert client.get("/api/v1/me", headers=lin).json["firms"] == [firm]
    chen = _bearer(_sign_in(client, kind="wechat", code="demo-chen"))
    url = f"/api/v1/bindings/{bound.json['id']}"
    assert client.post("/api/v1/bindings", json={"code": code}, headers=chen).status_code == 422
    assert client.delete(url, headers=chen).status_code == 404
    assert client.delete(url, headers=staff("editor")).status_code == 403
    assert client.delete(url, headers=staff("liaison", areas=("zhangjiang",))).status_code == 204
    assert client.get("/api/v1/me", headers=lin).json["firms"] == []


def test_a_web_visitor_enters_by_invitation_once(client: FlaskClient, staff: Staff, firm: str) -> None:
    way = {
        "kind": "invitation",
        "code": _invite(client, staff, firm),
        "notice_version": client.get("/api/v1/notices/current").json["version"],
    }
    entered = _sign_in(client, **way)
    me = client.get("/api/v1/me", headers=_bearer(entered)).json
    assert (me["firms"], me["notice_current"]) == ([firm], True)
    assert _sign_in(client, **way).status_code == 422


def test_invitations_are_listed_without_codes_and_revoked(
    client: FlaskClient, staff: Staff, firm: str
) -> None:
    code, url = _invite(client, staff, firm), "/api/v1/staff/invitations"
    listed = client.get(url, headers=staff("admin"))
    assert code not in listed.text
    revoked = client.delete(f"{url}/{listed.json['items'][0]['id']}", headers=staff("admin"))
    assert revoked.json["revoked"] is True
    lin = _bearer(_sign_in(client, kind="wechat", code="demo-lin"))
    assert client.post("/api/v1/bindings", json={"code": code}, headers=lin).status_code == 422


def test_a_person_uses_its_rights(client: FlaskClient, staff: Staff, firm: str) -> None:
    lin = _bearer(_sign_in(client, kind="wechat", code="demo-lin"))
    assert client.patch("/api/v1/me", json={"phone": "13800001234"}, headers=lin).status_code == 403
    agreed = client.post("/api/v1/me/consents", json={"notice_version": "1", "push": True}, headers=lin)
    assert agreed.status_code == 201
    assert client.get("/api/v1/me/consents", headers=lin).json["total"] == 1
    changed = client.patch("/api/v1/me", json={"phone": "13800001234"}, headers=lin)
    assert changed.json == {"phone": "138****1234"}
    assert client.patch("/api/v1/me", json={"phone": "12"}, headers=lin).status_code == 422
    client.post("/api/v1/bindings", json={"code": _invite(client, staff, firm)}, headers=lin)
    assert client.get("/api/v1/me/export", headers=lin).json["accounts"]["phone"] == "13800001234"
    assert client.post("/api/v1/me/deletion", headers=lin).json == {"state": "erased"}
    assert client.get("/api/v1/me", headers=lin).status_code == 401


def test_the_full_phone_is_read_with_a_reason_and_audited(
    client: FlaskClient, staff: Staff, firm: str
) -> None:
    lin = _bearer(_sign_in(client, kind="wechat", code="demo-lin"))
    client.post("/api/v1/me/consents", json={"notice_version": "1"}, headers=lin)
    client.patch("/api/v1/me", json={"phone": "13800001234"}, headers=lin)
    person = client.get("/api/v1/me", headers=lin).json["id"]
    url = f"/api/v1/staff/persons/{person}/contact"
    assert client.get(url, headers=staff("admin")).status_code == 422
    read = client.get(f"{url}?reason=回复预约来电", headers=staff("admin"))
    assert read.json["phone"] == "13800001234"
    audit = client.get("/api/v1/staff/audit?action=contact.read", headers=staff("admin")).json
    assert (audit["total"], audit["items"][0]["details"]) == (1, {"reason": "回复预约来电"})
    assert client.get("/api/v1/staff/audit", headers=staff("editor")).status_code == 403


@pytest.mark.parametrize(
    ("setting", "way"),
    [
        ("SIGN_IN_LIMIT", {"kind": "wechat", "code": "guess"}),
        ("INVITATION_LIMIT", {"kind": "invitation", "code": "GUESS", "notice_version": "1"}),
    ],
)
def test_guessing_is_slowed(client: FlaskClient, setting: str, way: dict[str, str]) -> None:
    client.application.config[setting] = "2 per minute"
    answers = [_sign_in(client, **way) for _ in range(3)]
    assert [answer.status_code == 429 for answer in answers] == [False, False, True]
    assert int(answers[-1].headers["Retry-After"]) > 0
