"""Import, publish and push over HTTP by a patient client, while the server is killed under it.

One policy after the other is walked through; of each second a new version is published, each third is
withdrawn. What the database, the index and the map hold afterwards is compared with an undisturbed walk.
"""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Iterator, Sequence
from importlib.resources import files
from typing import Any

import httpx

from backend.adapters.mongo.records import collection_of
from backend.app import create_app
from backend.demo.firms import demo_firms
from backend.demo.plan_rule import rule_for_plan
from backend.settings import Settings
from backend.shared.caller import SYSTEM, Role
from backend.wiring import House, build_house
from policies.sheet import Sheet
from tests.servers.product import Product

PASSWORD = "correct-horse-battery"
STAFF = {"editor": Role.EDITOR, "reviewer": Role.REVIEWER, "publisher": Role.PUBLISHER}
PERSONS = 12
PATIENCE = 150.0  # a sweep comes once a minute
NEXT_STEP = {
    "draft": ("submit", "editor"),
    "in_review": ("approve", "reviewer"),
    "approved": ("publish", "publisher"),
}
COLLECTIONS = (
    "policies", "policy_versions", "policy_steps", "graph_parts", "match_runs", "answers", "messages",
    "deliveries", "companies", "pool",
)  # fmt: skip
# Moments and made-up ids differ between two walks; a run may be begun, an answer or a part of the map be
# written with the same content twice.
MOMENTS = {"at", "created_at", "updated_at", "delivered_at", "known_at", "order"}
REPEATED = {
    "match_runs": {"attempts"},
    "graph_parts": {"revision"},
    "answers": {"revision"},
    "pool": {"id", "last", "since"},
}
QUESTIONS = ("", "高企 加计扣除", "示例", "高价值专利", "示科经委〔2026〕101号")


def furnish(settings: Settings, firms: int) -> None:
    """Staff, firms in the pool, and a person bound to each of a few of them."""
    house = build_house(settings, cheap_passwords=True)
    try:
        for name, role in STAFF.items():
            house.accounts.add_staff(name, PASSWORD, frozenset({role}), SYSTEM)
        known = list(demo_firms(firms))
        house.companies.add_companies(known, SYSTEM)
        house.pool.enter_many([(firm.uscc, firm.stage) for firm in known], SYSTEM, "示例")
        for number, firm in enumerate([firm for firm in known if _concerned(firm.facts)][:PERSONS]):
            person = house.accounts.sign_in_wechat(f"demo-{number}").caller
            code, _ = house.accounts.firms.issue_invitation(firm.uscc, SYSTEM)
            house.accounts.firms.redeem(code, person)
        house.scheduler.tick()
        house.queue.drain()
    finally:
        house.close()


def _concerned(facts: Sequence[Any]) -> bool:
    stated = {fact["name"]: fact["value"] for fact in facts}
    return stated.get("titles") == ["gaoqi"] and bool(stated.get("gaoqi_first_time"))


def plan_text(number: int) -> bytes:
    """The made-up plan under a document number of its own."""
    text = files("backend.demo").joinpath("made_up_plan.txt").read_text("utf-8")
    return text.replace("〔2026〕8号", f"〔2026〕{number}号").encode()


class PatientClient:
    """Asks again when the server does not answer; every step looks first at what is already done."""

    def __init__(self, base: str) -> None:
        self._http = httpx.Client(base_url=f"{base}/api/v1", timeout=30)
        self._headers: dict[str, dict[str, str]] = {}
        for name in STAFF:
            body = {"kind": "staff", "name": name, "password": PASSWORD}
            token = self.ask("POST", "/sessions", name, json=body).json()["access_token"]
            self._headers[name] = {"Authorization": f"Bearer {token}"}

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def walk(self, number: int) -> None:
        """One policy from its text to its messages, and what comes after."""
        slug = f"doc-2026-{number}"
        self._import(number)
        self._edit(slug, lambda sheet: not sheet["rules"], _ruled)
        self._publish(slug, 1)
        if number % 2 == 0:
            self._edit(slug, lambda sheet: not sheet["summary"], lambda _: {"summary": f"示例摘要{number}"})
            self._publish(slug, 2)
        if number % 3 == 0:
            self._withdraw(slug)

    def ask(self, method: str, path: str, who: str = "editor", **parts: Any) -> httpx.Response:
        """One question, until there is an answer."""
        headers = {**self._headers.get(who, {}), **parts.pop("headers", {})}
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                answer = self._http.request(method, path, headers=headers, **parts)
                if answer.status_code not in {502, 503}:
                    return answer
                problem = f"{answer.status_code} {answer.text}"
            except httpx.TransportError as error:
                problem = repr(error)
            if time.monotonic() > deadline:
                raise TimeoutError(f"{method} {path}: {problem}")
            time.sleep(0.05)

    def _import(self, number: int) -> None:
        file = {"file": ("计划.txt", plan_text(number))}
        answer = self.ask("POST", "/staff/policies/import", files=file)
        assert answer.status_code == 201, answer.text

    def _working(self, slug: str) -> dict[str, Any]:
        return self._read(f"/staff/policies/{slug}")

    def _read(self, path: str) -> dict[str, Any]:
        answer = self.ask("GET", path)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def _step(self, method: str, path: str, who: str, revision: int, body: dict[str, Any]) -> None:
        """A step from a revision; 409 when a killed server had already taken it."""
        answer = self.ask(method, path, who, json=body, headers={"If-Match": str(revision)})
        assert answer.status_code in {200, 409}, answer.text

    def _edit(self, slug: str, wanted: Any, fields: Any) -> None:
        while wanted((working := self._working(slug))["sheet"]):
            body = {"fields": fields(working["sheet"])}
            self._step("PATCH", f"/staff/policies/{slug}", "editor", working["revision"], body)

    def _publish(self, slug: str, version: int) -> None:
        while (working := self._working(slug))["live_version"] != version:
            step, who = NEXT_STEP[working["status"]]
            self._step("POST", f"/staff/policies/{slug}/{step}", who, working["revision"], {})
        self._wait_until_told(f"{slug}@{version}")

    def _withdraw(self, slug: str) -> None:
        while (working := self._working(slug))["status"] != "withdrawn":
            body = {"why": "示例撤回"}
            self._step("POST", f"/staff/policies/{slug}/withdraw", "publisher", working["revision"], body)

    def _wait_until_told(self, run: str) -> None:
        """The run is done, and all that came with it, and what they wrote is delivered."""
        deadline = time.monotonic() + PATIENCE
        while True:
            runs = self._read("/staff/match-runs?limit=100")["items"]
            states = {item["id"]: item["state"] for item in runs}
            if run in states and set(states.values()) == {"done"}:
                break
            assert "failed" not in states.values(), runs
            if time.monotonic() > deadline:
                raise TimeoutError(f"{run}: {states}")
            time.sleep(0.02)
        delivered = self.ask("POST", "/staff/deliveries", "publisher")
        assert delivered.status_code == 200, delivered.text


