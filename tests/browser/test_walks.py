"""What a firm's people and staff really do on their screens, step by step, to the end of each."""

from __future__ import annotations

import json
import re

import httpx
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import NewVisit, Visit
from tests.servers.site import Site

POLICY = "/#/pages/policy?slug=gaoqi-rending"


def _main(page: Page) -> Locator:
    return page.get_by_role("main").last


def _say_yes(page: Page, word: str) -> None:
    page.get_by_role("dialog").get_by_role("button", name=word, exact=True).click()


def _press(main: Locator, name: str) -> None:
    main.get_by_role("button", name=name, exact=True).click()


def test_a_message_is_put_off_finished_called_not_relevant_and_its_kind_silenced(
    site: Site, firms: list[str], visit: NewVisit
) -> None:
    someone = visit()
    main = _main(someone.sign_in(site.invitation(firms[1])))
    someone.show("/#/pages/inbox")
    main.locator("a.card-link").first.click()
    expect(main.get_by_role("heading", name="为什么发给我")).to_be_visible()
    _press(main, "稍后再看")
    _press(main, "三天后")
    expect(main.get_by_text("好的，到时再提醒您。")).to_be_visible()
    _press(main, "标为已处理")
    expect(main.get_by_text("已标为处理完。")).to_be_visible()
    _press(main, "与我无关")
    _press(main, "不打算申请")
    expect(main.get_by_text("记下了，谢谢。")).to_be_visible()
    _press(main, "不再接收这一类")
    expect(main.get_by_text("不会再收到这一类消息")).to_be_visible()
    someone.check_accessible()
    someone.show("/#/pages/inbox")
    _press(main, "已处理")
    expect(main.locator("a.card-link").first).to_contain_text("已处理")
    someone.show("/#/pages/settings")
    expect(main.get_by_text("已关闭的类别：1 类")).to_be_visible()
    _press(main, "全部恢复")
    expect(main.get_by_text("已关闭的类别")).to_have_count(0)


def test_a_policy_and_a_search_are_followed_and_let_go(site: Site, firms: list[str], visit: NewVisit) -> None:
    someone = visit(1280)
    page = someone.sign_in(site.invitation(firms[1]))
    main = _main(page)
    someone.show(POLICY)
    _press(main, "关注这项政策")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(main.get_by_text("已关注")).to_have_count(0)
    _press(main, "关注这项政策")
    _say_yes(page, "同意")
    expect(main.get_by_text("已关注，可在消息设置中取消。")).to_be_visible()
    someone.show("/#/pages/search?q=加计扣除&level=national")
    _press(main, "关注这个检索")
    _say_yes(page, "同意")
    expect(main.get_by_text("已关注，可在消息设置中取消。")).to_be_visible()
    someone.show("/#/pages/settings")
    main.get_by_role("link", name="检索：加计扣除").click()
    expect(page).to_have_url(re.compile("level=national"))
    expect(main.get_by_role("status").filter(has_text=re.compile(r"共 \d+ 条"))).to_be_visible()
    someone.show("/#/pages/settings")
    for _ in range(2):
        left = main.get_by_role("button", name="取消关注").count()
        main.get_by_role("button", name="取消关注").first.click()
        expect(main.get_by_role("button", name="取消关注")).to_have_count(left - 1)
    expect(main.get_by_text("还没有关注")).to_be_visible()


def test_dates_go_into_a_phone_s_calendar_until_the_address_is_called_off(
    site: Site, firms: list[str], visit: NewVisit
) -> None:
    someone = visit()
    main = _main(someone.sign_in(site.invitation(firms[1])))
    someone.show("/#/pages/settings")
    _press(main, "开通日历")
    address = main.locator(".notice.good", has_text="日历地址").inner_text().splitlines()[-1]
    assert address.startswith(f"{site.base}/api/v1/calendar/")
    assert httpx.get(address).text.startswith("BEGIN:VCALENDAR")
    someone.check_accessible()
    someone.keep("app-calendar")
    _press(main, "作废")
    expect(main.get_by_text("日历地址")).to_have_count(1)  # only the words that explain it
    expect(main.get_by_role("button", name="开通日历")).to_be_visible()
    assert httpx.get(address).status_code == 404


