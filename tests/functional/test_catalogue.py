"""Policies through HTTP: import, review, publication, withdrawal, and what is refused."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from importlib.resources import files
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from backend.shared.events import Event
from backend.wiring import House

STAFF = "/api/v1/staff/policies"
PUBLIC = "/api/v1/policies"
Headers = dict[str, str]
Staff = Callable[..., Headers]

SHEET: dict[str, Any] = {
    "slug": "shili-zizhu",
    "title": "示例资助办法",
    "kind": "money",
    "level": "district",
    "validity": {"from": "2026-01-01", "to": "2026-05-06"},
    "rules": [
        {
            "id": "text-2026",
            "from": "2026-01-01",
            "source": {"title": "示例资助办法第三条"},
            "all": [{"id": "staff", "label": "职工人数", "fact": "staff_last_year", "at_least": 10}],
        }
    ],
    "cases": [
        {"name": "恰好十人", "on": "2026-05-01", "facts": {"staff": {"2025": 10}}, "expect": "eligible"}
    ],
}


class Desk:
    """The steps of a policy as members of staff take them."""

    def __init__(self, client: FlaskClient, staff: Staff) -> None:
        self.client = client
        self.editor, self.reviewer, self.publisher = staff("editor"), staff("reviewer"), staff("publisher")

    def write(self, **changes: Any) -> TestResponse:
        return self.client.post(STAFF, json={"sheet": {**SHEET, **changes}}, headers=self.editor)

    def step(
        self, name: str, revision: int, who: Headers, slug: str = SHEET["slug"], **data: Any
    ) -> TestResponse:
        headers = {**who, "If-Match": str(revision)}
        return self.client.post(f"{STAFF}/{slug}/{name}", json=data, headers=headers)

    def approved(self, revision: int, slug: str = SHEET["slug"]) -> int:
        """Submitted and approved; the revision it has then."""
        assert self.step("submit", revision, self.editor, slug).status_code == 200
        answer = self.step("approve", revision + 1, self.reviewer, slug)
        assert answer.status_code == 200, answer.json
        return int(answer.json["revision"])

    def publish(self, revision: int = 1, slug: str = SHEET["slug"], **data: Any) -> TestResponse:
        answer = self.step("publish", self.approved(revision, slug), self.publisher, slug, **data)
        assert answer.status_code == 200, answer.json
        return answer


@pytest.fixture
def desk(client: FlaskClient, staff: Staff) -> Desk:
    return Desk(client, staff)


@pytest.fixture
def heard(house: House) -> list[Event]:
    events: list[Event] = []
    for kind in ("policy.published", "policy.withdrawn"):
        house.bus.subscribe(kind, "test", events.append)
    return events


def _upload(client: FlaskClient, headers: Headers, data: bytes, name: str, **form: str) -> TestResponse:
    return client.post(f"{STAFF}/import", data={"file": (io.BytesIO(data), name), **form}, headers=headers)


def test_a_document_is_imported_once_and_its_warnings_name_lines(client: FlaskClient, desk: Desk) -> None:
    data = files("backend.demo").joinpath("made_up_plan.txt").read_bytes()
    first = _upload(client, desk.editor, data, "计划.txt")
    assert first.status_code == 201, first.json
    assert first.json["status"] == "draft"
    assert len(first.json["sheet"]["tasks"]) == 69
    assert any(warning["line"] > 0 for warning in first.json["warnings"])
    again = _upload(client, desk.editor, data, "改名.txt")
    assert (again.json["slug"], again.json["revision"]) == (first.json["slug"], 1)
    clash = _upload(client, desk.editor, data + "\n另一份文件".encode(), "其他.txt")
    assert (clash.status_code, clash.json["code"]) == (409, "same_number")
    assert client.get(STAFF, headers=desk.editor).json["total"] == 1
    other = _upload(
        client, desk.editor, data + "\n另一份文件".encode(), "其他.txt", slug="other-plan", separate="true"
    )
    assert other.json["slug"] == "other-plan"


@pytest.mark.parametrize(
    ("data", "name", "form"),
    [
        (b"", "empty.txt", {}),
        (b"%PDF-1.7 ...", "plan.pdf", {}),
        (b"\x89PNG\r\n", "plan.txt", {}),
        ("一份文件".encode(), "plan.exe", {}),
        ("一份文件".encode(), "plan.txt", {"slug": "../x"}),
        ("一份文件".encode(), "plan.txt", {"slug": "ok-slug", "more": "1"}),
    ],
)
def test_a_bad_file_is_refused_and_leaves_nothing(
    client: FlaskClient, desk: Desk, data: bytes, name: str, form: dict[str, str]
) -> None:
    answer = _upload(client, desk.editor, data, name, **form)
    assert answer.status_code == 422, answer.json
    assert client.get(STAFF, headers=desk.editor).json["total"] == 0


def test_the_way_to_the_public_and_back(client: FlaskClient, desk: Desk, heard: list[Event]) -> None:
    assert desk.write().status_code == 201
    assert client.get(f"{PUBLIC}/{SHEET['slug']}").status_code == 404
    done = desk.publish(note="首次发布", material=True)
    assert (done.json["status"], done.json["live_version"]) == ("published", 1)
    shown = client.get(f"{PUBLIC}/{SHEET['slug']}").json
    assert (shown["status"], shown["version"], shown["sheet"]["title"]) == ("published", 1, SHEET["title"])
    assert [dict(event.data) for event in heard] == [{"version": 1, "change": "published", "material": True}]
    gone = desk.step("withdraw", done.json["revision"], desk.publisher, why="内容有误", replaced_by=None)
    assert gone.json["status"] == "withdrawn"
    after = client.get(f"{PUBLIC}/{SHEET['slug']}").json
    assert (after["status"], after["reason"]) == ("withdrawn", "内容有误")
    assert "sheet" not in after
    assert client.get(PUBLIC).json["total"] == 0
    assert client.get(f"{PUBLIC}/{SHEET['slug']}/versions/1").status_code == 404
    assert client.get(f"{PUBLIC}/{SHEET['slug']}/versions/1", headers=desk.editor).status_code == 200
    assert [event.kind for event in heard] == ["policy.published", "policy.withdrawn"]


def test_each_version_stays_readable_while_the_next_is_written(client: FlaskClient, desk: Desk) -> None:
    desk.write()
    revision = desk.publish().json["revision"]
    headers = {**desk.editor, "If-Match": str(revision)}
    changed = client.patch(
        f"{STAFF}/{SHEET['slug']}", json={"fields": {"title": "新题"}, "why": "改题"}, headers=headers
    )
    assert (changed.json["status"], changed.json["live_version"]) == ("draft", 1)
    assert client.get(f"{PUBLIC}/{SHEET['slug']}").json["sheet"]["title"] == SHEET["title"]
    desk.publish(changed.json["revision"], note="改题")
    assert client.get(f"{PUBLIC}/{SHEET['slug']}").json["sheet"]["title"] == "新题"
    versions = client.get(f"{PUBLIC}/{SHEET['slug']}/versions").json["items"]
    assert [(version["version"], version["note"]) for version in versions] == [(2, "改题"), (1, "")]
    old = client.get(f"{PUBLIC}/{SHEET['slug']}/versions/1").json
    assert old["sheet"]["title"] == SHEET["title"]
    assert client.get(f"{PUBLIC}/{SHEET['slug']}/versions/3").status_code == 404


def test_nobody_approves_what_they_wrote_even_when_another_edited_last(
    client: FlaskClient, staff: Staff, desk: Desk
) -> None:
    both = staff("editor", "reviewer", name="both")
    client.post(STAFF, json={"sheet": SHEET}, headers=both)
    headers = {**desk.editor, "If-Match": "1"}
    client.patch(f"{STAFF}/{SHEET['slug']}", json={"fields": {"summary": "一句话。"}}, headers=headers)
    desk.step("submit", 2, desk.editor)
    refused = desk.step("approve", 3, both)
    assert (refused.status_code, refused.json["code"]) == (403, "forbidden")
    assert desk.step("approve", 3, desk.reviewer).status_code == 200


@pytest.mark.parametrize(
    ("step", "role", "data"),
    [
        ("submit", "reviewer", {}),
        ("approve", "editor", {}),
        ("request-changes", "editor", {"why": "不清楚"}),
        ("publish", "editor", {}),
        ("publish", "reviewer", {}),
        ("withdraw", "editor", {"why": "错了"}),
        ("schedule", "liaison", {"at": "2026-05-07T09:00:00+08:00"}),
    ],
)
def test_each_step_belongs_to_a_role(staff: Staff, desk: Desk, step: str, role: str, data: Any) -> None:
    desk.write()
    assert desk.step(step, 1, staff(role), **data).status_code == 403


def test_an_edit_names_its_revision(client: FlaskClient, desk: Desk) -> None:
    desk.write()
    change = {"fields": {"title": "新题"}}
    assert client.patch(f"{STAFF}/{SHEET['slug']}", json=change, headers=desk.editor).status_code == 428
    fresh = {**desk.editor, "If-Match": '"1"'}
    assert client.patch(f"{STAFF}/{SHEET['slug']}", json=change, headers=fresh).status_code == 200
    stale = client.patch(f"{STAFF}/{SHEET['slug']}", json=change, headers=fresh)
    assert (stale.status_code, stale.json["details"]["actual"]) == (409, 2)
    assert desk.step("submit", 1, desk.editor).status_code == 409


def test_steps_out_of_order_are_refused_and_change_nothing(client: FlaskClient, desk: Desk) -> None:
    desk.write()
    for step, who, data in (
        ("approve", desk.reviewer, {}),
        ("publish", desk.publisher, {}),
        ("request-changes", desk.reviewer, {"why": "不清楚"}),
        ("withdraw", desk.publisher, {"why": "错了"}),
    ):
        answer = desk.step(step, 1, who, **data)
        assert (answer.status_code, answer.json["code"]) == (409, "wrong_state")
    desk.step("submit", 1, desk.editor)
    headers = {**desk.editor, "If-Match": "2"}
    assert client.put(f"{STAFF}/{SHEET['slug']}", json={"sheet": SHEET}, headers=headers).status_code == 409
    assert client.get(f"{STAFF}/{SHEET['slug']}", headers=desk.editor).json["revision"] == 2


def test_a_failing_example_stops_publication_and_is_named(client: FlaskClient, desk: Desk) -> None:
    case = {
        "name": "九人不够",
        "on": "2026-05-01",
        "facts": {"staff": {"2025": 9}},
        "expect": "eligible",
    }
    written = desk.write(cases=[*SHEET["cases"], case])
    assert len(written.json["problems"]) == 1
    refused = desk.step("publish", desk.approved(1), desk.publisher)
    assert refused.status_code == 422
    assert "九人不够" in refused.json["details"]["problems"][0]["where"]
    assert client.get(f"{PUBLIC}/{SHEET['slug']}").status_code == 404


def test_the_last_day_counts_whole(house: House, client: FlaskClient, desk: Desk) -> None:
    desk.write()
    desk.publish()
    house.clock.move(hours=14)
    assert client.get(f"{PUBLIC}?in_force=true").json["total"] == 1
    assert client.get(f"{PUBLIC}/{SHEET['slug']}").json["standing"] == "in_force"
    house.clock.move(hours=1)
    assert client.get(f"{PUBLIC}?in_force=true").json["total"] == 0
    assert client.get(f"{PUBLIC}?in_force=false").json["items"][0]["standing"] == "expired"


def test_lists_are_filtered_and_paged(client: FlaskClient, desk: Desk) -> None:
    for slug, areas, kind in (
        ("aa", [], "money"),
        ("bb", ["zhangjiang"], "money"),
        ("cc", ["lingang"], "tax"),
    ):
        desk.write(slug=slug, areas=areas, kind=kind, cases=[])
        desk.publish(slug=slug)

    def slugs(query: str) -> list[str]:
        return [item["slug"] for item in client.get(f"{PUBLIC}?{query}").json["items"]]

    assert slugs("kind=money") == ["aa", "bb"]
    assert slugs("area=zhangjiang") == ["aa", "bb"]
    assert slugs("level=city") == []
    first = client.get(f"{PUBLIC}?limit=2").json
    assert (first["total"], len(first["items"])) == (3, 2)
    assert slugs(f"limit=2&cursor={first['next_cursor']}") == ["cc"]


def test_a_scheduled_policy_is_published_by_the_clock(house: House, client: FlaskClient, desk: Desk) -> None:
    desk.write()
    revision = desk.approved(1)
    past = desk.step("schedule", revision, desk.publisher, at="2026-05-06T09:00:00+08:00")
    assert past.status_code == 422
    later = desk.step("schedule", revision, desk.publisher, at="2026-05-07T09:00:00+08:00", note="到点发布")
    assert later.json["scheduled_for"] == "2026-05-07T09:00:00+08:00"
    assert house.catalogue.publish_due() == []
    house.clock.move(days=1)
    assert house.catalogue.publish_due() == [SHEET["slug"]]
    assert house.catalogue.publish_due() == []
    assert client.get(f"{PUBLIC}/{SHEET['slug']}/versions").json["items"][0]["note"] == "到点发布"


def test_history_says_who_when_and_why(client: FlaskClient, desk: Desk) -> None:
    desk.write()
    desk.step("submit", 1, desk.editor, why="请审核")
    desk.step("request-changes", 2, desk.reviewer, why="缺少来源")
    steps = client.get(f"{STAFF}/{SHEET['slug']}/history", headers=desk.reviewer).json["items"]
    assert [(step["from"], step["to"], step["why"]) for step in steps] == [
        ("in_review", "changes_requested", "缺少来源"),
        ("draft", "in_review", "请审核"),
        (None, "draft", "新建"),
    ]
    assert [step["revision"] for step in steps] == [3, 2, 1]
    assert steps[0]["at"].endswith("+08:00")


def test_the_original_is_for_staff_until_it_is_live_and_released(client: FlaskClient, desk: Desk) -> None:
    data = files("backend.demo").joinpath("made_up_plan.txt").read_bytes()
    slug = _upload(client, desk.editor, data, "计划.txt").json["slug"]
    assert client.get(f"{PUBLIC}/{slug}/original").status_code == 404
    mine = client.get(f"{PUBLIC}/{slug}/original", headers=desk.editor)
    assert mine.data == data
    assert mine.headers["Content-Disposition"].startswith("attachment")
    desk.publish(slug=slug)
    assert client.get(f"{PUBLIC}/{slug}/original").status_code == 200  # it says 主动公开
    newer = data.replace("示例".encode(), "范例".encode(), 1)
    headers = {
        **desk.editor,
        "If-Match": str(client.get(f"{STAFF}/{slug}", headers=desk.editor).json["revision"]),
    }
    form = {"file": (io.BytesIO(newer), "新计划.txt")}
    assert client.put(f"{STAFF}/{slug}/document", data=form, headers=headers).status_code == 200
    # The public keeps the file of what it reads; staff have the newest.
    assert client.get(f"{PUBLIC}/{slug}/original").data == data
    assert client.get(f"{PUBLIC}/{slug}/versions/1/original").data == data
    assert client.get(f"{PUBLIC}/{slug}/original", headers=desk.editor).data == newer


HOSTILE = [
    {"sheet": {**SHEET, "slug": {"$gt": ""}}},
    {"sheet": {**SHEET, "$where": "1"}},
    {"sheet": {**SHEET, "title": "长" * 301}},
    {"sheet": {**SHEET, "title": "坏\ud800字"}},
    {"sheet": {**SHEET, "kind": "else"}},
    {"sheet": {**SHEET, "areas": ["x"] * 51}},
    {"sheet": {**SHEET, "cases": [{**SHEET["cases"][0], "facts": {"a": float("nan")}}]}},
    {"sheet": {**SHEET, "cases": [{**SHEET["cases"][0], "facts": {"a": "坏\ud800字"}}]}},
    {"sheet": {**SHEET, "clauses": [{"anchor": "m1", "title": "一"}, {"anchor": "m1", "title": "二"}]}},
    {"sheet": SHEET, "status": "published"},
    {"sheet": []},
]


@pytest.mark.parametrize("data", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_sheets_are_refused_and_leave_nothing(client: FlaskClient, desk: Desk, data: Any) -> None:
    text = json.dumps(data)
    answer = client.post(STAFF, data=text, content_type="application/json", headers=desk.editor)
    assert answer.status_code == 422, answer.json
    assert client.get(STAFF, headers=desk.editor).json["total"] == 0


def test_strange_text_is_kept_as_written(client: FlaskClient, desk: Desk) -> None:
    strange = '<script>alert(1)</script> $where {"$gt": ""} .* \x00 \'; DROP'
    facts = {"$gt.a": {"2025": 10**30}, "staff": {"2025": 10}}
    case = {**SHEET["cases"][0], "facts": facts}
    written = desk.write(summary=strange, cases=[case])
    assert written.status_code == 201, written.json
    found = client.get(f"{STAFF}/{SHEET['slug']}", headers=desk.editor).json
    assert found["sheet"]["summary"] == strange
    assert found["sheet"]["cases"][0]["facts"] == facts
    assert "案例中的事实有误" in found["problems"][0]["reason"]


def test_too_large_and_too_deep_bodies_are_refused(client: FlaskClient, desk: Desk) -> None:
    assert desk.write(body="长" * 400_000).status_code == 413
    deep: Any = {"fact": "staff_last_year", "at_least": 1}
    for _ in range(400):
        deep = {"not": deep}
    rule = {**SHEET["rules"][0], "all": [{"id": "deep", "label": "深", **deep}]}
    assert desk.write(rules=[rule]).status_code == 422


@pytest.mark.parametrize("text", ["[" * 100_000, '{"sheet":' * 100_000, '{"sheet": 1e999}', "{", "\udcff"])
def test_bodies_that_are_no_sheet_are_refused(client: FlaskClient, desk: Desk, text: str) -> None:
    data = text.encode("utf-8", "surrogateescape")
    answer = client.post(STAFF, data=data, content_type="application/json", headers=desk.editor)
    assert answer.status_code in {400, 422}, answer.json


def test_the_shapes_of_sheets_are_documented(client: FlaskClient) -> None:
    shapes = client.get("/api/v1/swagger.json").json["definitions"]
    assert {"WrittenPolicy", "Sheet", "Rule", "Condition"} <= set(shapes)


@pytest.mark.parametrize("change", [{"slug": "other"}, {"nothing": 1}, {}, {"validity": {"from": "x"}}])
def test_a_patch_names_known_fields(client: FlaskClient, desk: Desk, change: dict[str, Any]) -> None:
    desk.write()
    headers = {**desk.editor, "If-Match": "1"}
    answer = client.patch(f"{STAFF}/{SHEET['slug']}", json={"fields": change}, headers=headers)
    assert answer.status_code == 422, answer.json


def test_a_replaced_policy_names_its_successor(client: FlaskClient, desk: Desk) -> None:
    desk.write()
    revision = desk.publish().json["revision"]
    unknown = desk.step("withdraw", revision, desk.publisher, why="已有新办法", replaced_by="new-rule")
    assert unknown.status_code == 422
    desk.write(slug="new-rule")
    desk.publish(slug="new-rule")
    desk.step("withdraw", revision, desk.publisher, why="已有新办法", replaced_by="new-rule")
    assert client.get(f"{PUBLIC}/{SHEET['slug']}").json["replaced_by"] == "new-rule"
    assert [item["slug"] for item in client.get(PUBLIC).json["items"]] == ["new-rule"]


def test_withdrawn_text_can_be_mended_and_published_again(
    house: House, client: FlaskClient, desk: Desk, heard: list[Event]
) -> None:
    desk.write()
    revision = desk.publish().json["revision"]
    revision = desk.step("withdraw", revision, desk.publisher, why="有误").json["revision"]
    headers = {**desk.editor, "If-Match": str(revision)}
    mended = client.patch(f"{STAFF}/{SHEET['slug']}", json={"fields": {"title": "新题"}}, headers=headers)
    house.clock.move(minutes=5)
    done = desk.publish(mended.json["revision"])
    assert (done.json["live_version"], done.json["withdrawal"]) == (2, None)
    assert [event.data.get("change") for event in heard] == ["published", None, "published"]
