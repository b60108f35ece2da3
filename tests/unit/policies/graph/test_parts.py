"""What one record contributes to the map."""

from datetime import date
from pathlib import Path

import pytest

from policies.document import draft_sheet
from policies.graph import Part, PolicyMap, neighbourhood, part_of_helper, part_of_policy
from policies.sheet import Sheet, parse_sheet
from tests.unit.policies.document.plans import MADE_UP, REAL, read_plan

# A ladder whose upper rung changed on 2026-04-01: since then it asks for the base tier.
LADDER = """---
slug: sample-upper
title: 示例资质认定
kind: title
level: city
number: 示例[2026] 2 号
issuers: [工信部, 示例机关]
areas: [zhangjiang]
validity: {from: 2022-06-01}
confidence: {mark: P}
grants: [zhuanjingtexin]
relations:
  - {kind: repeals, target: 示例〔2020〕3号}
  - {kind: based_on, target: sample-law}
  - {kind: routed_to, target: 临港}
supports:
  - {id: first, title: 首次认定, amount: 20万, rules: [new-2026]}
rules:
  - id: old-2022
    from: 2022-06-01
    to: 2026-03-31
    source: {title: 示例旧规, mark: R}
    all: [{id: rd, label: 研发费用, fact: rd_expense_2y, at_least: 100万, help: [rd-accounting]}]
  - id: new-2026
    kind: new
    from: 2026-04-01
    source: {title: 示例新规, mark: P}
    all:
      - id: base
        label: 基础层级
        clause: 第八条
        fact: titles
        any_of: [keji-zhongxiao, chuangxin-zhongxiao]
      - {id: rd, label: 研发费用, fact: rd_expense_2y, at_least: 200万}
      - {id: not-listed, label: 非上市, not: {fact: listed, is: true}}
      - {id: clean, label: 无违法, declared: 近一年无重大违法}
---
"""
SHEET = parse_sheet(LADDER)
PART = part_of_policy(SHEET, {"rd_expense_2y": "近两年研发费用"})
CHANGE = date(2026, 4, 1)


def found(kind: str, part: Part = PART) -> set[tuple[str, str]]:
    return {(link.source, link.target) for link in part.links if link.kind == kind}


def test_conditions_hang_on_their_version_and_ask_for_the_facts_they_test() -> None:
    new = "version:sample-upper@new-2026"
    assert (new, "condition:sample-upper/rd") in found("has_condition")
    assert ("condition:sample-upper/clean", "fact:listed") not in found("asks")
    assert {target for source, target in found("asks") if source == "condition:sample-upper/not-listed"} == {
        "fact:listed"
    }
    assert found("needs_help") == {("condition:sample-upper/rd", "help:rd-accounting")}
    labels = {node.id: node.label for node in PART.nodes}
    assert labels["fact:rd_expense_2y"] == "近两年研发费用"
    assert labels[new] == "示例新规（新申请）"
    assert labels["department:gongxinbu"] == "工业和信息化部"
    assert labels["department:示例机关"] == "示例机关"


def test_every_link_is_dated_sourced_and_says_how_it_was_found_and_how_sure_it_is() -> None:
    asked = next(link for link in PART.links if link.kind == "requires_title")
    assert (asked.since, asked.until, asked.anchor) == (CHANGE, None, "第八条")
    assert (asked.found_by, asked.mark, asked.owner) == ("sheet", "P", "policy:sample-upper")
    old = next(link for link in PART.links if link.target == "version:sample-upper@old-2022")
    assert (old.since, old.until, old.mark) == (date(2022, 6, 1), CHANGE, "R")


def test_the_ladder_of_before_and_after_the_first_of_april_2026() -> None:
    there = PolicyMap([PART])
    policy = "policy:sample-upper"

    def versions(day: date) -> set[str]:
        return {link.target for link in there.ahead(policy, "has_version", on=day)}

    def steps(day: date) -> set[str]:
        return {link.source for link in there.back("title:zhuanjingtexin", "leads_on_to", on=day)}

    assert versions(date(2026, 3, 31)) == {"version:sample-upper@old-2022"}
    assert steps(date(2026, 3, 31)) == set()
    assert versions(CHANGE) == {"version:sample-upper@new-2026"}
    assert steps(CHANGE) == {"title:keji-zhongxiao", "title:chuangxin-zhongxiao"}
    before, after = (neighbourhood(there, policy, 2, on=day) for day in (date(2026, 3, 31), CHANGE))
    assert "condition:sample-upper/base" not in {node.id for node in before.nodes}
    assert "condition:sample-upper/base" in {node.id for node in after.nodes}
    assert "support:sample-upper#first" not in {node.id for node in before.nodes}
    assert "support:sample-upper#first" in {node.id for node in after.nodes}


