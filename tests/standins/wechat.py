"""WeChat's server on a loopback port: codes that work once, tokens that end, permits that are used up."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

APPID, SECRET = "wx-example", "example-secret"
TOKEN_SECONDS = 7200


@dataclass
class WechatServer:
    """What the stand-in knows; tests set codes and permits and read what was sent."""

    address: str = ""
    codes: dict[str, str] = field(default_factory=dict)
    permits: Counter[str] = field(default_factory=Counter)
    templates: set[str] = field(default_factory=lambda: {"template-1"})
    sent: list[dict[str, Any]] = field(default_factory=list)
    daily_quota: int = 1000
    tokens_given: int = 0
    token_requests: int = 0
    token: str = ""
    # Next answers instead of the real ones: an errcode, or "garbage", "drop", "503".
    faults: list[int | str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def expire_token(self) -> None:
        """The token handed out is no longer valid."""
        self.token = ""

    def answer(self, path: str, query: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
        """What WeChat would say."""
        with self.lock:
            if path == "/sns/jscode2session":
                return self._session(query)
            if path == "/cgi-bin/stable_token":
                return self._stable_token(body)
            if path == "/cgi-bin/message/subscribe/send":
                return self._send(query, body)
        return _error(40066, "invalid url")

    def _session(self, query: dict[str, str]) -> dict[str, Any]:
        if query.get("appid") != APPID or query.get("secret") != SECRET:
            return _error(40013, "invalid appid")
        openid = self.codes.pop(query.get("js_code", ""), None)
        if openid is None:
            return _error(40029, "invalid code")
        return {"openid": openid, "session_key": "never-to-be-shown"}

    def _stable_token(self, body: dict[str, Any]) -> dict[str, Any]:
        if body.get("appid") != APPID or body.get("secret") != SECRET:
            return _error(40013, "invalid appid")
        self.token_requests += 1
        if not self.token:
            self.tokens_given += 1
            self.token = f"token-{self.tokens_given}"
        return {"access_token": self.token, "expires_in": TOKEN_SECONDS}

    def _send(self, query: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
        if not self.token or query.get("access_token") != self.token:
            return _error(42001, "access_token expired")
        if len(self.sent) >= self.daily_quota:
            return _error(45009, "reach max api daily quota limit")
        if body["template_id"] not in self.templates:
            return _error(40037, "template_id invalid")
        long = [
            key for key, cell in body["data"].items() if key.startswith("thing") and len(cell["value"]) > 20
        ]
        if long:
            return _error(47003, f"argument invalid! data.{long[0]}.value invalid")
        if not self.permits[body["touser"]]:
            return _error(43101, "user refuse to accept the msg")
        self.permits[body["touser"]] -= 1
        self.sent.append(body)
        return {"errcode": 0, "errmsg": "ok", "msgid": len(self.sent)}


@contextmanager
def wechat_server() -> Iterator[WechatServer]:
    """A running stand-in; its `address` goes into the client."""
    state = WechatServer()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(state))
    state.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _error(code: int, message: str) -> dict[str, Any]:
    return {"errcode": code, "errmsg": message}


def _handler(state: WechatServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._serve({})

        def do_POST(self) -> None:
            self._serve(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def _serve(self, body: dict[str, Any]) -> None:
            fault = state.faults.pop(0) if state.faults else None
            address = urlsplit(self.path)
            query = {name: values[-1] for name, values in parse_qs(address.query).items()}
            if fault == "drop":
                # As when the line breaks after the work was done.
                state.answer(address.path, query, body)
                self.close_connection = True
                return
            answer = (
                _error(fault, "fault") if isinstance(fault, int) else state.answer(address.path, query, body)
            )
            text = b"<html>" if fault == "garbage" else json.dumps(answer).encode()
            self.send_response(503 if fault == "503" else 200)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet in tests."""

    return Handler
