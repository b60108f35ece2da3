"""Headers of every answer: who may frame it, what it may load, how it is packed."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from functools import lru_cache

from flask import Request, Response
from werkzeug.datastructures import Headers
from werkzeug.http import parse_accept_header

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
_EVERYWHERE = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"}


def finish(response: Response, request: Request, headers: Mapping[str, str]) -> Response:
    """Set `headers` and what every answer carries, where the door did not, and pack it where worth it."""
    _add_absent(response.headers, {**headers, **_EVERYWHERE})
    if response.mimetype not in _PACKED or response.direct_passthrough or response.status_code != 200:
        return response
    if "Vary" in response.headers:
        response.vary.add("Accept-Encoding")
    else:
        response.headers.add("Vary", "Accept-Encoding")
    # What belongs to somebody is not packed: its length would tell of secrets beside chosen words.
    if "Authorization" in request.headers or request.method != "GET":
        return response
    if _takes_gzip(request.headers.get("Accept-Encoding", "")):
        _pack(response)
    return response


@lru_cache(maxsize=64)
def _takes_gzip(accepted: str) -> bool:
    return "gzip" in parse_accept_header(accepted)


def _add_absent(headers: Headers, wanted: Mapping[str, str]) -> None:
    """One look at the names: asking for each that is not there raises an error inside."""
    known = {name.lower() for name, _ in headers}
    for name, value in wanted.items():
        if name.lower() not in known:
            headers.add(name, value)


def _pack(response: Response) -> None:
    data = response.get_data()
    if len(data) >= _WORTH_PACKING and "Content-Encoding" not in response.headers:
        for_good = "immutable" in response.headers.get("Cache-Control", "")
        response.set_data(_gzip(data) if for_good else _fast_gzip(data))
        response.headers["Content-Encoding"] = "gzip"


@lru_cache(maxsize=64)
def _gzip(data: bytes) -> bytes:
    """Files that never change are packed once, and well."""
    return gzip.compress(data, 9, mtime=0)


@lru_cache(maxsize=256)
def _fast_gzip(data: bytes) -> bytes:
    """The answers given most are packed once too; the higher levels take thrice the time for a twentieth."""
    return gzip.compress(data, 2, mtime=0)