def test_relations_find_their_policy_by_slug_or_number_and_areas_by_name() -> None:
    assert found("repeals") == {("policy:sample-upper", "policy:示例〔2020〕3号")}
    assert found("based_on") == {("policy:sample-upper", "policy:sample-law")}
    assert found("routed_to") == {("policy:sample-upper", "area:lingang")}
    assert found("applies_in") == {("policy:sample-upper", "area:zhangjiang")}
    own = next(node for node in PART.nodes if node.id == "policy:sample-upper")
    assert own.number == "示例〔2026〕2号"


def test_an_act_stays_done_when_the_policy_that_did_it_has_run_out() -> None:
    ended = SHEET.model_copy(update={"validity": SHEET.validity.model_copy(update={"to": date(2027, 1, 1)})})
    days = {link.kind: link.until for link in part_of_policy(ended, {}).links}
    assert days["repeals"] is None
    assert days["based_on"] == date(2027, 1, 2)


def test_a_support_and_its_limits() -> None:
    sheet = parse_sheet(
        "---\nslug: money\ntitle: 示例资助\nkind: money\nlevel: district\n"
        "limits: [{id: year, title: 年度限额, kind: cap, amount: 50万, within: all#cap},"
        " {id: best, title: 从优, kind: best_of}]\n"
        "supports: [{id: a, title: 甲, amount: 20万, cap: '#year', best_of: ['#best'], clause: 第二条,"
        " excludes: [other, 'third#b']}, {id: b, title: 乙, at_most: 30万, stacks_with: ['#a']}]\n---\n"
    )
    part = part_of_policy(sheet, {})
    assert found("offers", part) == {("policy:money", "support:money#a"), ("policy:money", "support:money#b")}
    assert found("capped_together", part) == {
        ("limit:money#year", "limit:all#cap"),
        ("support:money#a", "limit:money#year"),
    }
    assert found("excludes", part) == {
        ("support:money#a", "limit:money#best"),
        ("support:money#a", "policy:other"),
        ("support:money#a", "support:third#b"),
    }
    nodes = {node.id: node for node in part.nodes}
    assert (nodes["support:money#a"].amount, nodes["support:money#b"].at_most) == (200_000, 300_000)
    assert nodes["limit:money#year"].amount == 500_000
    assert nodes["limit:all#cap"].stub


def test_terms_are_found_by_their_longest_word_and_unsure_where_a_word_means_two() -> None:
    sheet = Sheet.model_validate(
        {
            "slug": "words",
            "title": "示例",
            "kind": "plan",
            "level": "district",
            "clauses": [
                {"anchor": "m1", "title": "支持专精特新“小巨人”企业", "text": "创新型产业集群，中试平台"}
            ],
        }
    )
    assert found("mentions", part_of_policy(sheet, {})) == {
        ("measure:words#m1", "term:xiaojuren-guojia"),
        ("measure:words#m1", "term:zhongshi"),
    }


def test_a_helper_helps_with_conditions_works_somewhere_and_handles_tasks() -> None:
    part = part_of_helper("person", "p1", "示例联络员", ["a/rd"], ["rd-accounting"], ["科经委"], ["plan#r1"])
    assert {(link.kind, link.target, link.found_by) for link in part.links} == {
        ("helps", "condition:a/rd", "staff"),
        ("helps", "help:rd-accounting", "staff"),
        ("works_in", "department:kejingwei", "staff"),
        ("handles", "row:plan#r1", "staff"),
    }


@pytest.mark.parametrize("path", [MADE_UP, REAL], ids=["made-up", "real"])
def test_the_plan_gives_its_measures_tasks_and_departments(path: Path) -> None:
    sheet = draft_sheet(read_plan(path))
    there = PolicyMap([part_of_policy(sheet, {})])
    kinds = there.kinds()
    assert kinds["measure"] == 22  # 19 measures and 3 safeguards
    assert kinds["row"] == 69
    assert kinds["department"] >= 20
    led = there.ahead("department:kejingwei", "leads")
    assert len(led) >= 10
    assert all(link.found_by == "document" and link.anchor for link in led)
    nowhere = [link for link in there.links() if not (there.node(link.source) and there.node(link.target))]
    assert nowhere == []
