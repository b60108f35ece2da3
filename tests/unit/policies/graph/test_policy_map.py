"""The map: union of parts, numbers that find their policy, and one change at a time."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from policies.graph import Link, Node, Part, PolicyMap
from tests.unit.policies.graph.random_maps import parts_lists

PLAN = Node.of("policy", "plan", "示例计划")
COURSE = Node.of("course", "c1", "示例课程")
NUMBERED = Node("policy:new", "policy", "示例办法", number="示例〔2026〕1号")
BY_NUMBER = Node.of("policy", "示例〔2026〕1号", "示例〔2026〕1号", stub=True)
CITES = Link("cites", PLAN.id, BY_NUMBER.id)
CITING = Part("policy:plan", (PLAN, BY_NUMBER), (CITES,))


def test_a_stub_gives_way_to_the_thing_itself_in_any_order_and_comes_back_when_it_goes() -> None:
    stub = Part("course:c1", (COURSE, Node.of("policy", "plan", "plan", stub=True)))
    own = Part("policy:plan", (PLAN,))
    for parts in ([stub, own], [own, stub]):
        assert PolicyMap(parts).node(PLAN.id) == PLAN
    gone = PolicyMap([stub, own]).with_part(Part("policy:plan"))
    assert gone.node(PLAN.id).stub
    assert gone == PolicyMap([stub])


def test_what_is_linked_to_a_number_is_linked_to_the_policy_that_bears_it() -> None:
    before = PolicyMap([CITING])
    assert before.node(BY_NUMBER.id).stub
    after = before.with_part(Part("policy:new", (NUMBERED,)))
    assert after == PolicyMap([Part("policy:new", (NUMBERED,)), CITING])
    assert [link.target for link in after.links_at(PLAN.id)] == ["policy:new"]
    assert after.node(BY_NUMBER.id) == NUMBERED
    assert after.count() == (2, 1)
    assert after.with_part(Part("policy:new")) == before
    assert [link.target for link in before.links_at(PLAN.id)] == [BY_NUMBER.id]


def test_a_policy_that_changes_its_number_lets_go_of_the_old_one() -> None:
    renumbered = Node("policy:new", "policy", "示例办法", number="示例〔2026〕2号")
    after = PolicyMap([CITING, Part("policy:new", (NUMBERED,))]).with_part(Part("policy:new", (renumbered,)))
    assert [link.target for link in after.links_at(PLAN.id)] == [BY_NUMBER.id]
    assert after == PolicyMap([CITING, Part("policy:new", (renumbered,))])


def test_links_to_nowhere_are_not_walked_nor_counted() -> None:
    dangling = PolicyMap([Part("policy:plan", (PLAN,), (Link("contains", PLAN.id, "measure:none"),))])
    assert dangling.count() == (1, 0)
    assert list(dangling.links_at(PLAN.id)) == []
    assert len(list(dangling.links())) == 1


def test_the_links_of_a_part_bear_its_name_and_stand_once() -> None:
    part = Part("policy:plan", (PLAN,), (CITES, CITES))
    assert [link.owner for link in part.links] == ["policy:plan"]


def test_a_link_ahead_is_a_link_back_from_the_other_end_on_the_days_it_holds() -> None:
    dated = Link("cites", PLAN.id, COURSE.id, since=date(2026, 4, 1), until=date(2026, 5, 1))
    small = PolicyMap([Part("policy:plan", (PLAN, COURSE), (dated,))])
    for day, held in (("2026-03-31", 0), ("2026-04-01", 1), ("2026-04-30", 1), ("2026-05-01", 0)):
        on = date.fromisoformat(day)
        assert len(small.ahead(PLAN.id, "cites", on=on)) == len(small.back(COURSE.id, "cites", on=on)) == held
    assert small.ahead(PLAN.id, "amends") == small.ahead(COURSE.id, "cites") == []


@settings(deadline=None)
@given(parts_lists(), parts_lists())
def test_one_change_at_a_time_gives_the_map_of_a_full_rebuild(first: list[Part], changes: list[Part]) -> None:
    grown = PolicyMap(first)
    original = PolicyMap(first)
    for part in changes:
        grown = grown.with_part(part)
    latest = {part.owner: part for part in (*first, *changes)}
    rebuilt = PolicyMap(latest.values())
    assert grown == rebuilt
    assert grown.count() == rebuilt.count()
    for node in rebuilt.nodes():
        assert set(grown.links_at(node.id)) == set(rebuilt.links_at(node.id))
    assert PolicyMap(first).with_parts(changes) == rebuilt
    assert original == PolicyMap(reversed(list({part.owner: part for part in first}.values())))


@given(parts_lists())
def test_a_part_survives_storing(parts: list[Part]) -> None:
    for part in parts:
        assert Part.from_dict(part.as_dict()) == part


@given(st.lists(st.sampled_from(["policy:plan", "policy:new"]), max_size=4))
def test_maps_differ_when_their_contents_do(owners: list[str]) -> None:
    known = {"policy:plan": CITING, "policy:new": Part("policy:new", (NUMBERED,))}
    chosen = PolicyMap(known[owner] for owner in owners)
    assert (chosen == PolicyMap(known.values())) is (set(owners) == set(known))
