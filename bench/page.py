"""The web page in a real Chromium over a slow 4G (1.6 Mbit/s, 150 ms), and what the builds cost.

"Content visible" is the moment at which the text named below stands on the screen, counted from the click:
not the first paint, which may be an empty frame. The CPU of the machine is left as it is.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, Page

from backend.demo.page import SOURCES, PageError, find_node, install, run
from backend.pages.built import BESIDE
from bench import Row, write_rows
from bench.http import free_port, running
from tests.servers.browser import chromium

ROUNDS = 5
PATIENCE = 60
SLOW_4G = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
}
# The screen, its address, and a text of its content.
SCREENS = (
    ("home", "/", "现在能享受哪些政策"),
    ("a policy", "/#/pages/policy?slug=gaoqi-rending", "国科发火〔2016〕32号"),
    ("a policy's plain page", "/policies/gaoqi-rending", "国科发火〔2016〕32号"),
)
_WATCH = """
window.layoutShift = 0
new PerformanceObserver(list => {
  for (const one of list.getEntries()) if (!one.hadRecentInput) window.layoutShift += one.value
}).observe({type: 'layout-shift', buffered: true})
const look = () => {
  const walker = document.body && document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (walker && walker.nextNode()) {
    const inside = walker.currentNode.parentElement
    if (walker.currentNode.data.includes(%r) && inside.getClientRects().length) {
      window.contentAt = performance.now()
      return
    }
  }
  requestAnimationFrame(look)
}
requestAnimationFrame(look)
"""
_SCRIPTS = """at => performance.getEntriesByType('resource')
  .filter(one => /\\.js(\\?|$)/.test(one.name) && one.responseEnd <= at)
  .reduce((sum, one) => sum + one.encodedBodySize, 0)"""


@dataclass(frozen=True)
class Load:
    """One first visit, nothing in the cache."""

    content: float
    paint: float
    shift: float
    scripts: int
    requests: int
    bytes: int


def load(browser: Browser, address: str, text: str) -> Load:
    """Open an address over the slow network and watch."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN", has_touch=True)
    page = context.new_page()
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    network.send("Network.emulateNetworkConditions", SLOW_4G)
    sizes: list[float] = []
    network.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.add_init_script(_WATCH % text)
    page.goto(address, wait_until="commit")
    content = _content_at(page)
    scripts = int(page.evaluate(_SCRIPTS, content))
    page.wait_for_load_state("networkidle")
    paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    shift = page.evaluate("window.layoutShift")
    context.close()
    return Load(content / 1000, float(paint) / 1000, float(shift), scripts, len(sizes), int(sum(sizes)))


def _content_at(page: Page) -> float:
    # Asked again and again: the page's security policy forbids the waiting that Playwright itself would do.
    for _ in range(PATIENCE * 20):
        if found := page.evaluate("window.contentAt"):
            return float(found)
        page.wait_for_timeout(50)
    raise RuntimeError(f"{page.url}: no content within {PATIENCE} s")


@contextmanager
def demo_site() -> Iterator[str]:
    """The real server over the demo's data and the built page."""
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        env = {
            "POLICYMAP_DATA_DIR": f"{folder}/var",
            "POLICYMAP_PORT": str(port),
            "POLICYMAP_WEB_ROOT": str(BESIDE),
        }
        command = [sys.executable, "-m", "backend.cli"]
        quiet = {"stdout": subprocess.DEVNULL, "check": True}
        subprocess.run([*command, "demo"], env={**os.environ, **env, "DEMO_SERVE": "0"}, **quiet)  # type: ignore[call-overload]
        with running([*command, "serve"], port, "/readyz", **env) as base:
            yield base


def builds(tools: dict[str, str]) -> Iterator[Row]:
    """Both builds, anew."""
    for label, script in (("web page", "build:h5"), ("mini-program", "build:mp-weixin")):
        started = time.monotonic()
        run(tools, ["npm", "run", script], SOURCES, f"{label} was not built")
        seconds = time.monotonic() - started
        yield Row(f"building the {label} (s)", seconds, None, None, "<= 60", seconds <= 60)
    kilobytes = main_package(SOURCES / "dist/build/mp-weixin") / 1024
    yield Row("mini-program, main package (KB)", kilobytes, None, None, "<= 700", kilobytes <= 700)


def main_package(folder: Path) -> int:
    """Bytes of a built mini-program that are loaded before its first screen: all but its sub-packages."""
    app = json.loads((folder / "app.json").read_text("utf-8"))
    apart = [folder / package["root"] for package in app.get("subPackages", [])]
    files = (path for path in folder.rglob("*") if path.is_file())
    return sum(path.stat().st_size for path in files if not any(path.is_relative_to(one) for one in apart))


def visits(browser: Browser, base: str) -> Iterator[Row]:
    """First visits of each screen, rounds interleaved."""
    seen: dict[str, list[Load]] = {name: [] for name, _, _ in SCREENS}
    for _ in range(ROUNDS):
        for name, path, text in SCREENS:
            seen[name].append(load(browser, base + path, text))
    for name, loads in seen.items():
        content = median(one.content for one in loads)
        scripts = median(one.scripts for one in loads) / 1024
        shift = max(one.shift for one in loads)
        yield Row(f"{name}: content visible (s)", content, None, None, "<= 2.0", content <= 2.0)
        yield Row(f"{name}: first paint (s)", median(one.paint for one in loads), None, None, "-", None)
        yield Row(f"{name}: JS before content (KB gz)", scripts, None, None, "<= 150", scripts <= 150)
        yield Row(f"{name}: layout shift", shift, None, None, "<= 0.1", shift <= 0.1)
        yield Row(f"{name}: requests in all", median(one.requests for one in loads), None, None, "-", None)
        yield Row(
            f"{name}: bytes in all (KB)", median(one.bytes for one in loads) / 1024, None, None, "-", None
        )


def main() -> None:
    """Build, serve, visit."""
    (SOURCES / "dist").mkdir(exist_ok=True)
    try:
        tools = find_node(SOURCES, print)
        install(tools, SOURCES, print)
        rows = list(builds(tools))
    except PageError as error:
        raise SystemExit(str(error)) from error
    with chromium() as browser, demo_site() as base:
        rows += visits(browser, base)
    write_rows("page", rows)


if __name__ == "__main__":
    main()
