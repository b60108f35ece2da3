"""A client that holds the API to its own document: every answer has the status and the shape it promises."""

from __future__ import annotations

import gzip
import json
import re
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from backend.adapters.http.openapi import openapi_document
from backend.app import API_PREFIX

JSON, FILE = "application/json", "*/*"


class Promises:
    """What a document says of each door; no field may be there that it does not name."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = _closed(document)
        self._validators: dict[tuple[str, str, str], Draft202012Validator] = {}

    def broken_by(self, answer: TestResponse, path: str) -> str:
        """What is not as promised; "" where all is, and for doors the document leaves out."""
        method = answer.request.method.lower()
        answers = self._document["paths"].get(path, {}).get(method, {}).get("responses", {})
        status = str(answer.status_code) if answer.status_code < 400 else "default"
        if not answers or (status == "default" and not answer.data):
            return ""
        if status not in answers:
            return f"only {sorted(answers)} are described"
        described = answers[status].get("content", {})
        if not described and not answer.data:
            return ""
        if answer.mimetype != JSON or (JSON not in described and FILE in described):
            return "" if FILE in described else f"{answer.mimetype}, which is not described"
        if JSON not in described:
            return "JSON, where nothing is described"
        door = (path, method, status)
        if door not in self._validators:
            self._validators[door] = self._validator(described[JSON]["schema"])
        wrong = best_match(self._validators[door].iter_errors(_json_of(answer)))
        return f"{wrong.json_path}: {wrong.message[:400]}" if wrong else ""

    def _validator(self, schema: dict[str, Any]) -> Draft202012Validator:
        return Draft202012Validator({**schema, "components": self._document["components"]})


class PromisedClient(FlaskClient):
    """Flask's own client; `open` fails on an answer the document does not describe."""

    promises: Promises | None = None

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        answer = super().open(*args, **kwargs)
        broken = self._house_promises().broken_by(answer, _path_of(self.application, answer))
        assert not broken, f"{answer.request.method} {answer.request.path} {answer.status_code}: {broken}"
        return answer

    def _house_promises(self) -> Promises:
        if PromisedClient.promises is None:  # the same for every house, so made once
            PromisedClient.promises = Promises(openapi_document(self.application, API_PREFIX))
        return PromisedClient.promises


def _json_of(answer: TestResponse) -> Any:
    packed = answer.headers.get("Content-Encoding") == "gzip"
    return json.loads(gzip.decompress(answer.data) if packed else answer.data)


def _path_of(app: Flask, answer: TestResponse) -> str:
    """The path as the document writes it, "" where there is no such door."""
    asked = answer.request
    try:
        rule, _ = app.url_map.bind("localhost").match(asked.path, asked.method, return_rule=True)
    except HTTPException:
        return ""
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)


def _closed(part: Any) -> Any:
    if isinstance(part, list):
        return [_closed(inner) for inner in part]
    if not isinstance(part, dict):
        return part
    closed = {name: _closed(inner) for name, inner in part.items()}
    if part.get("type") == "object" and "properties" in part:
        closed.setdefault("additionalProperties", False)
    return closed
