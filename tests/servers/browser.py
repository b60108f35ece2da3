"""Debian's Chromium, driven by Playwright, for one test run."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from tests.servers.processes import ServerMissingError

PART = "Chromium"
_NAMES = ("chromium", "chromium-browser", "google-chrome")
# It runs as root in containers, and must call nobody by itself.
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def how() -> dict[str, Any]:
    """Which program, and with which arguments."""
    program = next((found for name in _NAMES if (found := shutil.which(name))), None)
    if program is None:
        raise ServerMissingError(PART, "make servers, or install chromium")
    return {"executable_path": program, "args": list(_ARGUMENTS)}


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless browser."""
    given = how()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**given)
        yield browser
        browser.close()
