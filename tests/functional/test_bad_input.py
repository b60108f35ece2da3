"""Bad input, line by line: refused with a reason, or kept and flagged; nothing is half written."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from backend.app import create_app
from backend.demo.firms import made_up_code
from backend.settings import Settings
from backend.wiring import House, build_house
from policies.loader import load_library

Headers = dict[str, str]
Staff = Callable[..., Headers]
API = "/api/v1"
POLICIES, FIRMS = f"{API}/staff/policies", f"{API}/staff/companies"
PLAN = (Path(__file__).parents[2] / "backend/demo/made_up_plan.txt").read_bytes()
FIRM = made_up_code(1)
SHEET = {"slug": "shili", "title": "示例办法", "kind": "money", "level": "district"}


@pytest.fixture
def editor(staff: Staff) -> Headers:
    return staff("editor")


def _import(client: FlaskClient, editor: Headers, data: bytes, name: str = "计划.txt") -> TestResponse:
    return client.post(f"{POLICIES}/import", data={"file": (io.BytesIO(data), name)}, headers=editor)


def _kept(client: FlaskClient, editor: Headers, address: str) -> int:
    return int(client.get(address, headers=editor).json["total"])


def _refused(answer: TestResponse, status: int, code: str) -> dict[str, Any]:
    assert (answer.status_code, answer.json["code"]) == (status, code), answer.json
    assert any("\u4e00" <= char <= "\u9fff" for char in answer.json["message"])
    details: dict[str, Any] = answer.json["details"]
    return details


# Files


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"%PDF-1.7 ...", "plan.txt", "wrong_type"),
        (b"\x89PNG\r\n", "plan.md", "wrong_type"),
        (b"PK\x03\x04", "plan.docx", "wrong_type"),
        ("一份文件".encode(), "plan.exe", "unsupported_type"),
        ("一份文件".encode(), "计划", "unsupported_type"),
        (b"", "plan.txt", "empty_file"),
        (b" \n\r\n\t", "plan.txt", "empty_file"),
        (b"<html><body></body></html>", "plan.html", "empty_file"),
        (PLAN.decode()[:3000].encode() + "政".encode()[:2], "plan.txt", "cut_file"),
        (PLAN.decode().encode("gb18030")[:-1] + "政".encode("gb18030")[:1], "plan.txt", "cut_file"),
        (PLAN.decode().encode("utf-16"), "plan.txt", "unknown_encoding"),
        (PLAN.decode().encode("big5", "replace"), "plan.txt", "unknown_encoding"),
        (PLAN[:3000] + b"\0" + PLAN[3000:], "plan.txt", "nul_bytes"),
        ("长".encode() * 200_000, "plan.txt", "long_line"),
    ],
)
def test_a_file_that_cannot_be_read_says_why_and_leaves_nothing(
    client: FlaskClient, editor: Headers, data: bytes, name: str, code: str
) -> None:
    _refused(_import(client, editor, data, name), 422, code)
    assert _kept(client, editor, POLICIES) == 0


def test_no_file_and_too_large_a_file(client: FlaskClient, editor: Headers) -> None:
    _refused(client.post(f"{POLICIES}/import", data={"slug": "aa"}, headers=editor), 422, "invalid_input")
    _refused(_import(client, editor, b"x" * (21 * 1024 * 1024)), 413, "too_large")


def test_a_document_cut_between_lines_is_read_as_far_as_it_goes(client: FlaskClient, editor: Headers) -> None:
    half = PLAN.decode().partition("**10、")[0].encode()
    draft = _import(client, editor, half).json
    assert (len(draft["sheet"]["clauses"]), draft["sheet"]["tasks"]) == (9, [])
    assert draft["status"] == "draft"


def test_another_encoding_gives_the_same_policy(client: FlaskClient, editor: Headers) -> None:
    draft = _import(client, editor, PLAN.decode().encode("gb18030")).json
    assert (len(draft["sheet"]["clauses"]), len(draft["sheet"]["tasks"])) == (22, 69)


def test_two_rows_of_one_number_both_stay_and_are_reported_with_their_line(
    client: FlaskClient, editor: Headers
) -> None:
    draft = _import(client, editor, PLAN).json
    twins = [row["anchor"] for row in draft["sheet"]["tasks"] if row["number"] == "20"]
    assert twins == ["r20", "r21"]
    (warning,) = [item for item in draft["warnings"] if item["code"] == "number_repeated"]
    assert "(20)" in PLAN.decode().split("\n")[warning["line"] - 1]


def test_an_unknown_department_is_kept_as_written_and_flagged(client: FlaskClient, editor: Headers) -> None:
    text = PLAN.decode().replace("（牵头部门：区科经委；", "（牵头部门：区月球局；", 1)
    draft = _import(client, editor, text.encode()).json
    assert any("区月球局" in clause["lead"] for clause in draft["sheet"]["clauses"])
    (warning,) = [item for item in draft["warnings"] if "月球局" in item["message"]]
    assert "区月球局" in text.split("\n")[warning["line"] - 1]


# Sheets of the library

BROKEN = {
    "twice.md": ("slug: twice\ntitle: 一\ntitle: 二\nkind: money\nlevel: city", "title", 4, "写了两次"),
    "open.md": ("slug: open\ntitle: [示例\nkind: money\nlevel: city", "", 4, "YAML 写法有误"),
    "more.md": ("slug: more\ntitle: 示例\nkind: money\nlevel: city\nkinds: 1", "kinds", 6, "没有这个字段"),
    "kind.md": ("slug: kind\ntitle: 示例\nkind: gold\nlevel: city", "kind", 4, "只能是"),
    "date.md": (
        "slug: date\ntitle: 示例\nkind: money\nlevel: city\nvalidity: {from: 2026-02-30}",
        "validity.from",
        6,
        "应为日期",
    ),
    "lacks.md": ("slug: lacks\nkind: money\nlevel: city", "title", 2, "缺少这个字段"),
}


def test_a_mistake_in_a_sheet_names_file_field_line_and_reason_and_the_rest_loads(
    house: House, client: FlaskClient, tmp_path: Path
) -> None:
    for name, (head, *_) in BROKEN.items():
        (tmp_path / name).write_text(f"---\n{head}\n---\n", "utf-8")
    (tmp_path / "good.md").write_text(
        "---\nslug: good\ntitle: 示例\nkind: money\nlevel: city\n---\n正文", "utf-8"
    )
    report = house.catalogue.load_library(*load_library(tmp_path))
    problems = {problem.partition(":")[0]: problem for problem in report.problems}
    assert problems.keys() == BROKEN.keys()
    for name, (_, field, line, reason) in BROKEN.items():
        assert problems[name].startswith(f"{name}:{line} {field}"), problems[name]
        assert reason in problems[name]
    assert [item["slug"] for item in client.get(f"{API}/policies").json["items"]] == ["good"]


def test_staff_load_the_library_over_http_and_again_changes_nothing(
    client: FlaskClient, staff: Staff
) -> None:
    first = client.post(f"{API}/staff/library", headers=staff("publisher"))
    assert first.status_code == 200, first.json
    assert first.json["published"]
    assert first.json["problems"] == []
    again = client.post(f"{API}/staff/library", headers=staff("publisher")).json
    assert (again["published"], again["unchanged"]) == ([], first.json["published"])
    assert client.post(f"{API}/staff/library", headers=staff("editor")).status_code == 403


# Firms


@pytest.mark.parametrize("place", ["area", "town", "operating_area", "operating_town"])
def test_an_unknown_place_is_kept_as_written_and_flagged(
    client: FlaskClient, editor: Headers, place: str
) -> None:
    answer = client.post(FIRMS, json={"uscc": FIRM, "name": "示例企业", place: "火星园区"}, headers=editor)
    assert answer.status_code == 201, answer.json
    assert (answer.json[place], answer.json["flags"]) == ("火星园区", [place])


@pytest.mark.parametrize(
    ("uscc", "word"),
    [
        (FIRM[:-1] + ("0" if FIRM[-1] != "0" else "1"), "校验"),
        (FIRM[:-1], "18"),
        ("I" + FIRM[1:], ""),
        ("", ""),
    ],
)
def test_a_wrong_code_is_refused_everywhere_and_leaves_nothing(
    client: FlaskClient, editor: Headers, uscc: str, word: str
) -> None:
    details = _refused(
        client.post(FIRMS, json={"uscc": uscc, "name": "示例企业"}, headers=editor), 422, "invalid_input"
    )
    (problem,) = details["problems"]
    assert problem["where"] == "uscc"
    assert word in problem["reason"]
    entry = {"uscc": uscc, "step": "candidate", "reason": "示例"}
    assert client.post(f"{API}/staff/pool", json=entry, headers=editor).status_code == 422
    if uscc:
        assert client.get(f"{API}/companies/{uscc}", headers=editor).status_code == 422
    assert _kept(client, editor, FIRMS) == 0


# Edits and fields


def test_a_stale_edit_is_refused_and_says_what_is_newest(client: FlaskClient, editor: Headers) -> None:
    assert client.post(POLICIES, json={"sheet": SHEET}, headers=editor).status_code == 201
    seen = {**editor, "If-Match": "1"}
    for title, status in (("第一人", 200), ("第二人", 409)):
        answer = client.patch(f"{POLICIES}/shili", json={"fields": {"title": title}}, headers=seen)
        assert answer.status_code == status
    details = _refused(answer, 409, "stale_revision")
    assert (details["expected"], details["actual"]) == (1, 2)
    assert client.get(f"{POLICIES}/shili", headers=editor).json["sheet"]["title"] == "第一人"


@pytest.mark.parametrize(
    ("address", "body", "where"),
    [
        (POLICIES, {"sheet": {**SHEET, "title": "长" * 301}}, "title"),
        (POLICIES, {"sheet": SHEET, "why": "长" * 501}, "why"),
        (POLICIES, {"sheet": {**SHEET, "colour": "红"}}, "sheet.colour"),
        (POLICIES, {"sheet": SHEET, "status": "published"}, "status"),
        (FIRMS, {"uscc": FIRM, "name": "长" * 121}, "name"),
        (FIRMS, {"uscc": FIRM, "name": "示例企业", "boss": "示例"}, "boss"),
        (FIRMS, {"uscc": FIRM, "name": {"$gt": ""}}, "name"),
        (FIRMS, {"uscc": {"$gt": ""}, "name": "示例企业"}, "uscc"),
        (f"{API}/staff/courses", {"id": "shili", "title": "示例课程", "series": "长" * 61}, "series"),
        (f"{API}/staff/courses", {"id": "shili", "title": "示例课程", "series": "营", "price": 1}, "price"),
    ],
)
def test_over_long_and_unknown_fields_are_refused_by_name(
    client: FlaskClient, editor: Headers, address: str, body: dict[str, Any], where: str
) -> None:
    details = _refused(client.post(address, json=body, headers=editor), 422, "invalid_input")
    assert [problem["where"] for problem in details["problems"]] == [where]
    assert _kept(client, editor, address) == 0


def test_html_is_kept_as_text_and_found_as_text(client: FlaskClient, staff: Staff, editor: Headers) -> None:
    title = "示例<script>alert(1)</script>课程"
    course = {"id": "shili", "title": title, "series": "训练营"}
    assert client.post(f"{API}/staff/courses", json=course, headers=editor).status_code == 201
    shown = client.get(f"{API}/courses/shili")
    assert shown.json["title"] == title
    assert shown.headers["Content-Type"].startswith("application/json")
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    pieces = client.get(f"{API}/search?q=示例课程").json["items"][0]["highlights"]["title"]
    assert "".join(piece["text"] for piece in pieces) == title


# Guessing


@pytest.mark.parametrize(
    ("setting", "address", "body", "signed_in"),
    [
        ("sign_in_limit", "sessions", {"kind": "staff", "name": "nobody", "password": "x"}, False),
        ("sign_in_limit", "sessions/refresh", {"refresh_token": "x"}, False),
        (
            "invitation_limit",
            "sessions",
            {"kind": "invitation", "code": "AAAA-BBBB", "notice_version": "1"},
            False,
        ),
        ("invitation_limit", "bindings", {"code": "AAAA-BBBB"}, True),
        ("assessment_limit", "assessments", {"facts": []}, False),
    ],
)
def test_guessing_is_slowed_and_told_when_to_come_back(
    settings: Settings, setting: str, address: str, body: dict[str, Any], signed_in: bool
) -> None:
    house = build_house(settings.model_copy(update={setting: "3 per minute"}), cheap_passwords=True)
    try:
        client = create_app(house).test_client()
        headers = {}
        if signed_in:
            token = house.accounts.sign_in_wechat("demo-nobody").access_token
            headers = {"Authorization": f"Bearer {token}"}
        answers = [client.post(f"{API}/{address}", json=body, headers=headers) for _ in range(5)]
        assert [answer.status_code == 429 for answer in answers] == [False] * 3 + [True] * 2
        _refused(answers[-1], 429, "too_many_requests")
        assert 0 < int(answers[-1].headers["Retry-After"]) <= 61
        other = client.post(
            f"{API}/{address}", json=body, headers=headers, environ_base={"REMOTE_ADDR": "10.0.0.9"}
        )
        assert other.status_code != 429
    finally:
        house.close()
