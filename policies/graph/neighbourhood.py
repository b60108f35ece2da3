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
    reached, came_from, distance = _walk(policy_map, first, depth, on)
    shown: dict[str, Node] = {first.id: first}
    wanted = [node for node in reached if node.kind in kinds] if kinds else reached
    for node in wanted:
        if len(shown) >= limit:
            break
        way = _way(node, came_from, shown)
        if len(shown) + len(way) <= limit:
            shown |= {found.id: found for found in way}
    left_out = Counter(node.kind for node in wanted if node.id not in shown)
    return Neighbourhood(
        tuple(sorted(shown.values(), key=lambda node: distance[node.id])),
        tuple(sorted(policy_map.links_among(shown, on), key=link_order)),
        dict(left_out),
        {node_id: distance[node_id] for node_id in shown},
    )


def _walk(
    policy_map: PolicyMap, first: Node, depth: int, on: date | None
) -> tuple[list[Node], dict[str, Node], dict[str, int]]:
    """The nodes reached, nearest first, then the important first; from where each was reached, how far."""
    reached: list[Node] = []
    came_from: dict[str, Node] = {}
    distance = {first.id: 0}
    frontier = [first]
    for step in range(1, depth + 1):
        found: dict[str, Node] = {}
        for node in frontier:
            for other in policy_map.neighbours(node.id, on):
                if other.id not in distance:
                    distance[other.id], came_from[other.id], found[other.id] = step, node, other
        frontier = sorted(found.values(), key=policy_map.importance)
        reached += frontier
        frontier = [node for node in frontier if node.kind not in SIGNPOSTS]
    return reached, came_from, distance


def _way(node: Node, came_from: Mapping[str, Node], shown: Collection[str]) -> list[Node]:
    """The nodes that have to be shown for this one to hang together with what is shown."""
    way = []
    while node.id not in shown:
        way.append(node)
        node = came_from[node.id]
    return way
