"""The link watch against a site on loopback."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from backend.adapters.links import LinkProbe
from backend.catalogue.service.links import LinkWatch
from tests.standins.pages import Site, a_site

from .conftest import Room, sheet_of

LOOPBACK = LinkProbe(("127.0.0.1",), timeout=2)


@pytest.fixture
def site() -> Iterator[Site]:
    with a_site() as site:
        yield site


def linked(site: Site, *paths: str):
    return sheet_of(sources=[{"title": path, "url": site.address + path} for path in paths])


def states(watch: LinkWatch, sheet) -> list[str]:
    return [state.state if state else "unchecked" for _, state in watch.states(sheet)]


def test_answers_of_every_kind(room: Room, site: Site) -> None:
    site.answers = {
        "/moved": (302, "/there"),
        "/away": (302, "http://example.invalid/"),
        "/round": (302, "/round"),
        "/gone": 404,
        "/down": 503,
    }
    sheet = linked(site, "/there", "/moved", "/away", "/round", "/gone", "/down")
    watch = LinkWatch(room.clock, LOOPBACK)
    assert states(watch, sheet) == ["unchecked"] * 6
    assert watch.ask_due([sheet, sheet]) == 6
    assert states(watch, sheet) == ["fine", "fine", "uncertain", "uncertain", "uncertain", "uncertain"]


def test_a_page_is_broken_only_after_it_was_missing_for_days(room: Room, site: Site) -> None:
    sheet = linked(site, "/page")
    watch = LinkWatch(room.clock, LOOPBACK)
    site.answers = {"/page": 404}
    seen = []
    for status in (404, 503, 404, 200, 404):
        site.answers["/page"] = status
        watch.ask_due([sheet])
        seen += states(watch, sheet)
        room.clock.move(days=7 if status == 200 else 1)
    assert seen == ["uncertain", "uncertain", "broken", "fine", "uncertain"]


def test_links_are_asked_no_more_often_than_needed(room: Room, site: Site) -> None:
    sheet = linked(site, "/fine")
    watch = LinkWatch(room.clock, LOOPBACK)
    assert [watch.ask_due([sheet]), watch.ask_due([sheet])] == [1, 0]
    room.clock.move(days=6)
    assert watch.ask_due([sheet]) == 0
    room.clock.move(days=1)
    assert watch.ask_due([sheet]) == 1


def test_without_the_setting_nothing_calls_out_and_other_hosts_are_never_asked(
    room: Room, site: Site
) -> None:
    sheet = linked(site, "/page")
    assert LinkWatch(room.clock).ask_due([sheet]) == 0
    LinkWatch(room.clock, LinkProbe()).ask_due([sheet])
    assert site.asked == []


def test_a_broken_link_hides_nothing(room: Room, site: Site) -> None:
    site.answers = {"/page": 404}
    room.publish(sources=[{"title": "原文", "url": f"{site.address}/page"}])
    watch = LinkWatch(room.clock, LOOPBACK)
    for _ in range(4):
        watch.ask_due([policy.sheet for policy in room.catalogue.published_sheets()])
        room.clock.move(days=1)
    (policy,) = room.catalogue.published_sheets()
    assert [state.state for _, state in room.catalogue.links(policy.sheet) if state] == ["broken"]
