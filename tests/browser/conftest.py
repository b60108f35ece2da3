"""The real server with the demo's data and the built page, and visitors in a real browser."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request

from backend.demo.page import SOURCES
from backend.settings import Settings
from backend.shared.clock import SHANGHAI
from tests.servers.processes import free_port
from tests.servers.product import ROOT, environment, product

START = datetime(2026, 11, 26, 9, 0, tzinfo=SHANGHAI)
SCREENS = ROOT / "var/screens"
AXE = SOURCES / "node_modules/axe-core/axe.min.js"
_RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_PATIENCE = 900


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The first test also builds the page and loads the demo."""
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.timeout(_PATIENCE))


@dataclass(frozen=True)
class Site:
    """The running product and the demo's accounts."""

    base: str
    passwords: dict[str, str]

    def staff(self, name: str) -> dict[str, str]:
        """Headers of a signed-in member of staff."""
        asked = {"kind": "staff", "name": name, "password": self.passwords[name]}
        answer = httpx.post(f"{self.base}/api/v1/sessions", json=asked)
        assert answer.status_code == 200, answer.text
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}

    def invitation(self, uscc: str) -> str:
        """A code that lets a visitor act for a firm."""
        url = f"{self.base}/api/v1/staff/invitations"
        answer = httpx.post(url, json={"uscc": uscc}, headers=self.staff("demo-admin"))
        assert answer.status_code == 201, answer.text
        return str(answer.json()["code"])

    def firms(self) -> list[str]:
        """The firms of the pool that have messages, by code."""
        url = f"{self.base}/api/v1/staff/messages"
        answer = httpx.get(url, params={"limit": 100}, headers=self.staff("demo-admin"))
        assert answer.status_code == 200, answer.text
        return list(dict.fromkeys(item["uscc"] for item in answer.json()["items"]))


def demo_settings(folder: Path, built: Path, moment: datetime) -> Settings:
    """The demo's settings at a moment, on a port of its own."""
    return Settings(
        data_dir=folder,
        port=free_port(),
        web_root=built,
        clock_start=moment,
        sign_in_limit="1000 per minute",
        invitation_limit="1000 per minute",
        assessment_limit="1000 per minute",
    )


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, chromium: Browser, built_page: Path) -> Iterator[Site]:
    """The service as `make demo` leaves it."""
    folder = tmp_path_factory.mktemp("site")
    prepare = {**environment(demo_settings(folder / "var", built_page, START)), "DEMO_SERVE": "0"}
    command = [sys.executable, "-m", "backend.cli", "demo"]
    done = subprocess.run(command, cwd=ROOT, env=prepare, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    later = demo_settings(folder / "var", built_page, START + timedelta(minutes=30))
    lines = (folder / "var/demo-accounts.txt").read_text("utf-8").splitlines()
    with product(later, folder / "server.log") as running:
        yield Site(running.base, dict(line.split(" ", 1) for line in lines))


@dataclass
class Visit:
    """One visitor's page; whatever the browser complained about is kept."""

    page: Page
    base: str
    width: int
    scheme: str
    forgiven: tuple[str, ...] = ()
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """Go to an address of the site."""
        self.page.goto(f"{self.base}{path}")
        return self.page

    def keep(self, name: str) -> None:
        """A screenshot, for people to look at."""
        SCREENS.mkdir(parents=True, exist_ok=True)
        dark = "-dark" if self.scheme == "dark" else ""
        self.page.screenshot(path=SCREENS / f"{name}-{self.width}{dark}.png", full_page=True)

    def check_accessible(self) -> None:
        """No finding of axe."""
        # Evaluated by the browser's own door, which the page's security policy does not close.
        self.page.evaluate(AXE.read_text("utf-8"))
        found = self.page.evaluate(
            "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", list(_RULES)
        )
        told = [
            f"{problem['id']}: {node['html'][:160]} {node['failureSummary']}"
            for problem in found["violations"]
            for node in problem["nodes"][:5]
        ]
        assert told == [], f"{self.page.url}\n" + "\n".join(told)

    def check_width(self) -> None:
        """Nothing makes the page scroll sideways."""
        wide, room = self.page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        assert wide <= room, f"{self.page.url} is {wide} wide in {room}"

    def enlarge_text(self) -> None:
        """Text at 200 %, as a reader may set it."""
        self.page.evaluate("document.documentElement.style.fontSize = '200%'")

    def settle(self) -> list[str]:
        """What was complained of and is not forgiven."""
        return [told for told in self.complaints if not any(part in told for part in self.forgiven)]


NewVisit = Callable[..., Visit]


@pytest.fixture
def visit(site: Site, chromium: Browser) -> Iterator[NewVisit]:
    """`visit(width=390, scheme="dark")`: a new visitor; in the end nothing may have gone wrong."""
    visits: list[Visit] = []

    def begin(width: int = 390, scheme: str = "light", forgive: tuple[str, ...] = ()) -> Visit:
        touch = width < 800
        context = chromium.new_context(
            viewport={"width": width, "height": 844},
            color_scheme="dark" if scheme == "dark" else "light",
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            has_touch=touch,
            reduced_motion="reduce",
        )
        context.set_default_timeout(15_000)
        visit = Visit(context.new_page(), site.base, width, scheme, forgive)
        visits.append(visit)
        _listen(visit)
        return visit

    yield begin
    wrong = [told for visit in visits for told in visit.settle()]
    for visit in visits:
        visit.page.context.close()
    assert wrong == []


def _listen(visit: Visit) -> None:
    def heard(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            visit.complaints.append(f"{message.type}: {message.text}")

    def asked(request: Request) -> None:
        if not request.url.startswith((f"{visit.base}/", "data:", "blob:")):
            visit.complaints.append(f"another host: {request.url}")

    visit.page.on("console", heard)
    visit.page.on("request", asked)
    visit.page.on("pageerror", lambda error: visit.complaints.append(f"script: {error}"))
