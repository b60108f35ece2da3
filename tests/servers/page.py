"""What builds and tests the web page: Node, and the packages its lock file names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from backend.demo.page import LEAST_NODE, SOURCES, PageError, install, node_here
from tests.servers.processes import ServerMissingError

PART = "the web page and the mini-program"


@contextmanager
def page_tools() -> Iterator[dict[str, str]]:
    """The environment in which `npm` finds everything."""
    if not (SOURCES / "package.json").is_file():
        raise ServerMissingError(PART, f"no sources in {SOURCES.name}")
    tools = node_here()
    if tools is None:
        raise ServerMissingError(PART, f"install Node.js {LEAST_NODE} or newer, or make page")
    (SOURCES / "dist").mkdir(exist_ok=True)
    try:
        install(tools, SOURCES, lambda line: None)
    except PageError as error:
        raise ServerMissingError(PART, f"npm ci did not work: {error}") from error
    yield tools
