"""What a department leads and supports, with tasks, policies and people; and what nobody answers for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from policies.graph.model import Node
from policies.graph.policy_map import PolicyMap


@dataclass(frozen=True)
class Duty:
    """A measure or task, the policy it stands in, how sure it is whose it is, and who handles it."""

    node: Node
    policy: Node | None
    sure: bool
    people: tuple[Node, ...]


@dataclass(frozen=True)
class Responsibility:
    """All that rests on a department on a day."""

    department: Node
    leads: tuple[Duty, ...]
    supports: tuple[Duty, ...]
    tasks: tuple[Duty, ...]
    issued: tuple[Node, ...]
    people: tuple[Node, ...]


def responsibility(policy_map: PolicyMap, department_id: str, on: date) -> Responsibility:
    """What a department answers for on a day; KeyError when there is no such department."""
    department = policy_map.node(department_id)
    if department is None or department.kind != "department":
        raise KeyError(department_id)
    duties = {
        kind: tuple(
            duty
            for link in policy_map.ahead(department.id, kind, on=on)
            if (duty := _duty(policy_map, link.target, link.mark != "?" or link.found_by != "document", on))
        )
        for kind in ("leads", "supports", "responsible")
    }
    issued = [link.source for link in policy_map.back(department.id, "issued_by", on=on)]
    people = [link.source for link in policy_map.back(department.id, "works_in", on=on)]
    return Responsibility(
        department,
        duties["leads"],
        duties["supports"],
        duties["responsible"],
        _nodes(policy_map, issued),
        _nodes(policy_map, people),
    )


def unanswered(policy_map: PolicyMap, on: date) -> tuple[Duty, ...]:
    """The measures nobody leads and the tasks nobody surely answers for; `sure` False: somebody may.

    Only of policies that give their measures or tasks to departments at all.
    """
    found: list[Duty] = []
    given: set[str] = set()
    for kind, links in (("measure", ("leads",)), ("row", ("responsible",))):
        for node in policy_map.of_kind(kind):
            duty = _duty(policy_map, node.id, True, on)
            if node.stub or duty is None or duty.policy is None:
                continue
            known = policy_map.back(node.id, *links, on=on)
            if all(link.mark == "?" and link.found_by == "document" for link in known):
                found.append(replace(duty, sure=not known))
            if known:
                given.add(duty.policy.id)
    return tuple(duty for duty in found if duty.policy and duty.policy.id in given)


def _duty(policy_map: PolicyMap, node_id: str, sure: bool, on: date) -> Duty | None:
    node = policy_map.node(node_id)
    if node is None:
        return None
    people = [link.source for link in policy_map.back(node_id, "handles", on=on)]
    return Duty(node, _policy_of(policy_map, node_id, on), sure, _nodes(policy_map, people))


def _policy_of(policy_map: PolicyMap, node_id: str, on: date) -> Node | None:
    """The policy in force that contains a measure or task, by its measure if need be."""
    for link in policy_map.back(node_id, "contains", on=on):
        return policy_map.node(link.source)
    for link in policy_map.ahead(node_id, "implements", on=on):
        return _policy_of(policy_map, link.target, on)
    return None


def _nodes(policy_map: PolicyMap, ids: Iterable[str]) -> tuple[Node, ...]:
    return tuple(node for node_id in dict.fromkeys(ids) if (node := policy_map.node(node_id)))
