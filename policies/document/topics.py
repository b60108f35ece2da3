"""Which measure a row of the table carries out: by topic, or by place where the wording differs a little."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from policies.document.model import Provision, Remark, Row

_ALIKE = 0.5


def link_rows(rows: Sequence[Row], provisions: Sequence[Provision]) -> tuple[tuple[Row, ...], list[Remark]]:
    """Rows with the anchor of their measure or safeguard; "" where neither name nor place tells."""
    targets = [item for item in provisions if item.kind != "article"]
    if not targets:
        return tuple(rows), []
    remarks: list[Remark] = []
    links: dict[tuple[str, str], str] = {}
    for group in dict.fromkeys(row.group for row in rows):
        topics = list(dict.fromkeys(row.topic for row in rows if row.group == group))
        inside = [item for item in targets if item.group == group]
        for place, topic in enumerate(topics):
            first = next(row.first for row in rows if row.group == group and row.topic == topic)
            left = [item for item in inside if item.title not in topics]
            neighbour = inside[place] if len(inside) == len(topics) else _most_alike(topic, left)
            links[group, topic] = _link(topic, first, targets, neighbour, remarks)
    return tuple(replace(row, measure=links[row.group, row.topic]) for row in rows), remarks


def _most_alike(topic: str, items: Sequence[Provision]) -> Provision | None:
    return max(items, key=lambda item: SequenceMatcher(None, topic, item.title).ratio(), default=None)


def _link(
    topic: str, line: int, targets: Sequence[Provision], neighbour: Provision | None, remarks: list[Remark]
) -> str:
    same = [item for item in targets if item.title == topic]
    if topic and len(same) == 1:
        return same[0].anchor
    if neighbour and SequenceMatcher(None, topic, neighbour.title).ratio() >= _ALIKE:
        remarks.append(Remark(line, "topic_differs", f"表中“{topic}”对应正文“{neighbour.title}”，用词不同"))
        return neighbour.anchor
    remarks.append(Remark(line, "topic_unknown", f"表中“{topic}”在正文中没有对应的条目"))
    return ""
