"""What one record contributes to the map: a policy's sheet, a course, an institution."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from policies.conditions import People, leaves
from policies.eligibility import conditions_of
from policies.graph.model import Link, Node, Part
from policies.sheet import Sheet
from policies.vocabulary import AREAS, DEPARTMENTS, HELP_KINDS, TITLES, find

_RELATION_LINKS = {
    "based_on",
    "implements",
    "amends",
    "repeals",
    "replaces",
    "replaced_by",
    "interprets",
    "cites",
    "stacks_with",
    "excludes",
    "capped_together",
    "leads_on_to",
}


class _Collector:
    """Gathers nodes and links of one owner; links share the policy's dates unless they have their own."""

    def __init__(self, since: date | None = None, until: date | None = None, mark: str = "") -> None:
        self.nodes: dict[str, Node] = {}
        self.links: dict[Link, None] = {}
        self._bounds = {"since": since, "until": until, "mark": mark}

    def node(self, kind: str, key: str, label: str, stub: bool = False) -> str:
        node = Node.of(kind, key, label, stub)
        if node.id not in self.nodes or (self.nodes[node.id].stub and not stub):
            self.nodes[node.id] = node
        return node.id

    def link(self, kind: str, source: str, target: str, anchor: str = "", **bounds: Any) -> None:
        self.links[Link(kind, source, target, anchor=anchor, **{**self._bounds, **bounds})] = None

    def part(self, owner: str) -> Part:
        return Part(owner, tuple(self.nodes.values()), tuple(self.links))


def part_of_policy(sheet: Sheet, labels: Mapping[str, str]) -> Part:
    """The part of a published policy: its clauses, tasks, departments, titles, conditions and relations.

    `labels` gives the Chinese label of a fact by its name.
    """
    until = _day_after(sheet.validity.to)
    gather = _Collector(sheet.validity.from_, until, sheet.confidence.mark)
    policy = gather.node("policy", sheet.slug, sheet.title)
    for issuer in sheet.issuers:
        gather.link("issued_by", policy, _department(gather, issuer))
    for area in sheet.areas:
        entry = find(AREAS, area)
        gather.link(
            "routed_to",
            policy,
            gather.node("area", entry.id if entry else area, entry.label if entry else area),
        )
    for kind, titles in (("grants_title", sheet.grants), ("requires_title", sheet.requires)):
        for title in titles:
            gather.link(kind, policy, _title(gather, title))
    _relations(gather, policy, sheet)
    _clauses(gather, policy, sheet)
    _tasks(gather, policy, sheet)
    _conditions(gather, policy, sheet, labels)
    return gather.part(f"policy:{sheet.slug}")


def part_of_helper(kind: str, key: str, label: str, helps: Sequence[str], help_kinds: Sequence[str]) -> Part:
    """The part of a course or institution: the conditions and the kinds of help it is attached to."""
    gather = _Collector()
    helper = gather.node(kind, key, label)
    for condition in helps:
        gather.link(
            "helps", helper, gather.node("condition", condition, condition, stub=True), found_by="staff"
        )
    for help_kind in help_kinds:
        gather.link("helps", helper, _help(gather, help_kind), found_by="staff")
    return gather.part(helper)


def _relations(gather: _Collector, policy: str, sheet: Sheet) -> None:
    for relation in sheet.relations:
        if relation.kind == "routed_to":
            entry = find(AREAS, relation.target)
            if entry:
                gather.link("routed_to", policy, gather.node("area", entry.id, entry.label))
                continue
        kind = relation.kind if relation.kind in _RELATION_LINKS else "cites"
        gather.link(kind, policy, gather.node("policy", relation.target, relation.target, stub=True))


def _clauses(gather: _Collector, policy: str, sheet: Sheet) -> None:
    for clause in sheet.clauses:
        key = f"{sheet.slug}#{clause.anchor}"
        node = gather.node("measure", key, clause.title or clause.anchor)
        gather.link("contains", policy, node, anchor=clause.anchor)
        for kind, departments in (("leads", clause.lead), ("supports", clause.support)):
            for department in departments:
                gather.link(kind, _department(gather, department), node, anchor=clause.anchor)


def _tasks(gather: _Collector, policy: str, sheet: Sheet) -> None:
    for task in sheet.tasks:
        node = gather.node("row", f"{sheet.slug}#{task.anchor}", task.topic or task.anchor)
        if task.measure:
            gather.link("implements", node, f"measure:{sheet.slug}#{task.measure}", anchor=task.anchor)
        else:
            gather.link("contains", policy, node, anchor=task.anchor)
        for unit in task.units:
            gather.link("responsible", _department(gather, unit), node, anchor=task.anchor)
        for unit in task.uncertain_units:
            gather.link("responsible", _department(gather, unit), node, anchor=task.anchor, mark="?")


def _conditions(gather: _Collector, policy: str, sheet: Sheet, labels: Mapping[str, str]) -> None:
    for rule in sheet.rules:
        bounds = {"since": rule.from_, "until": _day_after(rule.to)}
        for condition in conditions_of(sheet, rule):
            node = gather.node("condition", f"{sheet.slug}/{condition.id}", condition.label)
            gather.link("has_condition", policy, node, anchor=condition.clause or "", **bounds)
            for fact in sorted(
                {leaf.fact for leaf in leaves(condition.tree) if not isinstance(leaf, People)}
            ):
                gather.link("asks", node, gather.node("fact", fact, labels.get(fact, fact)), **bounds)
            for help_kind in condition.help:
                gather.link("needs_help", node, _help(gather, help_kind), **bounds)


def _department(gather: _Collector, text: str) -> str:
    entry = find(DEPARTMENTS, text)
    return gather.node("department", entry.id if entry else text, entry.label if entry else text)


def _title(gather: _Collector, key: str) -> str:
    entry = find(TITLES, key)
    return gather.node("title", key, entry.label if entry else key)


def _help(gather: _Collector, key: str) -> str:
    entry = find(HELP_KINDS, key)
    return gather.node("help", key, entry.label if entry else key)


def _day_after(day: date | None) -> date | None:
    return day + timedelta(days=1) if day else None
