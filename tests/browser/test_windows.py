"""Two windows of one visitor, questions that need a yes by keyboard alone, and what goes on paper."""

from __future__ import annotations

import re

import httpx
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewVisit, come
from tests.servers.site import Site


def _find_the_sign_in_out_of_date(page: Page) -> list[int]:
    """The next question gets a 401, as after some minutes; what asking for a new sign-in answered."""
    renewals: list[int] = []
    refused = {"code": "unauthenticated", "message": "登录已失效，请重新登录。", "details": {}}
    page.route("**/api/v1/messages?**", lambda route: route.fulfill(status=401, json=refused), times=1)
    page.on("response", lambda one: one.url.endswith("/sessions/refresh") and renewals.append(one.status))
    with page.expect_response(lambda one: "/api/v1/messages?" in one.url and one.ok):
        page.get_by_role("main").get_by_role("button", name="待处理").click()
    return renewals


def test_two_windows_stay_signed_in_together_and_leave_together(
    site: Site, firms: list[str], visit: NewVisit
) -> None:
    first = visit(forgive=("401",))
    one = first.sign_in(site.invitation(firms[0]))
    second = come(one.context.new_page(), site, 390)
    other = second.page
    for page in (first, second):
        page.show("/#/pages/inbox")
    # Each in turn finds its sign-in out of date; a renewal used up by one window must not end the other's.
    for page in (one, other, one):
        assert _find_the_sign_in_out_of_date(page) == [200]
        expect(page.get_by_role("main").get_by_role("group", name="哪些消息")).to_be_visible()
    first.show("/#/pages/mine")
    one.get_by_role("button", name="退出登录").click()
    expect(other.get_by_text("登录后可以收消息。")).to_be_visible()


def test_a_question_before_something_final_is_answered_by_keyboard_alone(
    site: Site, firms: list[str], visit: NewVisit
) -> None:
    someone = visit(1280)
    page = someone.sign_in(site.invitation(firms[0]))
    asked = {"uscc": firms[0], "title": "示例：会撤回的诉求", "text": "示例：先问问。"}
    made = site.ask("POST", "/staff/requests", site.staff("demo-editor"), json=asked)
    someone.show(f"/#/pages/request?id={made['id']}")
    back = page.get_by_role("main").get_by_role("button", name="撤回诉求")
    question = page.get_by_role("dialog", name="撤回诉求")
    back.focus()
    page.keyboard.press("Enter")
    expect(question).to_be_visible()
    expect(question.get_by_role("button", name="取消")).to_be_focused()
    someone.check_accessible()
    someone.keep("app-question")
    page.keyboard.press("Escape")
    expect(question).to_have_count(0)
    expect(back).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("main").get_by_text("已撤回。")).to_be_visible()


def test_a_wrong_password_is_called_so(visit: NewVisit) -> None:
    someone = visit(forgive=("401",))
    main = someone.open("/#/pages/sign-in").get_by_role("main")
    main.get_by_text("我是工作人员").click()
    main.locator("input#name").fill("demo-editor")
    main.locator("input#password").fill("no-such-password")
    main.get_by_role("button", name="登录", exact=True).last.click()
    expect(main.get_by_role("alert").first).to_have_text("用户名或密码不正确。")


def test_what_a_policy_says_goes_on_paper_and_what_only_works_on_a_screen_does_not(visit: NewVisit) -> None:
    someone = visit(1280, scheme="dark")
    page = someone.show("/#/pages/policy?slug=gaoqi-rending")
    page.emulate_media(media="print", color_scheme="dark")
    main = page.get_by_role("main")
    for told in (main.get_by_role("heading", name="要点"), main.get_by_role("heading", name="条文")):
        expect(told).to_be_visible()
    expect(page.get_by_role("navigation")).to_be_hidden()
    for button in ("打印本页", "没看懂或有错"):
        expect(main.get_by_text(re.compile(button)).first).to_be_hidden()
    expect(main.get_by_role("link", name="登录看企业档案的结果")).to_be_hidden()
    # Ink on white, whatever the screen's colours were.
    pairs = page.evaluate(
        "[...document.querySelectorAll('main .sheet, main .quiet, main .h2, main .notice')]"
        ".map((one) => getComputedStyle(one)).map((one) => one.color)"
    )
    assert pairs
    light = [one for one in pairs if min(map(int, re.findall(r"\d+", one)[:3])) > 120]
    assert light == []
    someone.keep("print-policy")


def test_a_link_to_the_site_says_what_it_is_where_it_is_shared(site: Site, built_page: object) -> None:
    page = httpx.get(f"{site.base}/").text
    for told in ("og:title", "og:description", "og:site_name"):
        assert f'property="{told}" content="' in page
