"""gunicorn's threads, with our kind of answer to requests that never reach the application."""

from __future__ import annotations

import json
from typing import Any

from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine
from gunicorn.util import write_nonblock
from gunicorn.workers.gthread import ThreadWorker

_TOO_LONG = {
    LimitRequestLine: ("414 URI Too Long", "uri_too_long", "地址太长，请缩短检索词或减少筛选项。"),
    LimitRequestHeaders: ("431 Request Header Fields Too Large", "headers_too_large", "请求头太大。"),
}


class JsonThreadWorker(ThreadWorker):
    """Says in our words that a request is too long to be read; all else is gunicorn's."""

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        answer = next((told for cls, told in _TOO_LONG.items() if isinstance(exc, cls)), None)
        if answer is None:
            super().handle_error(req, client, addr, exc)
            return
        status, code, message = answer
        body = json.dumps({"code": code, "message": message, "details": {}}, ensure_ascii=False).encode()
        head = (
            f"HTTP/1.1 {status}\r\nConnection: close\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        write_nonblock(client, head.encode() + body)
