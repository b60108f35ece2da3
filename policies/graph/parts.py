"""What one record contributes to the map: a policy's sheet, a course, an institution, a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from policies.conditions import Condition, People, leaves
from policies.document import UNCHECKED, find_numbers
from policies.eligibility import conditions_of
from policies.graph.gathering import Gathering
from policies.graph.mentions import mentioned_terms
from policies.graph.model import FoundBy, Node, Part, Period
from policies.graph.money import gather_supports
from policies.graph.titles import gather_titles
from policies.rules import Rule
from policies.sheet import Relation, Sheet
from policies.vocabulary import AREAS, DEPARTMENTS, HELP_KINDS, TITLES, find

_APPLICATIONS = {"new": "（新申请）", "renewal": "（复核）", "any": ""}
# What one policy does to another stays done when the first has run out.
_ACTS = frozenset({"amends", "repeals", "replaces"})


def part_of_policy(sheet: Sheet, labels: Mapping[str, str]) -> Part:
    """The part of a published policy; `labels` gives the Chinese label of a fact by its name."""
    period = Period.through(sheet.validity.from_, sheet.validity.to)
    found_by: FoundBy = "document" if sheet.confidence.note == UNCHECKED else "sheet"
    gather = Gathering(f"policy:{sheet.slug}", period, sheet.confidence.mark, found_by)
    policy = gather.add(
        replace(Node.of("policy", sheet.slug, sheet.title, period=period), number=_normal(sheet.number))
    )
    for issuer in sheet.issuers:
        gather.link("issued_by", policy, gather.word("department", DEPARTMENTS, issuer))
    for area in sheet.areas:
        gather.link("applies_in", policy, gather.word("area", AREAS, area))
    for title in sheet.grants:
        gather.link("grants_title", policy, gather.word("title", TITLES, title))
    for relation in sheet.relations:
        _relate(gather, policy, relation)
    _gather_clauses(gather, policy, sheet)
    _gather_tasks(gather, policy, sheet)
    versions = {rule.id: _gather_rule(gather, policy, sheet, rule, labels) for rule in sheet.rules}
    gather_titles(gather, policy, sheet, versions)
    gather_supports(gather, policy, sheet, versions)
    _mention(gather, policy, "", sheet.title, sheet.summary, sheet.body)
    return gather.part()


def part_of_helper(
    kind: str,
    key: str,
    label: str,
    helps: Sequence[str],
    help_kinds: Sequence[str],
    departments: Sequence[str] = (),
    tasks: Sequence[str] = (),
) -> Part:
    """The part of a course, an institution, a mentor or a person.

    `helps` are conditions (slug/condition), `tasks` rows of plans (slug#anchor) that a person handles.
    """
    gather = Gathering(f"{kind}:{key}", found_by="staff")
    helper = gather.node(kind, key, label)
    for condition in helps:
        gather.link("helps", helper, gather.node("condition", condition, condition, stub=True))
    for help_kind in help_kinds:
        gather.link("helps", helper, gather.word("help", HELP_KINDS, help_kind))
    for department in departments:
        gather.link("works_in", helper, gather.word("department", DEPARTMENTS, department))
    for task in tasks:
        gather.link("handles", helper, gather.node("row", task, task, stub=True))
    return gather.part()


def _relate(gather: Gathering, policy: str, relation: Relation) -> None:
    area = find(AREAS, relation.target) if relation.kind == "routed_to" else None
    if area:
        gather.link("routed_to", policy, gather.node("area", area.id, area.label))
        return
    numbers = find_numbers(relation.target)
    key = numbers[0].text if numbers else relation.target
    target = gather.node("policy", key, relation.target, stub=True)
    period = None
    if relation.kind in _ACTS:
        period = Period(gather.period.since)
    elif relation.kind == "replaced_by":
        period = Period(gather.period.until)
    gather.link(relation.kind, policy, target, period=period)


def _gather_clauses(gather: Gathering, policy: str, sheet: Sheet) -> None:
    for clause in sheet.clauses:
        node = gather.node("measure", f"{sheet.slug}#{clause.anchor}", clause.title)
        gather.link("contains", policy, node, clause.anchor)
        for kind, departments in (("leads", clause.lead), ("supports", clause.support)):
            for department in departments:
                gather.link(kind, gather.word("department", DEPARTMENTS, department), node, clause.anchor)
        _mention(gather, node, clause.anchor, clause.title, clause.text)


def _gather_tasks(gather: Gathering, policy: str, sheet: Sheet) -> None:
    anchors = {clause.anchor for clause in sheet.clauses}
    for task in sheet.tasks:
        node = gather.node("row", f"{sheet.slug}#{task.anchor}", task.topic or task.text[:30])
        if task.measure:
            gather.link("implements", node, f"measure:{sheet.slug}#{task.measure}", task.anchor)
        if task.measure not in anchors:
            gather.link("contains", policy, node, task.anchor)
        for unit in task.units:
            gather.link("responsible", gather.word("department", DEPARTMENTS, unit), node, task.anchor)
        for unit in task.uncertain_units:
            department = gather.word("department", DEPARTMENTS, unit)
            gather.link("responsible", department, node, task.anchor, mark="?", found_by="document")
        _mention(gather, node, task.anchor, task.topic, task.text)


def _gather_rule(
    gather: Gathering, policy: str, sheet: Sheet, rule: Rule, labels: Mapping[str, str]
) -> tuple[str, Period]:
    """A version of the rules with its conditions, and the days on which it judges."""
    period = Period.through(rule.from_, rule.to).within(gather.period)
    mark = rule.source.mark if rule.confirmed else "?"
    label = f"{rule.source.title}{_APPLICATIONS[rule.kind]}"
    version = gather.node("version", f"{sheet.slug}@{rule.id}", label, period=period)
    dated: dict[str, Any] = {"period": period, "mark": mark}
    gather.link("has_version", policy, version, rule.source.title, **dated)
    for condition in conditions_of(sheet, rule):
        node = gather.node("condition", f"{sheet.slug}/{condition.id}", condition.label)
        anchor = condition.clause or str(condition.id)
        gather.link("has_condition", version, node, anchor, **dated)
        for fact in _facts_of(condition):
            gather.link("asks", node, gather.node("fact", fact, labels.get(fact, fact)), anchor, **dated)
        for help_kind in condition.help:
            gather.link("needs_help", node, gather.word("help", HELP_KINDS, help_kind), anchor, **dated)
    return version, period


def _facts_of(condition: Condition) -> list[str]:
    return sorted({leaf.fact for leaf in leaves(condition.tree) if not isinstance(leaf, People)})


def _mention(gather: Gathering, source: str, anchor: str, *texts: str) -> None:
    for term, sure in mentioned_terms(*texts):
        node = gather.node("term", term.id, term.label)
        gather.link("mentions", source, node, anchor, mark=None if sure else "?", found_by="document")


def _normal(number: str) -> str:
    found = find_numbers(number)
    return found[0].text if found else number
