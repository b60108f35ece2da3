"""Shapes of the map on the wire."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import Field

from backend.adapters.http import Query
from policies.graph import Link, Node
from policies.graph.model import LINK_KINDS, NODE_KINDS

Kind = Literal[
    "policy", "title", "support", "version", "condition", "course", "institution", "mentor", "person",
    "measure", "department", "row", "area", "limit", "help", "term", "fact",
]  # fmt: skip


class GraphQuery(Query):
    """Around `node` when given, else an overview of one kind of node (policies by default)."""

    node: str | None = Field(default=None, max_length=200)
    depth: int = Field(default=1, ge=1, le=3)
    kind: list[Kind] = Field(default_factory=list)
    on: date | None = None
    limit: int = Field(default=60, ge=1, le=500)


def node_json(node: Node) -> dict[str, Any]:
    """A node; `kind_label` is what people call its kind."""
    return {"id": node.id, "kind": node.kind, "kind_label": NODE_KINDS[node.kind], "label": node.label}


def link_json(link: Link) -> dict[str, Any]:
    """A link with its dates (`until` is the first day it no longer holds), source clause and certainty."""
    return {
        "kind": link.kind,
        "kind_label": LINK_KINDS[link.kind],
        "source": link.source,
        "target": link.target,
        "since": link.since.isoformat() if link.since else None,
        "until": link.until.isoformat() if link.until else None,
        "anchor": link.anchor,
        "found_by": link.found_by,
        "mark": link.mark,
    }
