"""The map itself: the union of parts, and the questions asked of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from policies.graph.model import Link, Node, Part

# What a reader wants to see first when not everything fits.
_IMPORTANCE = {
    kind: rank
    for rank, kind in enumerate(
        (
            "policy",
            "title",
            "condition",
            "course",
            "institution",
            "measure",
            "department",
            "row",
            "area",
            "help",
            "fact",
        )
    )
}


@dataclass(frozen=True)
class Neighbourhood:
    """What lies around a node; `left_out` counts by kind what the limit cut."""

    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    left_out: dict[str, int]


class PolicyMap:
    """Immutable union of parts. A thing's own node wins over stubs that others left of it."""

    def __init__(self, parts: Iterable[Part]) -> None:
        self._nodes: dict[str, Node] = {}
        self._around: dict[str, list[Link]] = defaultdict(list)
        links: set[Link] = set()
        for part in parts:
            for node in part.nodes:
                known = self._nodes.get(node.id)
                if known is None or (known.stub and not node.stub):
                    self._nodes[node.id] = node
            links.update(part.links)
        for link in sorted(links, key=_link_order):
            if link.source in self._nodes and link.target in self._nodes:
                self._around[link.source].append(link)
                self._around[link.target].append(link)

    def node(self, node_id: str) -> Node | None:
        """A node by its id."""
        return self._nodes.get(node_id)

    def count(self) -> tuple[int, int]:
        """How many nodes and links there are."""
        return len(self._nodes), sum(len(links) for links in self._around.values()) // 2

    def kinds(self) -> Counter[str]:
        """How many nodes there are of each kind."""
        return Counter(node.kind for node in self._nodes.values())

    def find(self, kind: str | None, limit: int) -> list[Node]:
        """Nodes of a kind (all when None), the important first."""
        chosen = [node for node in self._nodes.values() if kind is None or node.kind == kind]
        return sorted(chosen, key=_node_order)[:limit]

    def neighbourhood(
        self,
        start: str,
        depth: int = 1,
        kinds: Collection[str] = (),
        on: date | None = None,
        limit: int = 60,
    ) -> Neighbourhood:
        """All within `depth` links of `start`, at most `limit` nodes, nearest and most important first.

        `kinds` keeps only nodes of those kinds (the start always stays); `on` only links in force that day.
        Raises KeyError when there is no such node.
        """
        reached = [self._nodes[start]]
        seen = {start}
        frontier = [start]
        left_out: Counter[str] = Counter()
        for _step in range(depth):
            found = {
                other
                for node_id in frontier
                for link in self._links(node_id, on)
                for other in (link.source, link.target)
                if other not in seen and (not kinds or self._nodes[other].kind in kinds)
            }
            ordered = sorted((self._nodes[node_id] for node_id in found), key=_node_order)
            room = limit - len(reached)
            reached += ordered[:room]
            left_out.update(node.kind for node in ordered[room:])
            seen |= found
            frontier = [node.id for node in ordered[:room]]
        inside = {node.id for node in reached}
        links = {
            link
            for node_id in inside
            for link in self._links(node_id, on)
            if link.source in inside and link.target in inside
        }
        return Neighbourhood(tuple(reached), tuple(sorted(links, key=_link_order)), dict(left_out))

    def _links(self, node_id: str, on: date | None) -> list[Link]:
        links = self._around.get(node_id, [])
        return links if on is None else [link for link in links if link.holds_on(on)]


def _node_order(node: Node) -> tuple[int, bool, str]:
    return _IMPORTANCE.get(node.kind, 99), node.stub, node.id


def _link_order(link: Link) -> tuple[str, str, str, str, str]:
    return link.source, link.target, link.kind, str(link.since), link.anchor
