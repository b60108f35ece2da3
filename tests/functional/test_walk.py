"""The whole walk as one story over HTTP: a document goes in, one reasoned message lies in the right inbox."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from backend.demo.firms import made_up_code
from backend.demo.plan_rule import rule_for_plan
from backend.shared.clock import SHANGHAI
from backend.wiring import House
from policies.sheet import Sheet

ROOT = Path(__file__).parents[2]
API = "/api/v1"
STAFF = f"{API}/staff/policies"
Headers = dict[str, str]
SURE, UNTOLD, OUTSIDE, SHORT, ASKED = (made_up_code(number) for number in range(1, 6))
GAOQI = {"pudong_registered": True, "titles": ["gaoqi"], "gaoqi_first_time": True}
FIRMS: dict[str, tuple[dict[str, Any], bool]] = {  # facts, and whether the firm is in the pool
    SURE: (GAOQI, True),
    UNTOLD: (GAOQI, True),  # concerned, but nobody is bound to it
    OUTSIDE: (GAOQI, False),
    SHORT: ({**GAOQI, "titles": []}, True),
    ASKED: ({"pudong_registered": True, "titles": ["gaoqi"]}, True),
}


@dataclass(frozen=True)
class Plan:
    """A plan's text and what is known of it; `at` is a moment while it is in force."""

    path: Path
    number: str
    slug: str
    at: datetime


def _real_text() -> Path:
    beside = sorted((ROOT.parent / "shared/seeds").glob("*.txt"))
    named = os.environ.get("POLICYMAP_PLAN")
    return Path(named) if named else next(iter(beside), ROOT.parent / "shared/seeds")


PLANS = {
    "made-up": Plan(
        ROOT / "backend/demo/made_up_plan.txt",
        "示科经委〔2026〕8号",
        "doc-2026-8",
        datetime(2026, 5, 6, 9, 30, tzinfo=SHANGHAI),
    ),
    "real": Plan(
        _real_text(), "浦科经委〔2023〕68号", "doc-2023-68", datetime(2024, 5, 6, 9, 30, tzinfo=SHANGHAI)
    ),
}


