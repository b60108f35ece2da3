"""Steps that take more than one person or more than one moment: mail, requests that move on, courses."""

from __future__ import annotations

import re
from datetime import timedelta

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import NewVisit, Visit
from tests.servers.site import Site


def test_the_link_of_a_mail_leads_to_a_confirmed_address(
    site: Site, firms: list[str], visit: NewVisit
) -> None:
    if site.mail is None:
        pytest.skip("a site that was running already mails elsewhere")
    at_work = visit(1280)
    page = at_work.sign_in(site.invitation(firms[0]))
    at_work.show("/#/pages/settings")
    main = page.get_by_role("main")
    main.locator("input#email").fill("shili@shili.example")
    main.get_by_role("button", name="发确认码").click()
    expect(main.get_by_text("待确认")).to_be_visible()
    found = re.search(r"http\S+", site.mail.texts()[-1])
    assert found
    link = found[0].removeprefix(site.base)
    # Opened where nobody is signed in, it leads through signing in and back; but the code is another's.
    stranger = visit(forgive=("422",))
    other = stranger.open(link)
    other.get_by_role("main").get_by_role("link", name="登录").click()
    stranger.agree_and_enter(site.invitation(firms[1]))
    other.get_by_role("main").get_by_role("button", name="确认邮箱").click()
    expect(other.get_by_role("alert")).to_have_text("确认码不正确。")
    # Opening it confirms nothing yet; the person's own tap does.
    at_work.show(link)
    at_work.check_accessible()
    at_work.keep("app-email")
    main.get_by_role("button", name="确认邮箱").click()
    expect(main.get_by_text("邮箱已确认")).to_be_visible()
    main.get_by_role("link", name="消息设置").click()
    expect(main.get_by_text("s***@shili.example")).to_be_visible()
    expect(main.get_by_text("已确认", exact=True)).to_be_visible()


# A request moves on


def _told(main: Locator, term: str) -> Locator:
    """What stands beside a word."""
    return main.locator(f".facts .term:text-is('{term}') + *")


def _move(main: Locator, way: str, who: str, why: str = "") -> None:
    main.get_by_role("group", name="怎样").get_by_role("button", name=way, exact=True).click()
    main.get_by_role("group", name=re.compile("哪")).get_by_role("button", name=re.compile(who)).click()
    if why:
        main.locator("input#why").fill(why)
    main.get_by_role("button", name=way, exact=True).last.click()


@pytest.mark.parametrize("width", [390, 1280])
def test_a_request_is_taken_up_shared_referred_and_handed_on(
    site: Site, firms: list[str], visit: NewVisit, width: int
) -> None:
    title = f"示例：专利怎样布局（{width}）"
    asked = {"uscc": firms[0], "title": title, "text": "示例：想请人看看。", "help_kind": "ip-planning"}
    made = site.ask("POST", "/staff/requests", site.staff("demo-editor"), json=asked)
    officer = visit(width)
    page = officer.sign_in_staff("demo-liaison", site.passwords["demo-liaison"])
    officer.show("/#/staff/requests")
    main = page.get_by_role("main")
    main.get_by_role("button", name="待受理").click()
    main.get_by_text(title).click()
    main.get_by_role("button", name="受理", exact=True).click()
    expect(_told(main, "负责")).to_contain_text("示例联络员甲")
    main.locator("textarea#said").fill("示例：先请导师看。")
    main.get_by_role("button", name="只作内部备注").click()
    expect(main.get_by_text("企业看不到")).to_be_visible()

    main.get_by_role("button", name=re.compile("转交、邀请协助、转请部门")).click()
    _move(main, "邀请协助", "示例导师甲")
    expect(_told(main, "协助")).to_have_text("示例导师甲")
    _move(main, "转请部门", "区知识产权局", "示例：涉及快速预审")
    expect(_told(main, "部门")).to_have_text("区知识产权局")
    officer.check_accessible()
    officer.check_width()
    officer.keep("app-staff-request")
    _move(main, "转交", "示例辅导员甲", "示例：由驻点辅导员负责")
    expect(_told(main, "负责")).to_contain_text("示例辅导员甲")
    expect(_told(main, "协助")).to_contain_text("示例联络员甲")
    expect(main.get_by_text("示例：由驻点辅导员负责")).to_be_visible()

    firm = visit(width)
    seen = firm.sign_in(site.invitation(firms[0]))
    firm.show(f"/#/pages/request?id={made['id']}")
    theirs = seen.get_by_role("main")
    expect(_told(theirs, "负责")).to_contain_text("示例辅导员甲")
    expect(theirs.get_by_text("示例：先请导师看。")).to_have_count(0)
    firm.check_accessible()
    firm.keep("app-request-moved")


