"""The service follows its records: one part at a time, two processes, late and repeated events, rebuilds."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.adapters.mongo import collection_of
from backend.graph.service.following import Contribution, MapKeeper
from backend.graph.store import GraphStore
from backend.shared.clock import SHANGHAI, FixedClock
from policies.graph import Node, Part, PolicyMap
from tests.servers.stores import Store
from tests.unit.policies.graph.random_maps import parts

CLOCK = FixedClock(datetime(2026, 5, 6, 9, 30, tzinfo=SHANGHAI))


def part(slug: str, label: str) -> Part:
    return Part(f"policy:{slug}", (Node.of("policy", slug, label),))


def service(*records: Contribution) -> MapKeeper:
    return MapKeeper(GraphStore(), CLOCK, [lambda: iter(records)])


def labels(graph: MapKeeper) -> set[str]:
    return {node.label for node in graph.current().nodes()}


@pytest.mark.usefixtures("store")
def test_a_change_is_seen_at_once_here_and_in_another_process_on_the_same_instant() -> None:
    here, elsewhere = service(), service()
    here.take((part("a", "一"), 1, False))
    assert labels(here) == labels(elsewhere) == {"一"}
    elsewhere.take((part("b", "二"), 1, False))
    here.take((part("a", "三"), 2, False))
    assert labels(here) == labels(elsewhere) == {"三", "二"}
    elsewhere.take((part("a", "三"), 3, True))
    assert labels(here) == labels(elsewhere) == {"二"}


@pytest.mark.usefixtures("store")
def test_a_late_or_repeated_event_changes_nothing() -> None:
    graph = service()
    graph.take((part("a", "新"), 5, False))
    graph.take((part("a", "旧"), 4, False))
    graph.take((part("a", "新"), 5, False))
    assert labels(graph) == labels(service()) == {"新"}
    graph.take((Part("policy:a"), 6, True))
    graph.take((part("a", "新"), 5, False))
    assert labels(graph) == labels(service()) == set()


@pytest.mark.usefixtures("store")
def test_one_publication_writes_only_its_own_part() -> None:
    graph = service()
    for slug in "abc":
        graph.take((part(slug, slug), 1, False))
    before = GraphStore().revisions()
    graph.take((part("b", "新"), 2, False))
    after = GraphStore().revisions()
    assert {owner for owner in after if after[owner] != before[owner]} == {"policy:b"}


@pytest.mark.usefixtures("store")
def test_a_rebuild_takes_in_what_was_missed_and_lets_go_of_what_no_record_stands_behind() -> None:
    graph = service((part("a", "新"), 2, False), (part("c", "隐"), 1, True))
    graph.take((part("a", "旧"), 1, False))
    graph.take((part("b", "无主"), 1, False))
    watching = service()
    assert labels(watching) == {"旧", "无主"}
    assert graph.rebuild() == (1, 0)
    assert labels(graph) == labels(watching) == {"新"}
    graph.take((part("b", "又来"), 1, False))
    assert labels(watching) == {"又来", "新"}


@pytest.mark.usefixtures("store")
def test_a_part_written_during_a_rebuild_stays() -> None:
    writer = service()
    writer.take((part("b", "早"), 1, False))

    def late() -> list[Contribution]:
        writer.take((part("b", "晚"), 2, False))
        return []

    graph = MapKeeper(GraphStore(), CLOCK, [late])
    graph.rebuild()
    assert labels(graph) == labels(writer) == {"晚"}


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(parts(), max_size=6))
def test_the_map_that_followed_equals_the_map_rebuilt(store: Store, changes: list[Part]) -> None:
    for collection in ("graph_parts", "graph_state"):
        collection_of(collection).delete_many({})
    latest: dict[str, Contribution] = {}
    following = service()
    for revision, changed in enumerate(changes, 1):
        latest[changed.owner] = (changed, revision, not changed.nodes)
        following.take(latest[changed.owner])
    expected = PolicyMap(changed for changed, _, _ in latest.values())
    assert following.current() == service().current() == expected
    rebuilding = service(*latest.values())
    rebuilding.rebuild()
    assert rebuilding.current() == following.current() == expected
