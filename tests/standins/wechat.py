"""WeChat's server on a loopback port: codes that work once, tokens that end, permits that are used up.

Beside a test it runs in a thread; `python -m tests.standins.wechat` runs it as a process of its own, which
outlives whoever is killed, and answers questions about itself under /stand-in/.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha1
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

APPID, SECRET = "wx-example", "example-secret"
TOKEN_SECONDS = 7200
ENDLESS = 10**9


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
    latency: float = 0.0
    # True: every code signs somebody in, and every user has permits without end.
    open_to_all: bool = False
    keep: bool = True
    count: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def expire_token(self) -> None:
        """The token handed out is no longer valid."""
        self.token = ""

    def receipts(self, errcode: int = 0) -> list[dict[str, Any]]:
        """The events WeChat pushes for all that was sent: late, and each of them twice."""
        entries = [
            {"TemplateId": sent["template_id"], "MsgID": str(number), "ErrorCode": str(errcode)}
            for number, sent in enumerate(self.sent, 1)
        ]
        head = {"MsgType": "event", "Event": "subscribe_msg_sent_event", "CreateTime": 1}
        return [{**head, "List": entry} for entry in entries] + [{**head, "List": entries}]

    def answer(self, path: str, query: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
        """What WeChat would say."""
        with self.lock:
            if path == "/sns/jscode2session":
                return self._session(query)
            if path == "/cgi-bin/stable_token":
                return self._stable_token(body)
            if path == "/cgi-bin/message/subscribe/send":
                return self._send(query, body)
            if path == "/wxa/msg_sec_check":
                return self._check(query, body)
            if path == "/stand-in/sent":
                return {"sent": self.sent, "count": self.count}
        return _error(40066, "invalid url")

    def _session(self, query: dict[str, str]) -> dict[str, Any]:
        if query.get("appid") != APPID or query.get("secret") != SECRET:
            return _error(40013, "invalid appid")
        code = query.get("js_code", "")
        openid = f"openid-{code}" if self.open_to_all else self.codes.pop(code, None)
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
        if self.count >= self.daily_quota:
            return _error(45009, "reach max api daily quota limit")
        if body["template_id"] not in self.templates:
            return _error(40037, "template_id invalid")
        long = [
            key for key, cell in body["data"].items() if key.startswith("thing") and len(cell["value"]) > 20
        ]
        if long:
            return _error(47003, f"argument invalid! data.{long[0]}.value invalid")
        if not self.open_to_all:
            if not self.permits[body["touser"]]:
                return _error(43101, "user refuse to accept the msg")
            self.permits[body["touser"]] -= 1
        if self.keep:
            self.sent.append(body)
        self.count += 1
        return {"errcode": 0, "errmsg": "ok", "msgid": self.count}

    def _check(self, query: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
        if not self.token or query.get("access_token") != self.token:
            return _error(42001, "access_token expired")
        if body["version"] != 2 or len(body["content"]) > 2500:
            return _error(40097, "invalid args")
        words = {"risky": "risky", "review": "review"}
        suggest = next((word for mark, word in words.items() if mark in body["content"]), "pass")
        return {"errcode": 0, "errmsg": "ok", "result": {"suggest": suggest, "label": 100}}


def signed(token: str, timestamp: str = "1", nonce: str = "n") -> dict[str, str]:
    """The query WeChat adds to what it pushes."""
    text = "".join(sorted((token, timestamp, nonce)))
    return {"signature": sha1(text.encode()).hexdigest(), "timestamp": timestamp, "nonce": nonce}


def sealed(
    token: str, key: str, appid: str, event: Mapping[str, Any]
) -> tuple[dict[str, str], dict[str, str]]:
    """What WeChat pushes in the safe mode: body and query."""
    text, secret = json.dumps(event).encode(), base64.b64decode(f"{key}=")
    plain = b"r" * 16 + len(text).to_bytes(4, "big") + text + appid.encode()
    more = 32 - len(plain) % 32
    encryptor = Cipher(algorithms.AES(secret), modes.CBC(secret[:16])).encryptor()
    body = base64.b64encode(encryptor.update(plain + bytes([more]) * more) + encryptor.finalize()).decode()
    query = signed(token)
    parts = sorted((token, query["timestamp"], query["nonce"], body))
    query |= {"encrypt_type": "aes", "msg_signature": sha1("".join(parts).encode()).hexdigest()}
    return {"ToUserName": "gh_1", "Encrypt": body}, query


@contextmanager
def wechat_server() -> Iterator[WechatServer]:
    """A running stand-in; its `address` goes into the client."""
    state = WechatServer()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    server = asyncio.run_coroutine_threadsafe(_started(state), loop).result()
    try:
        yield state
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


async def _started(state: WechatServer, port: int = 0) -> asyncio.Server:
    server = await asyncio.start_server(lambda r, w: _serve(state, r, w), "127.0.0.1", port)
    state.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    return server


async def _serve(state: WechatServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
        while await _answered(state, reader, writer):
            pass
    writer.close()


async def _answered(state: WechatServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    """One request and its answer; False when the line breaks."""
    head = await reader.readuntil(b"\r\n\r\n")
    first, _, rest = head.partition(b"\r\n")
    length = 0
    for line in rest.split(b"\r\n"):
        if line[:15].lower() == b"content-length:":
            length = int(line[15:])
    body = json.loads(await reader.readexactly(length)) if length else {}
    address = urlsplit(first.split(b" ")[1].decode())
    query = {name: values[-1] for name, values in parse_qs(address.query).items()}
    fault = state.faults.pop(0) if state.faults else None
    if state.latency:
        await asyncio.sleep(state.latency)
    if fault == "drop":
        # As when the line breaks after the work was done.
        state.answer(address.path, query, body)
        return False
    answer = _error(fault, "fault") if isinstance(fault, int) else state.answer(address.path, query, body)
    text = b"<html>" if fault == "garbage" else json.dumps(answer).encode()
    status = b"503 Busy" if fault == "503" else b"200 OK"
    writer.write(b"HTTP/1.1 %b\r\nContent-Length: %d\r\n\r\n%b" % (status, len(text), text))
    await writer.drain()
    return True


def _error(code: int, message: str) -> dict[str, Any]:
    return {"errcode": code, "errmsg": message}


async def _run(state: WechatServer) -> None:
    server = await _started(state)
    print(state.address, flush=True)
    async with server:
        # It ends when whoever started it closes its stdin.
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


def main() -> None:
    """Serve until stdin ends; the first line on stdout is the address."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--latency", type=float, default=0.0)
    parser.add_argument("--keep", action="store_true")
    given = parser.parse_args()
    state = WechatServer(latency=given.latency, open_to_all=True, keep=given.keep, daily_quota=ENDLESS)
    asyncio.run(_run(state))


@contextmanager
def wechat_process(latency: float = 0.0, keep: bool = True) -> Iterator[str]:
    """The address of a stand-in that runs as a process of its own."""
    command = [sys.executable, "-m", "tests.standins.wechat", "--latency", str(latency)]
    with subprocess.Popen(
        [*command, *(["--keep"] if keep else [])], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None and child.stdin is not None
        yield child.stdout.readline().strip()
        child.stdin.close()


if __name__ == "__main__":
    main()
