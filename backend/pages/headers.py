"""Headers of every answer: who may frame it, what it may load, how it is packed."""

from __future__ import annotations

import gzip
from functools import lru_cache

from flask import Request, Response

# The built page: its own files and nothing else. Charts draw pictures as data.
APP_POLICY = (
    "default-src 'self'; img-src 'self' data:; font-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
PLAIN_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
_PACKED = frozenset(
    {"text/html", "text/css", "text/javascript", "application/json", "image/svg+xml", "application/xml"}
)
_WORTH_PACKING = 1024


def finish(response: Response, request: Request) -> Response:
    """Set what every answer carries, and pack it where that is worth it."""
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    if response.mimetype not in _PACKED or response.direct_passthrough or response.status_code != 200:
        return response
    response.vary.add("Accept-Encoding")
    # What belongs to somebody is not packed: its length would tell of secrets beside chosen words.
    if "Authorization" in request.headers or request.method != "GET":
        return response
    if "gzip" in request.accept_encodings and "Content-Encoding" not in response.headers:
        data = response.get_data()
        if len(data) >= _WORTH_PACKING:
            response.set_data(_gzip(data) if "immutable" in response.cache_control else _fast_gzip(data))
            response.headers["Content-Encoding"] = "gzip"
    return response


@lru_cache(maxsize=64)
def _gzip(data: bytes) -> bytes:
    """Files that never change are packed once, and well."""
    return gzip.compress(data, 9, mtime=0)


def _fast_gzip(data: bytes) -> bytes:
    return gzip.compress(data, 5, mtime=0)
