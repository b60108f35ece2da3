"""Pages outside the API: the built page, plain pages of policies, previews, maps for robots."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from backend.settings import Settings
from backend.shared.clock import FixedClock
from backend.wiring import House
from tests.functional.test_catalogue import SHEET, STAFF, Desk

SLUG = SHEET["slug"]
PAGE = f"/policies/{SLUG}"
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
INDEX = '<!doctype html><div id="app"></div><script type="module" src="/assets/index-1a2b.js"></script>'


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    return settings.model_copy(update={"web_root": tmp_path / "h5", "public_url": "https://daotu.example"})


@pytest.fixture
def desk(client: FlaskClient, staff: Callable[..., dict[str, str]]) -> Desk:
    return Desk(client, staff)


@pytest.fixture
def built(settings: Settings) -> Path:
    folder = settings.web_root
    assert folder is not None
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(INDEX, "utf-8")
    (folder / "assets/index-1a2b.js").write_text("console.log('示例')\n" * 200, "utf-8")
    (folder.parent / "secret.txt").write_text("not yours", "utf-8")
    return folder


def _text(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path, headers=BROWSER)
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "text/html"
    return answer.text


# The built page


def test_without_a_build_the_root_says_how_to_make_one_and_leads_on(client: FlaskClient) -> None:
    answer = client.get("/", headers=BROWSER)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    for told in ("make page", 'href="/policies"', 'href="/api/v1/docs"'):
        assert told in answer.text


def test_the_built_page_is_asked_for_anew_and_its_files_are_kept_for_ever(
    client: FlaskClient, built: Path
) -> None:
    index = client.get("/")
    assert (index.status_code, index.text, index.headers["Cache-Control"]) == (200, INDEX, "no-cache")
    again = client.get("/", headers={"If-None-Match": index.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    script = client.get("/assets/index-1a2b.js", headers={"Accept-Encoding": "gzip"})
    assert script.mimetype == "text/javascript"
    assert "immutable" in script.headers["Cache-Control"]
    assert script.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(script.data) == (built / "assets/index-1a2b.js").read_bytes()
    (built / "index.html").write_text(INDEX + "<!-- new -->", "utf-8")
    assert "new" in client.get("/", headers={"If-None-Match": index.headers["ETag"]}).text


def test_the_page_may_load_its_own_files_only_and_nobody_may_frame_it(
    client: FlaskClient, built: Path
) -> None:
    headers = client.get("/").headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize(
    "path",
    [
        "/assets/../../secret.txt",
        "/assets/%2e%2e/%2e%2e/secret.txt",
        "/assets//etc/passwd",
        "/assets/none.js",
    ],
)
def test_nothing_outside_the_build_is_served(client: FlaskClient, built: Path, path: str) -> None:
    answer = client.get(path, follow_redirects=True)
    assert answer.status_code == 404
    assert "not yours" not in answer.text


# Plain pages


def test_a_policy_has_a_page_with_what_it_says_and_where_that_is_written(
    client: FlaskClient, desk: Desk
) -> None:
    desk.write(
        cases=[],
        number="示科〔2026〕1号",
        areas=["zhangjiang"],
        summary="给示例企业的资助。",
        key_points={"who": "职工不少于10人的示例企业", "where": "示例窗口"},
        clauses=[{"anchor": "a1", "title": "标准", "text": "给予资助。"}],
        sources=[{"title": "示例公报", "url": "https://www.example.gov.cn/1", "mark": "P"}],
        body="## 说明\n\n| 项目 | 分 |\n|---|---|\n| 甲 | 1 |",
    )
    assert client.get(PAGE).status_code == 404
    desk.publish()
    page = _text(client, PAGE)
    for told in (
        "<h1>示例资助办法</h1>",
        "现行有效",
        "示科〔2026〕1号",
        "职工不少于10人的示例企业",
        "职工人数：不低于10人",
        "示例资助办法第三条",
        'id="a1"',
        'href="https://www.example.gov.cn/1"',
        "依据公开转述，以官方原文为准",
        "只适用于：张江科学城",
        '<th scope="col">项目</th>',
        f'<link rel="canonical" href="https://daotu.example{PAGE}">',
        '<meta property="og:title" content="示例资助办法">',
        '<meta name="description" content="给示例企业的资助。">',
        f'href="/#/pages/policy?slug={SLUG}"',
    ):
        assert told in page, told
    assert "<script" not in page
    assert "style=" not in page
    assert "default-src 'none'" in client.get(PAGE).headers["Content-Security-Policy"]
    assert f'href="{PAGE}"' in _text(client, "/policies")


def test_what_is_written_never_becomes_markup(client: FlaskClient, desk: Desk) -> None:
    evil = '"><script>alert(1)</script>'
    desk.write(
        title=f"示例{evil}",
        summary=evil,
        body=f"## {evil}\n\n- {evil}",
        sources=[{"title": "来源", "url": "javascript:alert(1)"}],
    )
    desk.publish()
    for path in (PAGE, "/policies"):
        page = _text(client, path)
        assert "<script" not in page
        assert "javascript:" not in page
    assert "&lt;script&gt;alert(1)" in _text(client, PAGE)


def test_an_expired_policy_says_so_from_the_day_after_its_last(
    house: House, client: FlaskClient, desk: Desk
) -> None:
    desk.write()
    desk.publish()
    last_day = client.get(PAGE)
    assert "到期" not in last_day.text
    clock = house.clock
    assert isinstance(clock, FixedClock)
    clock.move(days=1)
    answer = client.get(PAGE, headers={"If-None-Match": last_day.headers["ETag"]})
    assert answer.status_code == 200
    assert "已于2026年5月6日到期，仅供参考，不能再据此申请。" in answer.text
    assert "【已到期，仅供参考】" in answer.text


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"validity": {}}, "有效期没有查到"),
        ({"stage": "consultation"}, "这是征求意见稿，尚未生效"),
        ({"validity": {"from": "2026-06-01"}}, "自2026年6月1日起施行，现在还没有生效。"),
    ],
)
def test_what_cannot_be_relied_on_today_is_impossible_to_miss(
    client: FlaskClient, desk: Desk, changes: dict[str, object], told: str
) -> None:
    desk.write(**{**changes, "rules": [], "cases": []})
    desk.publish()
    notice = re.search(r'<div class="notice urgent".*?</div>', _text(client, PAGE), re.DOTALL)
    assert notice
    assert told in notice[0]


def test_a_replaced_and_a_withdrawn_policy_lead_to_what_came_after(client: FlaskClient, desk: Desk) -> None:
    newer = {"slug": "xin-banfa", "title": "示例新办法", "relations": [{"kind": "replaces", "target": SLUG}]}
    desk.write()
    revision = desk.publish().json["revision"]
    desk.write(**newer)
    desk.publish(slug="xin-banfa")
    assert '<a href="/policies/xin-banfa">示例新办法</a>' in _text(client, PAGE)
    gone = desk.step("withdraw", revision, desk.publisher, why="文件已废止", replaced_by="xin-banfa")
    assert gone.status_code == 200, gone.json
    page = _text(client, PAGE)
    for told in (
        "已于2026年5月6日撤回",
        "文件已废止",
        '<a href="/policies/xin-banfa">示例新办法</a>',
        "noindex",
    ):
        assert told in page, told


def test_robots_find_what_is_published_and_nothing_else(client: FlaskClient, desk: Desk) -> None:
    desk.write()
    desk.publish()
    desk.write(slug="caogao", title="示例草稿")
    tree = ElementTree.fromstring(client.get("/sitemap.xml").data)
    found = [where.text for where in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert found == [f"https://daotu.example{path}" for path in ("/", "/policies", PAGE)]
    robots = client.get("/robots.txt").text
    assert "Disallow: /api/" in robots
    assert "Sitemap: https://daotu.example/sitemap.xml" in robots
    assert _text(client, "/policies/caogao", 404)


def test_a_person_gets_a_page_for_an_error_and_a_program_its_answer(client: FlaskClient) -> None:
    page = _text(client, "/nowhere", 404)
    assert "没有这个页面" in page
    assert client.get("/nowhere").json["code"] == "not_found"
    assert client.get("/api/v1/nowhere", headers=BROWSER).json["code"] == "not_found"


# Previews


def test_a_preview_shows_the_draft_to_whoever_holds_the_link_until_it_ends(
    house: House, client: FlaskClient, desk: Desk
) -> None:
    desk.write()
    made = client.post(f"{STAFF}/{SLUG}/preview-links", json={"days": 2}, headers=desk.editor)
    assert made.status_code == 201, made.json
    assert made.json["until"] == "2026-05-08T09:30:00+08:00"
    path = made.json["url"].removeprefix("https://daotu.example")
    answer = client.get(path, headers=BROWSER)
    assert "预览：尚未发布的工作稿" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    clock = house.clock
    assert isinstance(clock, FixedClock)
    clock.move(days=2)
    assert "预览" in _text(client, path, 404)


def _preview(client: FlaskClient, headers: dict[str, str]) -> str:
    made = client.post(f"{STAFF}/{SLUG}/preview-links", json={}, headers=headers)
    assert made.status_code == 201, made.json
    return str(made.json["url"]).removeprefix("https://daotu.example")


def test_staff_call_off_the_links_given_out_so_far(client: FlaskClient, desk: Desk) -> None:
    desk.write()
    url = f"{STAFF}/{SLUG}/preview-links"
    first, second = _preview(client, desk.editor), _preview(client, desk.reviewer)
    assert client.delete(url).status_code == 401
    assert client.delete(f"{STAFF}/none-such/preview-links", headers=desk.editor).status_code == 404
    for path in (first, second):
        assert "工作稿" in _text(client, path)
    revision = client.get(f"{STAFF}/{SLUG}", headers=desk.editor).json["revision"]
    for _ in range(2):
        assert client.delete(url, headers=desk.editor).status_code == 204
    for path in (first, second):
        assert "链接已作废" in _text(client, path, 404)
    # Nobody's edit of the draft is in the way of it, and a new link shows the draft again.
    assert client.get(f"{STAFF}/{SLUG}", headers=desk.editor).json["revision"] == revision
    assert "工作稿" in _text(client, _preview(client, desk.editor))


def test_a_link_ends_with_the_publication_of_what_it_showed(client: FlaskClient, desk: Desk) -> None:
    desk.write()
    path = _preview(client, desk.editor)
    desk.publish()
    assert "已经发布" in _text(client, path, 404)
    # What is written after it has links of its own, which show it beside the public page.
    again = _preview(client, desk.editor)
    assert "工作稿" in _text(client, again)


def test_nobody_makes_or_changes_a_preview_link_without_the_right(client: FlaskClient, desk: Desk) -> None:
    desk.write()
    url = f"{STAFF}/{SLUG}/preview-links"
    assert client.post(url, json={}).status_code == 401
    assert client.post(url, json={"days": 31}, headers=desk.editor).status_code == 422
    assert client.post(f"{STAFF}/none-such/preview-links", json={}, headers=desk.editor).status_code == 404
    path = client.post(url, json={}, headers=desk.reviewer).json["url"].removeprefix("https://daotu.example")
    for wrong in (path[:-1], path + "x", "/previews/W10.x", "/previews/" + "a" * 5000):
        assert client.get(wrong).status_code == 404


# Packing


def test_only_what_belongs_to_nobody_is_packed(client: FlaskClient, desk: Desk) -> None:
    desk.write(summary="示例" * 2000)
    desk.publish()
    packed = {"Accept-Encoding": "gzip"}
    public = client.get(f"/api/v1/policies/{SLUG}", headers=packed)
    assert public.headers["Content-Encoding"] == "gzip"
    assert SLUG.encode() in gzip.decompress(public.data)
    private = client.get(f"{STAFF}/{SLUG}", headers={**desk.editor, **packed})
    assert "Content-Encoding" not in private.headers
    assert "Accept-Encoding" in private.headers["Vary"]
