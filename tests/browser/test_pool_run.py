"""The commission decides on the lists of an evaluation, firm by firm and a whole list at once."""

from __future__ import annotations

import re

from playwright.sync_api import Route, expect

from tests.browser.conftest import NewVisit
from tests.servers.site import Site


def test_a_frozen_list_is_decided_on_one_by_one_and_as_a_whole(site: Site, visit: NewVisit) -> None:
    editor = visit()
    page = editor.sign_in_staff("demo-editor", site.passwords["demo-editor"])
    main = page.get_by_role("main")
    main.get_by_role("link", name=re.compile("培育库评估")).click()
    main.get_by_role("button", name="开始临时评估").click()
    lists = main.get_by_role("group", name="名单")
    lists.get_by_role("button", name=re.compile("层级应调整")).click()
    told = main.get_by_role("status")
    expect(told.first).to_have_text(re.compile(r"^已决定 0 家，共 \d+ 家$"))
    rows = int(re.findall(r"\d+", told.first.inner_text())[1])
    assert rows > 1
    one = main.get_by_role("button", name="不采纳", exact=True).first
    expect(one).to_be_disabled()
    main.locator("input#reason").fill("示例：资料待核实")
    one.click()
    expect(told.first).to_have_text(f"已决定 1 家，共 {rows} 家")
    expect(main.get_by_text("不采纳：示例：资料待核实")).to_be_visible()
    editor.check_accessible()
    editor.check_width()
    editor.keep("app-pool-run")
    main.locator("input#reason").fill("示例：符合口径")
    main.get_by_role("button", name="整份采纳").click()
    page.get_by_role("dialog").get_by_role("button", name="整份采纳").click()
    expect(told.first).to_have_text(f"已决定 {rows} 家，共 {rows} 家", timeout=60_000)
    expect(main.get_by_text("采纳：示例：符合口径", exact=True).first).to_be_visible()
    expect(main.get_by_role("button", name="整份采纳")).to_be_disabled()
    wide = visit(1280)
    wide.sign_in_staff("demo-editor", site.passwords["demo-editor"])
    wide.show(page.url.removeprefix(site.base))
    wide.page.get_by_role("button", name=re.compile("层级应调整")).click()
    expect(wide.page.get_by_text("采纳：示例：符合口径", exact=True).first).to_be_visible()
    wide.check_accessible()
    wide.keep("app-pool-run")
    wide.show("/#/staff/pool-runs")
    wide.check_accessible()
    wide.keep("app-pool-runs")


def test_carrying_out_is_stopped_and_gone_on_with(site: Site, visit: NewVisit) -> None:
    editor = visit()
    page = editor.sign_in_staff("demo-editor", site.passwords["demo-editor"])
    main = page.get_by_role("main")
    state, asked = {"paused": False}, []

    def under_way(route: Route) -> None:
        """The run as it is, but with three firms left to do: the demo's lists are done in no time."""
        answer = route.fetch(method="GET", url=re.sub("/decisions/.*", "", route.request.url), post_data="")
        if route.request.method == "POST":
            asked.append(route.request.url.rpartition("/")[2])
            state["paused"] = asked[-1] == "stop"
        told = {**answer.json(), **state}
        for one in told["lists"].values():
            one["waiting"] = 3
        route.fulfill(response=answer, json=told)

    page.route(re.compile(r"/staff/pool-runs/[^/?]+(/decisions/(stop|resume))?$"), under_way)
    main.get_by_role("link", name=re.compile("培育库评估")).click()
    main.get_by_role("button", name="开始临时评估").click()
    main.get_by_role("group", name="名单").get_by_role("button", name=re.compile("层级应调整")).click()
    told = main.get_by_role("status").first
    expect(told).to_have_text(re.compile("正在执行，还有 3 家"))
    main.get_by_role("button", name="停止执行").click()
    expect(told).to_have_text(re.compile("已停止执行，还有 3 家"))
    editor.check_accessible()
    editor.keep("app-pool-run-stopped")
    main.get_by_role("button", name="继续执行").click()
    expect(told).to_have_text(re.compile("正在执行，还有 3 家"))
    assert asked == ["stop", "resume"]
