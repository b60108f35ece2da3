"""The map: union of parts, neighbourhoods, dates and limits."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.graph import Link, Node, Part, PolicyMap

PLAN = Node.of("policy", "plan", "示例计划")
MEASURE = Node.of("measure", "plan#m1", "示例措施")
DEPARTMENT = Node.of("department", "kejingwei", "示例科经委")
COURSE = Node.of("course", "c1", "示例课程")
CONTAINS = Link("contains", PLAN.id, MEASURE.id)
LEADS = Link("leads", DEPARTMENT.id, MEASURE.id, since=date(2023, 5, 8), until=date(2026, 1, 1))
SMALL = PolicyMap([Part("policy:plan", (PLAN, MEASURE, DEPARTMENT), (CONTAINS, LEADS))])


def test_a_neighbourhood_holds_what_lies_within_the_depth() -> None:
    near = SMALL.neighbourhood(PLAN.id, depth=1)
    assert [node.id for node in near.nodes] == [PLAN.id, MEASURE.id]
    assert near.links == (CONTAINS,)
    far = SMALL.neighbourhood(PLAN.id, depth=2)
    assert {node.id for node in far.nodes} == {PLAN.id, MEASURE.id, DEPARTMENT.id}


def test_a_link_holds_from_its_first_day_to_the_day_before_its_end() -> None:
    for day, held in ((date(2023, 5, 7), False), (date(2023, 5, 8), True), (date(2025, 12, 31), True)):
        assert (LEADS in SMALL.neighbourhood(MEASURE.id, on=day).links) is held
    assert LEADS not in SMALL.neighbourhood(MEASURE.id, on=date(2026, 1, 1)).links


def test_kinds_keep_only_those_nodes_and_the_start() -> None:
    only = SMALL.neighbourhood(MEASURE.id, kinds={"department"})
    assert {node.kind for node in only.nodes} == {"measure", "department"}


def test_a_stub_gives_way_to_the_thing_itself_in_any_order() -> None:
    stub = Part("course:c1", (COURSE, Node.of("policy", "plan", "plan", stub=True)), ())
    own = Part("policy:plan", (PLAN,), ())
    for parts in ([stub, own], [own, stub]):
        assert PolicyMap(parts).node(PLAN.id) == PLAN


def test_what_does_not_fit_is_counted_by_kind() -> None:
    rows = tuple(Node.of("row", f"plan#r{n}", f"任务{n}") for n in range(10))
    links = tuple(Link("contains", PLAN.id, row.id) for row in rows)
    crowded = PolicyMap([Part("policy:plan", (PLAN, MEASURE, *rows), (CONTAINS, *links))])
    shown = crowded.neighbourhood(PLAN.id, limit=4)
    assert [node.kind for node in shown.nodes] == ["policy", "measure", "row", "row"]
    assert shown.left_out == {"row": 8}
    assert len(shown.links) == 3


def test_links_to_nowhere_are_not_shown_and_an_unknown_start_is_an_error() -> None:
    dangling = PolicyMap([Part("policy:plan", (PLAN,), (CONTAINS,))])
    assert dangling.count() == (1, 0)
    with pytest.raises(KeyError):
        dangling.neighbourhood("policy:other")


@given(st.permutations([PLAN, MEASURE, DEPARTMENT, COURSE]), st.integers(1, 3), st.integers(1, 4))
def test_the_answer_does_not_depend_on_the_order_of_parts(nodes: list[Node], depth: int, limit: int) -> None:
    parts = [Part(node.id, (node,), (CONTAINS, LEADS)) for node in nodes]
    shown = PolicyMap(parts).neighbourhood(PLAN.id, depth, limit=limit)
    assert shown == PolicyMap(reversed(parts)).neighbourhood(PLAN.id, depth, limit=limit)
    assert len(shown.nodes) <= limit or limit < 1


def test_a_part_survives_storing() -> None:
    part = Part("policy:plan", (PLAN, MEASURE), (CONTAINS, LEADS))
    assert Part.from_dict(part.as_dict()) == part
