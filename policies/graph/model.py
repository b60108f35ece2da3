"""Nodes and links. A part is what one record contributes; the map is the union of all parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Self

NODE_KINDS = {
    "policy": "政策",
    "measure": "措施",
    "row": "任务",
    "department": "部门",
    "area": "片区",
    "title": "资质",
    "condition": "条件",
    "fact": "企业信息",
    "help": "帮助",
    "course": "课程",
    "institution": "服务机构",
}
LINK_KINDS = {
    "issued_by": "发布",
    "contains": "包含",
    "leads": "牵头",
    "supports": "配合",
    "responsible": "负责",
    "implements": "落实",
    "based_on": "依据",
    "amends": "修改",
    "repeals": "废止",
    "replaces": "替代",
    "replaced_by": "被替代",
    "interprets": "解读",
    "cites": "引用",
    "requires_title": "需要资质",
    "grants_title": "授予资质",
    "leads_on_to": "进阶",
    "stacks_with": "可叠加",
    "excludes": "不可同享",
    "capped_together": "合并限额",
    "routed_to": "转由片区",
    "has_condition": "条件",
    "asks": "需要信息",
    "needs_help": "可获帮助",
    "helps": "帮助",
}


@dataclass(frozen=True)
class Node:
    """A thing on the map. A `stub` is only named by another record and gives way to the thing itself."""

    id: str
    kind: str
    label: str
    stub: bool = False

    @classmethod
    def of(cls, kind: str, key: str, label: str, stub: bool = False) -> Node:
        """The node of this kind with the id `kind:key`."""
        return cls(f"{kind}:{key}", kind, label, stub)


@dataclass(frozen=True)
class Link:
    """A typed link, in force on the days since <= day < until (None: no bound is known)."""

    kind: str
    source: str
    target: str
    since: date | None = None
    until: date | None = None
    anchor: str = ""
    found_by: str = "sheet"
    mark: str = ""

    def holds_on(self, day: date) -> bool:
        """Whether the link is in force on a day."""
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)


@dataclass(frozen=True)
class Part:
    """The nodes and links that one record, `owner`, contributes."""

    owner: str
    nodes: tuple[Node, ...] = ()
    links: tuple[Link, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """JSON values, for storing."""
        links = [
            {k: v.isoformat() if isinstance(v, date) else v for k, v in asdict(x).items()} for x in self.links
        ]
        return {"owner": self.owner, "nodes": [asdict(node) for node in self.nodes], "links": links}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """The part that `as_dict` described."""
        links = tuple(
            Link(**{**raw, "since": _day(raw["since"]), "until": _day(raw["until"])}) for raw in data["links"]
        )
        return cls(data["owner"], tuple(Node(**raw) for raw in data["nodes"]), links)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
