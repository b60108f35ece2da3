"""Gathers the nodes and links of one record."""

from __future__ import annotations

from policies.graph.model import ALWAYS, FoundBy, Link, Node, Part, Period
from policies.vocabulary import WordList, find


class Gathering:
    """Nodes and links of one owner; a link has the owner's period and mark unless it brings its own."""

    def __init__(
        self, owner: str, period: Period = ALWAYS, mark: str = "", found_by: FoundBy = "sheet"
    ) -> None:
        self._owner = owner
        self._nodes: dict[str, Node] = {}
        self._links: dict[Link, None] = {}
        self.period, self.mark, self.found_by = period, mark, found_by

    def add(self, node: Node) -> str:
        """Take a node in; one that is more than a stub wins. Its id."""
        known = self._nodes.get(node.id)
        if known is None or (known.stub and not node.stub):
            self._nodes[node.id] = node
        return node.id

    def node(self, kind: str, key: str, label: str, stub: bool = False, period: Period = ALWAYS) -> str:
        """Take a plain node in; its id."""
        return self.add(Node.of(kind, key, label, stub, period))

    def word(self, kind: str, words: WordList, text: str) -> str:
        """Take a word in, however it is typed; what the list does not know stays as it is written."""
        entry = find(words, text)
        return self.node(kind, entry.id if entry else text, entry.label if entry else text)

    def link(
        self,
        kind: str,
        source: str,
        target: str,
        anchor: str = "",
        period: Period | None = None,
        mark: str | None = None,
        found_by: FoundBy | None = None,
    ) -> None:
        """Take a link in."""
        days = self.period if period is None else period
        sure = self.mark if mark is None else mark
        found = found_by or self.found_by
        self._links[Link(kind, source, target, days.since, days.until, anchor, found, sure, self._owner)] = (
            None
        )

    def part(self) -> Part:
        """What was gathered."""
        return Part(self._owner, tuple(self._nodes.values()), tuple(self._links))
