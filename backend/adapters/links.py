"""Asks whether an official page still stands. Calls out, so it runs only where a setting says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urljoin, urlsplit

import httpx

OFFICIAL = (".gov.cn",)
_MOST_HOPS = 4
_GONE = {404, 410}


@dataclass(frozen=True)
class LinkAnswer:
    """What an address answered: it stands, it is gone, or it cannot be told; and why (Chinese)."""

    found: Literal["stands", "gone", "unclear"]
    reason: str


class LinkProbe:
    """Asks one address at a time; only hosts that end in one of `hosts`, also after a redirect."""

    def __init__(self, hosts: tuple[str, ...] = OFFICIAL, timeout: float = 10) -> None:
        self._hosts = hosts
        self._timeout = timeout

    def ask(self, url: str) -> LinkAnswer:
        """What the address answers now; never raises for what the network does."""
        try:
            with httpx.Client(timeout=self._timeout, follow_redirects=False) as client:
                return self._follow(client, url)
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            return LinkAnswer("unclear", f"没有连通（{type(error).__name__}）")

    def _follow(self, client: httpx.Client, url: str) -> LinkAnswer:
        for _ in range(_MOST_HOPS):
            parts = urlsplit(url)
            host = parts.hostname or ""
            if parts.scheme not in ("http", "https") or not host.endswith(self._hosts):
                return LinkAnswer("unclear", f"不是官方网址或转到了别处（{host[:80]}）")
            # The page itself is not wanted: its first line is enough.
            with client.stream("GET", url) as answer:
                status, target = answer.status_code, answer.headers.get("location", "")
            if not (300 <= status < 400 and target):
                return _judged(status)
            url = urljoin(url, target)
        return LinkAnswer("unclear", "转来转去，没有到达页面")


def _judged(status: int) -> LinkAnswer:
    if 200 <= status < 300:
        return LinkAnswer("stands", "可以打开")
    return LinkAnswer("gone" if status in _GONE else "unclear", f"网站返回 {status}")