class Story:
    """Each method is one chapter; they are told in order."""

    def __init__(self, client: FlaskClient, plan: Plan, staff: Callable[..., Headers]) -> None:
        self.client, self.plan = client, plan
        self.editor, self.reviewer, self.publisher = staff("editor"), staff("reviewer"), staff("publisher")
        self.revision = 0

    def get(self, path: str, who: Headers | None = None) -> Any:
        answer = self.client.get(f"{API}/{path}", headers=who)
        assert answer.status_code == 200, answer.json
        return answer.json

    def post(self, path: str, body: dict[str, Any], who: Headers) -> Any:
        answer = self.client.post(f"{API}/{path}", json=body, headers=who)
        assert answer.status_code in {200, 201, 202}, answer.json
        return answer.json

    def step(self, name: str, who: Headers, **body: Any) -> TestResponse:
        """A step of the workflow from the newest revision."""
        headers = {**who, "If-Match": str(self.revision)}
        answer = self.client.post(f"{STAFF}/{self.plan.slug}/{name}", json=body, headers=headers)
        if answer.status_code == 200:
            self.revision = answer.json["revision"]
        return answer

    def patch(self, revision: int, **fields: Any) -> TestResponse:
        headers = {**self.editor, "If-Match": str(revision)}
        return self.client.patch(f"{STAFF}/{self.plan.slug}", json={"fields": fields}, headers=headers)

    def firms_are_known(self) -> None:
        for uscc, (facts, in_pool) in FIRMS.items():
            stated = [{"name": name, "value": value} for name, value in facts.items()]
            firm = {"uscc": uscc, "name": f"示例企业{uscc[-4:]}", "area": "zhangjiang", "facts": stated}
            self.post("staff/companies", firm, self.editor)
            if in_pool:
                entry = {"uscc": uscc, "step": "candidate", "reason": "示例"}
                self.post("staff/pool", entry, self.editor)

    def help_is_offered(self) -> None:
        helps = [f"{self.plan.slug}/gaoqi"]
        course = {"id": "shili-ke", "title": "示例训练营第一课", "series": "训练营", "helps": helps}
        self.post("staff/courses", course, self.editor)
        house = {"id": "shili-jigou", "name": "示例服务机构", "kind": "service_agency", "helps": helps}
        self.post("staff/institutions", house, self.editor)
        assert self.get("courses/shili-ke")["helps"] == helps
        assert [item["id"] for item in self.get("institutions")["items"]] == ["shili-jigou"]

    def the_document_is_read(self) -> None:
        file = {"file": (io.BytesIO(self.plan.path.read_bytes()), "计划.txt")}
        answer = self.client.post(f"{STAFF}/import", data=file, headers=self.editor)
        assert answer.status_code == 201, answer.json
        draft = answer.json
        sheet, self.revision = draft["sheet"], draft["revision"]
        assert (draft["slug"], draft["status"], sheet["number"]) == (
            self.plan.slug,
            "draft",
            self.plan.number,
        )
        measures = [clause for clause in sheet["clauses"] if clause["anchor"].startswith("m")]
        assert len(measures) == 19
        assert len(sheet["clauses"]) - len(measures) == 3
        assert len({measure["group"] for measure in measures}) == 4
        assert all(measure["lead"] for measure in measures if measure["anchor"] != "m9")
        assert [row["position"] for row in sheet["tasks"]] == list(range(1, 70))
        assert any(clause["targets"] for clause in sheet["clauses"])
        assert sum(warning["line"] > 0 for warning in draft["warnings"]) > 5

    def it_is_edited_from_the_newest_revision_only(self) -> None:
        working = self.get(f"staff/policies/{self.plan.slug}", self.editor)
        ruled = rule_for_plan(Sheet.model_validate(working["sheet"])).model_dump(mode="json")
        changed = self.patch(self.revision, rules=ruled["rules"], requires=["gaoqi"])
        assert changed.status_code == 200, changed.json
        stale = self.patch(self.revision, title="来晚了")
        assert (stale.status_code, stale.json["code"]) == (409, "stale_revision")
        self.revision = changed.json["revision"]
        assert self.get(f"staff/policies/{self.plan.slug}", self.editor)["sheet"]["title"] != "来晚了"

    def others_review_and_publish_it(self, both: Headers) -> None:
        """`both` is an editor who is a reviewer too."""
        headers = {**both, "If-Match": str(self.revision)}
        summary = {"fields": {"summary": "示例摘要。"}}
        edited = self.client.patch(f"{STAFF}/{self.plan.slug}", json=summary, headers=headers)
        self.revision = edited.json["revision"]
        assert self.step("publish", self.publisher).status_code == 409
        assert self.step("submit", self.editor).status_code == 200
        assert self.step("approve", both).status_code == 403
        assert self.step("approve", self.reviewer).status_code == 200
        assert self.client.get(f"{API}/policies/{self.plan.slug}").status_code == 404
        published = self.step("publish", self.publisher, note="首次发布", material=True)
        assert (published.status_code, published.json["live_version"]) == (200, 1), published.json

    def it_is_found_at_once(self) -> None:
        found = self.get("search?q=高企 加计扣除")
        first = found["items"][0]
        assert first["id"] == f"{self.plan.slug}#m11"
        marked = {piece["text"] for line in first["highlights"]["text"] for piece in line if piece["hit"]}
        assert "加计扣除" in "".join(sorted(marked))
        assert self.plan.slug in [item["slug"] for item in self.get("policies")["items"]]

    def it_is_on_the_map(self) -> None:
        around = self.get(f"graph?node=policy:{self.plan.slug}&depth=2&limit=500")
        kinds = {node["kind"] for node in around["nodes"]}
        assert {"policy", "measure", "department", "title", "condition"} <= kinds
        measures = [node for node in around["nodes"] if node["id"].startswith(f"measure:{self.plan.slug}#m")]
        assert len(measures) == 19
        leads = {link["target"] for link in around["links"] if link["kind"] == "leads"}
        assert f"measure:{self.plan.slug}#m11" in leads
        helped = self.get(f"graph?node=condition:{self.plan.slug}/gaoqi&depth=1&limit=100")
        assert {"course", "institution"} <= {node["kind"] for node in helped["nodes"]}

    def firms_are_judged_with_reasons(self) -> None:
        verdicts = {}
        for uscc in FIRMS:
            (verdicts[uscc],) = self.get(f"companies/{uscc}/eligibility", self.editor)["items"]
        assert {uscc: verdict["status"] for uscc, verdict in verdicts.items()} == {
            SURE: "eligible",
            UNTOLD: "eligible",
            OUTSIDE: "eligible",
            SHORT: "ineligible",
            ASKED: "unknown",
        }
        assert all(line["sentence"] for verdict in verdicts.values() for line in verdict["conditions"])
        assert verdicts[ASKED]["missing"] == ["gaoqi_first_time", "newly_introduced"]
        (gap,) = [line for line in verdicts[SHORT]["conditions"] if line["state"] == "unmet"]
        assert gap["id"] == f"{self.plan.slug}/gaoqi"
        assert {helper["kind"]: helper["title"] for helper in gap["helpers"]} == {
            "course": "示例训练营第一课",
            "institution": "示例服务机构",
        }

    def messages(self) -> dict[str, Any]:
        return self.about_the_plan(self.get("staff/messages?limit=100", self.editor)["items"])

    def about_the_plan(self, messages: list[dict[str, Any]]) -> dict[str, Any]:
        """Messages caused by the policy itself; others tell of a course or institution that closes a gap."""
        return {item["id"]: item for item in messages if item["cause"].startswith(f"{self.plan.slug}.")}

    def expected(self) -> set[str]:
        day = self.plan.at.date().isoformat()
        return {f"{uscc}:{self.plan.slug}.published:{day}" for uscc in (SURE, UNTOLD)}

    def exactly_the_firms_concerned_are_told(self, persons: dict[str, Headers]) -> None:
        assert set(self.messages()) == self.expected()
        inboxes = {
            uscc: list(self.about_the_plan(self.get("messages", who)["items"]))
            for uscc, who in persons.items()
        }
        assert {uscc: len(ids) for uscc, ids in inboxes.items()} == {SURE: 1, SHORT: 0, OUTSIDE: 0}
        shown = self.get(f"messages/{inboxes[SURE][0]}", persons[SURE])
        assert [receipt["state"] for receipt in shown["receipts"]] == ["delivered"]
        why = shown["why"]
        assert (why["policy"], why["version"], why["new"]) == (self.plan.slug, 1, "eligible")
        assert {fact["name"] for fact in why["facts"]} >= {"titles", "pudong_registered"}
        assert all(line["sentence"] for line in why["conditions"])
        assert self.plan.number in why["rule_source"]

    def a_new_version_leaves_the_old_one_readable(self) -> None:
        changed = self.patch(self.revision, summary="第二版摘要。")
        self.revision = changed.json["revision"]
        assert self.step("submit", self.editor).status_code == 200
        assert self.step("approve", self.reviewer).status_code == 200
        assert self.step("publish", self.publisher, note="改摘要").status_code == 200
        at = f"policies/{self.plan.slug}"
        assert [item["version"] for item in self.get(f"{at}/versions")["items"]] == [2, 1]
        texts = [self.get(f"{at}/versions/{number}")["sheet"]["summary"] for number in (1, 2)]
        assert texts == ["示例摘要。", "第二版摘要。"]

    def it_is_withdrawn(self, persons: dict[str, Headers]) -> None:
        assert self.step("withdraw", self.publisher, why="示例撤回").status_code == 200
        found = self.get("search?q=高企 加计扣除&standing=all")
        assert not [item for item in found["items"] if item["id"].startswith(self.plan.slug)]
        assert self.get("policies")["total"] == 0
        assert f"policy:{self.plan.slug}" not in {node["id"] for node in self.get("graph")["nodes"]}
        gone = self.get(f"policies/{self.plan.slug}")
        assert (gone["status"], gone["reason"]) == ("withdrawn", "示例撤回")
        assert {message["mark"] for message in self.messages().values()} == {"已撤回"}
        assert self.get("messages", persons[SURE])["items"][0]["mark"] == "已撤回"
        for number in (1, 2):
            version = self.get(f"policies/{self.plan.slug}/versions/{number}", self.editor)
            assert version["version"] == number


