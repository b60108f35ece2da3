"""The structure is tested too: every route guarded, every task served, every setting documented."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from flask_restx import Resource

from backend.adapters.http.guards import GUARD_ATTRIBUTE, PUBLIC_ATTRIBUTE
from backend.adapters.mongo import personal_stores
from backend.app import API_PREFIX, create_app
from backend.settings import Settings
from backend.wiring import House

ROOT = Path(__file__).parents[2]


@pytest.fixture
def app(house: House) -> Flask:
    return create_app(house)


def _methods(app: Flask) -> list[tuple[str, str, object]]:
    found = []
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        resource = getattr(view, "view_class", None)
        if resource is None or not issubclass(resource, Resource) or not rule.rule.startswith(API_PREFIX):
            continue
        for method in resource.methods or ():
            found.append((rule.rule, method, getattr(resource, method.lower())))
    return found


def test_every_api_method_is_guarded_or_public_for_a_stated_reason(app: Flask) -> None:
    methods = _methods(app)
    assert len(methods) > 40
    bare = [
        f"{method} {rule}"
        for rule, method, function in methods
        if not getattr(function, GUARD_ATTRIBUTE, "") and not getattr(function, PUBLIC_ATTRIBUTE, "")
        if not rule.endswith(("/swagger.json", "/docs"))
    ]
    assert bare == []


def test_staff_routes_admit_only_staff(app: Flask) -> None:
    open_ones = [
        f"{method} {rule}"
        for rule, method, function in _methods(app)
        if "/staff/" in rule and not getattr(function, GUARD_ATTRIBUTE, "").startswith("staff:")
    ]
    assert open_ones == []


def test_guessing_is_limited_at_every_public_door_that_takes_a_secret(app: Flask) -> None:
    limited = {
        f"{method} {rule}" for rule, method, function in _methods(app) if getattr(function, "limited_by", "")
    }
    for door in ("POST /api/v1/sessions", "POST /api/v1/bindings", "POST /api/v1/assessments"):
        assert door in limited


def test_the_names_people_and_checks_use_exist(app: Flask) -> None:
    rules = {rule.rule for rule in app.url_map.iter_rules()}
    for name in (
        "policies",
        "search",
        "suggestions",
        "graph",
        "courses",
        "institutions",
        "assessments",
        "messages",
    ):
        assert f"{API_PREFIX}/{name}" in rules, name
    assert f"{API_PREFIX}/companies/<string:uscc>/eligibility" in rules
    assert f"{API_PREFIX}/sessions" in rules


def test_every_store_with_personal_fields_has_an_exporter_and_an_eraser(house: House) -> None:
    assert set(personal_stores()) <= set(house.personal_data.collections())
    assert personal_stores()


def test_every_task_that_is_enqueued_is_served(house: House) -> None:
    asked = set()
    for path in (ROOT / "backend").rglob("*.py"):
        asked |= set(re.findall(r"enqueue\(\s*\"([a-z_]+)\"", path.read_text("utf-8")))
    assert asked
    assert asked <= set(house.queue.names())


def test_every_setting_is_documented() -> None:
    text = (ROOT / "docs/settings.md").read_text("utf-8")
    for name, field in Settings.model_fields.items():
        variable = str(field.validation_alias or f"POLICYMAP_{name.upper()}")
        assert f"`{variable}`" in text, variable


def test_every_event_that_is_announced_has_a_listener(house: House) -> None:
    heard = set(house.bus.kinds())
    assert {
        "policy.published",
        "policy.withdrawn",
        "course.changed",
        "institution.changed",
        "person.bound",
    } <= heard
