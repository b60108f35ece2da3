"""Stores and servers for all tests. What is not on the machine is named in the last lines of the run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any, TypeVar

import pytest
from playwright.sync_api import Browser
from pymongo import MongoClient

from backend.demo.page import build
from backend.pages.built import BESIDE as BUILT
from tests.servers.browser import chromium as start_chromium
from tests.servers.mongo import mongo_server as start_mongo
from tests.servers.page import page_tools as start_page_tools
from tests.servers.processes import ServerMissingError
from tests.servers.redis import redis_server as start_redis
from tests.servers.search_node import search_node as start_search_node
from tests.servers.site import Site, demo_site
from tests.servers.stores import KINDS, SERVER, Store, connected, new_store

Part = TypeVar("Part")
_NOT_TRIED: dict[str, str] = {}


def _started(server: AbstractContextManager[Part]) -> Iterator[Part]:
    """Skip what needs a missing part, loudly; where everything must be there (`CI=true`), fail."""
    with ExitStack() as running:
        try:
            address = running.enter_context(server)
        except ServerMissingError as missing:
            if os.environ.get("CI") == "true":
                pytest.fail(str(missing))
            _NOT_TRIED[missing.part] = missing.remedy
            pytest.skip(f"not tried: {missing}")
        yield address


@pytest.fixture(scope="session")
def mongo_server() -> Iterator[str]:
    """The URI of a real MongoDB-protocol server."""
    yield from _started(start_mongo())


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    """The URL of a real Redis."""
    yield from _started(start_redis())


@pytest.fixture(scope="session")
def search_node() -> Iterator[str]:
    """The address of a real OpenSearch."""
    yield from _started(start_search_node())


@pytest.fixture(scope="session")
def page_tools() -> Iterator[dict[str, str]]:
    """The environment in which npm works on the page's sources, everything installed."""
    yield from _started(start_page_tools())


@pytest.fixture(scope="session")
def built_page(page_tools: dict[str, str]) -> Path:
    """The folder of the built web page, made of these sources."""
    build(lambda line: None)
    return BUILT


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The service with the demo's data, running; POLICYMAP_URL and POLICYMAP_ACCOUNTS name one that is."""
    if address := os.environ.get("POLICYMAP_URL"):
        yield Site(address, Path(os.environ["POLICYMAP_ACCOUNTS"]))
        return
    with demo_site(tmp_path_factory.mktemp("site")) as running:
        yield running


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A real browser."""
    yield from _started(start_chromium())


@pytest.fixture(params=KINDS)
def new_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A fresh database of each kind, not connected; removed afterwards."""
    uri = request.getfixturevalue("mongo_server") if request.param == SERVER else None
    store = new_store(uri, tmp_path)
    yield store
    if uri:
        with MongoClient(uri) as client:
            client.drop_database(store.database)


@pytest.fixture
def store(new_database: Store) -> Iterator[Store]:
    """A fresh database of each kind, connected."""
    with connected(new_database):
        yield new_database


@pytest.fixture
def store_settings(new_database: Store) -> dict[str, Any]:
    """The settings that choose a fresh database of each kind, for those who connect by themselves."""
    return new_database.settings()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for part, remedy in _NOT_TRIED.items():
        terminalreporter.write_line(f"not tried: {part} ({remedy})", yellow=True)
