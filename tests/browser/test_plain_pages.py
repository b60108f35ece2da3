"""Plain pages in a real browser: no finding of axe, no sideways scrolling, in print and in the dark too."""

from __future__ import annotations

from xml.etree import ElementTree

import httpx
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewVisit
from tests.servers.site import Site

PAGES = (
    "/policies",
    "/policies/gaoqi-rending",
    "/policies/pudong-gaoqi-jihua-2023",
    "/policies/pudong-gaoqi-zizhu",
)


def _addresses(site: Site) -> list[str]:
    tree = ElementTree.fromstring(httpx.get(f"{site.base}/sitemap.xml").content)
    found = [str(where.text) for where in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    return [address.removeprefix(site.base) for address in found if not address.endswith("/")]


def test_every_policy_has_a_page_without_a_finding(site: Site, visit: NewVisit) -> None:
    someone = visit(360)
    addresses = _addresses(site)
    assert len(addresses) > 30
    for address in addresses:
        someone.open(address)
        someone.check_accessible()
        someone.check_width()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_pages_as_people_see_them(visit: NewVisit, width: int, scheme: str) -> None:
    someone = visit(width, scheme)
    for path in PAGES:
        someone.open(path)
        someone.check_accessible()
        someone.check_width()
        someone.keep("plain" + path.replace("/", "-"))


@pytest.mark.parametrize("path", PAGES)
def test_text_twice_as_large_still_fits(visit: NewVisit, path: str) -> None:
    someone = visit(360)
    someone.open(path)
    someone.enlarge_text()
    someone.check_width()


def test_a_page_that_is_not_there(visit: NewVisit) -> None:
    someone = visit(390, forgive=("404",))
    someone.open("/policies/none-such")
    someone.check_accessible()
    someone.page.get_by_role("link", name="查看全部政策").click()
    assert someone.page.get_by_role("heading", name="全部政策").is_visible()


def test_an_expired_policy_says_so_before_anything_else_and_in_print(visit: NewVisit) -> None:
    someone = visit(390)
    page = someone.open("/policies/pudong-gaoqi-zizhu")
    notice = page.get_by_role("note").filter(has_text="到期，仅供参考")
    first_heading = page.get_by_role("heading", level=2).first
    assert notice.bounding_box()["y"] < 400
    assert notice.bounding_box()["y"] < first_heading.bounding_box()["y"]
    page.emulate_media(media="print")
    assert notice.is_visible()
    assert not page.get_by_role("link", name="全部政策").is_visible()
    assert page.get_by_text("/policies/pudong-gaoqi-zizhu").is_visible()


def test_a_draft_is_seen_by_its_link(site: Site, visit: NewVisit) -> None:
    sheet = {"slug": "shili-caogao", "title": "示例草稿", "kind": "money", "level": "district"}
    staff = site.staff("demo-editor")
    base = f"{site.base}/api/v1/staff/policies"
    made = httpx.post(base, json={"sheet": sheet}, headers=staff)
    assert made.status_code == 201, made.text
    link = httpx.post(f"{base}/shili-caogao/preview-links", json={}, headers=staff).json()["url"]
    someone = visit(390)
    someone.open(link.removeprefix(site.base))
    someone.check_accessible()
    assert someone.page.get_by_role("note").filter(has_text="尚未发布的工作稿").is_visible()
    someone.keep("plain-preview")


def test_staff_make_a_preview_link_and_call_it_off(site: Site, visit: NewVisit) -> None:
    sheet = {"slug": "shili-yulan", "title": "示例：待预览的工作稿", "kind": "money", "level": "district"}
    site.ask("POST", "/staff/policies", site.staff("demo-editor"), json={"sheet": sheet})
    official, reader = visit(390), visit(1280, forgive=("404",))
    page = official.sign_in_staff("demo-editor", site.passwords["demo-editor"])
    main = page.get_by_role("main")
    main.get_by_role("link", name="发布前预览").click()
    draft = main.locator(".sheet", has_text="示例：待预览的工作稿")
    draft.get_by_role("button", name="做预览链接").click()
    link = draft.get_by_role("link").get_attribute("href")
    assert link
    official.check_accessible()
    official.check_width()
    official.keep("app-drafts")
    shown = reader.open(link.removeprefix(site.base))
    expect(shown.get_by_role("note").filter(has_text="尚未发布的工作稿")).to_be_visible()
    draft.get_by_role("button", name="作废已给出的链接").click()
    page.get_by_role("dialog").get_by_role("button", name="作废").click()
    expect(draft.get_by_text("已作废，以前给出的链接都不能再看。")).to_be_visible()
    shown.reload()
    expect(shown.get_by_text("链接已作废")).to_be_visible()
    reader.check_accessible()
