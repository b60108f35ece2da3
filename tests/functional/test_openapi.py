"""The OpenAPI document: complete, the same every time, and the committed copy is current."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from backend.cli import main

COMMITTED = Path(__file__).parents[2] / "miniapp_stub/openapi.json"


@pytest.fixture(scope="module")
def written() -> str:
    result = CliRunner().invoke(main, ["openapi"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture(scope="module")
def document(written: str) -> Any:
    return json.loads(written)


def test_the_committed_document_is_current(written: str) -> None:
    assert COMMITTED.read_text("utf-8") == written, "the API changed: make openapi"


def test_every_operation_has_its_own_readable_id(document: Any) -> None:
    ids = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]
    assert len(ids) > 150
    assert len(ids) == len(set(ids))
    assert {"getSearch", "getPoliciesBySlug", "postAssessments", "postMessagesByMessageIdRead"} <= set(ids)


def test_every_reference_leads_somewhere_and_nothing_is_left_over(document: Any) -> None:
    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert set(_references(document)) == known


def test_bodies_query_strings_and_guards_are_told(document: Any) -> None:
    ask = document["paths"]["/api/v1/assessments"]["post"]
    assert ask["requestBody"]["content"]["application/json"]["schema"] == {
        "$ref": "#/components/schemas/Assessment"
    }
    assert ask["security"] == []
    search = document["paths"]["/api/v1/search"]["get"]
    kind = next(parameter for parameter in search["parameters"] if parameter["name"] == "kind")
    assert kind["schema"]["items"]["enum"] == [
        "policy",
        "measure",
        "course",
        "institution",
        "mentor",
        "question",
    ]
    assert document["paths"]["/api/v1/messages"]["get"]["security"] == [{"bearer": []}]
    bindings = document["paths"]["/api/v1/bindings"]
    assert set(bindings["post"]["responses"]) == {"201", "default"}
    assert set(document["paths"]["/api/v1/bindings/{binding_id}"]["delete"]["responses"]) == {
        "204",
        "default",
    }


# Answers whose shape is somebody else's: each room hands out what it holds of a person in its own way.
FREE = {("get", "/api/v1/me/export")}


def test_every_answer_says_what_it_holds(document: Any) -> None:
    untold = {
        (method, path)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        for status, answer in operation["responses"].items()
        if status != "default" and _says_nothing(answer.get("content", {}).get("application/json"))
    }
    assert untold == FREE


def _says_nothing(content: Any) -> bool:
    """An object of any fields, bare, by room or in a list."""
    said = json.dumps(content) if content else ""
    return '"additionalProperties": true' in said or "Any_Page" in said


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, list):
        for inner in part:
            yield from _references(inner)
    elif isinstance(part, dict):
        for key, inner in part.items():
            if key == "$ref":
                yield inner
            else:
                yield from _references(inner)