def test_what_is_known_of_a_firm_is_passed_to_the_next_carrier(
    site: Site, firms: list[str], visit: NewVisit
) -> None:
    editor = visit(forgive=("422",))
    page = editor.sign_in_staff("demo-editor", site.passwords["demo-editor"])
    editor.show(f"/#/charts/firm?uscc={firms[0]}")
    main = page.get_by_role("main")
    main.get_by_role("link", name="交接跟踪信息").click()
    main.get_by_role("button", name=re.compile("交给下一个载体")).click()
    given, got = (main.get_by_role("group", name=name) for name in ("由哪里给出", "交给哪里"))
    given.get_by_role("button", name="示例科创园区").click()
    got.get_by_role("button", name="示例科技孵化器").click()
    main.locator("input#topic").fill("示例：准备申报高企")
    main.get_by_role("button", name="交接", exact=True).click()
    expect(main.get_by_role("alert")).to_contain_text("依次向后传递")
    given.get_by_role("button", name="示例科技孵化器").click()
    got.get_by_role("button", name="示例科创园区").click()
    main.get_by_role("button", name="交接", exact=True).click()
    expect(main.get_by_text("已交接")).to_be_visible()
    expect(main.get_by_role("heading", name="示例：准备申报高企")).to_be_visible()
    expect(main.get_by_text("孵化器 → 园区")).to_be_visible()
    editor.check_accessible()
    editor.check_width()
    editor.keep("app-handover")


# The day of a course


def _session(site: Site, name: str, begins: float, lasts: float) -> dict[str, str]:
    """A session that begins in so many seconds, with material; the code of the door too."""
    editor, now = site.staff("demo-editor"), site.now()
    at = {
        "opens_at": now - timedelta(hours=1),
        "closes_at": now + timedelta(seconds=begins),
        "starts_at": now + timedelta(seconds=begins),
        "ends_at": now + timedelta(seconds=begins + lasts),
    }
    wanted = {"id": name, "course": "demo-rd-ledger", "seats": 5, "place": "示例教室"}
    times = {key: moment.isoformat() for key, moment in at.items()}
    made: dict[str, str] = site.ask("POST", "/staff/course-sessions", editor, json={**wanted, **times})
    paper = {"file": ("示例讲义.txt", "示例讲义".encode())}
    site.ask("POST", f"/staff/course-sessions/{name}/material", editor, files=paper)
    return made


def _at_the_sites_time(site: Site, someone: Visit) -> Page:
    """The visitor's clock goes as the site's does."""
    someone.page.clock.set_system_time(site.now())
    return someone.page


def test_the_day_of_a_course_for_somebody_with_a_seat(site: Site, firms: list[str], visit: NewVisit) -> None:
    if not site.began:
        pytest.skip("the time of a site that was running already is not known")
    # Before a seat is asked for there is none, which the server says with a 404.
    someone = visit(forgive=("404", "422"))
    page = someone.sign_in(site.invitation(firms[0]))
    _session(site, "shili-day", begins=30, lasts=5)
    door = site.ask("GET", "/staff/course-sessions/shili-day", site.staff("demo-editor"))["code"]
    _at_the_sites_time(site, someone)
    someone.show("/#/pages/session?id=shili-day")
    main = page.get_by_role("main")
    expect(main.get_by_text("报名成功后可以下载。")).to_be_visible()
    expect(main.get_by_role("alert")).to_have_count(0)
    main.get_by_role("button", name="报名", exact=True).click()
    expect(main.get_by_text("报名成功", exact=True)).to_be_visible()
    with page.expect_download() as fetched:
        main.get_by_role("button", name="示例讲义.txt").click()
    assert fetched.value.path().read_text("utf-8") == "示例讲义"

    code = main.locator("input#check-in")
    code.fill("000000" if door != "000000" else "111111")
    main.get_by_role("button", name="签到", exact=True).click()
    expect(main.get_by_role("alert")).to_have_text("签到码不对，请看现场公布的签到码。")
    someone.check_accessible()
    someone.keep("app-session-door")
    code.fill(door)
    main.get_by_role("button", name="签到", exact=True).click()
    expect(main.get_by_text(re.compile("已签到"))).to_be_visible()

    while site.ask("GET", "/course-sessions/shili-day", {})["state"] != "over":
        page.wait_for_timeout(1_000)
    page.reload()
    main.get_by_role("group", name="几颗星").get_by_role("button", name="4 星").click()
    main.locator("textarea#session-words").fill("示例：讲得清楚")
    main.get_by_role("button", name="提交评价").click()
    expect(main.get_by_text("谢谢您的评价。")).to_be_visible()
    someone.check_accessible()
    someone.keep("app-session-rated")
    someone.show("/#/pages/courses")
    expect(main.get_by_text("已评价")).to_be_visible()


def test_somebody_without_a_seat_reads_a_session_undisturbed(
    site: Site, firms: list[str], visit: NewVisit
) -> None:
    someone = visit(1280, forgive=("404",))
    page = someone.sign_in(site.invitation(firms[1]))
    asked: list[httpx.URL] = []
    page.on("response", lambda answer: answer.status == 404 and asked.append(httpx.URL(answer.url)))
    someone.show("/#/pages/session?id=demo-session-basics")
    main = page.get_by_role("main")
    expect(main.get_by_role("button", name="报名", exact=True)).to_be_visible()
    expect(main.get_by_role("alert")).to_have_count(0)
    assert [url.path.rpartition("/")[2] for url in asked] == ["sign-up"]
    someone.check_accessible()
    someone.keep("app-session")