def test_a_firm_says_how_far_it_is_and_disputes_a_fact(site: Site, firms: list[str], visit: NewVisit) -> None:
    someone = visit()
    main = _main(someone.sign_in(site.invitation(firms[2])))
    someone.show(POLICY)
    main.get_by_role("button", name=re.compile("登记一步")).click()
    _press(main, "准备中")
    _press(main, "记下")
    expect(main.get_by_text("已记下。")).to_be_visible()
    _press(main, "没看懂")
    expect(main.get_by_text(re.compile("谢谢，记下了"))).to_be_visible()
    someone.show("/#/pages/applications")
    expect(main.get_by_text("高新技术企业认定").first).to_be_visible()
    expect(main.get_by_text("准备中", exact=True)).to_be_visible()

    someone.show("/#/pages/facts")
    main.get_by_role("link", name=re.compile("职工总数")).first.click()
    expect(
        main.get_by_role("heading", name="提出异议").or_(main.get_by_role("heading", name="更正"))
    ).to_be_visible()
    main.locator("input#value").fill("不是数")
    expect(main.get_by_role("alert")).to_have_text("请填整数。")
    main.locator("input#value").fill("321")
    main.locator("input#reason").fill("示例：年报已更正")
    _press(main, "提交")
    expect(main.get_by_text("已提出异议，正在处理。")).to_be_visible()
    someone.check_accessible()
    someone.show("/#/pages/facts")
    expect(main.get_by_role("heading", name="我的异议")).to_be_visible()
    expect(main.get_by_text("示例：年报已更正")).to_be_visible()


def test_a_person_sees_changes_exports_and_erases_what_is_kept_of_it(
    site: Site, firms: list[str], visit: NewVisit
) -> None:
    someone = visit()
    page = someone.sign_in(site.invitation(firms[2]))
    main = _main(page)
    someone.show("/#/pages/privacy")
    main.get_by_role("checkbox", name="工作人员可以电话联系我").click()
    main.get_by_role("button", name="保存", exact=True).first.click()
    expect(main.get_by_text("已保存。")).to_be_visible()
    main.locator("input#phone").fill("13800000000")
    main.get_by_role("button", name="保存", exact=True).last.click()
    expect(main.get_by_text(re.compile(r"已填写：138\*+0000"))).to_be_visible()
    _press(main, "导出我的信息")
    told = json.loads(main.locator(".fold-body .pre").inner_text())
    assert "13800000000" in json.dumps(told)
    someone.check_accessible()
    someone.keep("app-privacy-export")
    _press(main, "删除手机号")
    expect(main.get_by_text("没有填写，可以不填。")).to_be_visible()
    page.reload()
    expect(main.get_by_role("checkbox", name="工作人员可以电话联系我")).to_be_checked()
    _press(main, "删除我的信息并退出")
    _say_yes(page, "删除")
    expect(main.get_by_role("heading", name="我的企业，现在能享受哪些政策？")).to_be_visible()
    someone.show("/#/pages/mine")
    expect(main.get_by_role("heading", name="还没有登录")).to_be_visible()


# Staff


def test_a_liaison_in_a_lobby_notes_a_visit_and_asks_for_help_which_ends_with_stars(
    site: Site, firms: list[str], visit: NewVisit
) -> None:
    officer = visit()
    page = officer.sign_in_staff("demo-liaison", site.passwords["demo-liaison"])
    main = _main(page)
    officer.show(f"/#/charts/firm?uscc={firms[1]}")
    main.get_by_role("link", name="走访与联系").click()
    main.locator("input#why").fill("示例：了解研发立项")
    _press(main, "记下")
    expect(main.get_by_text("已记下。")).to_be_visible()
    _press(main, "记录结果")
    main.locator("textarea#found").fill("示例：立项齐全，缺工时记录")
    _press(main, "保存")
    expect(main.get_by_text("已保存。")).to_be_visible()
    expect(main.get_by_text("示例：立项齐全，缺工时记录").first).to_be_visible()
    officer.check_accessible()
    officer.keep("app-visit-done")

    officer.show(f"/#/charts/firm?uscc={firms[1]}")
    main.get_by_role("link", name="代企业提诉求").click()
    main.locator("input#title").fill("示例：工时记录怎样做")
    main.locator("textarea#text").fill("示例：走访时提到。")
    _press(main, "提交")
    expect(main.get_by_text("已提交")).to_be_visible()
    main.get_by_role("link", name="看这条诉求").click()
    _press(main, "受理")
    main.locator("textarea#said").fill("示例：请看模板。")
    _press(main, "答复")
    expect(main.get_by_text("已答复。")).to_be_visible()
    main.get_by_role("button", name=re.compile("办结这条诉求")).click()
    _press(main, "已解决")
    _press(main, "办结")
    _say_yes(page, "确定")
    expect(main.get_by_text("已办结。")).to_be_visible()

    firm = visit()
    theirs = _main(firm.sign_in(site.invitation(firms[1])))
    _rate(firm, theirs)
    officer.page.reload()
    expect(main.get_by_text("企业给了 5 星")).to_be_visible()


def _rate(firm: Visit, theirs: Locator) -> None:
    firm.show("/#/pages/requests")
    theirs.get_by_text("示例：工时记录怎样做").first.click()
    expect(theirs.get_by_text("示例：请看模板。")).to_be_visible()
    theirs.get_by_role("button", name="5 星").click()
    theirs.locator("textarea#words").fill("示例：很清楚")
    _press(theirs, "提交评价")
    expect(theirs.get_by_text("您给了 5 星。示例：很清楚")).to_be_visible()
    firm.check_accessible()
