"""What is in force instead of a policy on a day, and what its end would touch."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from policies.graph.model import Link, Node
from policies.graph.policy_map import PolicyMap

Standing = Literal["in_force", "not_yet", "ended", "replaced", "repealed", "not_collected"]
STANDINGS: dict[Standing, str] = {
    "in_force": "有效",
    "not_yet": "尚未施行",
    "ended": "已到期",
    "replaced": "已被替代",
    "repealed": "已废止",
    "not_collected": "未收录",
}


@dataclass(frozen=True)
class Lineage:
    """How a policy or version stands on a day; `instead` is what is in force in its place (itself, if it is),
    `steps` the links that lead there, `amended_by` what changed it and is in force."""

    node: Node
    on: date
    standing: Standing
    instead: tuple[Node, ...]
    steps: tuple[Link, ...]
    amended_by: tuple[Node, ...]


@dataclass(frozen=True)
class Touched:
    """Something that the end of a policy touches, and the link through which."""

    node: Node
    through: Link


def lineage(policy_map: PolicyMap, node_id: str, on: date) -> Lineage:
    """What is in force instead of this policy or rule version on a day. KeyError for any other node."""
    node = policy_map.node(node_id)
    if node is None or node.kind not in ("policy", "version"):
        raise KeyError(node_id)
    if node.kind == "version":
        return _lineage_of_version(policy_map, node, on)
    stands = standing(policy_map, node, on)
    instead, steps = _instead(policy_map, node, on)
    amended = [policy_map.node(link.source) for link in policy_map.back(node.id, "amends", on=on)]
    in_force = [one for one in amended if one and standing(policy_map, one, on) == "in_force"]
    return Lineage(node, on, stands, instead, steps, tuple(in_force))


def standing(policy_map: PolicyMap, policy: Node, on: date) -> Standing:
    """How a policy stands on a day: what others did to it counts before its own dates."""
    done = {link.kind for link, _ in _followers(policy_map, policy, on)}
    if done:
        return "repealed" if done == {"repeals"} else "replaced"
    if policy.stub:
        return "not_collected"
    if policy.since and on < policy.since:
        return "not_yet"
    return "in_force" if policy.holds_on(on) else "ended"


def touched_by_end(policy_map: PolicyMap, policy_id: str, on: date) -> tuple[Touched, ...]:
    """What rests on a policy on a day, nearest first: rules, supports, tasks, helpers, titles that nobody
    else grants, and the policies that implement it, are based on it, read it or cite it."""
    start = policy_map.node(policy_id)
    if start is None or start.kind != "policy":
        raise KeyError(policy_id)
    found: dict[str, Touched] = {}
    waiting = deque([start])
    while waiting:
        node = waiting.popleft()
        for link in _resting(policy_map, node, on):
            other = policy_map.node(link.other(node.id))
            if other is None or other.id in found or other.id == start.id:
                continue
            found[other.id] = Touched(other, link)
            if link.kind not in ("cites", "requires_title"):
                waiting.append(other)
    return tuple(found.values())


# For a kind of node: the links by which others rest on it, that start there or that end there.
_AHEAD = {
    "policy": ("has_version", "offers", "contains"),
    "version": ("has_condition", "offers"),
}
_BACK = {
    "policy": ("implements", "based_on", "interprets", "amends", "cites"),
    "condition": ("helps",),
    "measure": ("implements",),
    "title": ("requires_title",),
}


def _resting(policy_map: PolicyMap, node: Node, on: date) -> Iterator[Link]:
    yield from policy_map.ahead(node.id, *_AHEAD.get(node.kind, ()), on=on)
    yield from policy_map.back(node.id, *_BACK.get(node.kind, ()), on=on)
    if node.kind == "policy":
        for link in policy_map.ahead(node.id, "grants_title", on=on):
            if len(policy_map.back(link.target, "grants_title", on=on)) == 1:
                yield link


def _lineage_of_version(policy_map: PolicyMap, node: Node, on: date) -> Lineage:
    """Of a version: the versions of the same policy that judge on that day."""
    if node.holds_on(on):
        return Lineage(node, on, "in_force", (node,), (), ())
    policies = [link.source for link in policy_map.back(node.id, "has_version")]
    steps = [link for policy in policies for link in policy_map.ahead(policy, "has_version", on=on)]
    instead = [found for link in steps if (found := policy_map.node(link.target))]
    early = node.since is not None and on < node.since
    stands: Standing = "not_yet" if early else "replaced" if instead else "ended"
    return Lineage(node, on, stands, tuple(instead), tuple(steps), ())


def _instead(policy_map: PolicyMap, start: Node, on: date) -> tuple[tuple[Node, ...], tuple[Link, ...]]:
    """Onward from what has ended, backward from what has not begun, until something is in force."""
    seen = {start.id}
    steps: list[Link] = []
    instead: list[Node] = []
    waiting = deque([start])
    while waiting:
        node = waiting.popleft()
        stands = standing(policy_map, node, on)
        if stands in ("in_force", "not_collected"):
            instead.append(node)
            continue
        neighbours = (
            _forerunners(policy_map, node) if stands == "not_yet" else _followers(policy_map, node, on)
        )
        for link, other in neighbours:
            if other.id not in seen:
                seen.add(other.id)
                steps.append(link)
                waiting.append(other)
    return tuple(instead), tuple(steps)


def _followers(policy_map: PolicyMap, policy: Node, on: date) -> list[tuple[Link, Node]]:
    """What has taken a policy's place by a day: an act counts from the day its policy begins."""
    links = policy_map.back(policy.id, "replaces", "repeals") + policy_map.ahead(policy.id, "replaced_by")
    pairs = [(link, policy_map.node(link.other(policy.id))) for link in links]
    return [
        (link, other)
        for link, other in pairs
        if other and other.id != policy.id and (begins := link.since or other.since or date.min) <= on
        and (other.since or begins) <= on
    ]  # fmt: skip


def _forerunners(policy_map: PolicyMap, policy: Node) -> list[tuple[Link, Node]]:
    """What a policy will take the place of."""
    links = policy_map.ahead(policy.id, "replaces", "repeals") + policy_map.back(policy.id, "replaced_by")
    pairs = [(link, policy_map.node(link.other(policy.id))) for link in links]
    return [(link, other) for link, other in pairs if other and other.id != policy.id]
