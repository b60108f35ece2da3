"""What comes in: bodies and query strings as typed models, revisions, files. Unknown fields are refused."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar, get_args, get_origin

from flask import current_app, request
from pydantic import BaseModel, ConfigDict, ValidationError
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType

from backend.shared.errors import InvalidInputError, Problem, RevisionMissingError

Function = TypeVar("Function", bound=Callable[..., Any])

_REASONS = {
    "missing": "缺少此项。",
    "extra_forbidden": "没有这一项，请删去或检查拼写。",
    "string_type": "应为文字。",
    "string_too_short": "不能为空或太短。",
    "string_too_long": "文字太长。",
    "string_pattern_mismatch": "格式不正确。",
    "int_type": "应为整数。",
    "int_parsing": "应为整数。",
    "float_type": "应为数字。",
    "bool_type": "应为 true 或 false。",
    "bool_parsing": "应为 true 或 false。",
    "list_type": "应为列表。",
    "dict_type": "应为对象。",
    "model_type": "应为对象。",
    "too_long": "项数太多。",
    "greater_than_equal": "太小或太早。",
    "less_than_equal": "太大或太晚。",
    "date_from_datetime_parsing": "应为日期，如 2026-05-01。",
    "date_parsing": "应为日期，如 2026-05-01。",
    "date_type": "应为日期，如 2026-05-01。",
    "datetime_from_date_parsing": "应为时间，如 2026-05-01T09:00:00+08:00。",
    "datetime_parsing": "应为时间，如 2026-05-01T09:00:00+08:00。",
    "timezone_aware": "时间须写明时区，如 +08:00。",
}


class Body(BaseModel):
    """Base of all request bodies: strict, and closed to unknown fields."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Query(BaseModel):
    """Base of all query strings."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


Model = TypeVar("Model", bound=BaseModel)


def validated(model: type[Model], data: Any) -> Model:
    """The data as `model`; InvalidInputError names each wrong place in Chinese."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise InvalidInputError([_problem(item) for item in error.errors()]) from error


def _problem(item: Any) -> Problem:
    where = ".".join(str(part) for part in item["loc"]) or "body"
    context = item.get("ctx") or {}
    reason = _REASONS.get(item["type"])
    if reason is None and item["type"] in {"literal_error", "enum"}:
        reason = f"只能是：{context.get('expected', '').replace(' or ', ', ').replace(', ', '、')}"
    if reason is None and "error" in context:
        reason = str(context["error"])
    limit = context.get("max_length") or context.get("min_length")
    return Problem(
        where[:200], (reason or f"不符合要求（{item['msg']}）。") + (f"（{limit}）" if limit else "")
    )


def body(model: type[BaseModel]) -> Callable[[Function], Function]:
    """Parse the JSON body into `model` and pass it as keyword `data`."""

    def decorate(function: Function) -> Function:
        @functools.wraps(function)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            return function(*args, data=validated(model, _json()), **kwargs)

        wrapper.body_model = model  # type: ignore[attr-defined]
        return wrapper  # type: ignore[return-value]

    return decorate


def _json() -> Any:
    limit = current_app.config["BODY_LIMIT"]
    if (request.content_length or 0) > limit:
        raise RequestEntityTooLarge
    if not request.is_json:
        raise UnsupportedMediaType
    try:
        data = request.get_json(silent=True)
    except RecursionError as error:
        raise BadRequest from error
    if not isinstance(data, dict):
        raise BadRequest
    return data


def query(model: type[BaseModel], later: bool = False) -> Callable[[Function], Function]:
    """Parse the query string into `model` (repeated names become lists) and pass it as keyword `args`.

    `later`: what is passed does so when it is called, for a door that may know the answer without.
    """

    lists = frozenset(name for name, field in model.model_fields.items() if _takes_many(field.annotation))

    def parsed() -> BaseModel:
        return validated(model, _query_values(lists))

    def decorate(function: Function) -> Function:
        @functools.wraps(function)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            return function(*args, args=parsed if later else parsed(), **kwargs)

        wrapper.query_model = model  # type: ignore[attr-defined]
        wrapper.__apidoc__ = {"params": _query_docs(model)}  # type: ignore[attr-defined]
        return wrapper  # type: ignore[return-value]

    return decorate


def _query_values(lists: frozenset[str]) -> dict[str, Any]:
    return {name: found if name in lists else found[-1] for name, found in request.args.lists()}


def _takes_many(annotation: Any) -> bool:
    return get_origin(annotation) is list or any(get_origin(part) is list for part in get_args(annotation))


def _query_docs(model: type[BaseModel]) -> dict[str, Any]:
    return {
        name: {"in": "query", "description": field.description or "", "required": field.is_required()}
        for name, field in model.model_fields.items()
    }


def revision_from_header() -> int:
    """The revision named in If-Match; RevisionMissingError when there is none."""
    raw = request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
    if not raw:
        raise RevisionMissingError
    if not raw.isdecimal() or len(raw) > 9:
        raise InvalidInputError.at("If-Match", "应为版本号（整数）。")
    return int(raw)


def uploaded_file(field: str = "file") -> tuple[str, bytes]:
    """Name and content of the file in a multipart form."""
    upload = request.files.get(field)
    if upload is None or not upload.filename:
        raise InvalidInputError.at(field, "请选择要上传的文件（multipart/form-data）。")
    return upload.filename, upload.read()
