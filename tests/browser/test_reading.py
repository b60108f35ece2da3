"""Reading by keyboard, by a link into the middle of a text, and without network."""

from __future__ import annotations

import re

import httpx
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewVisit
from tests.servers.site import Site

POLICY = "/#/pages/policy?slug=gaoqi-rending"


def test_everything_of_the_first_screen_is_reached_by_keyboard(visit: NewVisit) -> None:
    page = visit(1280).show("/")
    skip = page.get_by_role("link", name="跳到正文")
    page.keyboard.press("Tab")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("textbox").first).to_be_focused()
    page.keyboard.type("加计扣除")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="查政策")).to_be_visible()
    # A reader of the screen is on the new page, not where the old one was left.
    expect(page.get_by_role("main").last).to_be_focused()
    expect(skip.last).not_to_be_in_viewport()


@pytest.mark.parametrize("width", [390, 1280])
def test_a_link_into_a_policy_leads_to_its_clause(site: Site, visit: NewVisit, width: int) -> None:
    sheet = httpx.get(f"{site.base}/api/v1/policies/gaoqi-rending").json()["sheet"]
    clause = sheet["clauses"][-1]
    page = visit(width).open(f"{POLICY}&anchor={clause['anchor']}")
    found = page.locator(f"[id='clause-{clause['anchor']}']")
    expect(found).to_be_focused()
    expect(found).to_be_in_viewport()
    head = page.locator(".site-head").bounding_box()
    box = found.bounding_box()
    assert head and box
    assert box["y"] >= head["y"] + head["height"] - 1


def test_without_network_what_was_loaded_is_shown_and_says_so(visit: NewVisit) -> None:
    someone = visit(forgive=("ERR_", "Failed to load", "Failed to fetch"))
    page = someone.show(POLICY)
    main = page.get_by_role("main").last
    point = main.locator(".facts").first.inner_text()
    someone.show("/")
    someone.wait_for_all_code()
    page.context.set_offline(True)
    someone.open(POLICY)
    expect(main.get_by_text("现在没有网络")).to_be_visible()
    expect(main.get_by_text(re.compile("下面是.+载入的内容"))).to_be_visible(timeout=20_000)
    assert main.locator(".facts").first.inner_text() == point
    someone.check_accessible()
    someone.keep("app-offline")
    # A screen never opened opens too, and says plainly that nothing could be loaded.
    someone.open("/#/pages/institutions")
    expect(main.get_by_role("alert")).to_contain_text("连不上网络", timeout=20_000)
    page.context.set_offline(False)
    main.get_by_role("button", name="再试一次").click()
    expect(main.get_by_role("heading", level=2).first).to_be_visible()
    expect(main.get_by_text("现在没有网络")).to_have_count(0)


def test_a_helper_s_name_leads_to_that_helper(visit: NewVisit) -> None:
    page = visit().show("/#/pages/people?id=demo-mentor-ip")
    main = page.get_by_role("main")
    expect(main.get_by_role("heading", level=2)).to_have_text(["示例导师甲"])
    main.get_by_role("link", name="看全部导师与辅导员").click()
    main.get_by_role("group", name="片区").get_by_role("button", name="保税区").click()
    expect(main.get_by_role("heading", level=2, name="示例辅导员乙")).to_be_visible()
    expect(main.get_by_role("heading", level=2, name="示例辅导员甲")).to_have_count(0)
    # Who is bound to no area helps in all of them.
    main.get_by_role("group", name="需要什么帮助").get_by_role("button", name="财税", exact=True).click()
    expect(main.get_by_role("heading", level=2)).to_have_text(["示例导师乙"])
