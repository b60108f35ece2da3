"""A web site on loopback that answers as it is told: pages there, gone, moved, forbidden, slow."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Site:
    """`answers` maps a path to a status, or to a status and where it leads; `asked` lists what was asked."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.answers: dict[str, int | tuple[int, str]] = {}
        self.asked: list[str] = []


@contextmanager
def a_site() -> Iterator[Site]:
    """The running site."""
    site = Site("")

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append(self.path)
            answer = site.answers.get(self.path, 200)
            status, target = answer if isinstance(answer, tuple) else (answer, "")
            self.send_response(status)
            if target:
                self.send_header("Location", target)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    site.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
