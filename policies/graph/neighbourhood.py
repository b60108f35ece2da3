"""What lies around a thing: as far as asked, the important first, the rest counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from policies.graph.model import Link, Node
from policies.graph.policy_map import PolicyMap, link_order

# Shared by nearly everything: a walk that passed through them would connect all with all.
SIGNPOSTS = frozenset({"department", "area", "fact", "term"})


@dataclass(frozen=True)
class Neighbourhood:
    """What lies around a node; `distance` in links, `left_out` counts by kind what the limit cut."""

    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    left_out: Mapping[str, int]
    distance: Mapping[str, int] = field(default_factory=dict)


def neighbourhood(
    policy_map: PolicyMap,
    start: str,
    depth: int = 1,
    kinds: Collection[str] = (),
    on: date | None = None,
    limit: int = 60,
) -> Neighbourhood:
    """All within `depth` links of `start`, at most `limit` nodes, nearest and most important first.

    `kinds` asks for nodes of those kinds; what lies between is kept, so that it hangs together. `on` keeps
    only what is in force that day. A walk ends at departments, areas, facts and terms. Raises KeyError when
    there is no such node.
    """
    first = policy_map.node(start)
    if first is None:
        raise KeyError(start)
    came_from, distance = _walk(policy_map, first.id, depth, on)
    wanted = [node_id for node_id in came_from if not kinds or _kind(policy_map, node_id) in kinds]
    shown: dict[str, None] = {first.id: None}
    left_out: Counter[str] = Counter()
    for node_id in wanted:
        way = _way(node_id, came_from, shown)
        if len(shown) + len(way) <= limit:
            shown.update(dict.fromkeys(way))
        else:
            left_out[_kind(policy_map, node_id)] += 1
    nodes = (policy_map.node(node_id) for node_id in sorted(shown, key=lambda found: distance[found]))
    return Neighbourhood(
        tuple(node for node in nodes if node),
        links_among(policy_map, shown, on),
        dict(left_out),
        {node_id: distance[node_id] for node_id in shown},
    )


def links_among(policy_map: PolicyMap, nodes: Collection[str], on: date | None = None) -> tuple[Link, ...]:
    """The links between these nodes, in a fixed order."""
    inside = {
        link for node_id in nodes for link in policy_map.links_at(node_id, on) if link.other(node_id) in nodes
    }
    return tuple(sorted(inside, key=link_order))


def _walk(
    policy_map: PolicyMap, start: str, depth: int, on: date | None
) -> tuple[dict[str, str], dict[str, int]]:
    """For every node reached, the one it was reached from; nearest first, then the important first."""
    came_from: dict[str, str] = {}
    distance = {start: 0}
    frontier = [start]
    for step in range(1, depth + 1):
        found: dict[str, str] = {}
        for node_id in frontier:
            for link in policy_map.links_at(node_id, on):
                other = link.target if link.source == node_id else link.source
                if other not in distance and other not in found:
                    found[other] = node_id
        nodes = [policy_map.node(node_id) for node_id in found]
        ordered = sorted((node for node in nodes if node), key=policy_map.importance)
        came_from |= {node.id: found[node.id] for node in ordered}
        distance |= dict.fromkeys(found, step)
        frontier = [node.id for node in ordered if node.kind not in SIGNPOSTS]
    return came_from, distance


def _way(node_id: str, came_from: Mapping[str, str], shown: Collection[str]) -> list[str]:
    """The nodes that have to be shown for this one to hang together with what is shown."""
    way = []
    while node_id not in shown:
        way.append(node_id)
        node_id = came_from[node_id]
    return way


def _kind(policy_map: PolicyMap, node_id: str) -> str:
    node = policy_map.node(node_id)
    return node.kind if node else ""
