"""The web page as somebody new walks it: what is open to all."""

from __future__ import annotations

import re
import time

import httpx
import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import NewVisit, Visit
from tests.servers.site import Site

SCREENS = {
    "home": "/",
    "search": "/#/pages/search?q=高企",
    "policy": "/#/pages/policy?slug=gaoqi-rending",
    "policy-expired": "/#/pages/policy?slug=pudong-gaoqi-zizhu",
    "check": "/#/pages/check",
    "five": "/#/pages/five",
    "ladder": "/#/pages/ladder",
    "map": "/#/charts/map?node=policy:gaoqi-rending",
}


_SHIFTS = """window.shifted = 0
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) if (!one.hadRecentInput) window.shifted += one.value
}).observe({type: 'layout-shift', buffered: true})"""


def _answer_late(route: Route) -> None:
    time.sleep(0.15)
    route.continue_()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_every_screen_is_open_to_all_kinds_of_readers(visit: NewVisit, width: int, scheme: str) -> None:
    for name, path in SCREENS.items():
        someone = visit(width, scheme)
        someone.page.add_init_script(_SHIFTS)
        someone.page.route("**/api/v1/**", _answer_late)
        someone.show(path)
        # What is being read does not jump when the rest comes.
        assert someone.page.evaluate("window.shifted") < 0.05, name
        someone.check_accessible()
        someone.check_width()
        someone.keep(f"app-{name}")
        someone.page.context.close()


@pytest.mark.parametrize("width", [320, 640])
def test_everything_fits_when_the_reader_zooms_in(visit: NewVisit, width: int) -> None:
    # A screen 1280 wide has 640 points at 200 % and 320 at 400 %.
    someone = visit(width)
    for path in SCREENS.values():
        someone.show(path)
        someone.check_width()


def test_nobody_else_is_asked_even_after_a_while(visit: NewVisit) -> None:
    someone = visit()
    someone.show("/")
    someone.wait_for_all_code()


def test_from_the_first_screen_to_a_policy_and_back(visit: NewVisit) -> None:
    page = visit().open("/")
    page.get_by_role("textbox").first.fill("高企")
    page.get_by_role("button", name="查找").click()
    expect(page.get_by_role("status")).to_contain_text(re.compile(r"共 \d+ 条"))
    page.get_by_role("button", name=re.compile("^政策 ")).click()
    found = page.get_by_role("main").get_by_role("link").first
    title = found.get_by_role("heading").inner_text()
    found.click()
    expect(page.get_by_role("main").get_by_role("heading", name=title).first).to_be_visible()
    assert title in page.title()
    page.go_back()
    expect(page.get_by_role("status")).to_contain_text(re.compile(r"共 \d+ 条"))


def test_a_policy_says_what_it_is_how_sure_that_is_and_where_it_is_written(visit: NewVisit) -> None:
    page = visit().open(SCREENS["policy"])
    main = page.get_by_role("main")
    for told in ("国科发火〔2016〕32号", "未对照原文", "要点"):
        expect(main.get_by_text(told).first).to_be_visible()
    official = main.locator("a[href^='https://www.most.gov.cn/']").first
    expect(official).to_be_visible()


def test_an_expired_policy_says_so_first(visit: NewVisit) -> None:
    page = visit().open(SCREENS["policy-expired"])
    notice = page.get_by_text("这项政策已经到期，不能再按它申请")
    expect(notice).to_be_visible()
    points = page.get_by_role("heading", name="要点")
    assert notice.bounding_box()["y"] < points.bounding_box()["y"]


def test_the_plain_page_leads_into_the_app(visit: NewVisit) -> None:
    page = visit().open("/policies/gaoqi-rending")
    page.get_by_role("link", name=re.compile("在政策导图中查看")).click()
    expect(page.get_by_role("main").get_by_text("国科发火〔2016〕32号").first).to_be_visible()


# The map


def test_a_node_of_the_map_is_really_tapped(visit: NewVisit) -> None:
    page = visit().open(SCREENS["map"])
    canvas = page.locator("canvas").first
    expect(canvas).to_be_visible()
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(800)
    before = page.url
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box
    for row in range(1, 24):
        for column in range(1, 24):
            page.touchscreen.tap(box["x"] + box["width"] * column / 24, box["y"] + box["height"] * row / 24)
            if page.url != before:
                expect(page.get_by_role("main").get_by_role("heading", level=2).first).to_be_visible()
                return
    raise AssertionError("no node answered a tap")


def test_the_map_says_the_same_as_a_list(visit: NewVisit) -> None:
    page = visit().open(SCREENS["map"])
    main = page.get_by_role("main")
    main.get_by_role("link", name="上海市科技小巨人企业").click()
    expect(main.get_by_role("heading", level=2, name="上海市科技小巨人企业")).to_be_visible()


# Self-check


def _answer_nothing(page: Page, most: int = 40) -> None:
    """Go on with "I do not know" until there is no further question."""
    main = page.get_by_role("main")
    skip, heading = (
        main.get_by_role("button", name=re.compile("不知道")),
        main.get_by_role("heading", level=2).first,
    )
    expect(skip.first).to_be_visible()
    for _ in range(most):
        if not skip.count():
            return
        question = heading.inner_text()
        skip.first.click()
        expect(heading).not_to_have_text(question)
    raise AssertionError("the questions do not end")


