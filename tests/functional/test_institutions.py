"""Institutions through HTTP: the public list, editing by revision, suspension."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

PUBLIC, STAFF = "/api/v1/institutions", "/api/v1/staff/institutions"
Staff = Callable[..., dict[str, str]]
NEW: dict[str, Any] = {
    "id": "shili-fuwu",
    "name": "示例服务中心",
    "kind": "service_agency",
    "area": "zhangjiang",
    "helps": ["shili/rd-ratio"],
    "help_kinds": ["rd-accounting"],
}


def test_an_institution_is_added_found_and_changed_by_revision(client: FlaskClient, staff: Staff) -> None:
    editor = staff("editor")
    assert client.post(STAFF, json=NEW, headers=editor).status_code == 201
    assert client.post(STAFF, json=NEW, headers=editor).status_code == 409
    shown = client.get(f"{PUBLIC}/{NEW['id']}").json
    assert (shown["kind_label"], shown["helps"]) == ("服务机构", ["shili/rd-ratio"])
    change = {"name": "示例服务中心（新）", "kind": "workstation"}
    url = f"{STAFF}/{NEW['id']}"
    assert client.put(url, json=change, headers=editor).status_code == 428
    first = {**editor, "If-Match": "1"}
    assert client.put(url, json=change, headers=first).json["revision"] == 2
    assert client.put(url, json=change, headers=first).status_code == 409
    assert client.get(f"{PUBLIC}?kind=workstation").json["total"] == 1
    assert client.get(f"{PUBLIC}?kind=park").json["total"] == 0


def test_a_suspended_institution_is_off_the_lists_and_staff_see_why(
    client: FlaskClient, staff: Staff
) -> None:
    editor = staff("editor")
    client.post(STAFF, json=NEW, headers=editor)
    headers = {**editor, "If-Match": "1"}
    assert client.post(f"{STAFF}/{NEW['id']}/suspend", json={"why": ""}, headers=headers).status_code == 422
    done = client.post(f"{STAFF}/{NEW['id']}/suspend", json={"why": "资质到期"}, headers=headers)
    assert (done.json["listed"], done.json["suspended_because"]) == (False, "资质到期")
    assert client.get(f"{PUBLIC}/{NEW['id']}").status_code == 404
    assert client.get(PUBLIC).json["total"] == 0
    assert client.get(STAFF, headers=editor).json["items"][0]["suspended_because"] == "资质到期"
    again = {**editor, "If-Match": "2"}
    assert client.post(f"{STAFF}/{NEW['id']}/resume", json={}, headers=again).status_code == 200
    assert client.get(PUBLIC).json["total"] == 1


def test_an_edit_does_not_list_a_suspended_institution_again(client: FlaskClient, staff: Staff) -> None:
    editor = staff("editor")
    client.post(STAFF, json=NEW, headers=editor)
    client.post(f"{STAFF}/{NEW['id']}/suspend", json={"why": "资质到期"}, headers={**editor, "If-Match": "1"})
    change = {"name": "示例服务中心（新）", "kind": "workstation"}
    client.put(f"{STAFF}/{NEW['id']}", json=change, headers={**editor, "If-Match": "2"})
    assert client.get(PUBLIC).json["total"] == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "shop"},
        {"id": "大写"},
        {"helps": ["no-slash"]},
        {"name": {"$gt": ""}},
        {"name": "长" * 121},
        {"owner": "x"},
        {"listed": True},
    ],
)
def test_wrong_fields_are_refused(client: FlaskClient, staff: Staff, wrong: dict[str, Any]) -> None:
    answer = client.post(STAFF, json={**NEW, **wrong}, headers=staff("editor"))
    assert answer.status_code == 422, answer.json
    assert client.get(PUBLIC).json["total"] == 0


def test_only_editors_change_institutions(client: FlaskClient, staff: Staff) -> None:
    assert client.post(STAFF, json=NEW).status_code == 401
    assert client.post(STAFF, json=NEW, headers=staff("reviewer")).status_code == 403
