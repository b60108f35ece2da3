"""The growth ladder: which title leads on to which, and where a firm stands on it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import networkx as nx

from policies.eligibility import Verdict
from policies.gap import Plan
from policies.graph.lineage import standing
from policies.graph.model import Link, Node
from policies.graph.policy_map import PolicyMap

State = Literal["held", "now", "next", "unclear", "later", "blocked", "no_rules"]
STATES: dict[State, str] = {
    "held": "已有",
    "now": "现在可申报",
    "next": "下一步",
    "unclear": "信息不足，待判断",
    "later": "再往后",
    "blocked": "目前不可及",
    "no_rules": "暂无有效规则",
}


@dataclass(frozen=True)
class Step:
    """From one title to the next; `required`: the rules ask for the lower one (one of those they name)."""

    below: Node
    required: bool
    link: Link


@dataclass(frozen=True)
class Rung:
    """A title on the ladder: how many steps lie below, what grants it, and what leads up to it that day."""

    title: Node
    height: int
    granted_by: tuple[Node, ...]
    steps: tuple[Step, ...]

    @property
    def required(self) -> tuple[Node, ...]:
        """The titles one of which is asked for."""
        return tuple(dict.fromkeys(step.below for step in self.steps if step.required))


@dataclass(frozen=True)
class Outlook:
    """One policy's answer for the firm, and the plan of what is missing."""

    verdict: Verdict
    plan: Plan


@dataclass(frozen=True)
class FirmRung:
    """A rung as a firm sees it; `ways` are the policies that grant the title, the nearest first.

    `missing` are the titles below of which at least one is asked for and none is held.
    """

    rung: Rung
    state: State
    ways: tuple[Outlook, ...]
    missing: tuple[Node, ...]


def ladder(policy_map: PolicyMap, on: date) -> tuple[Rung, ...]:
    """All titles of the map, the lowest first. Titles that lead to each other in a circle stand level."""
    titles = policy_map.of_kind("title")
    granting = {title.id: _granting(policy_map, title.id, on) for title in titles}
    steps = {title.id: _steps(policy_map, title, granting[title.id], on) for title in titles}
    heights = _heights(steps)
    rungs = [
        Rung(title, heights[title.id], _nodes(policy_map, granting[title.id]), steps[title.id])
        for title in titles
    ]
    return tuple(sorted(rungs, key=lambda rung: (rung.height, rung.title.id)))


def climb(
    policy_map: PolicyMap, on: date, held: Collection[str] | None, outlooks: Mapping[str, Outlook]
) -> tuple[FirmRung, ...]:
    """The ladder of a firm: `held` are title keys (None: nobody knows), `outlooks` its answers by policy."""
    rungs = ladder(policy_map, on)
    states: dict[str, State] = {}
    for rung in rungs:
        states[rung.title.id] = _state(rung, held, states, outlooks)
    return tuple(
        FirmRung(rung, states[rung.title.id], _ways(rung, outlooks), _missing(rung, held or ()))
        for rung in rungs
    )


def _granting(policy_map: PolicyMap, title: str, on: date) -> list[str]:
    """The policies that grant a title that day and have been neither replaced nor repealed."""
    found = [policy_map.node(link.source) for link in policy_map.back(title, "grants_title", on=on)]
    return [policy.id for policy in found if policy and standing(policy_map, policy, on) == "in_force"]


def _steps(policy_map: PolicyMap, title: Node, granting: Sequence[str], on: date) -> tuple[Step, ...]:
    """What rules ask for, and what the policies that grant a title name as the usual way to the next."""
    found = {
        link.source: Step(node, True, link)
        for link in policy_map.back(title.id, "leads_on_to", on=on)
        if (node := policy_map.node(link.source))
    }
    for policy in granting:
        for link in policy_map.back(policy, "leads_on_to", on=on):
            for granted in policy_map.ahead(link.source, "grants_title", on=on):
                node = policy_map.node(granted.target)
                if node and node.id != title.id:
                    found.setdefault(node.id, Step(node, False, link))
    return tuple(found.values())


def _heights(steps: Mapping[str, Sequence[Step]]) -> dict[str, int]:
    graph = nx.DiGraph()
    graph.add_nodes_from(sorted(steps))
    graph.add_edges_from((step.below.id, title) for title, found in steps.items() for step in found)
    level = nx.condensation(graph)
    return {
        title: height
        for height, generation in enumerate(nx.topological_generations(level))
        for number in generation
        for title in level.nodes[number]["members"]
    }


def _state(
    rung: Rung, held: Collection[str] | None, below: Mapping[str, State], outlooks: Mapping[str, Outlook]
) -> State:
    if held and rung.title.key in held:
        return "held"
    ways = _ways(rung, outlooks)
    in_force = [way for way in ways if way.verdict.status != "not_in_force"]
    if any(way.verdict.status in ("eligible", "subject_to_review") for way in in_force):
        return "now"
    asked = [below.get(title.id) for title in rung.required]
    if held is not None and asked and not {"held", "now"} & set(asked):
        return "later"
    if not in_force:
        return "no_rules"
    passable = [way for way in in_force if not _blocked(way)]
    if not passable:
        return "blocked"
    # Where only facts are missing nobody can say yet how far it is.
    return "unclear" if passable[0].verdict.status == "unknown" else "next"


def _blocked(way: Outlook) -> bool:
    """Something other than a title can never be made good."""
    titles = {answer.id for answer in way.verdict.conditions if answer.fact == "titles"}
    return any(step.blocked and step.id not in titles for step in way.plan.steps)


def _ways(rung: Rung, outlooks: Mapping[str, Outlook]) -> tuple[Outlook, ...]:
    found = [outlooks[policy.key] for policy in rung.granted_by if policy.key in outlooks]
    order = ("eligible", "subject_to_review", "unknown", "ineligible", "not_in_force")
    return tuple(
        sorted(found, key=lambda way: (order.index(way.verdict.status), way.plan.earliest or date.max))
    )


def _missing(rung: Rung, held: Collection[str]) -> tuple[Node, ...]:
    return () if any(title.key in held for title in rung.required) else rung.required


def _nodes(policy_map: PolicyMap, ids: Sequence[str]) -> tuple[Node, ...]:
    return tuple(node for node_id in dict.fromkeys(ids) if (node := policy_map.node(node_id)))
