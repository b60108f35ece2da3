"""Lineage: what is in force instead, on which day; and what an end would touch."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.graph import Link, Node, Part, PolicyMap, part_of_helper, part_of_policy
from policies.graph.lineage import lineage, standing, touched_by_end
from policies.sheet import Sheet
from tests.unit.policies.graph.random_maps import parts_lists
from tests.unit.policies.graph.test_parts import CHANGE, PART

OLD, NEW, NEWEST = "policy:old", "policy:new", "policy:newest"


def sheet(slug: str, start: str | None = None, end: str | None = None, **more: object) -> Part:
    data = {"slug": slug, "title": f"示例{slug}", "kind": "money", "level": "city", **more}
    return part_of_policy(Sheet.model_validate({**data, "validity": {"from": start, "to": end}}), {})


THREE = PolicyMap(
    [
        sheet("old", "2022-01-01", number="示例〔2022〕1号"),
        sheet("new", "2024-06-01", relations=[{"kind": "replaces", "target": "示例〔2022〕1号"}]),
        sheet("newest", "2026-04-01", relations=[{"kind": "repeals", "target": "new"}]),
    ]
)


@pytest.mark.parametrize(
    ("policy", "day", "stands", "instead"),
    [
        (OLD, "2024-05-31", "in_force", OLD),
        (OLD, "2024-06-01", "replaced", NEW),
        (OLD, "2026-03-31", "replaced", NEW),
        (OLD, "2026-04-01", "replaced", NEWEST),
        (NEW, "2026-04-01", "repealed", NEWEST),
        (NEW, "2024-05-31", "not_yet", OLD),
        (NEWEST, "2023-01-01", "not_yet", OLD),
        (OLD, "2021-12-31", "not_yet", None),
    ],
)
def test_a_day_decides_what_is_in_force_instead(policy, day, stands, instead) -> None:
    found = lineage(THREE, policy, date.fromisoformat(day))
    assert found.standing == stands
    assert [node.id for node in found.instead] == ([instead] if instead else [])


def test_a_policy_that_ran_out_and_names_its_successor_passes_on_to_it_the_day_after() -> None:
    there = PolicyMap(
        [
            sheet("old", "2022-01-01", "2025-12-31", relations=[{"kind": "replaced_by", "target": "new"}]),
            sheet("new", "2026-01-01"),
        ]
    )
    assert [node.id for node in lineage(there, OLD, date(2025, 12, 31)).instead] == [OLD]
    assert [node.id for node in lineage(there, OLD, date(2026, 1, 1)).instead] == [NEW]
    assert lineage(there, NEW, date(2025, 12, 31)).instead == (there.node(OLD),)


def test_where_nothing_follows_nothing_is_said() -> None:
    there = PolicyMap([sheet("old", "2022-01-01", "2025-12-31")])
    found = lineage(there, OLD, date(2026, 1, 1))
    assert (found.standing, found.instead) == ("ended", ())


def test_a_successor_nobody_has_collected_is_named_as_such() -> None:
    there = PolicyMap([sheet("old", None, "2025-12-31", relations=[{"kind": "replaced_by", "target": "x"}])])
    found = lineage(there, OLD, date(2026, 1, 1))
    assert [(node.id, node.stub) for node in found.instead] == [("policy:x", True)]
    assert lineage(there, "policy:x", date(2026, 1, 1)).standing == "not_collected"


def test_the_rule_of_before_gives_way_to_the_rule_of_after_the_first_of_april_2026() -> None:
    there = PolicyMap([PART])
    old, new = "version:sample-upper@old-2022", "version:sample-upper@new-2026"
    for day, version, stands, instead in (
        (CHANGE - timedelta(days=1), old, "in_force", old),
        (CHANGE - timedelta(days=1), new, "not_yet", old),
        (CHANGE, old, "replaced", new),
        (CHANGE, new, "in_force", new),
    ):
        found = lineage(there, version, day)
        assert (found.standing, [node.id for node in found.instead]) == (stands, [instead])


def test_amendments_in_force_are_named() -> None:
    there = PolicyMap(
        [sheet("old"), sheet("new", "2026-04-01", relations=[{"kind": "amends", "target": "old"}])]
    )
    assert lineage(there, OLD, date(2026, 3, 31)).amended_by == ()
    assert [node.id for node in lineage(there, OLD, CHANGE).amended_by] == [NEW]


def test_only_policies_and_versions_have_a_lineage() -> None:
    for node_id in ("policy:none", "title:zhuanjingtexin"):
        with pytest.raises(KeyError):
            lineage(PolicyMap([PART]), node_id, CHANGE)


def test_an_end_touches_rules_helpers_titles_nobody_else_grants_and_what_rests_on_it() -> None:
    upper = "version:next@r"
    asks = {"id": "t", "label": "资质", "fact": "titles", "any_of": ["zhuanjingtexin"]}
    rule = {"id": "r", "from": "2022-01-01", "source": {"title": "示例"}, "all": [asks]}
    parts = [
        PART,
        sheet("next", rules=[rule]),
        sheet("detail", relations=[{"kind": "implements", "target": "示例〔2026〕2号"}]),
        sheet("deeper", relations=[{"kind": "based_on", "target": "detail"}]),
        sheet("citing", relations=[{"kind": "cites", "target": "sample-upper"}]),
        sheet("beyond", relations=[{"kind": "based_on", "target": "citing"}]),
        part_of_helper("course", "c1", "示例课程", ["sample-upper/rd"], []),
    ]
    touched = {
        item.node.id: item.through.kind
        for item in touched_by_end(PolicyMap(parts), "policy:sample-upper", CHANGE)
    }
    assert touched["policy:detail"] == "implements"
    assert touched["policy:deeper"] == "based_on"
    assert touched["policy:citing"] == "cites"
    assert touched["course:c1"] == "helps"
    assert touched["support:sample-upper#first"] == "offers"
    assert touched["title:zhuanjingtexin"] == "grants_title"
    assert touched[upper] == "requires_title"
    assert "policy:beyond" not in touched
    assert "policy:sample-upper" not in touched
    other = sheet("also", grants=["zhuanjingtexin"])
    again = touched_by_end(PolicyMap([*parts, other]), "policy:sample-upper", CHANGE)
    assert not {"title:zhuanjingtexin", upper} & {item.node.id for item in again}


ACTS = st.sampled_from(["replaces", "repeals", "replaced_by", "amends"])


@settings(deadline=None)
@given(
    st.lists(st.tuples(ACTS, st.sampled_from("abcde"), st.sampled_from("abcde")), max_size=12),
    st.lists(st.one_of(st.none(), st.dates(date(2020, 1, 1), date(2027, 1, 1))), min_size=5, max_size=5),
    st.dates(date(2020, 1, 1), date(2027, 1, 1)),
)
def test_lineage_always_ends_with_what_is_in_force(acts, starts, on) -> None:
    nodes = [
        Node(f"policy:{slug}", "policy", slug, since=day) for slug, day in zip("abcde", starts, strict=True)
    ]
    links = [Link(kind, f"policy:{one}", f"policy:{other}") for kind, one, other in acts]
    there = PolicyMap([Part("policy:a", tuple(nodes), tuple(links))])
    for node in nodes:
        found = lineage(there, node.id, on)
        assert all(standing(there, other, on) == "in_force" for other in found.instead)
        assert (found.instead == (node,)) or found.standing != "in_force"
        assert len(found.steps) <= len(nodes)


@settings(deadline=None)
@given(parts_lists(), st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_any_map_has_an_answer(parts: list[Part], on: date) -> None:
    there = PolicyMap({part.owner: part for part in parts}.values())
    for node in there.of_kind("policy"):
        lineage(there, node.id, on)
        touched = [item.node.id for item in touched_by_end(there, node.id, on)]
        assert len(touched) == len(set(touched))
