"""Who answers for what, how helpers lead to titles, and what is wrong with a map."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.document import draft_sheet
from policies.graph import Link, Node, Part, PolicyMap, part_of_helper, part_of_policy
from policies.graph.health import examine
from policies.graph.paths import paths
from policies.graph.responsibility import responsibility, unanswered
from policies.sheet import Sheet
from tests.unit.policies.document.plans import MADE_UP, read_plan
from tests.unit.policies.graph.random_maps import parts_lists
from tests.unit.policies.graph.test_parts import CHANGE, PART

PLAN = Sheet.model_validate(
    {
        "slug": "plan",
        "title": "示例计划",
        "kind": "plan",
        "level": "district",
        "issuers": ["科经委"],
        "clauses": [
            {"anchor": "m1", "title": "措施一", "lead": ["科经委"], "support": ["财政局"]},
            {"anchor": "m2", "title": "措施二", "support": ["财政局"]},
        ],
        "tasks": [
            {"anchor": "r1", "position": 1, "text": "任务一", "units": ["科经委"], "measure": "m1"},
            {"anchor": "r2", "position": 2, "text": "任务二", "uncertain_units": ["财政局"], "measure": "m2"},
            {"anchor": "r3", "position": 3, "text": "任务三"},
        ],
    }
)
PERSON = part_of_helper("person", "p1", "示例联络员", [], [], ["科经委"], ["plan#r1"])
DUTIES = PolicyMap([part_of_policy(PLAN, {}), PERSON])


def test_a_department_answers_for_measures_tasks_and_policies_with_its_people() -> None:
    found = responsibility(DUTIES, "department:kejingwei", CHANGE)
    assert [duty.node.label for duty in found.leads] == ["措施一"]
    assert found.supports == ()
    (task,) = found.tasks
    assert (task.node.label, task.policy.label, task.sure) == ("任务一", "示例计划", True)
    assert [person.label for person in task.people] == ["示例联络员"]
    assert [policy.label for policy in found.issued] == ["示例计划"]
    assert [person.label for person in found.people] == ["示例联络员"]
    (unsure,) = responsibility(DUTIES, "department:caizhengju", CHANGE).tasks
    assert not unsure.sure


def test_what_nobody_answers_for_and_what_is_only_guessed() -> None:
    assert [(duty.node.label, duty.sure) for duty in unanswered(DUTIES, CHANGE)] == [
        ("措施二", True),
        ("任务二", False),
        ("任务三", True),
    ]


def test_a_policy_that_gives_nothing_to_departments_lacks_nobody() -> None:
    rules = PLAN.model_copy(
        update={"clauses": (PLAN.clauses[0].model_copy(update={"lead": (), "support": ()}),), "tasks": ()}
    )
    assert unanswered(PolicyMap([part_of_policy(rules, {})]), CHANGE) == ()


def test_duties_end_with_their_plan() -> None:
    ended = Sheet.model_validate({**PLAN.model_dump(), "validity": {"to": "2026-03-31"}})
    there = PolicyMap([part_of_policy(ended, {})])
    assert responsibility(there, "department:kejingwei", CHANGE).leads == ()
    assert unanswered(there, CHANGE) == ()
    with pytest.raises(KeyError):
        responsibility(there, "policy:plan", CHANGE)


def test_every_task_of_the_made_up_plan_has_somebody() -> None:
    there = PolicyMap([part_of_policy(draft_sheet(read_plan(MADE_UP)), {})])
    assert [
        duty for duty in unanswered(there, date(2026, 5, 1)) if duty.node.kind == "row" and duty.sure
    ] == []


COURSE = part_of_helper("course", "c1", "示例课程", ["sample-upper/rd"], [])
BY_KIND = part_of_helper("institution", "i1", "示例机构", [], ["rd-accounting"])


def test_a_course_leads_by_its_condition_to_the_title_while_the_rule_holds() -> None:
    there = PolicyMap([PART, COURSE])
    (way,) = paths(there, "course:c1", CHANGE)
    assert [node.id for node in way.nodes] == [
        "course:c1",
        "condition:sample-upper/rd",
        "version:sample-upper@new-2026",
        "policy:sample-upper",
        "title:zhuanjingtexin",
    ]
    assert [link.kind for link in way.links] == ["helps", "has_condition", "has_version", "grants_title"]
    (before,) = paths(there, "course:c1", date(2026, 3, 31))
    assert before.nodes[2].id == "version:sample-upper@old-2022"
    assert paths(there, "course:c1", date(2022, 5, 31)) == ()


def test_an_institution_leads_by_a_kind_of_help_and_only_by_conditions_still_open() -> None:
    there = PolicyMap([PART, BY_KIND])
    day = date(2026, 3, 31)
    (way,) = paths(there, "institution:i1", day, to="title:zhuanjingtexin")
    assert [node.kind for node in way.nodes][:3] == ["institution", "help", "condition"]
    assert paths(there, "institution:i1", day, open_conditions=["sample-upper/other"]) == ()
    assert len(paths(there, "institution:i1", day, open_conditions=["sample-upper/rd"])) == 1


@pytest.mark.parametrize(
    ("start", "to"), [("course:none", None), ("policy:sample-upper", None), ("course:c1", "title:x")]
)
def test_ways_begin_at_a_helper_and_end_at_a_title_of_the_map(start: str, to: str | None) -> None:
    with pytest.raises(KeyError):
        paths(PolicyMap([PART, COURSE]), start, CHANGE, to)


def test_a_healthy_map_has_nothing_wrong() -> None:
    whole = Part(
        "policy:sample-law", (Node("policy:sample-law", "policy", "示例法", number="示例〔2020〕3号"),)
    )
    assert examine(PolicyMap([PART, whole])) == ()


def replacing(slug: str, target: str, start: str, kind: str = "replaces") -> Part:
    data = {"slug": slug, "title": slug, "kind": "tax", "level": "city", "validity": {"from": start}}
    return part_of_policy(Sheet.model_validate({**data, "relations": [{"kind": kind, "target": target}]}), {})


def test_what_is_wrong_is_named_with_the_records_that_say_so() -> None:
    day = date(2026, 1, 1)
    nowhere = Part(
        "policy:n", (Node.of("policy", "n", "n"),), (Link("contains", "policy:n", "measure:n#m9"),)
    )
    odd = Part("policy:o", (Node("policy:o", "policy", "反了", since=day, until=day),))
    helper = part_of_helper("course", "c9", "示例课程", ["no/such"], [])
    both = Part(
        "policy:s",
        (Node.of("support", "s#a", "甲"), Node.of("support", "s#b", "乙")),
        (Link("excludes", "support:s#a", "support:s#b"), Link("stacks_with", "support:s#b", "support:s#a")),
    )
    circle = [replacing("aa", "bb", "2026-01-01"), replacing("bb", "aa", "2025-01-01", "repeals")]
    found = examine(PolicyMap([nowhere, odd, helper, both, *circle]))
    by_kind = {ailment.kind: ailment for ailment in found}
    assert set(by_kind) == {"nowhere", "named_only", "cycle", "dates", "contradiction", "orphan"}
    assert by_kind["nowhere"].owners == ("policy:n",)
    assert by_kind["cycle"].nodes == ("policy:aa", "policy:bb")
    assert by_kind["named_only"].owners == ("course:c9",)
    assert "早于" in next(a.text for a in found if a.kind == "dates" and len(a.nodes) == 2)


def test_two_policies_with_one_number_are_named() -> None:
    parts = [Part(f"policy:{s}", (Node(f"policy:{s}", "policy", s, number="示例〔2026〕1号"),)) for s in "ab"]
    found = [ailment for ailment in examine(PolicyMap(parts)) if ailment.kind == "contradiction"]
    assert [ailment.nodes for ailment in found] == [("policy:a", "policy:b")]


def test_being_replaced_and_replacing_is_no_circle() -> None:
    there = PolicyMap(
        [replacing("aa", "bb", "2026-01-01"), replacing("bb", "aa", "2025-01-01", "replaced_by")]
    )
    assert [ailment for ailment in examine(there) if ailment.kind == "cycle"] == []


@settings(deadline=None)
@given(parts_lists(), st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_any_map_can_be_examined(parts: list[Part], on: date) -> None:
    there = PolicyMap({part.owner: part for part in parts}.values())
    found = examine(there)
    assert len(found) == len(set(found))
    nowhere = sum(ailment.kind == "nowhere" for ailment in found)
    assert (nowhere > 0) is any(
        there.node(link.target) is None or there.node(link.source) is None for link in there.links()
    )
    unanswered(there, on)
