"""JSON over HTTP to one OpenSearch address; every thread has its own connection."""

from __future__ import annotations

import base64
import http.client
import json
import threading
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import SplitResult, quote, unquote, urlsplit

from search_index.engine import IndexUnusableError

SECONDS = 30.0


class RefusedError(Exception):
    """OpenSearch answered with an error: the status and what it said."""

    def __init__(self, status: int, answer: Any) -> None:
        super().__init__(f"OpenSearch answered {status}: {str(answer)[:300]}")
        self.status = status
        self.answer = answer


class Client:
    """Sends one request at a time and thread; an address that does not answer is an unusable index."""

    def __init__(self, url: str) -> None:
        self._at: SplitResult = urlsplit(url)
        self._local = threading.local()
        self._headers = {"Content-Type": "application/json"}
        if self._at.username:
            login = f"{unquote(self._at.username)}:{unquote(self._at.password or '')}"
            self._headers["Authorization"] = "Basic " + base64.b64encode(login.encode()).decode()

    @property
    def name(self) -> str:
        """The name of the index: the path of the address."""
        return self._at.path.strip("/") or "policymap-search"

    def send(self, method: str, path: str, body: Any = None) -> Any:
        """The answer; RefusedError when it is an error."""
        return self._send(method, path, None if body is None else json.dumps(body))

    def send_lines(self, path: str, lines: Iterable[Mapping[str, Any]]) -> Any:
        """The same for requests of one JSON object a line."""
        return self._send("POST", path, "".join(json.dumps(line) + "\n" for line in lines))

    def _send(self, method: str, path: str, body: str | None) -> Any:
        try:
            status, told = self._exchange(method, path, body)
        except (OSError, http.client.HTTPException):
            # A kept connection may have been closed from the other side; every request may be repeated.
            self._forget()
            try:
                status, told = self._exchange(method, path, body)
            except (OSError, http.client.HTTPException) as error:
                self._forget()
                raise IndexUnusableError("检索服务没有应答") from error
        answer = json.loads(told) if told else None
        if status in (429, 502, 503):
            raise IndexUnusableError("检索服务繁忙")
        if status >= 400:
            raise RefusedError(status, answer)
        return answer

    def _exchange(self, method: str, path: str, body: str | None) -> tuple[int, bytes]:
        connection = self._connection()
        connection.request(method, quote(path, safe="/?=&,*_-.%:"), body, self._headers)
        response = connection.getresponse()
        return response.status, response.read()

    def _connection(self) -> http.client.HTTPConnection:
        connection: http.client.HTTPConnection | None = getattr(self._local, "connection", None)
        if connection is None:
            kind = http.client.HTTPSConnection if self._at.scheme == "https" else http.client.HTTPConnection
            connection = kind(self._at.hostname or "", self._at.port, timeout=SECONDS)
            self._local.connection = connection
        return connection

    def _forget(self) -> None:
        connection = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            self._local.connection = None
