"""The one table from error class to HTTP status, and the shape of every error: `{code, message, details}`."""

from __future__ import annotations

from typing import Any

import structlog
from flask import Response, g, jsonify
from pymongo.errors import PyMongoError
from werkzeug.exceptions import HTTPException

from backend.adapters.embedded_store import StoreLockedError
from backend.adapters.files import UnreadableFileError
from backend.shared import errors as e
from policies.facts import FactError
from policies.sheet import SheetError
from policies.vocabulary.uscc import UsccError
from search_index.engine import IndexBusyError, IndexUnusableError, RebuildError
from search_index.query import QueryError

log = structlog.get_logger(__name__)

# Looked up along the class's own ancestors, so a subclass shares its parent's status unless it is listed.
STATUS: dict[type[BaseException], int] = {
    e.InvalidInputError: 422,
    e.NotFoundError: 404,
    e.AlreadyExistsError: 409,
    e.SameNumberError: 409,
    e.StaleRevisionError: 409,
    e.WrongStateError: 409,
    e.RevisionMissingError: 428,
    e.UnauthenticatedError: 401,
    e.ForbiddenError: 403,
    e.TooManyRequestsError: 429,
    e.NotReadyError: 503,
    e.FontMissingError: 503,
    e.CarrierError: 502,
    SheetError: 422,
    FactError: 422,
    UsccError: 422,
    QueryError: 422,
    UnreadableFileError: 422,
    IndexUnusableError: 503,
    IndexBusyError: 503,
    RebuildError: 503,
    StoreLockedError: 503,
    PyMongoError: 503,
}
_HTTP_MESSAGES = {
    400: "请求格式不正确，应为 JSON 对象。",
    404: "没有这个地址。",
    405: "这个地址不支持该操作。",
    413: "提交的内容太大。",
    415: "请以 JSON 格式提交（Content-Type: application/json）。",
}
_CODES = {
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_media_type",
    429: "too_many_requests",
}


def status_of(error: BaseException) -> int:
    """The HTTP status for an error; 500 when the table does not know its class."""
    for cls in type(error).__mro__:
        if cls in STATUS:
            return STATUS[cls]
    return 500


def error_response(error: BaseException) -> Response:
    """The answer to any error; what is not in the table is logged and shown only as a request number."""
    if isinstance(error, HTTPException):
        return _http_error(error)
    status = status_of(error)
    if status == 500:
        log.error("unexpected_error", exc_info=error)
        return _answer(
            500, "internal_error", "系统出错，请稍后再试。", {"request_id": g.get("request_id", "")}
        )
    if isinstance(error, PyMongoError):
        log.error("database_error", error=type(error).__name__)
        return _answer(503, "database_unavailable", "数据库暂时无法使用，请稍后再试。", {}, retry_after=5)
    if isinstance(error, IndexUnusableError):
        done = {"done": error.details["done"]} if "done" in error.details else {}
        return _answer(503, "index_rebuilding", "检索索引正在重建，请稍后再试。", done, retry_after=5)
    code = getattr(error, "code", "") or type(error).__name__
    message = getattr(error, "message", "") or str(error)
    return _answer(status, code, message, getattr(error, "details", {}), getattr(error, "retry_after", None))


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400 and error.response is None:
        return error.get_response()  # type: ignore[return-value]  # a redirect is an answer, not an error
    retry_after = getattr(error, "retry_after", None)
    details = {"allowed": sorted(error.valid_methods or [])} if status == 405 else {}  # type: ignore[attr-defined]
    message = _HTTP_MESSAGES.get(status, error.description or "请求未能处理。")
    return _answer(status, _CODES.get(status, "http_error"), message, details, retry_after)


def _answer(
    status: int, code: str, message: str, details: dict[str, Any], retry_after: int | None = None
) -> Response:
    response = jsonify(code=code, message=message, details=details)
    response.status_code = status
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response
