"""How a course, an institution or a mentor gets a firm nearer to a title."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from itertools import islice

import networkx as nx

from policies.graph.model import Link, Node
from policies.graph.policy_map import PolicyMap

HELPERS = ("course", "institution", "mentor", "person")
# For a kind of node the links that lead nearer to a title: those that start there, those that end there.
_ONWARD: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    **dict.fromkeys(HELPERS, (("helps",), ())),
    "help": ((), ("needs_help",)),
    "condition": ((), ("has_condition",)),
    "version": ((), ("has_version",)),
    "policy": (("grants_title",), ()),
    "title": (("leads_on_to",), ()),
}


@dataclass(frozen=True)
class Path:
    """The nodes from the helper to the title, and the links between them."""

    nodes: tuple[Node, ...]
    links: tuple[Link, ...]


def paths(
    policy_map: PolicyMap,
    start: str,
    on: date,
    to: str | None = None,
    open_conditions: Collection[str] | None = None,
    limit: int = 20,
) -> tuple[Path, ...]:
    """The shortest ways from a helper to each title it leads to (or to the one named), nearest titles first.

    `open_conditions` (slug/condition): only by conditions the firm does not meet yet. KeyError when the
    helper or the title is not on the map.
    """
    first = policy_map.node(start)
    if first is None or first.kind not in HELPERS:
        raise KeyError(start)
    if to is not None and policy_map.node(to) is None:
        raise KeyError(to)
    graph = _reached(policy_map, first, on, open_conditions)
    distance = nx.single_source_shortest_path_length(graph, first.id)
    titles = [node_id for node_id in distance if node_id.startswith("title:") and to in (None, node_id)]
    ways = (
        way
        for title in sorted(titles, key=lambda title: (distance[title], title))
        for way in nx.all_shortest_paths(graph, first.id, title)
    )
    return tuple(_path(policy_map, graph, way) for way in islice(ways, limit))


def _reached(
    policy_map: PolicyMap, start: Node, on: date, open_conditions: Collection[str] | None
) -> nx.DiGraph:
    graph = nx.DiGraph()
    graph.add_node(start.id)
    waiting = [start]
    for node in waiting:  # grows while it is walked
        ahead, back = _ONWARD.get(node.kind, ((), ()))
        for link in policy_map.ahead(node.id, *ahead, on=on) + policy_map.back(node.id, *back, on=on):
            other = policy_map.node(link.other(node.id))
            if other is None or other.kind not in _ONWARD:
                continue
            if other.kind == "condition" and open_conditions is not None and other.key not in open_conditions:
                continue
            if other.id not in graph:
                waiting.append(other)
            if not graph.has_edge(node.id, other.id):
                graph.add_edge(node.id, other.id, link=link)
    return graph


def _path(policy_map: PolicyMap, graph: nx.DiGraph, way: list[str]) -> Path:
    nodes = tuple(node for node_id in way if (node := policy_map.node(node_id)))
    return Path(nodes, tuple(graph.edges[pair]["link"] for pair in zip(way, way[1:], strict=False)))
