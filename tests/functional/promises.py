"""A client that holds the API to its own document: every answer has the status and the shape it promises."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from backend.adapters.http.openapi import openapi_document
from backend.app import API_PREFIX

_document: dict[str, Any] = {}


class PromisedClient(FlaskClient):
    """Flask's own client; `open` fails on an answer the document does not describe."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        answer = super().open(*args, **kwargs)
        broken = broken_promise(self.application, answer)
        assert not broken, f"{answer.request.method} {answer.request.path} {answer.status_code}: {broken}"
        return answer


def broken_promise(app: Flask, answer: TestResponse) -> str:
    """What is not as the API's document says; "" where all is."""
    asked = answer.request
    try:
        rule, _ = app.url_map.bind("localhost").match(asked.path, asked.method, return_rule=True)
    except HTTPException:
        return ""
    if not _document:  # the same for every house, so made once
        _document.update(_closed(openapi_document(app, API_PREFIX)))
    path, method = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), asked.method.lower()
    responses = _document["paths"].get(path, {}).get(method, {}).get("responses")
    if responses is None:
        return ""
    status = str(answer.status_code)
    if status not in responses:
        if answer.status_code < 400:
            return f"only {sorted(responses)} are described"
        status = "default"
    if answer.status_code == 204:
        return "" if "content" not in responses[status] else "nothing, where an answer is described"
    if answer.mimetype != "application/json":
        files = "*/*" in responses[status]["content"] or len(answer.data) == 0
        return "" if files else f"{answer.mimetype}, where JSON is described"
    if "application/json" not in responses[status].get("content", {}):
        return "JSON, where none is described"
    found = best_match(_validator(path, method, status).iter_errors(answer.json))
    return f"{found.json_path}: {found.message[:400]}" if found else ""


@cache
def _validator(path: str, method: str, status: str) -> Draft202012Validator:
    content = _document["paths"][path][method]["responses"][status]["content"]
    return Draft202012Validator(
        {**content["application/json"]["schema"], "components": _document["components"]}
    )


def _closed(part: Any) -> Any:
    """The same with no field left over: what an answer holds must be described."""
    if isinstance(part, list):
        return [_closed(inner) for inner in part]
    if not isinstance(part, dict):
        return part
    closed = {name: _closed(inner) for name, inner in part.items()}
    if part.get("type") == "object" and "properties" in part:
        closed.setdefault("additionalProperties", False)
    return closed
