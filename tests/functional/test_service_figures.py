"""The figures of service through HTTP: edited as data, every version kept, marked "?" if unconfirmed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from backend.wiring import House
from tests.functional.guidance import API, ONE, TWO, Cast, Headers, ask

URL = f"{API}/staff/guidance-settings"


@pytest.fixture
def cast(
    house: House, client: FlaskClient, staff: Callable[..., Headers], person: Callable[..., Headers]
) -> Cast:
    found = Cast(house, client, staff)
    person(ONE)
    person(TWO)
    return found


def put(client: FlaskClient, who: Headers, name: str, revision: int, **body: Any) -> Any:
    return client.put(f"{URL}/{name}", json=body, headers={**who, "If-Match": str(revision)})


def test_a_promise_is_edited_kept_by_version_and_holds_for_what_is_asked_from_then_on(
    client: FlaskClient, cast: Cast
) -> None:
    before = ask(client, cast["firm"])
    shown = client.get(f"{URL}/promises", headers=cast["lian-zj"]).json
    assert (shown["revision"], shown["mark"], shown["earlier"]) == (0, "?", [])
    assert {name: row["answer_days"] for name, row in shown["value"].items()} == {
        "potential": 5, "key": 3, "applying": 2, "other": 5,
    }  # fmt: skip
    value = {**shown["value"], "key": {"answer_days": 1, "remind_days": 0}}
    assert put(client, cast["lian-zj"], "promises", 0, value=value).status_code == 403
    set_once = put(client, cast["editor"], "promises", 0, value=value).json
    assert (set_once["revision"], set_once["mark"]) == (1, "?")
    after = ask(client, cast["firm"])
    assert (before["due_on"], after["due_on"]) == ("2026-05-09", "2026-05-07")
    assert after["promise"] == "重点企业：1 个工作日内答复"
    mine = client.get(f"{API}/requests/{before['id']}", headers=cast["firm"]).json
    assert mine["promise"] == "重点企业：3 个工作日内答复"
    assert put(client, cast["editor"], "promises", 0, value=value).status_code == 409
    assert put(client, cast["editor"], "promises", 1, value=value, confirmed=True).status_code == 422
    sure = {"confirmed": True, "source": "示例会议纪要"}
    confirmed = put(client, cast["publisher"], "promises", 1, value=shown["value"], **sure).json
    assert (confirmed["mark"], confirmed["source"], confirmed["by"]) == (
        None, "示例会议纪要", "staff:publisher",
    )  # fmt: skip
    (earlier,) = confirmed["earlier"]
    assert (earlier["revision"], earlier["value"], earlier["mark"]) == (1, value, "?")
    assert earlier["by"] == "staff:editor"


def test_the_terms_of_visits_and_surveys_are_edited_too(client: FlaskClient, cast: Cast) -> None:
    shown = client.get(f"{URL}/terms", headers=cast["editor"]).json
    value = {**shown["value"], "certified_visit_days": 10}
    assert put(client, cast["editor"], "terms", 0, value=value).json["value"]["certified_visit_days"] == 10
    assert client.get(f"{URL}/mei-you", headers=cast["editor"]).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"key": {"answer_days": 1, "remind_days": 0}},
        {"potential": 1, "key": 1, "applying": 1, "other": 1},
        {name: {"answer_days": 0, "remind_days": 1} for name in ("potential", "key", "applying", "other")},
        {name: {"answer_days": "3", "remind_days": 1} for name in ("potential", "key", "applying", "other")},
        {name: {"answer_days": True, "remind_days": 1} for name in ("potential", "key", "applying", "other")},
        {name: {"answer_days": 3} for name in ("potential", "key", "applying", "other")},
    ],
)
def test_wrong_figures_are_refused(client: FlaskClient, cast: Cast, wrong: dict[str, Any]) -> None:
    assert put(client, cast["editor"], "promises", 0, value=wrong).status_code == 422
