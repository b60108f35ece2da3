"""Text at 200 %, as a reader sets it in the browser itself: it grows, and all of it is there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Visit, come
from tests.servers.browser import how
from tests.servers.site import Site

USUAL, LARGE = 16, 32
SCREENS = {
    "home": "/",
    "policy": "/#/pages/policy?slug=gaoqi-rending",
    "check": "/#/pages/check",
    "search": "/#/pages/search?q=高企",
    "inbox": "/#/pages/inbox",
    "settings": "/#/pages/settings",
    "firm": "/#/charts/firm",
    "map": "/#/charts/map?node=policy:gaoqi-rending",
}
CHARTS = ("firm", "map")
# What a chart wrote since it was last cleared: its words, how large, and the box of each on the canvas.
_LISTEN = """() => {
  const pen = CanvasRenderingContext2D.prototype, {fillText, clearRect} = pen
  window.drawn = new Map()
  pen.clearRect = function (...box) { window.drawn.clear(); return clearRect.apply(this, box) }
  pen.fillText = function (text, x, y) {
    const told = this.measureText(text), at = this.getTransform().transformPoint({x, y})
    const left = at.x - told.actualBoundingBoxLeft, top = at.y - told.actualBoundingBoxAscent
    const right = at.x + told.actualBoundingBoxRight, bottom = at.y + told.actualBoundingBoxDescent
    const size = parseFloat(/[\\d.]+px/.exec(this.font)[0])
    window.drawn.set(`${text} ${at.x} ${at.y}`, {text, size, left, right, top, bottom})
    return fillText.apply(this, arguments)
  }
}"""
# Boxes that hide what does not fit, boxes lower than their one line of text, and text beyond the window.
_CUT = """() => [...document.querySelectorAll('.site *')].filter((box) => {
  const style = getComputedStyle(box), size = parseFloat(style.fontSize)
  const told = [...box.childNodes].some((one) => one.nodeType === 3 && one.data.trim())
  if (!box.getClientRects().length || box.closest('.off-screen, .skip, .excerpt, canvas')) return false
  if (box.matches('input')) return box.type !== 'checkbox' && box.clientHeight < 1.3 * size
  const over = Math.max(box.scrollWidth - box.clientWidth, box.scrollHeight - box.clientHeight)
  const hides = style.overflow !== 'visible' && !box.matches('textarea') && over > 1
  const spills = told && style.display !== 'inline' && over > 0.25 * size
  const right = told && box.getBoundingClientRect().right > innerWidth + 1
  return hides || spills || right
}).map((box) => box.outerHTML.slice(0, 200))"""


@pytest.fixture(params=[390, 1280])
def reader(
    request: pytest.FixtureRequest, site: Site, chromium: Browser, built_page: Path, tmp_path: Path
) -> Iterator[Visit]:
    """Somebody whose browser shows text twice as large."""
    width: int = request.param
    (tmp_path / "Default").mkdir()
    wanted = {"webkit": {"webprefs": {"default_font_size": LARGE, "default_fixed_font_size": LARGE}}}
    (tmp_path / "Default/Preferences").write_text(json.dumps(wanted))
    size = {"width": width, "height": 844}
    context = chromium.browser_type.launch_persistent_context(
        tmp_path, viewport=size, locale="zh-CN", has_touch=width < 800, reduced_motion="reduce", **how()
    )
    visit = come(context.new_page(), site, width)
    visit.page.add_init_script(f"({_LISTEN})()")
    yield visit
    context.close()
    assert visit.settle() == []


def test_text_grows_with_the_reader_s_own_size_and_nothing_is_cut(
    site: Site, firms: list[str], reader: Visit
) -> None:
    page = reader.sign_in(site.invitation(firms[0]))
    for name, path in SCREENS.items():
        reader.show(path)
        if name in CHARTS:
            _check_chart(page)
        reader.keep(f"large-{name}")
        heading = page.locator("h1, h2").first
        assert heading.evaluate("one => parseFloat(getComputedStyle(one).fontSize)") >= 1.1 * LARGE
        body = page.locator("main .quiet, main .pre, main .strong").first
        assert body.evaluate("one => parseFloat(getComputedStyle(one).fontSize)") >= 0.8 * LARGE
        reader.check_width()
        assert page.evaluate(_CUT) == [], path
        reader.check_accessible()


def _check_chart(page: Page) -> None:
    """Its words are as large as the reader wants them, all on the canvas, none over another."""
    canvas = page.locator("canvas").first
    expect(canvas).to_be_visible()
    page.wait_for_function("window.drawn.size > 2")
    words = page.evaluate("[...window.drawn.values()]")
    wide, high = canvas.evaluate("one => [one.width, one.height]")
    for one in words:
        assert one["size"] >= 0.7 * LARGE, one
        assert one["left"] >= -1 and one["right"] <= wide + 1, one
        assert one["top"] >= -1 and one["bottom"] <= high + 1, one
    over = [(one["text"], other["text"]) for one, other in combinations(words, 2) if _meet(one, other)]
    assert over == []


def _meet(one: dict[str, float], other: dict[str, float]) -> bool:
    across = min(one["right"], other["right"]) - max(one["left"], other["left"])
    down = min(one["bottom"], other["bottom"]) - max(one["top"], other["top"])
    return across > 1 and down > 1


@pytest.mark.parametrize("reader", [390], indirect=True)
def test_nothing_stays_in_place_over_large_text(reader: Visit) -> None:
    page = reader.show("/")
    bars = page.locator(".site-head, .site-tabs")
    assert bars.evaluate_all("all => all.map((one) => getComputedStyle(one).position)") == ["static"] * 2
    for name in ("首页", "查政策", "自测", "消息", "我的"):
        expect(page.get_by_role("navigation").get_by_role("link", name=name)).to_be_in_viewport()
