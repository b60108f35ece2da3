"""Feedback through HTTP: given, held, answered, published as a common question, counted per policy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from backend.adapters.wechat.errors import WechatDownError
from backend.wiring import House
from backend.wiring.carriers import content_check
from policies.sheet import parse_sheet
from tests.functional.guidance import API, ONE, TWO, Cast, Headers
from tests.functional.test_push import SHEET

SLUG = "shili-butie"


@pytest.fixture
def cast(
    house: House, client: FlaskClient, staff: Callable[..., Headers], person: Callable[..., Headers]
) -> Cast:
    house.catalogue.load_library([parse_sheet(SHEET, f"{SLUG}.md")])
    found = Cast(house, client, staff)
    person(ONE)
    person(TWO)
    return found


def give(client: FlaskClient, who: Headers, status: int = 201, **more: Any) -> dict[str, Any]:
    body = {"about": f"policy:{SLUG}", "mark": "unclear", "text": "示例：材料是哪些？", **more}
    answer = client.post(f"{API}/feedback", json=body, headers=who)
    assert answer.status_code == status, answer.json
    return dict(answer.json)


def step(
    client: FlaskClient, who: Headers, held: dict[str, Any], what: str, status: int = 200, **body: Any
) -> Any:
    headers = {**who, "If-Match": str(held["revision"])}
    answer = client.post(f"{API}/staff/feedback/{held['id']}/{what}", json=body, headers=headers)
    assert answer.status_code == status, answer.json
    return answer.json


def staff_view(client: FlaskClient, who: Headers, query: str = "") -> list[dict[str, Any]]:
    return list(client.get(f"{API}/staff/feedback{query}", headers=who).json["items"])


def test_feedback_is_answered_and_its_answer_becomes_a_common_question_after_review(
    client: FlaskClient, cast: Cast, staff: Callable[..., Headers]
) -> None:
    given = give(client, cast["firm"])
    assert given.keys().isdisjoint({"checked", "revision"})
    (held,) = staff_view(client, cast["editor"], f"?about=policy:{SLUG}&state=given")
    step(client, cast["editor"], held, "publish", 409, question="示例问题")
    answered = step(client, cast["editor"], held, "answer", answer="见申请页面的清单。")
    step(client, cast["editor"], held, "answer", 409, answer="旧版本")
    mine = client.get(f"{API}/feedback", headers=cast["firm"]).json["items"]
    assert [(item["state"], item["answer"]) for item in mine] == [("answered", "见申请页面的清单。")]
    assert client.get(f"{API}/feedback", headers=cast["other"]).json["total"] == 0
    published = step(client, cast["editor"], answered, "publish", question="要准备哪些材料？")
    assert published["state"] == "published"
    listed = client.get(f"{API}/staff/policies/{SLUG}/explanations", headers=cast["editor"]).json["items"]
    assert [(one["kind"], one["status"]) for one in listed] == [("questions", "in_review")]
    (question,) = listed
    path = f"{API}/staff/explanations/{question['id']}/publish"
    at = {"If-Match": str(question["revision"])}
    assert client.post(path, headers={**staff("reviewer"), **at}).status_code == 200
    (shown,) = client.get(f"{API}/policies/{SLUG}/explanations").json["items"]
    assert shown["content"]["items"] == [{"question": "要准备哪些材料？", "answer": "见申请页面的清单。"}]


def test_an_answer_with_numbers_the_policy_does_not_hold_stays_a_draft(
    client: FlaskClient, cast: Cast, house: House
) -> None:
    give(client, cast["firm"])
    (held,) = staff_view(client, cast["editor"])
    answered = step(client, cast["editor"], held, "answer", answer="可以得到8765万元。")
    step(client, cast["editor"], answered, "publish", question="有多少钱？")
    house.relay.sweep()
    listed = client.get(f"{API}/staff/policies/{SLUG}/explanations", headers=cast["editor"]).json["items"]
    assert [one["status"] for one in listed] == ["draft"]
    assert "8765" in listed[0]["why"]


def test_what_the_check_refuses_is_refused_and_what_it_doubts_is_held(
    client: FlaskClient, cast: Cast
) -> None:
    give(client, cast["firm"], 422, text="示例违规")
    give(client, cast["firm"], text="示例存疑的话")
    (held,) = staff_view(client, cast["editor"], "?held=true")
    assert held["held"] is True
    answered = step(client, cast["editor"], held, "answer", answer="示例答复")
    step(client, cast["editor"], answered, "publish", 409, question="示例问题")
    released = step(client, cast["editor"], answered, "release")
    assert released["held"] is False
    step(client, cast["editor"], released, "publish", question="示例问题")


def test_while_the_check_is_down_texts_are_held_and_without_one_they_are_marked(house: House) -> None:
    class Down:
        def check_text(self, openid: str, text: str) -> str:
            raise WechatDownError

    settings = house.settings
    known = {"somebody": "openid"}
    check = content_check(settings, Down(), lambda ids: {i: known[i] for i in ids if i in known})  # type: ignore[arg-type]
    assert check("somebody", "示例") == "held"
    assert check("of-the-web", "示例") == "held"
    unset = settings.model_copy(update={"wechat_stand_in": False, "wechat_appid": ""})
    assert content_check(unset, Down(), lambda ids: {})("somebody", "示例") == "unchecked"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "wrong",
    [
        {"about": "policy:mei-you"},
        {"about": "moon:x"},
        {"anchor": "mei-you"},
        {"mark": "bad"},
        {"mark": "other", "text": ""},
        {"text": "长" * 2001},
        {"about": "app", "anchor": "m1"},
    ],
)
def test_bad_feedback_is_refused(client: FlaskClient, cast: Cast, wrong: dict[str, Any]) -> None:
    give(client, cast["firm"], 404 if wrong.get("about") == "policy:mei-you" else 422, **wrong)
    assert staff_view(client, cast["editor"]) == []


def test_thirty_a_day_are_enough(client: FlaskClient, cast: Cast) -> None:
    for _ in range(30):
        give(client, cast["firm"], about="app", text="")
    give(client, cast["firm"], 429, about="app", text="")
    give(client, cast["other"], about="course:shili-ke", text="")


def test_the_figures_of_a_policy(client: FlaskClient, cast: Cast, house: House) -> None:
    path = f"{API}/feedback/policies/{SLUG}"
    assert client.put(path, json={}, headers=cast["firm"]).status_code == 204
    assert client.put(path, json={"understood": False}, headers=cast["firm"]).status_code == 204
    assert client.put(path, json={"understood": True}, headers=cast["other"]).status_code == 204
    assert client.put(f"{API}/feedback/policies/mei-you", json={}, headers=cast["firm"]).status_code == 404
    give(client, cast["firm"])
    editor = house.accounts.staff_caller("editor")
    house.firms.applications.tell(ONE, SLUG, "applied", house.clock.today(), editor)
    figures = client.get(f"{API}/staff/policy-figures/{SLUG}", headers=cast["editor"]).json
    assert figures == {
        "policy": SLUG, "read": 2, "understood": 1, "not_understood": 1, "tried": 1, "obtained": 0,
        "clauses": [{"anchor": "", "marks": {"unclear": 1}}],
    }  # fmt: skip