@pytest.mark.parametrize("name", PLANS)
def test_a_document_goes_in_and_one_reasoned_message_lies_in_the_right_inbox(
    name: str,
    house: House,
    client: FlaskClient,
    staff: Callable[..., Headers],
    person: Callable[..., Headers],
) -> None:
    plan = PLANS[name]
    if not plan.path.is_file():
        pytest.skip(f"not tried: the real plan's text is not at {plan.path}")
    house.clock.at = plan.at
    story = Story(client, plan, staff)
    story.firms_are_known()
    story.help_is_offered()
    persons = {uscc: person(uscc) for uscc in (SURE, SHORT, OUTSIDE)}
    story.the_document_is_read()
    story.it_is_edited_from_the_newest_revision_only()
    story.others_review_and_publish_it(staff("editor", "reviewer", name="both"))
    story.it_is_found_at_once()
    story.it_is_on_the_map()
    story.firms_are_judged_with_reasons()
    house.queue.drain()  # the worker's part
    story.exactly_the_firms_concerned_are_told(persons)

    before = story.messages()
    started = story.post("staff/match-runs", {}, story.publisher)
    assert started["state"] == "pending"
    house.queue.drain()
    assert story.post("staff/deliveries", {}, story.publisher) == {"delivered": 0}
    assert story.messages() == before

    story.a_new_version_leaves_the_old_one_readable()
    house.queue.drain()
    story.exactly_the_firms_concerned_are_told(persons)
    story.it_is_withdrawn(persons)
