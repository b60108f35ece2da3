"""The client that holds the API to its document notices what is not as promised."""

from __future__ import annotations

from typing import Any, NotRequired

import pytest
from flask import Blueprint, Flask, Response
from flask_restx import Resource
from typing_extensions import TypedDict

from backend.adapters.http import JsonApi
from backend.adapters.http.openapi import openapi_document
from tests.functional.promises import Promises


class Shape(TypedDict):
    """What is promised."""

    name: str
    note: NotRequired[str]


class Door(Resource):
    def get(self) -> Shape:
        """A shape."""
        return ANSWER[0]

    def post(self) -> tuple[Shape, int]:
        """A shape that is new."""
        return ANSWER[0], ANSWER[1]

    def delete(self) -> Response:
        """A file."""
        return Response("<p>", mimetype="text/html")


ANSWER: list[Any] = [{}, 201]


@pytest.fixture
def asked() -> Any:
    app, blueprint = Flask("small"), Blueprint("api", __name__)
    JsonApi(blueprint).add_resource(Door, "/door")
    app.register_blueprint(blueprint)
    promises = Promises(openapi_document(app, "/door"))

    def ask(method: str, answer: Any, status: int = 201) -> str:
        ANSWER[:] = answer, status
        return promises.broken_by(app.test_client().open("/door", method=method), "/door")

    return ask


def test_what_is_as_promised_passes(asked: Any) -> None:
    assert asked("GET", {"name": "示例"}) == ""
    assert asked("GET", {"name": "示例", "note": "有时才有"}) == ""
    assert asked("POST", {"name": "示例"}) == ""
    assert asked("DELETE", None) == ""


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({}, "'name' is a required property"),
        ({"name": 1}, "$.name: 1 is not of type 'string'"),
        ({"name": "示例", "more": 1}, "Additional properties are not allowed"),
        ([{"name": "示例"}], "is not of type 'object'"),
    ],
)
def test_what_is_not_is_named(asked: Any, answer: Any, said: str) -> None:
    assert said in asked("GET", answer)


def test_another_status_is_noticed(asked: Any) -> None:
    assert "only ['201', 'default']" in asked("POST", {"name": "示例"}, 202)
