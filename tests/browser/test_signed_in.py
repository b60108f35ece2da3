"""The web page for somebody who signs in: consent first, messages and their reasons, two firms at once."""

from __future__ import annotations

import re

import httpx
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewVisit
from tests.servers.site import Site

SCREENS = {
    "mine": "/#/pages/mine",
    "inbox": "/#/pages/inbox",
    "answers": "/#/pages/answers",
    "facts": "/#/pages/facts",
    "settings": "/#/pages/settings",
    "privacy": "/#/pages/privacy",
    "courses": "/#/pages/courses",
    "institutions": "/#/pages/institutions",
    "people": "/#/pages/people",
    "help": "/#/pages/help",
    "requests": "/#/pages/requests",
    "feedback": "/#/pages/feedback",
    "applications": "/#/pages/applications",
    "firm": "/#/charts/firm",
}
STAFF_SCREENS = {
    "call-list": "/#/pages/call-list",
    "visits": "/#/pages/visits",
    "staff-requests": "/#/staff/requests",
    "handovers": "/#/staff/handovers",
}


def test_nothing_is_sent_before_consent(visit: NewVisit) -> None:
    someone = visit()
    sent: list[str] = []
    someone.page.on("request", lambda asked: asked.method != "GET" and sent.append(asked.url))
    page = someone.open("/#/pages/sign-in")
    main = page.get_by_role("main")
    main.get_by_role("textbox").first.fill("ABCD-EFGH-JKLM")
    button = main.get_by_role("button", name="登录", exact=True).first
    expect(button).to_be_disabled()
    button.click(force=True)
    page.wait_for_timeout(500)
    assert sent == []
    someone.check_accessible()
    someone.keep("app-sign-in")


def test_a_wrong_code_is_said_in_plain_words(visit: NewVisit) -> None:
    someone = visit(forgive=("401", "403", "404", "409", "422"))
    page = someone.open("/#/pages/sign-in")
    main = page.get_by_role("main")
    main.get_by_role("checkbox").first.click()
    main.get_by_role("textbox").first.fill("AAAA-BBBB-CCCC")
    main.get_by_role("button", name="登录", exact=True).first.click()
    expect(main.get_by_text(re.compile("邀请码(无效|不|已)")).first).to_be_visible()


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (390, "dark"), (1280, "light")])
def test_the_screens_of_a_firm(
    site: Site, firms: list[str], visit: NewVisit, width: int, scheme: str
) -> None:
    someone = visit(width, scheme)
    someone.sign_in(site.invitation(firms[0]))
    for name, path in SCREENS.items():
        someone.show(path)
        someone.check_accessible()
        someone.check_width()
        someone.keep(f"app-{name}")


def test_a_message_leads_to_its_reason_and_to_its_policy(
    site: Site, firms: list[str], visit: NewVisit
) -> None:
    someone = visit()
    page = someone.sign_in(site.invitation(firms[0]))
    someone.open("/#/pages/inbox")
    main = page.get_by_role("main")
    main.locator("a.card-link").first.click()
    expect(main.get_by_role("heading", name="为什么发给我")).to_be_visible()
    someone.check_accessible()
    someone.keep("app-message")
    main.get_by_role("link", name="看这项政策").click()
    expect(main.get_by_role("heading", name="要点")).to_be_visible()
    page.go_back()
    expect(main.get_by_role("heading", name="为什么发给我")).to_be_visible()


def test_two_visitors_at_once_each_see_their_own_firm(site: Site, firms: list[str], visit: NewVisit) -> None:
    one, other = visit(), visit(1280)
    first = one.sign_in(site.invitation(firms[0]))
    second = other.sign_in(site.invitation(firms[1]))
    for page, own, strange in ((first, firms[0], firms[1]), (second, firms[1], firms[0])):
        page.reload()
        expect(page.get_by_text(own).first).to_be_visible()
        assert strange not in page.content()


