"""The Flask application over a wired house."""

from __future__ import annotations

import secrets
import time
from typing import Any

import structlog
from flask import Blueprint, Flask, Response, g, jsonify, request
from werkzeug.middleware.proxy_fix import ProxyFix

from backend.adapters.http import JsonApi, limiter
from backend.adapters.http.errors import error_response
from backend.adapters.http.openapi import openapi_document
from backend.pages import add_pages, error_page, finish
from backend.pages.built import BuiltPage
from backend.shared.caller import ANONYMOUS
from backend.shared.errors import UnauthenticatedError
from backend.wiring import House

API_PREFIX = "/api/v1"


def create_app(house: House) -> Flask:
    """The web service: `/api/v1`, the pages, `/healthz`, `/readyz`."""
    app = Flask("policymap", static_folder=None)
    settings = house.settings
    app.config.update(
        MAX_CONTENT_LENGTH=settings.upload_limit,
        BODY_LIMIT=settings.body_limit,
        SIGN_IN_LIMIT=settings.sign_in_limit,
        INVITATION_LIMIT=settings.invitation_limit,
        ASSESSMENT_LIMIT=settings.assessment_limit,
        RATELIMIT_STORAGE_URI=settings.redis_url.get_secret_value() if settings.redis_url else "memory://",
        RESTX_MASK_SWAGGER=False,
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.trusted_proxies)  # type: ignore[method-assign]
    _limit(app)
    _add_request_frame(app, house)
    _add_health(app, house)
    blueprint = Blueprint("api", __name__, url_prefix=API_PREFIX)
    house.add_routes(JsonApi(blueprint))
    app.register_blueprint(blueprint)
    add_pages(app, house.catalogue, house.clock, BuiltPage(settings.web_root))
    app.register_error_handler(Exception, lambda error: error_page(error_response(error), request))
    return app


def described(house: House) -> dict[str, Any]:
    """The API as an OpenAPI document."""
    return openapi_document(create_app(house), API_PREFIX)


def _limit(app: Flask) -> None:
    """Every limit sits on a method, which counts by itself; the hooks beside them would look at each request
    and find nothing, for a third of the frame's time."""
    limiter.init_app(app)
    for hooks in (app.before_request_funcs, app.after_request_funcs, app.teardown_request_funcs):
        hooks.clear()


def _add_request_frame(app: Flask, house: House) -> None:
    log = structlog.get_logger(__name__).bind()  # made once: the one of the module is made at every use

    @app.before_request
    def _begin() -> None:
        g.started = time.perf_counter()
        g.request_id = secrets.token_hex(8)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=g.request_id)
        g.caller = ANONYMOUS
        header = request.headers.get("Authorization", "")
        if header:
            scheme, _, token = header.partition(" ")
            if scheme.lower() != "bearer":
                raise UnauthenticatedError
            g.caller = house.accounts.authenticate(token.strip())

    @app.after_request
    def _end(response: Response) -> Response:
        log.info(
            "request",
            method=request.method,
            route=str(request.url_rule or ""),
            status=response.status_code,
            ms=round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 1),
        )
        headers = {"X-Request-ID": g.get("request_id", "")}
        if request.path.startswith(API_PREFIX):
            headers["Cache-Control"] = "no-store"
        return finish(response, request, headers)


def _add_health(app: Flask, house: House) -> None:
    @app.get("/healthz")
    def healthz() -> Response:
        """The process is alive."""
        return jsonify(status="ok")

    @app.get("/readyz")
    def readyz() -> tuple[Response, int]:
        """Database, index and queue, each named."""
        parts = {name: problem or "ok" for name, problem in house.check().items()}
        ready = all(state == "ok" for state in parts.values())
        return jsonify(status="ready" if ready else "not_ready", parts=parts), 200 if ready else 503
