"""Institutions as stories: the order and its reasons, the quality record, the yearly confirmation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient

from backend.companies.service import Firm
from backend.demo.firms import made_up_code
from backend.institutions.service.quality import ENOUGH_ANSWERS
from backend.pool.life import Stage
from backend.settings import Settings
from backend.shared.caller import SYSTEM, Caller
from backend.wiring import House

Headers = dict[str, str]
PUBLIC, STAFF = "/api/v1/institutions", "/api/v1/staff/institutions"
FIRMS = [made_up_code(number) for number in range(1, 7)]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    # The clock is moved by years; nobody's sign-in is to end on the way.
    return settings.model_copy(update={"access_minutes": 60 * 24 * 800})


@pytest.fixture
def editor(house: House, client: FlaskClient, staff: Callable[..., Headers]) -> Headers:
    """An editor, six made-up firms, and three carriers and agencies."""
    headers = staff("editor")
    for number, uscc in enumerate(FIRMS, 1):
        house.companies.add_company(Firm(uscc, f"示例企业{number}", area="zhangjiang"), SYSTEM)
    for name, fields in {
        "a-yuan": {"kind": "park", "area": "zhangjiang", "counsellor": "fudaoyuan-1"},
        "b-fuhua": {"kind": "incubator", "area": "lingang"},
        "c-daili": {"kind": "service_agency", "services": ["研发费用辅助账", "专利检索"]},
    }.items():
        body = {"id": name, "name": f"示例{name}", **fields}
        assert client.post(STAFF, json=body, headers=headers).status_code == 201
    return headers


def order(client: FlaskClient, query: str = "") -> list[str]:
    return [item["id"] for item in client.get(f"{PUBLIC}{query}").json["items"]]


def case(client: FlaskClient, editor: Headers, institution: str, uscc: str, day: str = "2026-03-01") -> Any:
    body = {"uscc": uscc, "started_on": day, "service": "申报辅导"}
    return client.post(f"{STAFF}/{institution}/cases", json=body, headers=editor)


def certify(house: House, uscc: str) -> None:
    house.pool.enter(uscc, Stage("certified"), SYSTEM, "测试")


def test_carriers_are_listed_with_their_place_and_counsellor(client: FlaskClient, editor: Headers) -> None:
    assert order(client, "?carriers=true") == ["a-yuan", "b-fuhua"]
    assert order(client, "?kind=service_agency") == ["c-daili"]
    park = client.get(f"{PUBLIC}/a-yuan").json
    assert (park["kind_label"], park["carrier"], park["counsellor"]) == ("园区", True, "fudaoyuan-1")
    assert client.get(f"{PUBLIC}/c-daili").json["services"] == ["研发费用辅助账", "专利检索"]
    # Near first, then those that serve everywhere; another area's are left out.
    assert order(client, "?area=lingang") == ["b-fuhua", "c-daili"]


def test_the_order_says_why_and_only_what_is_known_moves_anybody(
    house: House, client: FlaskClient, editor: Headers
) -> None:
    shown = client.get(PUBLIC).json
    assert order(client) == ["a-yuan", "b-fuhua", "c-daili"]
    assert "不接受付费" in shown["order"][-1]
    assert shown["items"][0]["why_here"] == [
        "已确认，有效至2027-05-06",
        "近一年没有查实投诉",
        "培育库核实成功 0 家",
        "评价不足5家，按3分计",
    ]
    # What an institution says of itself moves nobody; what the pool knows does.
    told = case(client, editor, "b-fuhua", FIRMS[0]).json
    path = f"{STAFF}/b-fuhua/cases/{told['id']}"
    reported = client.put(path, json={"reported": "success"}, headers={**editor, "If-Match": "1"})
    assert reported.json["reported"] == "success"
    case(client, editor, "c-daili", FIRMS[1])
    assert order(client) == ["a-yuan", "b-fuhua", "c-daili"]
    certify(house, FIRMS[1])
    assert order(client) == ["c-daili", "a-yuan", "b-fuhua"]
    first = client.get(PUBLIC).json["items"][0]
    assert "培育库核实成功 1 家" in first["why_here"]
    assert order(client, "?area=zhangjiang") == ["a-yuan", "c-daili"]
    for bought in ("rank", "weight", "sponsored"):
        change = {"name": "示例付费机构", "kind": "park", bought: 1}
        wrong = client.put(f"{STAFF}/a-yuan", json=change, headers={**editor, "If-Match": "1"})
        assert wrong.status_code == 422


def test_pages_of_the_order_follow_each_other(client: FlaskClient, editor: Headers) -> None:
    first = client.get(f"{PUBLIC}?limit=2").json
    assert [item["id"] for item in first["items"]] == ["a-yuan", "b-fuhua"]
    second = client.get(f"{PUBLIC}?limit=2&cursor={first['next_cursor']}").json
    assert ([item["id"] for item in second["items"]], second["next_cursor"]) == (["c-daili"], None)
    wrong = client.get(f"{PUBLIC}?cursor=eyJ4IjoxfQ")
    assert (wrong.status_code, wrong.json["message"]) == (
        422,
        "cursor：翻页标记无效，请从第一页重新开始。",
    )


def test_success_is_shown_as_reported_and_as_known_and_an_undone_step_is_taken_back(
    house: House, client: FlaskClient, editor: Headers
) -> None:
    certify(house, FIRMS[0])  # on the day of the test: before and after a case begun by then
    added = case(client, editor, "a-yuan", FIRMS[0])
    assert (added.status_code, added.json["known_on"]) == (201, "2026-05-06")
    case(client, editor, "a-yuan", FIRMS[1])
    assert client.get(f"{PUBLIC}/a-yuan").json["quality"] == {
        "cases": 2,
        "reported_success": 0,
        "reported_failure": 0,
        "known_success": 1,
        "complaints_upheld": 0,
        "answers": 0,
        "average": None,
    }
    certify(house, FIRMS[1])
    assert client.get(f"{PUBLIC}/a-yuan").json["quality"]["known_success"] == 2
    house.clock.move(days=30)
    late = case(client, editor, "b-fuhua", FIRMS[1], "2026-06-01")
    assert late.json["known_on"] is None, "the firm was certified before this institution served it"
    house.pool.undo(FIRMS[1], SYSTEM, "误登记")
    assert client.get(f"{PUBLIC}/a-yuan").json["quality"]["known_success"] == 1
    listed = client.get(f"{STAFF}/a-yuan/cases", headers=editor).json
    assert [item["known_on"] for item in listed["items"]] == ["2026-05-06", None]


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"uscc": made_up_code(99)}, 404),
        ({"uscc": "91310115"}, 422),
        ({"started_on": "2026-05-07"}, 422),
        ({"started_on": "昨天"}, 422),
        ({"service": ""}, 422),
        ({"reported": "success"}, 422),
    ],
)
def test_wrong_cases_are_refused_in_chinese(
    client: FlaskClient, editor: Headers, wrong: dict[str, Any], status: int
) -> None:
    body = {"uscc": FIRMS[0], "started_on": "2026-03-01", "service": "申报辅导", **wrong}
    answer = client.post(f"{STAFF}/a-yuan/cases", json=body, headers=editor)
    assert answer.status_code == status, answer.json
    assert any("\u4e00" <= sign <= "\u9fff" for sign in answer.json["message"])
    assert client.get(f"{PUBLIC}/a-yuan").json["quality"]["cases"] == 0


def test_only_served_firms_rate_and_few_answers_show_no_average(
    house: House, client: FlaskClient, editor: Headers, person: Callable[..., Headers]
) -> None:
    mine, url = person(FIRMS[0]), f"{PUBLIC}/a-yuan/rating"
    refused = client.put(url, json={"uscc": FIRMS[0], "score": 5}, headers=mine)
    assert (refused.status_code, refused.json["code"]) == (409, "wrong_state")
    for uscc in FIRMS[:ENOUGH_ANSWERS]:
        case(client, editor, "a-yuan", uscc)
    assert client.put(url, json={"uscc": FIRMS[0], "score": 1}, headers=mine).status_code == 200
    assert client.put(url, json={"uscc": FIRMS[0], "score": 5}, headers=mine).json["score"] == 5
    assert client.put(url, json={"uscc": FIRMS[1], "score": 5}, headers=mine).status_code == 403
    assert client.put(url, json={"uscc": FIRMS[0], "score": 0}, headers=mine).status_code == 422
    shown = client.get(f"{PUBLIC}/a-yuan").json["quality"]
    assert (shown["answers"], shown["average"]) == (1, None)
    for uscc in FIRMS[1:ENOUGH_ANSWERS]:
        house.institution_room.records.rate(
            "a-yuan", uscc, 4, Caller("person", uscc, firms=frozenset({uscc}))
        )
    shown = client.get(f"{PUBLIC}/a-yuan").json["quality"]
    assert (shown["answers"], shown["average"]) == (5, "4.2")


def test_a_complaint_is_decided_answered_and_counts_only_when_upheld(
    house: House, client: FlaskClient, editor: Headers, person: Callable[..., Headers]
) -> None:
    mine, url = person(FIRMS[0]), f"{PUBLIC}/a-yuan/complaints"
    assert client.post(url, json={"uscc": FIRMS[1], "text": "收费不透明"}, headers=mine).status_code == 403
    assert client.post(url, json={"uscc": FIRMS[0], "text": "坏"}, headers=mine).status_code == 422
    made = client.post(url, json={"uscc": FIRMS[0], "text": "收费与公示不一致"}, headers=mine)
    assert (made.status_code, made.json["state_label"]) == (201, "处理中")
    assert client.get(f"{PUBLIC}/a-yuan").json["quality"]["complaints_upheld"] == 0
    assert client.get(f"{STAFF}/a-yuan", headers=editor).json["complaints_open"] == 1
    about = client.get(f"{STAFF}/a-yuan/complaints?state=open", headers=editor).json["items"]
    assert "person" not in about[0]
    decision = f"/api/v1/staff/institution-complaints/{made.json['id']}/decision"
    said = {"upheld": True, "answer": "已查实，责令退费。"}
    assert client.post(decision, json={"upheld": True}, headers=editor).status_code == 422
    assert client.post(decision, json=said, headers=mine).status_code == 403
    assert client.post(decision, json=said, headers=editor).json["state_label"] == "已查实"
    assert client.post(decision, json=said, headers=editor).status_code == 409
    assert client.get(f"{PUBLIC}/a-yuan").json["quality"]["complaints_upheld"] == 1
    assert order(client) == ["b-fuhua", "c-daili", "a-yuan"]
    house.push.deliver_due()
    (message,) = client.get("/api/v1/messages", headers=mine).json["items"]
    assert message["title"] == "您对示例a-yuan的投诉已处理：查实"
    assert client.get("/api/v1/me/complaints", headers=mine).json["items"][0]["answer"] == said["answer"]
    # A year later it no longer moves the institution down, and is still counted.
    house.clock.move(days=366)
    assert client.get(f"{PUBLIC}/a-yuan").json["quality"]["complaints_upheld"] == 1
    assert order(client)[0] == "a-yuan"


def test_a_complaint_the_check_doubts_is_held_until_staff_release_it(
    client: FlaskClient, person: Callable[..., Headers], editor: Headers
) -> None:
    mine, url = person(FIRMS[0]), f"{PUBLIC}/a-yuan/complaints"
    refused = client.post(url, json={"uscc": FIRMS[0], "text": "示例违规的话"}, headers=mine)
    assert refused.status_code == 422
    made = client.post(url, json={"uscc": FIRMS[0], "text": "示例存疑的话"}, headers=mine).json
    assert "held" not in made
    (about,) = client.get(f"{STAFF}/a-yuan/complaints", headers=editor).json["items"]
    assert about["held"] is True
    release = f"/api/v1/staff/institution-complaints/{made['id']}/release"
    assert client.post(release, json={}, headers=mine).status_code == 403
    assert client.post(release, json={}, headers=editor).json["held"] is False
    assert client.post(release, json={}, headers=editor).status_code == 409
    assert client.post(release.replace(made["id"], "mei-you"), json={}, headers=editor).status_code == 404


def test_one_person_cannot_flood_with_complaints(
    client: FlaskClient, editor: Headers, person: Callable[..., Headers]
) -> None:
    mine, body = person(FIRMS[0]), {"uscc": FIRMS[0], "text": "收费与公示不一致"}
    tried = [client.post(f"{PUBLIC}/a-yuan/complaints", json=body, headers=mine) for _ in range(6)]
    assert [answer.status_code for answer in tried] == [201] * 5 + [409]


def test_what_a_person_said_is_exported_and_erased_while_the_numbers_stay(
    client: FlaskClient, editor: Headers, person: Callable[..., Headers]
) -> None:
    mine = person(FIRMS[0])
    case(client, editor, "a-yuan", FIRMS[0])
    client.put(f"{PUBLIC}/a-yuan/rating", json={"uscc": FIRMS[0], "score": 2}, headers=mine)
    body = {"uscc": FIRMS[0], "text": "收费与公示不一致"}
    client.post(f"{PUBLIC}/a-yuan/complaints", json=body, headers=mine)
    kept = client.get("/api/v1/me/export", headers=mine).json["institutions"]
    assert kept["ratings"] == [{"institution": "a-yuan", "firm": FIRMS[0], "score": 2}]
    assert kept["complaints"][0]["text"] == "收费与公示不一致"
    assert client.post("/api/v1/me/deletion", headers=mine).json == {"state": "erased"}
    left = client.get(f"{STAFF}/a-yuan/complaints", headers=editor).json["items"]
    assert [(item["text"], item["state_label"]) for item in left] == [("", "已撤回")]
    assert client.get(f"{PUBLIC}/a-yuan").json["quality"]["answers"] == 1


def test_a_year_without_confirmation_is_said_told_once_and_ended_by_confirming(
    house: House, client: FlaskClient, editor: Headers, staff: Callable[..., Headers]
) -> None:
    publisher = staff("publisher")
    house.clock.move(days=365)
    assert client.get(f"{PUBLIC}/a-yuan").json["confirmation"] == "已确认"
    assert house.institutions.remind_unconfirmed() == 0
    house.clock.move(days=1)
    late = client.get(f"{PUBLIC}/a-yuan").json
    assert (late["overdue"], late["confirmation"]) == (True, "年度确认已逾期（应于2027-05-06前确认）")
    assert [house.institutions.remind_unconfirmed() for _ in range(2)] == [3, 0]
    house.push.deliver_due()
    titles = {item["title"] for item in client.get("/api/v1/staff/inbox", headers=publisher).json["items"]}
    assert "示例a-yuan的年度确认已逾期" in titles

    url = f"{STAFF}/b-fuhua/confirm"
    revision = str(client.get(f"{STAFF}/b-fuhua", headers=editor).json["revision"])
    assert client.post(url, json={"why": "电话核对"}, headers=editor).status_code == 428
    assert client.post(url, json={"why": ""}, headers={**editor, "If-Match": revision}).status_code == 422
    done = client.post(url, json={"why": "电话核对"}, headers={**editor, "If-Match": revision})
    assert (done.json["overdue"], done.json["confirm_by"]) == (False, "2028-05-07")
    assert order(client)[0] == "b-fuhua"
    assert house.institutions.remind_unconfirmed() == 0
    house.clock.move(days=367)
    assert house.institutions.remind_unconfirmed() == 1


def test_every_change_of_standing_is_kept(client: FlaskClient, editor: Headers) -> None:
    url = f"{STAFF}/c-daili"
    client.post(f"{url}/suspend", json={"why": "资质到期"}, headers={**editor, "If-Match": "1"})
    client.post(f"{url}/resume", json={"why": "已换证"}, headers={**editor, "If-Match": "2"})
    client.post(f"{url}/confirm", json={"why": "现场核对"}, headers={**editor, "If-Match": "3"})
    history = client.get(url, headers=editor).json["history"]
    assert [(line["standing"], line["why"], line["by"]) for line in history] == [
        ("listed", "新增", "staff:editor"),
        ("suspended", "资质到期", "staff:editor"),
        ("listed", "已换证", "staff:editor"),
        ("confirmed", "现场核对", "staff:editor"),
    ]
    assert date.fromisoformat(history[0]["at"][:10]) == date(2026, 5, 6)
    assert "history" not in client.get(f"{PUBLIC}/c-daili").json
