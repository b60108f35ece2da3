"""What is wrong with the map: links to nowhere, circles, contradictions, things nothing is linked to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import networkx as nx

from policies.graph.model import Link, Node
from policies.graph.policy_map import PolicyMap, link_order

Kind = Literal["nowhere", "named_only", "cycle", "dates", "contradiction", "orphan"]
KINDS: dict[Kind, str] = {
    "nowhere": "关系指向不存在的内容",
    "named_only": "只被提到、没有收录",
    "cycle": "循环",
    "dates": "日期矛盾",
    "contradiction": "说法矛盾",
    "orphan": "没有任何关系",
}
_CIRCLES = {
    "替代": ("replaces", "repeals", "replaced_by"),
    "进阶": ("leads_on_to",),
    "限额": ("capped_together",),
    "依据": ("based_on",),
}
# Their links say what the first does to the second only when read the other way round.
_REVERSED = frozenset({"replaced_by"})


@dataclass(frozen=True)
class Ailment:
    """One thing wrong: where, in words, and the records that say so."""

    kind: Kind
    text: str
    nodes: tuple[str, ...]
    owners: tuple[str, ...] = ()


def examine(policy_map: PolicyMap) -> tuple[Ailment, ...]:
    """Everything that is wrong, in a fixed order."""
    links = sorted(policy_map.links(), key=link_order)
    found = [
        *_nowhere(policy_map, links),
        *_circles(links),
        *_dates(policy_map, links),
        *_contradictions(links),
        *_shared_numbers(policy_map),
        *_nodes_alone(policy_map),
    ]
    return tuple(
        sorted(set(found), key=lambda ailment: (list(KINDS).index(ailment.kind), ailment.nodes, ailment.text))
    )


def _nowhere(policy_map: PolicyMap, links: list[Link]) -> Iterator[Ailment]:
    for link in links:
        for end in (link.source, link.target):
            if policy_map.node(end) is None:
                yield Ailment("nowhere", f"{link.owner} 提到的 {end} 不存在。", (end,), (link.owner,))


def _circles(links: list[Link]) -> Iterator[Ailment]:
    for name, kinds in _CIRCLES.items():
        graph = nx.DiGraph()
        for link in links:
            if link.kind in kinds:
                ends = (link.source, link.target)
                graph.add_edge(*(reversed(ends) if link.kind in _REVERSED else ends), owner=link.owner)
        for circle in nx.strongly_connected_components(graph):
            inside = graph.subgraph(circle)
            if inside.number_of_edges() and (len(circle) > 1 or nx.number_of_selfloops(inside)):
                owners = {owner for _, _, owner in inside.edges.data("owner")}
                names = tuple(sorted(circle))
                yield Ailment("cycle", f"{name}关系成环：{'、'.join(names)}。", names, tuple(sorted(owners)))


def _dates(policy_map: PolicyMap, links: list[Link]) -> Iterator[Ailment]:
    for node in policy_map.nodes():
        if node.since and node.until and node.until <= node.since:
            yield Ailment("dates", f"“{node.label}”的止期不晚于起期。", (node.id,))
    for link in links:
        ends = (link.source, link.target)
        if link.since and link.until and link.until <= link.since and link.kind != "has_version":
            yield Ailment("dates", f"{link.owner} 的关系没有一天有效。", ends, (link.owner,))
        if link.kind not in ("replaces", "repeals", "replaced_by"):
            continue
        newer, older = (policy_map.node(end) for end in (ends[::-1] if link.kind in _REVERSED else ends))
        if newer and older and newer.since and older.since and newer.since < older.since:
            text = f"“{newer.label}”早于它所替代的“{older.label}”。"
            yield Ailment("dates", text, ends, (link.owner,))


def _contradictions(links: list[Link]) -> Iterator[Ailment]:
    together = {frozenset((link.source, link.target)): link for link in links if link.kind == "stacks_with"}
    for link in links:
        other = together.get(frozenset((link.source, link.target)))
        if link.kind == "excludes" and other:
            ends = (link.source, link.target)
            owners = tuple(sorted({link.owner, other.owner}))
            yield Ailment("contradiction", f"{ends[0]} 与 {ends[1]} 既说可叠加又说不可同享。", ends, owners)


def _shared_numbers(policy_map: PolicyMap) -> Iterator[Ailment]:
    bearers: dict[str, list[Node]] = defaultdict(list)
    for node in policy_map.nodes("policy"):
        if node.number:
            bearers[node.number].append(node)
    for number, nodes in bearers.items():
        if len(nodes) > 1:
            ids = tuple(sorted(node.id for node in nodes))
            text = f"{len(ids)} 项政策的文号都是 {number}；提到此文号的关系都归于 {ids[0]}。"
            yield Ailment("contradiction", text, ids, ids)


def _nodes_alone(policy_map: PolicyMap) -> Iterator[Ailment]:
    for node in policy_map.nodes():
        if node.stub:
            owners = {link.owner for link in policy_map.links_at(node.id)}
            text = f"“{_name(node)}”只被提到、没有收录。"
            yield Ailment("named_only", text, (node.id,), tuple(sorted(owners)))
        elif not policy_map.degree(node.id):
            yield Ailment("orphan", f"“{_name(node)}”没有任何关系。", (node.id,))


def _name(node: Node) -> str:
    return node.label or node.id
