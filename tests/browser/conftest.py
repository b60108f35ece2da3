"""Visitors in a real browser, on the real server with the demo's data and the built page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect

from backend.demo.page import SOURCES
from tests.servers.product import ROOT
from tests.servers.site import Site

SCREENS = ROOT / "var/screens"
AXE = SOURCES / "node_modules/axe-core/axe.min.js"
_RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_PATIENCE = 900


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The first test also builds the page and loads the demo."""
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.timeout(_PATIENCE))


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

    def show(self, path: str) -> Page:
        """Go there and wait until everything asked for stands there."""
        page = self.open(path)
        page.wait_for_load_state("networkidle")
        expect(page.get_by_role("heading", level=1).first).to_be_visible()
        expect(page.get_by_role("status", name="正在载入")).to_have_count(0)
        return page

    def wait_for_all_code(self) -> None:
        """The other screens' code comes some seconds after the first screen."""
        self.page.wait_for_function(
            "last => performance.getEntriesByType('resource').some(({name}) => name.includes(last))",
            arg="staff-requests",
        )
        self.page.wait_for_load_state("networkidle")

    def keep(self, name: str) -> None:
        """A screenshot, for people to look at."""
        SCREENS.mkdir(parents=True, exist_ok=True)
        self.page.evaluate("scrollTo(0, 0)")
        dark = "-dark" if self.scheme == "dark" else ""
        self.page.screenshot(path=SCREENS / f"{name}-{self.width}{dark}.png", full_page=True)

    def check_accessible(self) -> None:
        """No finding of axe."""
        # Bars that stay in place must not count against what has scrolled beneath them.
        self.page.evaluate("scrollTo(0, 0)")
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

    def sign_in(self, code: str) -> Page:
        """As somebody of a firm, by its invitation, after reading and agreeing."""
        main = self.open("/#/pages/sign-in").get_by_role("main")
        self.agree_and_enter(code)
        expect(main.get_by_role("heading", level=1, name="我的")).to_be_visible()
        expect(main.get_by_text(re.compile("^[0-9A-Z]{18}$")).first).to_be_visible()
        return self.page

    def agree_and_enter(self, code: str) -> None:
        """On the screen of signing in: agree, and enter by a firm's invitation."""
        main = self.page.get_by_role("main")
        main.get_by_role("checkbox").first.click()
        main.get_by_role("textbox").first.fill(code)
        main.get_by_role("button", name="登录", exact=True).first.click()

    def sign_in_staff(self, name: str, password: str) -> Page:
        """As a member of staff."""
        main = self.open("/#/pages/sign-in").get_by_role("main")
        main.get_by_text("我是工作人员").click()
        main.locator("input#name").fill(name)
        main.locator("input#password").fill(password)
        main.get_by_role("button", name="登录", exact=True).last.click()
        expect(main.get_by_role("heading", name=name)).to_be_visible()
        return self.page

    def settle(self) -> list[str]:
        """What was complained of and is not forgiven."""
        return [told for told in self.complaints if not any(part in told for part in self.forgiven)]


@pytest.fixture(scope="session")
def firms(site: Site) -> list[str]:
    """Firms that have messages."""
    found = site.firms()
    assert len(found) >= 3
    return found


NewVisit = Callable[..., Visit]


@pytest.fixture
def visit(site: Site, chromium: Browser, built_page: Path) -> Iterator[NewVisit]:
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
        visits.append(come(context.new_page(), site, width, scheme, forgive))
        return visits[-1]

    yield begin
    wrong = [told for visit in visits for told in visit.settle()]
    for visit in visits:
        visit.page.context.close()
    assert wrong == []


def come(page: Page, site: Site, width: int, scheme: str = "light", forgive: tuple[str, ...] = ()) -> Visit:
    """A visitor with this page of a browser."""
    page.context.set_default_timeout(15_000)
    visit = Visit(page, site.base, width, scheme, forgive)
    _listen(visit)
    return visit


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
