"""What is too long to be read is refused as everything else is: in JSON, in Chinese."""

from __future__ import annotations

import json
import socket

import pytest
from gunicorn.http.errors import InvalidRequestLine, LimitRequestHeaders, LimitRequestLine

from backend.adapters.http.worker import JsonThreadWorker


def _answer(error: Exception, monkeypatch: pytest.MonkeyPatch) -> bytes:
    ours, theirs = socket.socketpair()
    worker = JsonThreadWorker.__new__(JsonThreadWorker)
    worker.log = type("Log", (), {"warning": lambda *_: None, "debug": lambda *_: None})()
    worker.cfg = None
    with ours, theirs:
        monkeypatch.setattr(worker, "alive", True, raising=False)
        worker.handle_error(None, ours, ("127.0.0.1", 1), error)
        return theirs.recv(4096)


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (LimitRequestLine(9000, 8190), b"414", "uri_too_long"),
        (LimitRequestHeaders("limit request headers fields size"), b"431", "headers_too_large"),
    ],
)
def test_too_long(error: Exception, status: bytes, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    head, _, body = _answer(error, monkeypatch).partition(b"\r\n\r\n")
    assert head.split()[1] == status
    assert b"application/json" in head
    told = json.loads(body)
    assert (told["code"], told["details"]) == (code, {})
    assert str(len(body)).encode() in head


def test_the_rest_is_gunicorns(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _answer(InvalidRequestLine("x"), monkeypatch).startswith(b"HTTP/1.1 400")
