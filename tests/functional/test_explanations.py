"""Explanations beside a policy through HTTP: who may write and publish, consent, and the tall picture."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from backend.adapters.pictures import fonts
from backend.companies.service import Firm
from backend.demo.firms import made_up_code
from backend.shared.caller import SYSTEM
from backend.wiring import House
from policies.proof import numbers_in, numbers_of
from tests.functional.test_catalogue import SHEET

Headers = dict[str, str]
FIRM, OTHER = made_up_code(1), made_up_code(2)
TOLD = {
    **SHEET,
    "number": "示科经委规〔2026〕1号",
    "clauses": [{"anchor": "a1", "title": "标准", "text": "给予一次性资助20万元。"}],
    "supports": [{"id": "once", "title": "一次性资助", "amount": "20万"}],
    "key_points": {
        "who": "职工不低于10人的示例企业",
        "when": "2026年1月1日至2026年5月6日",
        "where": "示例窗口",
    },
}


class Desk:
    def __init__(self, client: FlaskClient, staff: Callable[..., Headers]) -> None:
        self.client = client
        self.editor, self.reviewer, self.publisher = staff("editor"), staff("reviewer"), staff("publisher")
        self.slug = SHEET["slug"]
        self.policy_step("", None, self.editor, sheet=TOLD)
        for revision, (step, who) in enumerate(
            (("submit", self.editor), ("approve", self.reviewer), ("publish", self.publisher)), 1
        ):
            self.policy_step(f"/{self.slug}/{step}", revision, who)

    def policy_step(self, path: str, revision: int | None, who: Headers, **data: Any) -> None:
        headers = {**who, **({"If-Match": str(revision)} if revision else {})}
        answer = self.client.post(f"/api/v1/staff/policies{path}", json=data, headers=headers)
        assert answer.status_code in {200, 201}, answer.json

    def write(self, kind: str, content: dict[str, Any], **more: Any) -> TestResponse:
        data = {"kind": kind, "title": "示例解读", "content": content, **more}
        path = f"/api/v1/staff/policies/{self.slug}/explanations"
        return self.client.post(path, json=data, headers=self.editor)

    def step(self, held: dict[str, Any], name: str, who: Headers, **data: Any) -> TestResponse:
        headers = {**who, "If-Match": str(held["revision"])}
        return self.client.post(f"/api/v1/staff/explanations/{held['id']}/{name}", json=data, headers=headers)

    def published(self, kind: str, content: dict[str, Any], **more: Any) -> dict[str, Any]:
        held = self.step(self.write(kind, content, **more).json, "submit", self.editor).json
        answer = self.step(held, "publish", self.reviewer)
        assert answer.status_code == 200, answer.json
        return dict(answer.json)

    def shown(self) -> list[dict[str, Any]]:
        return list(self.client.get(f"/api/v1/policies/{self.slug}/explanations").json["items"])


@pytest.fixture
def desk(client: FlaskClient, staff: Callable[..., Headers]) -> Desk:
    return Desk(client, staff)


def test_points_questions_and_links_go_their_way_to_the_public(desk: Desk) -> None:
    desk.published("key_points", {"points": ["首次认定给20万元"]}, anchor="a1")
    desk.published("questions", {"items": [{"question": "给多少？", "answer": "一次性20万元。"}]})
    media = {"medium": "video", "url": "https://www.example.gov.cn/v", "source": "示例台"}
    desk.published("media", media)
    found = {item["kind"]: item for item in desk.shown()}
    assert set(found) == {"key_points", "questions", "media"}
    assert found["key_points"]["clause"] == f"{desk.slug}#a1"
    assert not any(item["outdated"] for item in found.values())
    assert "authors" not in found["media"]


def test_a_question_is_found_by_search_until_it_or_its_policy_is_withdrawn(desk: Desk) -> None:
    def found() -> list[dict[str, Any]]:
        answer = desk.client.get("/api/v1/search?q=能不能补办材料&kind=question").json
        assert answer["tabs"]["question"] == len(answer["items"])
        return list(answer["items"])

    items = [
        {"question": "材料交晚了能不能补办？", "answer": "请到示例窗口说明原因。"},
        {"question": "资助多少？", "answer": "一次性20万元。"},
    ]
    held = desk.published("questions", {"items": items}, anchor="a1")
    (shown,) = found()
    assert (shown["title"], shown["answer"]) == (items[0]["question"], items[0]["answer"])
    assert (shown["policy"], shown["anchor"], shown["kind"]) == (desk.slug, "a1", "question")
    assert any(piece["hit"] for piece in shown["highlights"]["title"])
    assert desk.step(held, "withdraw", desk.reviewer, why="改写").status_code == 200
    assert found() == []
    desk.published("questions", {"items": items})
    assert len(found()) == 1
    policy = desk.client.get(f"/api/v1/staff/policies/{desk.slug}", headers=desk.editor).json
    desk.policy_step(f"/{desk.slug}/withdraw", policy["revision"], desk.publisher, why="示例撤回")
    assert found() == []


def test_a_rebuilt_index_holds_the_questions_too(desk: Desk, house: House) -> None:
    desk.published("questions", {"items": [{"question": "示例补办怎么走？", "answer": "到示例窗口。"}]})
    house.search.rebuild()
    found = desk.client.get("/api/v1/search?q=补办怎么走").json["items"]
    assert [item["kind"] for item in found] == ["question"]


def test_steps_out_of_order_and_by_the_wrong_person_are_refused(desk: Desk) -> None:
    held = desk.write("key_points", {"points": ["一次性20万元"]}).json
    assert desk.shown() == []
    assert desk.step(held, "publish", desk.reviewer).status_code == 409
    assert desk.step(held, "submit", desk.reviewer).status_code == 403
    submitted = desk.step(held, "submit", desk.editor).json
    assert desk.step(held, "submit", desk.editor).status_code == 409
    back = desk.step(submitted, "request-changes", desk.reviewer, why="说清楚")
    assert (back.json["status"], back.json["why"]) == ("draft", "说清楚")


def test_nobody_publishes_their_own_words(desk: Desk, staff: Callable[..., Headers]) -> None:
    both = staff("editor", "publisher")
    desk.editor = both
    held = desk.step(desk.write("key_points", {"points": ["一次性20万元"]}).json, "submit", both).json
    assert desk.step(held, "publish", both).status_code == 403


def test_a_number_the_policy_does_not_hold_is_refused_by_name(desk: Desk) -> None:
    held = desk.write("key_points", {"points": ["首次认定给25万元"]}).json
    answer = desk.step(held, "submit", desk.editor)
    assert answer.status_code == 422
    assert "250000元" in answer.json["message"]


@pytest.mark.parametrize(
    ("kind", "content", "more"),
    [
        ("key_points", {"points": []}, {}),
        ("media", {"medium": "video", "url": "javascript:alert(1)", "source": "示例"}, {}),
        ("media", {"medium": "video", "url": "http://a.example", "source": "示例"}, {}),
        ("story", {"firm": "示例甲", "text": "示例案例的正文文字。"}, {}),
        ("key_points", {"points": ["一次性"]}, {"anchor": "a9"}),
        ("key_points", {"points": ["一次性"]}, {"uscc": FIRM}),
        ("picture", {"points": ["一次性"]}, {}),
    ],
)
def test_bad_explanations_are_refused(desk: Desk, kind: str, content: dict[str, Any], more: Any) -> None:
    assert desk.write(kind, content, **more).status_code == 422


def test_a_story_is_public_only_as_the_firm_agreed(
    desk: Desk, house: House, person: Callable[..., Headers]
) -> None:
    for code in (FIRM, OTHER):
        house.companies.add_company(Firm(code, "示例公司"), SYSTEM)
    content = {"firm": "示例甲公司", "text": "示例甲公司按政策申报，一次通过。"}
    held = desk.step(desk.write("story", content, uscc=FIRM).json, "submit", desk.editor).json
    refused = desk.step(held, "publish", desk.reviewer)
    assert (refused.status_code, refused.json["code"]) == (409, "wrong_state")
    path = f"/api/v1/explanations/{held['id']}/consent"
    owner, stranger = person(FIRM), person(OTHER)
    assert desk.client.get(path, headers=stranger).status_code == 404
    assert desk.client.put(path, json={"agreed": True}, headers=stranger).status_code == 404
    assert desk.client.put(path, json={"agreed": True}, headers=desk.editor).status_code == 403
    assert desk.client.get(path, headers=owner).json["content"] == content
    assert desk.client.put(path, json={"agreed": True}, headers=owner).status_code == 200
    held["revision"] += 1
    # Changed words need a new consent.
    back = desk.step(held, "request-changes", desk.reviewer, why="改一改").json
    edited = desk.client.put(
        f"/api/v1/staff/explanations/{held['id']}",
        json={"title": "示例解读", "content": {**content, "text": "换了说法的示例案例文字。"}},
        headers={**desk.editor, "If-Match": str(back["revision"])},
    ).json
    again = desk.step(edited, "submit", desk.editor).json
    assert desk.step(again, "publish", desk.reviewer).status_code == 409
    assert desk.client.put(path, json={"agreed": True}, headers=owner).status_code == 200
    again["revision"] += 1
    assert desk.step(again, "publish", desk.reviewer).status_code == 200
    assert [item["kind"] for item in desk.shown()] == ["story"]
    assert FIRM not in str(desk.shown())
    withdrawn = desk.client.put(path, json={"agreed": False}, headers=owner).json
    assert withdrawn["status"] == "withdrawn"
    assert desk.shown() == []


def test_what_explains_a_changed_clause_is_marked(desk: Desk) -> None:
    desk.published("key_points", {"points": ["一次性20万元"]}, anchor="a1")
    clause = {"anchor": "a1", "title": "标准", "text": "给予一次性资助20万元，分两年拨付。"}
    headers = {**desk.editor, "If-Match": "4"}
    path = f"/api/v1/staff/policies/{desk.slug}"
    assert desk.client.patch(path, json={"fields": {"clauses": [clause]}}, headers=headers).status_code == 200
    for revision, (step, who) in enumerate(
        (("submit", desk.editor), ("approve", desk.reviewer), ("publish", desk.publisher)), 5
    ):
        desk.policy_step(f"/{desk.slug}/{step}", revision, who)
    assert [item["outdated"] for item in desk.shown()] == [True]


def test_the_picture_says_only_numbers_of_the_data(desk: Desk, house: House) -> None:
    held = desk.write("picture", {}).json
    path = f"/api/v1/explanations/{held['id']}/picture"
    assert desk.client.get(f"{path}.png").status_code == 404
    assert desk.client.get(f"{path}.png", headers=desk.reviewer).status_code == 200
    desk.step(desk.step(held, "submit", desk.editor).json, "publish", desk.reviewer)
    svg = desk.client.get(f"{path}.svg")
    assert svg.mimetype == "image/svg+xml"
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", svg.get_data(as_text=True))
    said = "".join(text for text in texts if "policies/" not in text)
    assert "20万元" in said and "现行有效" in said
    data = numbers_of(house.catalogue.published(desk.slug).sheet)
    assert {value for value, _ in numbers_in(said)} <= {value for value, _ in data}
    png = desk.client.get(f"{path}.png")
    image = Image.open(io.BytesIO(png.data))
    assert (image.format, image.width) == ("PNG", 750)
    assert image.height > 1000
    assert desk.client.get(f"{path}.gif").status_code == 404


def test_a_picture_with_an_unproven_number_is_not_drawn(desk: Desk) -> None:
    headers = {**desk.editor, "If-Match": "4"}
    path = f"/api/v1/staff/policies/{desk.slug}"
    points = {**TOLD["key_points"], "how_much": "最高25万元", "what": "最高25万元"}
    desk.client.patch(path, json={"fields": {"key_points": points, "supports": []}}, headers=headers)
    for revision, (step, who) in enumerate(
        (("submit", desk.editor), ("approve", desk.reviewer), ("publish", desk.publisher)), 5
    ):
        desk.policy_step(f"/{desk.slug}/{step}", revision, who)
    held = desk.write("picture", {}).json
    answer = desk.client.get(f"/api/v1/explanations/{held['id']}/picture.svg", headers=desk.reviewer)
    assert answer.status_code == 422
    assert "250000元" in answer.json["message"]


def test_without_a_chinese_font_the_png_says_so(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "_find", lambda names: None)
    held = desk.write("picture", {}).json
    answer = desk.client.get(f"/api/v1/explanations/{held['id']}/picture.png", headers=desk.reviewer)
    assert (answer.status_code, answer.json["code"]) == (503, "font_missing")
    svg = desk.client.get(f"/api/v1/explanations/{held['id']}/picture.svg", headers=desk.reviewer)
    assert svg.status_code == 200
