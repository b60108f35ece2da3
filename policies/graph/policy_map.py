"""The map itself: the immutable union of parts, with its indexes built once and carried along."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

from policies.graph.model import NODE_KINDS, Link, Node, Part

Key = TypeVar("Key")
Value = TypeVar("Value")
RANKS = {kind: rank for rank, kind in enumerate(NODE_KINDS)}


class PolicyMap:
    """Immutable union of parts; `with_part` gives the next map, which shares all that did not change.

    A thing's own node wins over stubs that others left of it, and a policy answers to its document number:
    what was linked to the number is linked to the policy.
    """

    def __init__(self, parts: Iterable[Part] = ()) -> None:
        self._parts: dict[str, Part] = {}
        self._nodes: dict[str, Node] = {}
        # node id -> what the records say it is, and how many say so
        self._claims: dict[str, dict[Node, int]] = {}
        # node id -> other end -> the links between the two
        self._around: dict[str, dict[str, tuple[Link, ...]]] = {}
        # policy by its number ("policy:示例〔2026〕1号"): the policies that bear it, and who names it so
        self._bearers: dict[str, dict[str, None]] = {}
        self._referrers: dict[str, dict[str, None]] = {}
        self._change({part.owner: part for part in parts})

    def with_part(self, part: Part) -> PolicyMap:
        """The map after one record changed; a part without nodes takes the record away."""
        return self.with_parts([part])

    def with_parts(self, parts: Iterable[Part]) -> PolicyMap:
        """The map after several records changed."""
        following = PolicyMap()
        for name in ("_parts", "_nodes", "_claims", "_around", "_bearers", "_referrers"):
            setattr(following, name, getattr(self, name).copy())
        following._change({part.owner: part for part in parts})
        return following

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PolicyMap) and self._contents() == other._contents()

    __hash__ = None  # type: ignore[assignment]

    def node(self, node_id: str) -> Node | None:
        """A node by its id; a policy also by its document number."""
        return self._nodes.get(self._id(node_id))

    def nodes(self, kind: str | None = None) -> Iterator[Node]:
        """All nodes, of one kind if it is named, in no order."""
        return (node for node in self._nodes.values() if kind is None or node.kind == kind)

    def of_kind(self, kind: str) -> tuple[Node, ...]:
        """The nodes of a kind by id, looked up once."""
        return self._by_kind.get(kind, ())

    def links(self) -> Iterator[Link]:
        """All links, also those to nowhere, in no order."""
        return (
            link
            for node_id, by_end in self._around.items()
            for links in by_end.values()
            for link in links
            if link.source == node_id
        )

    def links_at(self, node_id: str, on: date | None = None) -> Iterator[Link]:
        """The links at a node whose ends are both there, in no order; `on`: those in force that day."""
        if node_id not in self._nodes:
            return
        for other, links in self._around.get(node_id, {}).items():
            if other in self._nodes:
                for link in links:
                    if on is None or link.holds_on(on):
                        yield link

    def links_among(self, node_ids: Collection[str], on: date | None = None) -> Iterator[Link]:
        """The links between these nodes, each once, in no order."""
        inside = {node_id for node_id in node_ids if node_id in self._nodes}
        for node_id in inside:
            by_end = self._around.get(node_id, {})
            for other in inside & by_end.keys():
                for link in by_end[other]:
                    if link.source == node_id and (on is None or link.holds_on(on)):
                        yield link

    def neighbours(self, node_id: str, on: date | None = None) -> list[Node]:
        """The nodes one link away, each once, in no order; `on`: by a link in force that day."""
        nodes = self._nodes
        ends = self._around.get(node_id, {}).items()
        if on is None:
            return [nodes[other] for other, _ in ends if other in nodes]
        return [
            nodes[other]
            for other, links in ends
            if other in nodes and (links[0].holds_on(on) or any(link.holds_on(on) for link in links))
        ]

    def ahead(self, node_id: str, *kinds: str, on: date | None = None) -> list[Link]:
        """Links of these kinds that start here, in a fixed order."""
        found = (link for link in self.links_at(node_id, on) if link.source == node_id and link.kind in kinds)
        return sorted(found, key=link_order)

    def back(self, node_id: str, *kinds: str, on: date | None = None) -> list[Link]:
        """Links of these kinds that end here, in a fixed order."""
        found = (link for link in self.links_at(node_id, on) if link.target == node_id and link.kind in kinds)
        return sorted(found, key=link_order)

    def degree(self, node_id: str) -> int:
        """With how many others a node is linked."""
        return len(self._around.get(node_id, ()))

    def find(self, kind: str | None, limit: int) -> list[Node]:
        """Nodes of a kind (all when None), the important first."""
        return sorted(self.nodes(kind), key=self.importance)[:limit]

    def importance(self, node: Node) -> tuple[int, bool, int, str]:
        """Orders nodes: by kind, things before names of things, the much linked first, then by id."""
        return RANKS[node.kind], node.stub, -len(self._around.get(node.id, ())), node.id

    def count(self) -> tuple[int, int]:
        """How many nodes and links there are."""
        return self._counts

    def kinds(self) -> Mapping[str, int]:
        """How many nodes there are of each kind."""
        return {kind: len(nodes) for kind, nodes in self._by_kind.items()}

    @cached_property
    def _counts(self) -> tuple[int, int]:
        nodes = self._nodes
        return len(nodes), sum(link.source in nodes and link.target in nodes for link in self.links())

    @cached_property
    def _by_kind(self) -> dict[str, tuple[Node, ...]]:
        found: dict[str, list[Node]] = defaultdict(list)
        for _, node in sorted(self._nodes.items()):
            found[node.kind].append(node)
        return {kind: tuple(nodes) for kind, nodes in found.items()}

    def _contents(self) -> tuple[Mapping[str, Node], Counter[Link]]:
        return self._nodes, Counter(self.links())

    def _id(self, node_id: str) -> str:
        bearers = self._bearers.get(node_id)
        return min(bearers) if bearers else node_id

    def _change(self, parts: Mapping[str, Part]) -> None:
        """Only while the map is being made. Whoever names a number that changes hands is taken in anew."""
        change = _Change()
        before = [self._parts[owner] for owner in parts if owner in self._parts]
        numbers = {alias for part in (*before, *parts.values()) for alias, _ in _numbers_of(part)}
        naming = {owner for alias in numbers for owner in self._referrers.get(alias, ())}
        again = [self._parts[owner] for owner in sorted(naming - set(parts))]
        for part in (*before, *again):
            self._take_out(part, change)
        for part in before:
            for alias, policy in _numbers_of(part):
                change.inner(self._bearers, alias).pop(policy, None)
        for part in parts.values():
            for alias, policy in _numbers_of(part):
                change.inner(self._bearers, alias)[policy] = None
        for part in (*parts.values(), *again):
            self._put_in(part, change)
        change.drop_empty()
        for node_id in change.nodes:
            self._choose(node_id)

    def _take_out(self, part: Part, change: _Change) -> None:
        del self._parts[part.owner]
        for node in self._resolved_nodes(part):
            change.nodes.add(node.id)
            claims = change.inner(self._claims, node.id)
            claims[node] -= 1
            if not claims[node]:
                del claims[node]
        for end, other, _ in self._bundles(part):
            by_end = change.inner(self._around, end)
            if rest := tuple(link for link in by_end[other] if link.owner != part.owner):
                by_end[other] = rest
            else:
                del by_end[other]
        for named in _policies_named(part):
            change.inner(self._referrers, named).pop(part.owner, None)

    def _put_in(self, part: Part, change: _Change) -> None:
        if not part.nodes and not part.links:
            return
        self._parts[part.owner] = part
        for node in self._resolved_nodes(part):
            change.nodes.add(node.id)
            claims = change.inner(self._claims, node.id)
            claims[node] = claims.get(node, 0) + 1
        for end, other, links in self._bundles(part):
            by_end = change.inner(self._around, end)
            by_end[other] = (*by_end.get(other, ()), *links)
        for named in _policies_named(part):
            change.inner(self._referrers, named)[part.owner] = None

    def _resolved_nodes(self, part: Part) -> Iterator[Node]:
        for node in part.nodes:
            known = self._id(node.id)
            yield node if known == node.id else replace(node, id=known)

    def _bundles(self, part: Part) -> Iterator[tuple[str, str, tuple[Link, ...]]]:
        """The links of a part by their two ends, seen from either end."""
        found: dict[tuple[str, str], dict[Link, None]] = defaultdict(dict)
        for link in part.links:
            source, target = self._id(link.source), self._id(link.target)
            if (source, target) != (link.source, link.target):
                link = replace(link, source=source, target=target)
            found[source, target][link] = found[target, source][link] = None
        for (end, other), links in found.items():
            yield end, other, tuple(links)

    def _choose(self, node_id: str) -> None:
        claims = self._claims.get(node_id)
        if claims:
            self._nodes[node_id] = min(claims, key=_preference)
        else:
            self._nodes.pop(node_id, None)


class _Change:
    """While a map is made: copies an inner dictionary once, before it is changed for the first time."""

    def __init__(self) -> None:
        self.nodes: set[str] = set()
        self._own: dict[tuple[int, str], dict[str, dict[Any, Any]]] = {}

    def inner(self, index: dict[str, dict[Key, Value]], key: str) -> dict[Key, Value]:
        """The index's entry, which may now be changed."""
        if (id(index), key) not in self._own:
            self._own[id(index), key] = index
            index[key] = dict(index.get(key, {}))
        return index[key]

    def drop_empty(self) -> None:
        """Leave no entry that holds nothing."""
        for (_, key), index in self._own.items():
            if not index[key]:
                del index[key]


def _numbers_of(part: Part) -> list[tuple[str, str]]:
    return [(f"policy:{node.number}", node.id) for node in part.nodes if node.number and not node.stub]


def _preference(node: Node) -> tuple[bool, str, str]:
    return node.stub, node.label, repr(node)


def _policies_named(part: Part) -> set[str]:
    ends = {end for link in part.links for end in (link.source, link.target)}
    return {end for end in (*ends, *(node.id for node in part.nodes)) if end.startswith("policy:")}


def link_order(link: Link) -> tuple[str, str, str, str, str, str]:
    """Orders links: by their ends, kind, first day, clause and owner."""
    return link.source, link.target, link.kind, str(link.since), link.anchor, link.owner
