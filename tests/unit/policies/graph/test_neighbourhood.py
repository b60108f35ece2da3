"""Neighbourhoods: depth, kinds, dates, limits."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.graph import Link, Node, Part, PolicyMap, neighbourhood
from tests.unit.policies.graph.random_maps import parts_lists

PLAN = Node.of("policy", "plan", "示例计划")
MEASURE = Node.of("measure", "plan#m1", "示例措施")
DEPARTMENT = Node.of("department", "kejingwei", "示例科经委")
OTHER = Node.of("measure", "other#m1", "另一措施")
OWNER = "policy:plan"
CONTAINS = Link("contains", PLAN.id, MEASURE.id, owner=OWNER)
LEADS = Link("leads", DEPARTMENT.id, MEASURE.id, date(2023, 5, 8), date(2026, 1, 1), owner=OWNER)
ELSEWHERE = Link("leads", DEPARTMENT.id, OTHER.id, owner=OWNER)
SMALL = PolicyMap([Part(OWNER, (PLAN, MEASURE, DEPARTMENT, OTHER), (CONTAINS, LEADS, ELSEWHERE))])


def ids(start: str, depth: int = 1, **more: object) -> list[str]:
    return [node.id for node in neighbourhood(SMALL, start, depth, **more).nodes]


def test_it_holds_what_lies_within_the_depth_nearest_first() -> None:
    near = neighbourhood(SMALL, PLAN.id)
    assert [node.id for node in near.nodes] == [PLAN.id, MEASURE.id]
    assert near.links == (CONTAINS,)
    assert ids(PLAN.id, 2) == [PLAN.id, MEASURE.id, DEPARTMENT.id]
    assert neighbourhood(SMALL, PLAN.id, 2).distance == {PLAN.id: 0, MEASURE.id: 1, DEPARTMENT.id: 2}


def test_a_walk_ends_at_what_everything_shares_but_may_begin_there() -> None:
    assert OTHER.id not in ids(PLAN.id, 3)
    assert ids(DEPARTMENT.id) == [DEPARTMENT.id, MEASURE.id, OTHER.id]


def test_a_link_is_there_from_its_first_day_to_the_day_before_its_end() -> None:
    for day, held in ((date(2023, 5, 7), False), (date(2023, 5, 8), True), (date(2025, 12, 31), True)):
        assert (LEADS in neighbourhood(SMALL, MEASURE.id, on=day).links) is held
    assert LEADS not in neighbourhood(SMALL, MEASURE.id, on=date(2026, 1, 1)).links


def test_kinds_keep_those_and_what_lies_on_the_way_to_them() -> None:
    assert ids(MEASURE.id, kinds={"department"}) == [MEASURE.id, DEPARTMENT.id]
    assert ids(PLAN.id, 2, kinds={"department"}) == [PLAN.id, MEASURE.id, DEPARTMENT.id]


def test_what_does_not_fit_is_counted_by_kind() -> None:
    rows = tuple(Node.of("row", f"plan#r{n}", f"任务{n}") for n in range(10))
    links = tuple(Link("contains", PLAN.id, row.id) for row in rows)
    crowded = PolicyMap([Part(OWNER, (PLAN, MEASURE, *rows), (CONTAINS, *links))])
    shown = neighbourhood(crowded, PLAN.id, limit=4)
    assert [node.kind for node in shown.nodes] == ["policy", "measure", "row", "row"]
    assert shown.left_out == {"row": 8}
    assert len(shown.links) == 3


def test_an_unknown_start_is_an_error() -> None:
    with pytest.raises(KeyError):
        neighbourhood(SMALL, "policy:other")


@settings(deadline=None)
@given(
    parts_lists(),
    st.integers(1, 3),
    st.integers(1, 8),
    st.sets(st.sampled_from(("policy", "title", "condition")), max_size=2),
    st.one_of(st.none(), st.dates(date(2020, 1, 1), date(2030, 1, 1))),
)
def test_it_hangs_together_keeps_its_limit_and_does_not_depend_on_the_order_of_parts(
    parts: list[Part], depth: int, limit: int, kinds: set[str], on: date | None
) -> None:
    latest = {part.owner: part for part in parts}
    there, turned = PolicyMap(latest.values()), PolicyMap(reversed(latest.values()))
    for start in there.nodes():
        shown = neighbourhood(there, start.id, depth, kinds, on, limit)
        assert shown == neighbourhood(turned, start.id, depth, kinds, on, limit)
        assert len(shown.nodes) <= limit
        assert all(link.holds_on(on) for link in shown.links if on)
        linked = {end for link in shown.links for end in (link.source, link.target)}
        assert {node.id for node in shown.nodes} <= linked | {start.id}
        assert all(shown.distance[node.id] <= depth for node in shown.nodes)
