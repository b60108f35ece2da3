"""The page's own checks: types against the API's document, both builds, and its tests of the mini-program."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from backend.demo.page import SOURCES, run
from tests.servers.site import Site

MINI_PROGRAM = SOURCES / "dist/build/mp-weixin"
MAIN_PACKAGE = 700 * 1024

pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def mini_program(page_tools: dict[str, str]) -> Path:
    """The built mini-program."""
    run(page_tools, ["npm", "run", "build:mp-weixin"], SOURCES, "the mini-program was not built")
    return MINI_PROGRAM


def test_the_page_fits_the_types_of_the_api(page_tools: dict[str, str]) -> None:
    run(page_tools, ["npm", "run", "type-check"], SOURCES, "the page does not fit the API")


def test_the_web_page_is_built_with_nothing_of_another_host(built_page: Path) -> None:
    index = (built_page / "index.html").read_text("utf-8")
    assert "http" not in index
    assert "<script>" not in index
    assert list(built_page.glob("assets/*.js"))


def test_the_main_package_of_the_mini_program_is_small(mini_program: Path) -> None:
    told = json.loads((mini_program / "app.json").read_text("utf-8"))
    apart = [mini_program / part["root"] for part in told["subPackages"]]
    files = [path for path in mini_program.rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files if not any(path.is_relative_to(root) for root in apart))
    assert size <= MAIN_PACKAGE, f"{size} bytes"


@pytest.mark.skipif(
    not list(SOURCES.glob("tests/**/*.test.ts")), reason="the page has no tests of its own yet"
)
def test_its_own_tests_pass_against_the_real_server(
    page_tools: dict[str, str], mini_program: Path, site: Site
) -> None:
    server = {"POLICYMAP_URL": site.base, "POLICYMAP_ACCOUNTS": str(site.accounts)}
    run({**page_tools, **server}, ["npm", "test"], SOURCES, "the page's own tests failed")
