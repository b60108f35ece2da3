"""A neighbourhood in words and as a table, for those who do not see the picture and those who count."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass

from policies.graph.model import FOUND_BY, LINK_KINDS, NODE_KINDS, Link, Node
from policies.graph.neighbourhood import Neighbourhood

COLUMNS = (
    "起点类别", "起点", "关系", "终点类别", "终点", "起", "止（不含）", "出处", "发现方式", "可信度"
)  # fmt: skip
# How a link reads from its other end; "X 包含 Y" is said of Y as "属于 X".
_SEEN_FROM_TARGET = {
    "issued_by": "发布",
    "contains": "属于",
    "leads": "牵头部门",
    "supports": "配合部门",
    "responsible": "负责部门",
    "implements": "落实它的",
    "based_on": "以它为依据的",
    "amends": "修改它的",
    "repeals": "废止它的",
    "replaces": "替代它的",
    "replaced_by": "它替代的",
    "interprets": "解读它的",
    "cites": "引用它的",
    "has_version": "属于",
    "requires_title": "要求它的",
    "grants_title": "授予它的",
    "leads_on_to": "之前一级",
    "offers": "给予它的",
    "capped_together": "合并限额的",
    "applies_in": "适用于此的",
    "routed_to": "转由此处的",
    "has_condition": "以它为条件的",
    "asks": "用到它的",
    "needs_help": "可用它帮助的",
    "helps": "帮助它的",
    "handles": "承办人",
    "works_in": "人员",
    "mentions": "提到它的",
}
# A spreadsheet takes a cell that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Section:
    """One thing and what is said of it, a line each."""

    node: Node
    lines: tuple[str, ...]


def in_words(around: Neighbourhood) -> tuple[Section, ...]:
    """Every thing in the order of the picture, with its links to what was named before it; the first with
    the number of things of each kind around it."""
    labels = {node.id: node for node in around.nodes}
    place = {node.id: number for number, node in enumerate(around.nodes)}
    at: dict[str, list[Link]] = {node.id: [] for node in around.nodes}
    for link in around.links:
        later = max((link.source, link.target), key=place.__getitem__)
        at[later].append(link)
    sections = [Section(around.nodes[0], tuple(_counted(around)))]
    for node in around.nodes[1:]:
        said = (_sentence(node, link, labels[link.other(node.id)]) for link in at[node.id])
        sections.append(Section(node, tuple(said)))
    return tuple(sections)


def as_csv(nodes: Iterable[Node], links: Iterable[Link]) -> str:
    """The links as a table that a spreadsheet opens; ends that are not among the nodes stay ids."""
    known = {node.id: node for node in nodes}
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\r\n")
    table.writerow(COLUMNS)
    for link in links:
        row = [
            *_end(known, link.source),
            LINK_KINDS[link.kind],
            *_end(known, link.target),
            link.since.isoformat() if link.since else "",
            link.until.isoformat() if link.until else "",
            link.anchor,
            FOUND_BY.get(link.found_by, link.found_by),
            link.mark,
        ]
        table.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in row])
    return "\ufeff" + written.getvalue()


def period_text(link: Link) -> str:
    """The days of a link in words; empty where no bound is known."""
    since = f"{link.since.isoformat()}起" if link.since else ""
    until = f"{link.until.isoformat()}前" if link.until else ""
    return since + until


def _counted(around: Neighbourhood) -> list[str]:
    counts: dict[str, int] = {}
    for node in around.nodes[1:]:
        counts[node.kind] = counts.get(node.kind, 0) + 1
    for kind, more in around.left_out.items():
        counts[kind] = counts.get(kind, 0) + more
    lines = [f"{NODE_KINDS[kind]} {counts[kind]} 项" for kind in NODE_KINDS if kind in counts]
    hidden = sum(around.left_out.values())
    return [*lines, f"其中 {hidden} 项没有列出"] if hidden else lines


def _sentence(node: Node, link: Link, other: Node) -> str:
    ahead = link.source == node.id
    verb = LINK_KINDS[link.kind] if ahead else _SEEN_FROM_TARGET.get(link.kind, LINK_KINDS[link.kind])
    known = [period_text(link), link.anchor, f"可信度 {link.mark}" if link.mark else ""]
    details = "，".join(part for part in known if part)
    return f"{verb}：{other.label}" + (f"（{details}）" if details else "")


def _end(known: dict[str, Node], node_id: str) -> tuple[str, str]:
    node = known.get(node_id)
    return (NODE_KINDS[node.kind], node.label) if node else ("", node_id)