def test_a_check_is_kept_on_the_device_until_it_is_done(visit: NewVisit) -> None:
    someone = visit()
    page = someone.open(SCREENS["check"])
    question = page.get_by_role("main").get_by_role("heading", level=2).first
    first = question.inner_text()
    page.get_by_role("textbox").first.fill("3")
    page.get_by_role("button", name="下一题").click()
    expect(question).not_to_have_text(first)
    second = question.inner_text()
    page.reload()
    expect(question).to_have_text(second)
    _answer_nothing(page)
    expect(page.get_by_role("main")).to_contain_text("分")
    someone.check_accessible()
    someone.keep("app-check-result")
    # The report on paper has every condition, those folded away on the screen too.
    folded = page.locator(".fold-body.shut h3").first
    expect(folded).to_be_hidden()
    page.emulate_media(media="print")
    expect(folded).to_be_visible()
    someone.keep("print-check-result")


def test_five_questions_without_signing_in(visit: NewVisit) -> None:
    someone = visit()
    page = someone.open(SCREENS["five"])
    _answer_nothing(page, 8)
    expect(page.get_by_role("main").get_by_role("link").first).to_be_visible()
    someone.check_accessible()
    someone.keep("app-five-result")


# When something is wrong


def _refused(page: Page, status: int, code: str, message: str) -> None:
    body = {"code": code, "message": message, "details": {}}
    page.route("**/api/v1/search?**", lambda route: route.fulfill(status=status, json=body))


@pytest.mark.parametrize(
    ("status", "code", "message"),
    [
        (429, "too_many_requests", "操作太频繁，请在 12 秒后再试。"),
        (500, "internal_error", "系统出错，请稍后再试。"),
        (503, "index_rebuilding", "检索索引正在重建，请稍后再试。"),
        (422, "invalid_input", "检索词太长。"),
    ],
)
def test_what_the_server_says_is_shown_in_plain_chinese_and_can_be_tried_again(
    visit: NewVisit, status: int, code: str, message: str
) -> None:
    someone = visit(forgive=(str(status),))
    _refused(someone.page, status, code, message)
    page = someone.open(SCREENS["search"])
    main = page.get_by_role("main")
    expect(main).to_contain_text(re.compile("[，。]"))
    for raw in ("undefined", "[object", code, "Error", "null"):
        expect(main).not_to_contain_text(raw)
    expect(main.get_by_role("button", name=re.compile("再试|重试")).first).to_be_visible()
    someone.check_accessible()
    someone.keep(f"app-error-{status}")
    page.unroute("**/api/v1/search?**")
    main.get_by_role("button", name=re.compile("再试|重试")).first.click()
    expect(page.get_by_role("status").filter(has_text="共")).to_be_visible()


def test_a_dead_network_is_told_and_the_page_stays(visit: NewVisit) -> None:
    someone = visit(forgive=("ERR_", "Failed to load"))
    page = someone.show("/")
    page.route("**/api/v1/**", lambda route: route.abort("connectionfailed"))
    page.get_by_role("textbox").first.fill("高企")
    page.get_by_role("button", name="查找").click()
    expect(page.get_by_role("main")).to_contain_text(re.compile("网络|连接|连不上"))
    page.unroute("**/api/v1/**")


def test_a_network_that_never_answers_is_called_slow(visit: NewVisit) -> None:
    someone = visit()
    someone.page.clock.install()
    page = someone.show("/")
    page.route("**/api/v1/search?**", lambda route: None)
    page.get_by_role("textbox").first.fill("高企")
    page.get_by_role("button", name="查找").click()
    expect(page.get_by_role("status", name="正在载入").first).to_be_visible()
    for _ in range(4):
        page.clock.run_for(16_000)
    expect(page.get_by_role("main")).to_contain_text("网络太慢")
    someone.check_accessible()
    page.unroute("**/api/v1/search?**")


def test_an_address_that_leads_nowhere(visit: NewVisit) -> None:
    someone = visit(forgive=("404",))
    page = someone.open("/#/pages/policy?slug=none-such")
    expect(page.get_by_role("main")).to_contain_text("没有找到")
    someone.check_accessible()


def test_the_screens_ask_only_for_what_the_api_has(site: Site, visit: NewVisit) -> None:
    known = {
        re.sub(r"\{\w+\}", "[^/]+", path)
        for path in httpx.get(f"{site.base}/api/v1/swagger.json").json()["paths"]
    }
    asked: set[str] = set()
    someone: Visit = visit()
    someone.page.on("request", lambda request: asked.add(request.url.partition("?")[0]))
    for path in SCREENS.values():
        someone.show(path)
    local = {url.removeprefix(f"{site.base}/api/v1") for url in asked if "/api/v1/" in url}
    assert local
    strange = {path for path in local if not any(re.fullmatch(pattern, path) for pattern in known)}
    assert strange == set()
