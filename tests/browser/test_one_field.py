"""The one field of the first screen: a firm's code or name, or words; a stranger learns of no firm."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from policies.vocabulary.uscc import check_character
from tests.browser.conftest import NewVisit
from tests.servers.site import Site


def _type(page: Page, text: str) -> None:
    page.get_by_role("main").get_by_role("textbox").first.fill(text)
    page.get_by_role("button", name="查找", exact=True).click()


def _asked(page: Page) -> list[str]:
    """Every request of a page, with what it carries."""
    asked: list[str] = []
    page.on("request", lambda one: asked.append(f"{one.url} {one.post_data or ''}"))
    return asked


@pytest.mark.parametrize("width", [390, 1280])
def test_a_founder_s_code_leads_to_an_answer_and_stays_on_the_device(
    firms: list[str], visit: NewVisit, width: int
) -> None:
    someone = visit(width)
    page = someone.show("/")
    asked = _asked(page)
    main = page.get_by_role("main")
    wrong = "1" if check_character(firms[0][:17]) != "1" else "2"
    _type(page, firms[0][:17] + wrong)
    expect(main.get_by_role("alert")).to_contain_text("校验位不符")
    someone.check_accessible()
    someone.keep("app-home-wrong-code")
    _type(page, firms[0][:16])
    expect(main.get_by_role("alert")).to_contain_text("填了16位")

    _type(page, f" {firms[0][:8].lower()} {firms[0][8:]}")
    expect(main.get_by_role("heading", name=firms[0])).to_be_visible()
    expect(main.get_by_text("不查、也不显示任何企业的情况")).to_be_visible()
    expect(main.locator("#question")).to_be_visible()
    someone.check_accessible()
    someone.check_width()
    someone.keep("app-five-for-firm")
    for _ in range(5):
        number = main.get_by_role("status").inner_text()
        main.get_by_role("button", name=re.compile("不知道")).click()
        expect(main.get_by_text(number, exact=True)).to_have_count(0)
    expect(main.locator("a.card-link").first).to_be_visible()
    assert [one for one in asked if firms[0] in one] == []


def test_a_code_goes_along_through_signing_in(site: Site, firms: list[str], visit: NewVisit) -> None:
    someone = visit()
    page = someone.show("/")
    main = page.get_by_role("main")
    _type(page, firms[0])
    main.get_by_role("link", name="我是这家企业的，登录看结论").click()
    someone.agree_and_enter(site.invitation(firms[0]))
    main.get_by_role("link", name="看它现在能享受的政策").click()
    expect(main.get_by_role("heading", level=1, name="能享受的政策")).to_be_visible()
    expect(main.locator("a.card-link").first).to_be_visible()
    # Another firm's code tells this person nothing of that firm.
    someone.show("/")
    _type(page, firms[1])
    expect(main.get_by_text(f"您登录代表的是 {firms[0]}")).to_be_visible()
    expect(main.get_by_role("link", name="看它现在能享受的政策")).to_have_count(0)


def test_a_name_leads_to_the_same_and_words_to_policies(visit: NewVisit) -> None:
    someone = visit()
    page = someone.show("/")
    main = page.get_by_role("main")
    _type(page, "示例智能科技有限公司")
    expect(main.get_by_role("heading", name="示例智能科技有限公司")).to_be_visible()
    expect(main.locator("#question")).to_be_visible()
    someone.keep("app-five-for-name")
    main.get_by_role("link", name="把它当作检索词去查政策").click()
    expect(main.get_by_role("heading", level=1, name="查政策")).to_be_visible()
    someone.show("/")
    _type(page, "加计扣除")
    expect(main.get_by_role("status").filter(has_text=re.compile(r"共 \d+ 条"))).to_be_visible()
    # A short name no policy knows has its way to an answer too.
    someone.show("/")
    _type(page, "珞璠曦")
    main.get_by_role("link", name="看这家企业能享受什么").click()
    expect(main.locator("#question")).to_be_visible()


def test_staff_find_a_firm_by_the_same_field(site: Site, firms: list[str], visit: NewVisit) -> None:
    someone = visit()
    page = someone.sign_in_staff("demo-liaison", site.passwords["demo-liaison"])
    main = page.get_by_role("main")
    someone.show("/")
    someone.keep("app-home-staff")
    _type(page, firms[0])
    expect(main.get_by_text("主要指标与同行").or_(main.get_by_text("已有资质")).first).to_be_visible()
    someone.show("/")
    main.get_by_role("textbox").first.fill("示例")
    main.get_by_role("button", name="按名称找企业").click()
    expect(main.get_by_role("status").filter(has_text=re.compile(r"共 \d+ 家"))).to_be_visible()
