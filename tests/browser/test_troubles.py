"""Every screen when the service is busy, broken, silent or out of reach: words and a way on."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Locator, Page, Request, Route, expect

from backend.demo.page import SOURCES
from tests.browser.conftest import NewVisit, Visit
from tests.servers.site import Site

NOBODY, PERSON, STAFF = "nobody", "person", "staff"
# Who opens a screen, and what its address asks; {…} is filled with what the site has.
SCREENS = {
    "pages/home": (NOBODY, ""),
    "pages/search": (NOBODY, "?q=高企"),
    "pages/policy": (PERSON, "?slug=gaoqi-rending"),
    "pages/check": (NOBODY, ""),
    "pages/ask": (NOBODY, "?policy=pudong-gaoqi-zizhu"),
    "pages/five": (NOBODY, ""),
    "pages/sign-in": (NOBODY, ""),
    "pages/mine": (PERSON, ""),
    "pages/message": (PERSON, "?id={message}"),
    "pages/inbox": (PERSON, ""),
    "pages/settings": (PERSON, ""),
    "pages/email": (PERSON, ""),
    "pages/answers": (PERSON, ""),
    "pages/applications": (PERSON, ""),
    "pages/facts": (PERSON, ""),
    "pages/fact": (PERSON, "?name=staff&period=2025"),
    "pages/privacy": (PERSON, ""),
    "pages/courses": (PERSON, ""),
    "pages/session": (NOBODY, "?id=demo-session-basics"),
    "pages/institutions": (NOBODY, ""),
    "pages/liaison": (STAFF, ""),
    "pages/call-list": (STAFF, ""),
    "pages/people": (NOBODY, ""),
    "pages/help": (PERSON, ""),
    "pages/requests": (PERSON, ""),
    "pages/request": (PERSON, "?id={request}"),
    "pages/feedback": (PERSON, ""),
    "pages/visits": (STAFF, ""),
    "pages/ladder": (PERSON, ""),
    "staff/requests": (STAFF, ""),
    "staff/request": (STAFF, "?id={request}"),
    "staff/drafts": (STAFF, ""),
    "staff/handovers": (STAFF, ""),
    "staff/pool-runs": (STAFF, ""),
    "staff/pool-run": (STAFF, "?id={run}"),
    "charts/map": (NOBODY, "?node=policy:gaoqi-rending"),
    "charts/firm": (PERSON, ""),
}
# The screens that ask the service for nothing before a tap.
QUIET = {"pages/email", "pages/help"}
# Seconds until a screen must say what it has to; only one that does not takes as long.
PATIENCE = 20
RAW = re.compile(r"undefined|\[object|null|NaN|Error|internal_error|too_many|request:fail|<html")


def _busy(route: Route) -> None:
    told = {"code": "too_many_requests", "message": "Too Many Requests", "details": {}}
    route.fulfill(status=429, headers={"Retry-After": "12"}, json=told)


def _broken(route: Route) -> None:
    route.fulfill(status=500, content_type="text/html", body="<html>Internal Server Error</html>")


def _silent(route: Route) -> None:
    """No answer ever comes."""


def _gone(route: Route) -> None:
    route.abort("connectionfailed")


TROUBLES = {
    "busy": (_busy, "12秒"),
    "broken": (_broken, "服务暂时出了问题，请稍后再试"),
    "silent": (_silent, "网络太慢"),
    "gone": (_gone, "连不上网络"),
}
# The page waits long for an answer and pauses between tries; while there is trouble it is in a hurry.
_HURRY = """(() => {
  const usual = window.setTimeout
  const short = (wait) => (wait > 500 ? wait / Number(sessionStorage.hurry || 1) : wait)
  window.setTimeout = (action, wait, ...more) => usual(action, short(wait), ...more)
})()"""
_FORGET = (
    "Object.keys(localStorage).filter(k => k.includes('seen.')).forEach(k => localStorage.removeItem(k))"
)


def _pages() -> set[str]:
    told = re.sub(r"^\s*//.*$", "", (SOURCES / "src/pages.json").read_text("utf-8"), flags=re.M)
    known = json.loads(told)
    inside = {f"{part['root']}/{page['path']}" for part in known["subPackages"] for page in part["pages"]}
    return {page["path"] for page in known["pages"]} | inside


def test_every_screen_there_is_is_looked_at() -> None:
    assert set(SCREENS) == _pages()


@pytest.fixture
def known(site: Site, firms: list[str]) -> dict[str, str]:
    """What the addresses name."""
    asked = {"uscc": firms[0], "title": "示例：遇到故障时的诉求", "text": "示例：看看能否重试。"}
    made = site.ask("POST", "/staff/requests", site.staff("demo-editor"), json=asked)
    run = site.ask("POST", "/staff/pool-runs", site.staff("demo-editor"), json={"kind": "yearly"})["id"]
    sent = site.ask("GET", "/staff/messages", site.staff("demo-admin"), params={"uscc": firms[0]})
    message = next(one["id"] for one in sent["items"] if one["policy"])
    until = time.monotonic() + 60
    while site.ask("GET", f"/staff/pool-runs/{run}", site.staff("demo-editor"))["status"] != "done":
        assert time.monotonic() < until, "the evaluation does not end"
        time.sleep(0.2)
    return {"request": made["id"], "message": message, "run": run}


@contextmanager
def _trouble(page: Page, kind: str) -> Iterator[list[str]]:
    asked: list[str] = []

    def meet(route: Route) -> None:
        asked.append(route.request.url)
        TROUBLES[kind][0](route)

    page.evaluate(_FORGET)
    # Where answers do come they must come before the page gives up on them.
    page.evaluate("(hurry) => { sessionStorage.hurry = hurry }", 150 if kind == "silent" else 5)
    page.route("**/api/v1/**", meet)
    yield asked
    page.unroute("**/api/v1/**")
    page.evaluate("sessionStorage.hurry = 1")


def _usual(page: Page, asking: set[Request]) -> str:
    """The words of a screen once nothing is asked any more and they have stayed the same for a while."""
    main = page.get_by_role("main")
    expect(main).to_have_count(1)
    told, since = "", time.monotonic()
    until = since + PATIENCE
    while time.monotonic() < min(since + 0.7, until):
        page.wait_for_timeout(50)
        now = _words(main)
        if asking or now != told:
            told, since = now, time.monotonic()
    return told


def _words(main: Locator) -> str:
    return re.sub(r"\s+", " ", main.inner_text())


def _enter(someone: Visit, who: str, site: Site, firms: list[str]) -> None:
    if who == PERSON:
        someone.sign_in(site.invitation(firms[0]))
    if who == STAFF:
        someone.sign_in_staff("demo-editor", site.passwords["demo-editor"])


def _look(someone: Visit, address: str, kind: str, usual: str) -> Iterator[str]:
    """What is wrong with one screen in one trouble."""
    page, main, words = someone.page, someone.page.get_by_role("main"), TROUBLES[kind][1]
    with _trouble(page, kind) as asked:
        someone.open(address)
        expect(main.get_by_role("heading", level=1)).to_be_attached()
        told = _wait_for(main, lambda told: words in told or (not asked and told == usual))
    if (address.partition("?")[0].removeprefix("/#/") in QUIET) != (not asked):
        yield f"asked for {asked}"
    if asked and words not in told:
        yield f"says {told[:300]!r}"
    if found := RAW.search(told):
        yield f"raw {found[0]!r}"
    if (now := _try_again(main, usual)) != usual:
        yield f"after trying again {now[:1500]!r} instead of {usual[:1500]!r}"


def _try_again(main: Locator, usual: str) -> str:
    """The words once every offer to try again was taken."""
    again = main.get_by_role("button", name="再试一次")

    def right(told: str) -> bool:
        again.evaluate_all("offers => offers[0]?.click()")
        return told == usual

    return _wait_for(main, right)


def _wait_for(main: Locator, right: Callable[[str], bool]) -> str:
    until = time.monotonic() + PATIENCE
    while not right(told := _words(main)) and time.monotonic() < until:
        main.page.wait_for_timeout(30)
    return told


# Hundreds of loads against the clock: apart from `make test`, with what else takes its time.
@pytest.mark.torture
@pytest.mark.parametrize("who", [NOBODY, PERSON, STAFF])
def test_a_screen_in_trouble_says_what_to_do_and_tries_again(
    site: Site, firms: list[str], known: dict[str, str], visit: NewVisit, who: str
) -> None:
    someone = visit(forgive=("429", "500", "ERR_"))
    someone.page.add_init_script(_HURRY)
    asking: set[Request] = set()
    someone.page.on("request", lambda sent: asking.add(sent))
    someone.page.on("requestfinished", lambda sent: asking.discard(sent))
    someone.page.on("requestfailed", lambda sent: asking.discard(sent))
    _enter(someone, who, site, firms)
    there = {
        screen: f"/#/{screen}{asked.format(**known)}"
        for screen, (whose, asked) in SCREENS.items()
        if whose == who
    }
    usual, wrong = {}, {}
    for screen, address in there.items():
        someone.open(address)
        usual[screen] = _usual(someone.page, asking)
    for kind in TROUBLES:
        # Loaded anew: the page keeps a screen it was at before as it was left.
        someone.open(f"/?{kind}#/pages/help")
        for screen, address in there.items():
            if found := list(_look(someone, address, kind, usual[screen])):
                wrong[f"{kind} {screen}"] = found
    assert wrong == {}, json.dumps(wrong, ensure_ascii=False, indent=1)
