"""Search through HTTP: what is in force first, why others are shown, help when nothing is found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from backend.adapters.mongo import collection_of
from backend.search.service.asking import SCHEMA
from backend.search.words import policy_analyzer
from backend.settings import Settings
from backend.wiring import House
from search_index.engines.whoosh import folder as index_folder

Staff = Callable[..., dict[str, str]]
Search = Callable[..., dict[str, Any]]
CLAUSES = [
    {
        "anchor": "c1",
        "title": "专利服务",
        "text": "为示例企业提供专利布局辅导。",
        "lead": ["区知识产权局"],
    },
    {
        "anchor": "c2",
        "title": "贴息",
        "text": "贷款利息给予20万元补贴。",
        "lead": ["区财政局"],
    },
]


@pytest.fixture
def publish(client: FlaskClient, staff: Staff) -> Callable[..., None]:
    """`publish(slug, title, **sheet)` walks a sheet through all steps; nothing else is checked here."""

    def walk(slug: str, title: str, **sheet: Any) -> None:
        base = "/api/v1/staff/policies"
        full = {"slug": slug, "title": title, "kind": "plan", "level": "district", **sheet}
        made = client.post(base, json={"sheet": full}, headers=staff("editor"))
        assert made.status_code == 201, made.json
        revision = 1
        for step, role in (("submit", "editor"), ("approve", "reviewer"), ("publish", "publisher")):
            headers = {**staff(role), "If-Match": str(revision)}
            answer = client.post(f"{base}/{slug}/{step}", json={}, headers=headers)
            assert answer.status_code == 200, answer.json
            revision = answer.json["revision"]

    return walk


@pytest.fixture
def search(client: FlaskClient, publish: Callable[..., None]) -> Search:
    """Four policies and a course, then `search(q, **args)` -> the answer."""
    publish(
        "gaoqi-jihua",
        "高新技术企业培育计划（示例）",
        signed="2025-03-01",
        number="示例发〔2025〕68号",
        clauses=CLAUSES,
        validity={"from": "2025-04-01"},
    )
    publish(
        "jiu-banfa",
        "孵化器补贴旧办法（示例）",
        signed="2023-02-01",
        validity={"from": "2023-03-01", "to": "2026-05-05"},
    )
    publish(
        "zhangjiang-banfa",
        "张江孵化器办法（示例）",
        level="area",
        areas=["zhangjiang"],
        signed="2026-04-20",
        validity={"from": "2026-04-30", "to": "2026-05-30"},
    )
    publish("caogao", "小巨人培育办法（示例）", stage="consultation")

    def ask(q: str = "", **args: Any) -> dict[str, Any]:
        answer = client.get("/api/v1/search", query_string={"q": q, **args})
        assert answer.status_code == 200, answer.json
        return dict(answer.json)

    return ask


def _found(answer: dict[str, Any]) -> list[str]:
    return [item["id"] for item in answer["items"]]


def test_what_is_in_force_comes_and_the_rest_is_counted(search: Search) -> None:
    answer = search("孵化器")
    assert _found(answer) == ["zhangjiang-banfa"]
    assert answer["standings"] == {"in_force": 1, "expired": 1, "not_yet": 0, "consultation": 0}
    expired = search("孵化器", standing="expired")
    assert _found(expired) == ["jiu-banfa"]
    assert expired["items"][0]["standing"] == "expired"
    assert expired["items"][0]["notes"] == ["已于2026-05-05到期，仅供参考。"]


def test_another_areas_policy_says_so(search: Search) -> None:
    (item,) = search("孵化器", home_area="jinqiao")["items"]
    assert item["notes"] == ["只适用于张江科学城。"]
    (item,) = search("孵化器", home_area="zhangjiang")["items"]
    assert item["notes"] == []


def test_matching_clause_and_department(search: Search) -> None:
    answer = search("知识产权局牵头")
    assert answer["items"][0]["id"] == "gaoqi-jihua#c1"
    policy = next(item for item in search("企业", kind="policy")["items"] if item["id"] == "gaoqi-jihua")
    assert policy["clause"]["anchor"] == "c1"
    assert any(p["hit"] and p["text"] == "企业" for p in policy["clause"]["highlights"]["text"][0])


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("gxjsqy", "gaoqi-jihua"),
        ("gaoxinjishuqiye", "gaoqi-jihua"),
        ("高企", "gaoqi-jihua"),
        ("国高", "gaoqi-jihua"),
        ("20万 补贴", "gaoqi-jihua#c2"),
        ("示例发2025 68号", "gaoqi-jihua"),
        ("浮化器", "zhangjiang-banfa"),
        ("孵化", "zhangjiang-banfa"),
    ],
)
def test_typed_as_people_type(search: Search, typed: str, first: str) -> None:
    assert _found(search(typed))[0] == first


def test_a_short_form_of_two_titles_asks_and_shows(search: Search) -> None:
    answer = search("小巨人", standing="all")
    assert answer["choices"] == {"小巨人": ["专精特新“小巨人”企业", "科技小巨人企业"]}
    assert _found(answer) == ["caogao"]
    assert answer["items"][0]["notes"] == ["征求意见稿，尚未施行。"]
    assert search("科技小巨人", standing="all")["choices"] == {}


def test_tabs_facets_dates_and_order(search: Search) -> None:
    answer = search()
    assert answer["tabs"] == {
        "all": 4,
        "policy": 2,
        "measure": 2,
        "course": 0,
        "institution": 0,
        "mentor": 0,
        "question": 0,
    }
    assert answer["facets"]["year"] == {"2025": 3, "2026": 1}
    assert answer["facets"]["department"] == {"caizhengju": 1, "zhishichanquanju": 1}
    assert search(kind="measure")["tabs"]["policy"] == 2
    assert _found(search(closing_within=30)) == ["zhangjiang-banfa"]
    assert search(closing_within=3)["total"] == 0
    assert _found(search(issued_within=30)) == ["zhangjiang-banfa"]
    assert _found(search(issued_to="2025-12-31", kind="policy")) == ["gaoqi-jihua"]
    assert _found(search(sort="newest"))[0] == "zhangjiang-banfa"
    assert _found(search(sort="deadline"))[0] == "zhangjiang-banfa"


def test_empty_answers_help_and_are_counted_without_a_person(
    search: Search, client: FlaskClient, staff: Staff
) -> None:
    answer = search("火星基地 孵化器")
    assert (answer["matched"], answer["unmatched_words"]) == ("some_words", ["火星基地"])
    assert answer["parts"] == [{"q": "孵化器", "total": 1}]
    search("火星基地  孵化器")
    search("13800001234 补贴孵化")
    search("孵化器", standing="not_yet")
    asked = client.get("/api/v1/staff/unanswered-questions", headers=staff("editor")).json
    assert [(item["q"], item["times"]) for item in asked["items"]] == [
        ("火星基地 孵化器", 2),
        ("孵化器", 1),
    ]
    assert client.get("/api/v1/staff/unanswered-questions").status_code == 401


def test_unfiltered_total_tells_that_filters_hide_something(search: Search) -> None:
    assert search("孵化器", year="1999")["unfiltered"] == 2
    assert search("孵化器")["unfiltered"] is None


def test_a_result_set_has_one_address(search: Search, client: FlaskClient) -> None:
    first = search("孵化器", kind=["policy", "course"], limit=1)
    again = search("孵化器", kind=["course", "policy", "policy"])
    assert first["address"] == again["address"] == f"/search?kind=course&kind=policy&q={quote('孵化器')}"
    assert client.get(f"/api/v1{first['address']}").json["total"] == first["total"]


def test_pages_are_stable_while_something_is_published(search: Search, publish: Callable[..., None]) -> None:
    page = search("示例", limit=2, standing="all")
    publish("aaa-xin", "示例 示例（示例）")
    rest = search("示例", limit=50, standing="all", cursor=page["next_cursor"])
    assert not set(_found(page)) & set(_found(rest))


def test_the_same_question_again_never_shows_what_the_database_hides(search: Search) -> None:
    rows = collection_of("policies")
    first = search("孵化器", standing="all")
    assert search("孵化器", standing="all") == first
    version = {"live_version": rows.find_one({"_id": "jiu-banfa"})["live_version"]}  # type: ignore[index]
    # As another process may just have done, before anybody told this one's index.
    rows.find_one_and_update({"_id": "jiu-banfa"}, {"$set": {"live_version": None}})
    assert _found(search("孵化器", standing="all")) == [i for i in _found(first) if i != "jiu-banfa"]
    rows.find_one_and_update({"_id": "jiu-banfa"}, {"$set": version})
    assert search("孵化器", standing="all") == first


def test_the_same_question_again_hides_what_is_not_listed_any_more(
    search: Search, client: FlaskClient, staff: Staff
) -> None:
    made = client.post(
        "/api/v1/staff/courses",
        json={"id": "kecheng", "title": "示例入门课", "series": "训练营"},
        headers=staff("editor"),
    )
    assert made.status_code == 201, made.json
    assert [item["title"] for item in search("示例入门课", kind="course")["items"]] == ["示例入门课"]
    change = {"$set": {"title": "改名的入门课"}}
    collection_of("courses").find_one_and_update({"_id": "kecheng"}, change)
    assert [item["title"] for item in search("示例入门课", kind="course")["items"]] == ["改名的入门课"]
    collection_of("courses").find_one_and_update({"_id": "kecheng"}, {"$set": {"listed": False}})
    assert search("示例入门课", kind="course")["items"] == []


def test_the_same_question_again_follows_the_day_and_every_edit(
    search: Search, publish: Callable[..., None], house: House
) -> None:
    assert search("孵化器")["total"] == search("孵化器")["total"] == 1
    publish("xin-banfa", "孵化器新办法（示例）", validity={"from": "2026-05-01"})
    assert search("孵化器")["total"] == 2
    house.clock.move(days=30)  # type: ignore[attr-defined]  # a FixedClock
    assert _found(search("孵化器")) == ["xin-banfa"]


def test_the_same_question_asked_in_vain_is_counted_each_time(
    search: Search, client: FlaskClient, staff: Staff
) -> None:
    for _ in range(3):
        assert search("火星基地")["total"] == 0
    asked = client.get("/api/v1/staff/unanswered-questions", headers=staff("editor")).json
    assert [(item["q"], item["times"]) for item in asked["items"]] == [("火星基地", 3)]


def test_suggestions(search: Search, client: FlaskClient) -> None:
    def offered(q: str) -> list[str]:
        return list(client.get("/api/v1/suggestions", query_string={"q": q}).json["items"])

    assert "张江孵化器办法（示例）" in offered("zjfhq")
    assert "张江孵化器办法（示例）" in offered("孵化器")
    assert offered("gxjsqy")[0] == "高新技术企业"


@pytest.mark.parametrize(
    ("q", "status"),
    [
        ("长" * 201, 422),
        ("长" * 10_000, 422),
        ("怎么如何吗", 200),
        ("。，！？", 200),
        ('"高企', 200),
        ("高*企?~^", 200),
        ("🚀🚀", 200),
        ("a\0b", 200),
        ("' OR 1=1; DROP TABLE x --", 200),
        ("(a+)+$[", 200),
        ("{$gt: ''}", 200),
    ],
)
def test_bad_questions_get_an_answer_or_a_clear_refusal(
    search: Search, client: FlaskClient, q: str, status: int
) -> None:
    answer = client.get("/api/v1/search", query_string={"q": q})
    assert answer.status_code == status, answer.json
    assert "message" in answer.json if status >= 400 else "total" in answer.json


@pytest.mark.parametrize(
    "args",
    [
        {"closing_within": -1},
        {"closing_within": 99999999999},
        {"issued_from": "昨天"},
        {"standing": "old"},
        {"cursor": "@@"},
        {"kind": "person"},
        {"limit": 0},
        {"nowhere": 1},
    ],
)
def test_wrong_arguments_are_refused(search: Search, client: FlaskClient, args: dict[str, Any]) -> None:
    assert client.get("/api/v1/search", query_string=args).status_code == 422


def test_a_damaged_index_is_made_anew_and_kept_aside(
    search: Search, client: FlaskClient, settings: Settings
) -> None:
    folder: Path = settings.data_dir / "search"
    (victim,) = folder.glob("index-*/*.toc")
    victim.write_bytes(b"\x00noise")
    index_folder.tell_of_commit(folder)
    assert _found(search("孵化器")) == ["zhangjiang-banfa"]
    assert len(list(folder.glob("aside-*"))) == 1


def test_search_says_it_is_being_rebuilt(
    search: Search, client: FlaskClient, house: House, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    monkeypatch.setattr("backend.search.service.index.SEARCH_WAITS", 0.05)
    with index_folder.alone(settings.data_dir / "search", index_folder.REBUILD):
        index = index_folder.current(settings.data_dir / "search")
        index_folder.require_built_for(index, SCHEMA, policy_analyzer())
        (index / "built_for.json").write_text("{}")
        index_folder.tell_of_commit(settings.data_dir / "search")
        answer = client.get("/api/v1/search?q=孵化器")
        assert (answer.status_code, answer.json["code"]) == (503, "index_rebuilding")
        assert answer.headers["Retry-After"]
        assert house.check()["index"]
    assert house.search.rebuild() > 0
    assert _found(search("孵化器")) == ["zhangjiang-banfa"]