def test_an_ended_session_leads_back_to_signing_in(site: Site, firms: list[str], visit: NewVisit) -> None:
    someone = visit(forgive=("401",))
    page = someone.sign_in(site.invitation(firms[2]))
    refused = {"code": "unauthenticated", "message": "请先登录。", "details": {}}
    page.route("**/api/v1/**", lambda route: route.fulfill(status=401, json=refused))
    someone.open("/#/pages/inbox")
    expect(page.get_by_role("main").get_by_role("link", name="登录")).to_be_visible()


def test_what_two_people_changed_at_once_is_said_and_not_lost(
    site: Site, firms: list[str], visit: NewVisit
) -> None:
    someone = visit(forgive=("409",))
    page = someone.sign_in(site.invitation(firms[0]))
    stale = {"code": "stale_revision", "message": "已被他人修改，请重新打开后再改。", "details": {}}
    page.route("**/api/v1/me/push", lambda route: _refuse_changes(route, stale))
    someone.open("/#/pages/settings")
    main = page.get_by_role("main")
    main.get_by_role("group", name="频率").get_by_role("button", pressed=False).first.click()
    expect(main.get_by_text("已被他人修改，请重新打开后再改。")).to_be_visible()


def _refuse_changes(route: object, answer: dict[str, object]) -> None:
    if route.request.method == "GET":  # type: ignore[attr-defined]
        route.continue_()  # type: ignore[attr-defined]
    else:
        route.fulfill(status=409, json=answer)  # type: ignore[attr-defined]


def test_signing_out_leaves_nothing_of_the_firm_on_the_screen(
    site: Site, firms: list[str], visit: NewVisit
) -> None:
    someone = visit()
    page = someone.sign_in(site.invitation(firms[1]))
    main = page.get_by_role("main")
    main.get_by_role("button", name=re.compile("退出")).first.click()
    expect(main.get_by_role("heading", name="还没有登录")).to_be_visible()
    assert firms[1] not in page.content()


def test_a_firm_asks_for_help_and_finds_its_request_again(
    site: Site, firms: list[str], visit: NewVisit
) -> None:
    someone = visit()
    page = someone.sign_in(site.invitation(firms[2]))
    main = page.get_by_role("main")
    someone.show("/#/pages/help")
    main.locator("#title input, input#title").fill("示例：研发费用怎样归集")
    main.locator("#text textarea, textarea#text").fill("示例：两个项目共用一台设备。")
    main.get_by_role("button", name="提交", exact=True).click()
    expect(main.get_by_text("已提交")).to_be_visible()
    someone.show("/#/pages/requests")
    main.get_by_text("示例：研发费用怎样归集").click()
    expect(main.get_by_text("示例：两个项目共用一台设备。")).to_be_visible()
    someone.check_accessible()
    someone.keep("app-request")


OF_A_FIRM = {*SCREENS} - {"mine", "privacy", "courses", "institutions", "people", "feedback"}


def test_who_has_no_firm_is_shown_the_way_to_one(site: Site, visit: NewVisit) -> None:
    stranger, officer = visit(), visit(1280)
    officer.sign_in_staff("demo-liaison", site.passwords["demo-liaison"])
    for someone, way in ((stranger, "登录"), (officer, "看企业名单")):
        for name in OF_A_FIRM:
            page = someone.show(SCREENS[name])
            expect(page.get_by_role("main").get_by_role("link", name=way, exact=True)).to_be_visible()
            expect(page.get_by_role("alert")).to_have_count(0)


def test_staff_sign_in_with_name_and_password(site: Site, visit: NewVisit) -> None:
    someone = visit()
    page = someone.sign_in_staff("demo-admin", site.passwords["demo-admin"])
    main = page.get_by_role("main")
    answer = httpx.get(f"{site.base}/api/v1/staff/companies", headers=site.staff("demo-admin"))
    someone.open("/#/pages/liaison")
    expect(main.get_by_role("status")).to_contain_text(str(answer.json()["total"]))
    someone.check_accessible()
    someone.keep("app-liaison")
    shown = main.locator("a.card-link")
    few = shown.count()
    assert few < answer.json()["total"]
    main.get_by_role("button", name="再看一些").click()
    expect(shown).to_have_count(2 * few)
    for name, path in STAFF_SCREENS.items():
        someone.show(path)
        someone.check_accessible()
        someone.check_width()
        someone.keep(f"app-{name}")
