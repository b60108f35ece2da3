"""The demo's courses and institutions: visibly made up, and as the doors would take them."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import pytest
import yaml

from backend.courses.schemas import NewCourse
from backend.courses.service import SERIES
from backend.institutions.schemas import KIND_LABELS, NewInstitution
from policies.loader import load_library
from policies.vocabulary import HELP_KINDS


def _entries(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load(
        files("backend.demo").joinpath(f"{name}.yaml").read_text("utf-8")
    )
    return found


@pytest.mark.parametrize(("name", "model"), [("courses", NewCourse), ("institutions", NewInstitution)])
def test_entries_pass_the_door_and_are_made_up(name: str, model: type[NewCourse]) -> None:
    entries = _entries(name)
    assert len(entries) >= 8
    assert len({entry["id"] for entry in entries}) == len(entries)
    for entry in entries:
        model.model_validate(entry)
        assert (entry.get("title") or entry["name"]).startswith("示例")


def test_every_series_and_every_kind_of_institution_has_an_example() -> None:
    assert {entry["series"] for entry in _entries("courses")} == set(SERIES)
    assert {entry["kind"] for entry in _entries("institutions")} == set(KIND_LABELS)


@pytest.mark.parametrize("name", ["courses", "institutions"])
def test_every_condition_and_kind_of_help_named_exists(name: str) -> None:
    conditions = {
        f"{sheet.slug}/{condition.id}"
        for sheet in load_library()[0]
        for rule in sheet.rules
        for condition in rule.conditions
    }
    for entry in _entries(name):
        assert set(entry.get("helps", [])) <= conditions
        assert set(entry.get("help_kinds", [])) <= {kind.id for kind in HELP_KINDS}
