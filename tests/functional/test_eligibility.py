"""Eligibility through HTTP: reasons, ways, questions, ladder, reports, impact, and any past day again."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from backend.companies.service import Firm
from backend.demo.firms import made_up_code
from backend.pool.life import Stage
from backend.shared.caller import SYSTEM
from backend.wiring import House
from policies.loader import LIBRARY, load_sheet

Headers = dict[str, str]
ONE, TWO = made_up_code(1), made_up_code(2)
API = "/api/v1"
GAOQI = "gaoqi-rending"
FACTS: list[dict[str, Any]] = [
    {"name": "registered_on", "value": "2024-03-01"},
    {"name": "resident_enterprise", "value": True},
    {"name": "tech_field", "value": "electronics"},
    {"name": "titles", "value": []},
    {"name": "class1_ip", "value": 0},
    {"name": "class2_ip", "value": 3},
    {"name": "ip_self_developed", "value": True},
    {"name": "staff", "value": 50, "period": "2025"},
    {"name": "tech_staff", "value": 4, "period": "2025"},
    {"name": "revenue", "value": "1000万", "period": "2024"},
    {"name": "revenue", "value": "1500万", "period": "2025"},
    {"name": "rd_expense", "value": "60万", "period": "2024"},
    {"name": "rd_expense", "value": "90万", "period": "2025"},
    {"name": "rd_expense_domestic", "value": "60万", "period": "2024"},
    {"name": "rd_expense_domestic", "value": "90万", "period": "2025"},
    {"name": "total_income", "value": "1500万", "period": "2025"},
    {"name": "hightech_revenue", "value": "1000万", "period": "2025"},
    {"name": "conversions", "value": 4, "period": "2024"},
    {"name": "conversions", "value": 6, "period": "2025"},
    {"name": "net_assets", "value": "500万", "period": "2024"},
    {"name": "net_assets", "value": "800万", "period": "2025"},
    {"name": "safety_quality_accident_1y", "value": False},
    {"name": "environment_violation_1y", "value": False},
]


@pytest.fixture(autouse=True)
def library(house: House) -> None:
    for slug in (GAOQI, "keji-xing-zhongxiao-qiye", "zhuanjingtexin"):
        house.catalogue.load_library([load_sheet(LIBRARY / f"{slug}.md")])
    house.companies.add_company(Firm(ONE, "示例芯片有限公司", area="zhangjiang", facts=tuple(FACTS)), SYSTEM)
    house.companies.add_company(Firm(TWO, "示例生物有限公司", area="lingang"), SYSTEM)


def answer_on(client: FlaskClient, headers: Headers, slug: str = GAOQI, **args: str) -> dict[str, Any]:
    found = client.get(
        f"{API}/companies/{ONE}/eligibility", query_string={"policy": slug, **args}, headers=headers
    )
    assert found.status_code == 200, found.json
    item: dict[str, Any] = found.json["items"][0]
    return item


def test_a_firm_reads_its_page_with_reasons_ways_and_questions(
    client: FlaskClient, person: Callable[..., Headers], staff: Callable[..., Headers]
) -> None:
    course = {
        "id": "shili-kecheng",
        "title": "示例课程",
        "series": "训练营",
        "helps": [f"{GAOQI}/tech-staff"],
    }
    assert client.post(f"{API}/staff/courses", json=course, headers=staff("editor")).status_code == 201
    page = client.get(f"{API}/companies/{ONE}/eligibility", headers=person(ONE)).json
    assert page["total"] == 3 and page["on"] == "2026-05-06"
    gaoqi = next(item for item in page["items"] if item["policy"] == GAOQI)
    staff = next(c for c in gaoqi["conditions"] if c["id"] == f"{GAOQI}/tech-staff")
    assert (gaoqi["status"], staff["state"], staff["value"]) == ("ineligible", "unmet", "0.08")
    assert staff["sentence"] == "科技人员占比为8%（2025，工作人员核实），要求不低于10%，不符合。"
    assert [helper["id"] for helper in staff["helpers"]] == ["shili-kecheng"]
    way = gaoqi["plan"]["steps"][0]
    assert way["text"] == "科技人员占比还差2个百分点（其他数字不变，即科技人员数1人）"
    assert (way["earliest"], gaoqi["plan"]["apply_on"], way["helpers"][0]["kind"]) == (
        "2027-01-01",
        "2027-01-01",
        "course",
    )
    score = next(c for c in gaoqi["conditions"] if c["id"] == f"{GAOQI}/innovation")
    assert score["state"] == "needs_person" and score["score"]["high"] >= 71 > score["score"]["low"]
    assert page["questions"][0]["settles"] or page["questions"][0]["touches"]


def test_nobody_else_sees_it(
    client: FlaskClient, person: Callable[..., Headers], staff: Callable[..., Headers]
) -> None:
    other = person(TWO)
    for path in ("eligibility", f"eligibility/{GAOQI}/report", "ladder"):
        assert client.get(f"{API}/companies/{ONE}/{path}", headers=other).status_code == 404
        assert client.get(f"{API}/companies/{ONE}/{path}").status_code == 401
    reply = {"facts": [{"name": "class1_ip", "value": 1}]}
    assert client.post(f"{API}/companies/{ONE}/answers", json=reply, headers=other).status_code == 404
    assert client.get(f"{API}/staff/policies/{GAOQI}/impact", headers=other).status_code == 403
    assert client.get(f"{API}/staff/policies/{GAOQI}/impact", headers=staff("mentor")).status_code == 403


def test_answering_the_best_question_returns_what_changed(
    client: FlaskClient, person: Callable[..., Headers]
) -> None:
    mine = person(ONE)
    page = client.get(f"{API}/companies/{ONE}/eligibility?policy=keji-xing-zhongxiao-qiye", headers=mine).json
    assert page["questions"][0]["touches"] == ["keji-xing-zhongxiao-qiye"]
    assert "staff_six_month" in page["items"][0]["missing"]
    reply = {"facts": [{"name": "staff_six_month", "value": 501, "period": "2025"}]}
    answered = client.post(f"{API}/companies/{ONE}/answers", json=reply, headers=mine)
    assert answered.status_code == 201, answered.json
    changed = {item["policy"]: item for item in answered.json["changed"]}
    turned = changed["keji-xing-zhongxiao-qiye"]
    assert (turned["before"], turned["after"]) == ("unknown", "ineligible")
    assert turned["conditions"] == [
        {"id": "keji-xing-zhongxiao-qiye/staff-limit", "before": "unknown", "after": "unmet"}
    ]
    again = client.post(f"{API}/companies/{ONE}/answers", json=reply, headers=mine)
    assert again.json["changed"] == []


def test_the_ladder_orders_titles_by_day(client: FlaskClient, person: Callable[..., Headers]) -> None:
    rungs = client.get(f"{API}/companies/{ONE}/ladder", headers=person(ONE)).json["items"]
    order = [rung["policy"] for rung in rungs]
    assert order.index("keji-xing-zhongxiao-qiye") < order.index("zhuanjingtexin")
    above = next(rung for rung in rungs if rung["policy"] == "zhuanjingtexin")
    assert above["after"] == ["keji-xing-zhongxiao-qiye"] and above["apply_on"] > "2026-05-06"


def test_any_past_day_can_be_asked_again(
    house: House, client: FlaskClient, person: Callable[..., Headers]
) -> None:
    mine = person(ONE)
    assert answer_on(client, mine, on="2015-12-31")["status"] == "not_in_force"
    assert answer_on(client, mine, "zhuanjingtexin", on="2026-03-31", kind="new")["rule"] == "old-2022"
    assert answer_on(client, mine, "zhuanjingtexin", on="2026-04-01", kind="new")["rule"] == "new-2026"
    instant = "2026-05-06T09:30:30+08:00"
    assert answer_on(client, mine, known_at=instant)["status"] == "ineligible"
    house.clock.move(minutes=5)  # type: ignore[attr-defined]
    reply = {"facts": [{"name": "tech_staff", "value": 10, "period": "2025"}], "source": "staff_verified"}
    house.companies.record_facts(ONE, reply["facts"], "staff_verified", SYSTEM)  # type: ignore[arg-type]
    assert answer_on(client, mine)["status"] == "subject_to_review"
    assert answer_on(client, mine, known_at=instant)["status"] == "ineligible"
    early = {"known_at": "2026-05-01T00:00:00+08:00"}
    nothing = client.get(f"{API}/companies/{ONE}/eligibility", query_string=early, headers=mine)
    assert nothing.json["items"] == []


def test_an_anonymous_self_check_keeps_nothing(client: FlaskClient, house: House) -> None:
    body = {"facts": FACTS, "policy": GAOQI}
    answer = client.post(f"{API}/assessments", json=body).json
    assert (
        answer["items"][0]["status"] == "ineligible"
        and answer["items"][0]["plan"]["apply_on"] == "2027-01-01"
    )
    assert house.companies.count() == 2
    report = client.post(f"{API}/assessments/{GAOQI}/report", json={"facts": FACTS, "format": "html"})
    assert report.mimetype == "text/html" and "自测报告" in report.text


def test_a_report_shows_eight_conditions_the_score_and_every_figure(
    client: FlaskClient, person: Callable[..., Headers]
) -> None:
    path, mine = f"{API}/companies/{ONE}/eligibility/{GAOQI}/report", person(ONE)
    told = client.get(path, headers=mine).json
    assert (told["firm"], len(told["conditions"])) == ("示例芯片有限公司", 10)
    html = client.get(f"{path}?format=html", headers=mine).text
    for text in (
        "示例芯片有限公司",
        "科技人员占比",
        "第十一条（四）",
        "技术先进程度",
        "0至8分",
        "不是通过的概率",
        "1500万元",
        "不是认定结果",
    ):
        assert text in html, text
    assert "http" not in re.sub(r"https?://www\.most\.gov\.cn\S*", "", html)


def test_a_report_prints_as_pdf_with_its_own_font_or_says_why_not(
    house: House, client: FlaskClient, person: Callable[..., Headers], monkeypatch: pytest.MonkeyPatch
) -> None:
    from backend.adapters.printing import FontMissingError, chinese_font

    path, mine = f"{API}/companies/{ONE}/eligibility/{GAOQI}/report?format=pdf", person(ONE)
    try:
        chinese_font()
    except FontMissingError:
        pass
    else:
        answer = client.get(path, headers=mine)
        assert answer.mimetype == "application/pdf" and answer.data.startswith(b"%PDF-")
        assert b"/FontFile" in answer.data
    monkeypatch.setattr("backend.eligibility.api.chinese_font", lambda configured: chinese_font(None, ()))
    refused = client.get(path, headers=mine)
    assert (refused.status_code, refused.json["code"]) == (503, "font_missing")
    assert "没有找到中文字体" in refused.json["message"]


def test_staff_see_who_gains_and_who_loses_before_a_rule_goes_out(
    house: House, client: FlaskClient, staff: Callable[..., Headers]
) -> None:
    house.pool.enter_many([(ONE, Stage("candidate")), (TWO, Stage("candidate"))], SYSTEM, "示例")
    path, editor = f"{API}/staff/policies/{GAOQI}/impact", staff("editor")
    same = client.get(path, headers=editor).json
    assert (same["firms"], same["turned"]) == (2, [])
    assert same["missing"][0]["firms"] == 1 and same["missing_counted_in"] == 1
    policy = house.catalogue.read_working(GAOQI)
    rules = []
    for rule in policy.sheet.rules:
        kept = tuple(c for c in rule.conditions if c.id != "tech-staff")
        rules.append(rule.model_copy(update={"all_": kept}))
    eased = policy.sheet.model_copy(update={"rules": tuple(rules), "cases": ()})
    house.catalogue.edit_policy(GAOQI, eased, policy.revision, SYSTEM)
    eased_impact = client.get(path, headers=editor).json
    assert (eased_impact["gained"], eased_impact["lost"], eased_impact["unsettled"]) == (1, 0, 0)
    assert eased_impact["turned"] == [
        {"before": "ineligible", "after": "subject_to_review", "firms": 1, "examples": [ONE]}
    ]
    assert answer_on(client, editor)["status"] == "ineligible"


def test_a_large_impact_run_is_done_by_the_queue_and_read_afterwards(
    house: House, client: FlaskClient, staff: Callable[..., Headers], monkeypatch: pytest.MonkeyPatch
) -> None:
    house.pool.enter_many([(ONE, Stage("candidate")), (TWO, Stage("candidate"))], SYSTEM, "示例")
    path, editor = f"{API}/staff/policies/{GAOQI}", staff("editor")
    monkeypatch.setattr("backend.eligibility.service.impact_runs.MOST_AT_ONCE", 1)
    assert client.get(f"{path}/impact", headers=editor).status_code == 409
    asked = client.post(f"{path}/impact-runs", json={"kind": "new"}, headers=editor)
    assert (asked.status_code, asked.json["status"], asked.json["total"]) == (202, "running", 2)
    assert asked.json["result"] is None
    run = f"{path}/impact-runs/{asked.json['id']}"
    house.queue.drain()
    done = client.get(run, headers=editor).json
    assert (done["status"], done["firms"], done["result"]["turned"]) == ("done", 2, [])
    assert client.get(f"{path}/impact-runs", headers=editor).json["items"] == [done]
    # Killed before it was done, it is woken by the clock; an edited draft is no longer what was asked about.
    again = client.post(f"{path}/impact-runs", json={}, headers=editor).json
    policy = house.catalogue.read_working(GAOQI)
    house.catalogue.edit_policy(GAOQI, policy.sheet, policy.revision, SYSTEM)
    assert house.eligibility.impacts.resume() == 1
    house.queue.drain()
    failed = client.get(f"{path}/impact-runs/{again['id']}", headers=editor).json
    assert (failed["status"], failed["note"]) == ("failed", "草稿在试算开始前又有修改，请重新试算。")
    for wrong in (f"{path}/impact-runs/x", f"{API}/staff/policies/none/impact-runs"):
        assert client.get(wrong, headers=editor).status_code == 404
    assert client.post(f"{path}/impact-runs", json={"on": "x"}, headers=editor).status_code == 422
    assert client.post(f"{path}/impact-runs", json={}, headers=staff("mentor")).status_code == 403


@pytest.mark.parametrize(
    ("query", "where"),
    [
        ("on=2026-02-30", "on"),
        ("known_at=2026-05-01", "known_at"),
        ("known_at=2026-05-01T00:00:00", "known_at"),
        ("kind=first", "kind"),
        ("policy=../x", "policy"),
        ("day=2026-05-01", "day"),
    ],
)
def test_a_wrong_question_is_refused(
    client: FlaskClient, person: Callable[..., Headers], query: str, where: str
) -> None:
    answer = client.get(f"{API}/companies/{ONE}/eligibility?{query}", headers=person(ONE))
    assert answer.status_code == 422, answer.json
    assert where in str(answer.json["details"])


@pytest.mark.parametrize(
    ("fact", "reason"),
    [
        ({"name": "no_such_fact", "value": 1}, "没有登记"),
        ({"name": "staff", "value": -1, "period": "2025"}, "负数"),
        ({"name": "staff", "value": "12.5", "period": "2025"}, "整数"),
        ({"name": "staff", "value": "十二", "period": "2025"}, "不是数字"),
        ({"name": "staff", "value": True, "period": "2025"}, "应为数字"),
        ({"name": "staff", "value": ["1"], "period": "2025"}, "不是数字"),
        ({"name": "tech_staff_share", "value": "101%"}, "不能超过100%"),
        ({"name": "revenue", "value": "5%", "period": "2025"}, "整数"),
        ({"name": "listed", "value": "也许"}, "是”或“否"),
        ({"name": "registered_on", "value": "2025-13-01"}, "不是日期"),
        ({"name": "titles", "value": "gaoqi"}, "列表"),
        ({"name": "tech_field", "value": "cooking"}, "没有“cooking”这个选项"),
        ({"name": "revenue", "value": 1, "period": "明年"}, "所属期"),
        ({"name": "revenue", "value": 10**16, "period": "2025"}, "过大"),
        ({"name": "revenue", "value": 1, "period": "2031"}, "在将来"),
    ],
)
def test_a_wrong_fact_is_refused_by_name(client: FlaskClient, fact: dict[str, Any], reason: str) -> None:
    answer = client.post(f"{API}/assessments", json={"facts": [fact]})
    assert answer.status_code == 422, answer.json
    assert reason in answer.json["message"] + str(answer.json["details"])


def test_facts_that_contradict_each_other_count_for_nothing_and_are_named(client: FlaskClient) -> None:
    facts = [
        {"name": "staff", "value": 10, "period": "2025"},
        {"name": "tech_staff", "value": 11, "period": "2025"},
    ]
    answer = client.post(f"{API}/assessments", json={"facts": facts, "policy": GAOQI})
    assert answer.status_code == 200
    assert answer.json["conflicts"][0]["reason"] == "2025科技人员数大于职工总数"
    states = {c["id"]: c["state"] for c in answer.json["items"][0]["conditions"]}
    assert states[f"{GAOQI}/tech-staff"] == "unknown"


def test_a_broken_sheet_is_named_and_the_others_keep_working(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = (LIBRARY / f"{GAOQI}.md").read_text("utf-8")
    (tmp_path / f"{GAOQI}.md").write_text(good, "utf-8")
    (tmp_path / "broken.md").write_text(
        good.replace(f"slug: {GAOQI}", "slug: broken").replace("fact: tech_field", "fact: nobody"), "utf-8"
    )
    monkeypatch.setattr("backend.wiring.house.SHEETS", (tmp_path,))
    assert house.check_library()["library"] is not None
    assert re.search(
        r"broken\.md:\d+ rules\.0\.all\.3.*没有登记这项事实", house.check_library()["library"] or ""
    )
    assert any("broken.md" in line for line in house.load_library().lines())
    assert house.catalogue.published(GAOQI).sheet.rules


def test_a_policy_nobody_published_is_not_there(client: FlaskClient) -> None:
    assert client.post(f"{API}/assessments/nowhere/report", json={"facts": []}).status_code == 404
