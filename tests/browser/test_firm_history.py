"""What a firm's portrait tells of its name and addresses, and of its peers' rights."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewVisit
from tests.servers.site import Site


@pytest.mark.parametrize("width", [390, 1280])
def test_the_portrait_shows_former_addresses_and_the_peers_rights(
    site: Site, firms: list[str], visit: NewVisit, width: int
) -> None:
    uscc, editor = firms[0], site.staff("demo-editor")
    for address in (f"示例路{width}号", "示例新路8号"):
        body = {"operating_address": address, "source": "staff_verified"}
        site.ask("POST", f"/companies/{uscc}/particulars", editor, json=body)
    firm = visit(width)
    page = firm.sign_in(site.invitation(uscc))
    firm.show("/#/charts/firm")
    main = page.get_by_role("main")
    sheet = main.locator(".sheet", has=page.get_by_role("heading", name="名称和地址"))
    expect(sheet.get_by_text("示例新路8号")).to_be_visible()
    expect(sheet.get_by_text(f"示例路{width}号")).to_have_count(0)
    sheet.get_by_role("button", name=re.compile("以前的")).click()
    expect(sheet.get_by_text(f"示例路{width}号")).to_be_visible()
    rights = main.locator(".sheet", has=page.get_by_role("heading", name="知识产权"))
    expect(rights.get_by_text(re.compile(r"同行 \d+ 家：中位 .+件，多在 .+件 至 .+件")).first).to_be_visible()
    firm.check_accessible()
    firm.check_width()
    firm.keep("app-firm-history")