def _ruled(sheet: dict[str, Any]) -> dict[str, Any]:
    return {"rules": rule_for_plan(Sheet.model_validate(sheet)).model_dump(mode="json")["rules"]}


def walk_undisturbed(product: Product, numbers: Sequence[int]) -> float:
    """Every policy in turn; returns the seconds one takes."""
    client = PatientClient(product.base)
    started = time.monotonic()
    for number in numbers:
        client.walk(number)
    client.close()
    return (time.monotonic() - started) / len(numbers)


def walk_killed(product: Product, numbers: Sequence[int], seconds: float, seed: int) -> list[str]:
    """The same with one kill at a random moment of each policy's walk; returns what was killed."""
    moments, killed = random.Random(seed), []
    client = PatientClient(product.base)
    for number in numbers:
        roles = moments.choice([product.roles, *([role] for role in product.roles if len(product.roles) > 1)])
        delay = moments.uniform(0, seconds)
        failed: list[BaseException] = []

        def kill(
            roles: Sequence[str] = roles, delay: float = delay, failed: list[BaseException] = failed
        ) -> None:
            try:
                time.sleep(delay)
                product.kill(roles)
                product.start(roles)
            except BaseException as error:
                failed.append(error)

        killer = threading.Thread(target=kill)
        killer.start()
        try:
            client.walk(number)
        finally:
            killer.join()
        assert not failed, failed
        killed.append("+".join(roles))
    client.close()
    return killed


def end_state(settings: Settings) -> dict[str, Any]:
    """What is there after one more start and its sweep, without moments and with persons by their firm."""
    house = build_house(settings)
    try:
        house.scheduler.tick()
        house.queue.drain()
        for slug in _rows("policies"):
            house.catalogue.history(slug, 1, None)  # the newest step joins the others when it is asked for
        state = {name: _rows(name) for name in COLLECTIONS}
        state["public"] = _public(house)
        text = json.dumps(state, ensure_ascii=False, sort_keys=True, default=str)
        for binding in collection_of("bindings").find({}):
            text = text.replace(binding["person"], f"person-of-{binding['uscc']}")
        found: dict[str, Any] = json.loads(text)
        return found
    finally:
        house.close()


def _rows(collection: str) -> dict[str, Any]:
    left_out = MOMENTS | REPEATED.get(collection, set())
    return {row["_id"]: _without(row, left_out) for row in collection_of(collection).find({})}


def _without(value: Any, names: set[str]) -> Any:
    if isinstance(value, dict):
        return {key: _without(item, names) for key, item in value.items() if key not in names}
    return [_without(item, names) for item in value] if isinstance(value, list) else value


def _public(house: House) -> dict[str, Any]:
    """What everybody sees: the answers of the index and the map."""
    client = create_app(house).test_client()
    shown: dict[str, Any] = {}
    for question in QUESTIONS:
        shown[f"search {question}"] = sorted(_found(client, question))
    for kind in ("policy", "measure", "condition", "department"):
        graph = client.get(f"/api/v1/graph?kind={kind}&limit=500").json
        shown[f"graph {kind}"] = [graph["counts"], sorted(node["id"] for node in graph["nodes"])]
    shown["policies"] = client.get("/api/v1/policies?limit=100").json["items"]
    return shown


def _found(client: Any, question: str) -> Iterator[str]:
    cursor = ""
    while True:
        page = client.get(
            "/api/v1/search",
            query_string={
                "q": question,
                "standing": "all",
                "limit": 100,
                **({"cursor": cursor} if cursor else {}),
            },
        ).json
        yield from (item["id"] for item in page["items"])
        cursor = page["next_cursor"]
        if not cursor:
            return
