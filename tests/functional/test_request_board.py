"""The board, its exports, and what a person takes along or leaves behind; through HTTP."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook

from backend.wiring import House
from tests.functional.guidance import API, ONE, TWO, Cast, Headers, ask, post

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


@pytest.fixture
def cast(
    house: House, client: FlaskClient, staff: Callable[..., Headers], person: Callable[..., Headers]
) -> Cast:
    found = Cast(house, client, staff)
    person(ONE)
    person(TWO)
    return found


def test_the_board_counts_what_happened_and_follows_changes(
    house: House, client: FlaskClient, cast: Cast
) -> None:
    first, second = ask(client, cast["firm"]), ask(client, cast["firm"], title="=1+1", help_kind="listing")
    third = ask(client, cast["other"], uscc=TWO, help_kind="listing")

    def board() -> dict[str, object]:
        return dict(client.get(f"{API}/staff/request-board", headers=cast["editor"]).json)

    seen = board()
    assert (seen["requests"], seen["live"], seen["overdue"]) == (3, 3, 0)
    assert (seen["areas"], seen["states"]) == ({"lingang": 1, "zhangjiang": 2}, {"open": 3})
    assert seen["asked_most"] == [{"id": "listing", "requests": 2}, {"id": "ip-planning", "requests": 1}]
    post(client, f"staff/requests/{first['id']}/claim", cast["lian-zj"])
    post(client, f"staff/requests/{first['id']}/answers", cast["lian-zj"], 201, text="示例答复")
    post(client, f"staff/requests/{second['id']}/claim", cast["lian-zj"])
    (load,) = board()["loads"]  # type: ignore[misc]
    assert load == {"desk": "shili-lian-zj", "name": "示例lian-zj", "live": 2, "capacity": 10}
    house.clock.move(days=4)  # type: ignore[attr-defined]
    assert board()["overdue"] == 2
    house.guidance.deadlines.sweep()  # reminders first where they are due
    house.guidance.deadlines.sweep()
    seen = board()
    assert seen["promise"] == {"kept": 1, "of": 3, "share": "0.3333"}
    assert seen["levels"] == {"commission": 1, "counsellor": 1, "liaison": 1}
    assert seen["ages"]["3-7天"] == 3  # type: ignore[index]
    post(client, f"staff/requests/{third['id']}/end", cast["editor"], result="referred")
    assert (board()["live"], board()["results"]) == (2, {"referred": 1})


def test_a_liaison_sees_the_board_and_the_export_of_its_own_places(client: FlaskClient, cast: Cast) -> None:
    mine = ask(client, cast["firm"])
    other = ask(client, cast["other"], uscc=TWO)
    for who, area, own, hidden in (
        ("lian-zj", "zhangjiang", mine, other), ("fudao-zj", "zhangjiang", mine, other),
        ("lian-lg", "lingang", other, mine),
    ):  # fmt: skip
        board = client.get(f"{API}/staff/request-board", headers=cast[who]).json
        assert (board["requests"], board["areas"]) == (1, {area: 1})
        table = client.get(f"{API}/staff/request-exports?format=csv", headers=cast[who]).data.decode()
        assert own["id"] in table and hidden["id"] not in table
    assert client.get(f"{API}/staff/request-board", headers=cast["dao-ip"]).status_code == 403


def test_exports_open_safely_in_excel_and_are_written_down(
    house: House, client: FlaskClient, cast: Cast
) -> None:
    asked = ask(client, cast["firm"], title="=HYPERLINK(1)", text="示例文字")
    path = f"{API}/staff/request-exports"
    csv = client.get(f"{path}?format=csv", headers=cast["editor"])
    text = csv.data.decode("utf-8-sig")
    assert asked["id"] in text and "HYPERLINK" not in text and "示例文字" not in text
    book = load_workbook(io.BytesIO(client.get(path, headers=cast["editor"]).data))
    assert book.sheetnames == ["诉求"]
    rows = list(book.active.values)
    assert (rows[0][0], rows[1][0], rows[1][4]) == ("编号", asked["id"], "待受理")
    entries = house.accounts.audit.list_entries(10, None, action="requests.exported").items
    assert {entry.details["form"] for entry in entries} == {"xlsx", "csv"}


def test_a_person_takes_its_words_along_and_leaves_none_and_the_audit_stays(
    house: House, client: FlaskClient, cast: Cast
) -> None:
    asked = ask(client, cast["firm"], title="示例私事", text="示例私密文字")
    files = f"{API}/requests/{asked['id']}/files"
    assert (
        client.post(files, data={"file": (io.BytesIO(PNG), "图.png")}, headers=cast["firm"]).status_code
        == 201
    )
    post(client, f"requests/{asked['id']}/messages", cast["firm"], 201, text="示例私密回复")
    post(client, f"staff/requests/{asked['id']}/answers", cast["lian-zj"], 201, text="示例答复")
    post(client, f"staff/requests/{asked['id']}/end", cast["lian-zj"], result="helped")
    stars = {"stars": 4, "text": "示例私密评价"}
    path = f"{API}/requests/{asked['id']}/rating"
    assert client.put(path, json=stars, headers=cast["firm"]).status_code == 200
    said = {"about": "app", "mark": "other", "text": "示例私密反馈"}
    assert client.post(f"{API}/feedback", json=said, headers=cast["firm"]).status_code == 201
    exported = client.get(f"{API}/me/export", headers=cast["firm"]).json
    mine = exported["guidance"]
    assert mine["requests"][0]["words"][0]["text"] == "示例私密回复"
    assert mine["requests"][0]["rating"] == "示例私密评价"
    assert (mine["requests"][0]["files"], mine["feedback"][0]["text"]) == (["图.png"], "示例私密反馈")
    original = house.guidance.talking.file(asked["id"], 1, house.accounts.staff_caller("editor"))[1]
    assert original == PNG
    assert client.post(f"{API}/me/deletion", json={}, headers=cast["firm"]).status_code == 200
    left = client.get(f"{API}/staff/requests/{asked['id']}", headers=cast["editor"]).json
    assert "私" not in str(left)
    assert left["rating"]["stars"] == 4
    said_by_staff = [
        row["text"] for row in left["entries"] if (row["role"], row["kind"]) == ("staff", "message")
    ]
    assert said_by_staff == ["示例答复"]
    assert left["files"] == []
    attachments = house.settings.data_dir / "attachments"
    assert [path for path in attachments.rglob("*") if path.is_file()] == []
    held = client.get(f"{API}/staff/feedback", headers=cast["editor"]).json["items"]
    assert [one["text"] for one in held] == [""]
    assert house.accounts.audit.list_entries(10, None, action="person.erased").items
