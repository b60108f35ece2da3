"""Shapes of the map on the wire."""

from __future__ import annotations

from datetime import date
from typing import Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from backend.adapters.http import Query
from backend.adapters.http.fields import Day
from policies.graph import Link, Node
from policies.graph.model import FOUND_BY, LINK_KINDS, NODE_KINDS

Kind = Literal[
    "policy", "title", "support", "version", "condition", "course", "institution", "mentor", "person",
    "measure", "department", "row", "area", "limit", "help", "term", "fact",
]  # fmt: skip
LONGEST_ID = 200


class DayQuery(Query):
    """The day asked about; today where none is named."""

    on: Day | None = None


class GraphQuery(Query):
    """Around `node` when given, else an overview of one kind of node (policies by default).

    `kind` asks for nodes of these kinds; what lies on the way to them is kept. `on` keeps what is in force
    that day. `format`: `json` nodes and links, `picture` for ECharts and the same in words, `svg`, `csv`.
    """

    node: str | None = Field(default=None, max_length=LONGEST_ID)
    depth: int = Field(default=1, ge=1, le=3)
    kind: list[Kind] = Field(default_factory=list)
    on: Day | None = None
    limit: int = Field(default=60, ge=1, le=500)
    format: Literal["json", "picture", "svg", "csv"] = "json"


class LineageQuery(DayQuery):
    """A policy (policy:slug, or policy:number) or a version of its rules (version:slug@rule)."""

    node: str = Field(max_length=LONGEST_ID)


class LadderQuery(DayQuery):
    """The ladder of a firm when its USCC is named, else the ladder as it is for all."""

    uscc: str | None = Field(default=None, max_length=18)
    format: Literal["json", "picture", "svg"] = "json"


class CombinationQuery(DayQuery):
    """The firm asked about."""

    uscc: str = Field(max_length=18)


class PathsQuery(DayQuery):
    """From a helper (course:…, institution:…, mentor:…) to a title, or to all it leads to."""

    start: str = Field(max_length=LONGEST_ID)
    to: str | None = Field(default=None, max_length=LONGEST_ID)
    uscc: str | None = Field(default=None, max_length=18)


class ResponsibilityQuery(DayQuery):
    """A department (department:…); without one, what nobody answers for."""

    department: str | None = Field(default=None, max_length=LONGEST_ID)


class NodeJson(TypedDict):
    """A node; `kind_label` is what people call its kind, `stub`: only named by others so far."""

    id: str
    kind: str
    kind_label: str
    label: str
    stub: bool
    since: str | None
    until: str | None
    amount: int | None
    at_most: int | None


class PlacedNode(NodeJson):
    """A node and how far it is from the one asked about; an overview is about none."""

    distance: NotRequired[int]


class LinkJson(TypedDict):
    """A link with its dates (`until` is the first day it no longer holds), source clause and certainty."""

    kind: str
    kind_label: str
    source: str
    target: str
    since: str | None
    until: str | None
    in_force: bool
    anchor: str
    owner: str
    found_by: str
    found_by_label: str
    mark: str


def node_json(node: Node) -> NodeJson:
    """A node."""
    return {
        "id": node.id,
        "kind": node.kind,
        "kind_label": NODE_KINDS[node.kind],
        "label": node.label,
        "stub": node.stub,
        "since": day_json(node.since),
        "until": day_json(node.until),
        "amount": node.amount,
        "at_most": node.at_most,
    }


def link_json(link: Link, today: date) -> LinkJson:
    """A link as it stands today."""
    return {
        "kind": link.kind,
        "kind_label": LINK_KINDS[link.kind],
        "source": link.source,
        "target": link.target,
        "since": day_json(link.since),
        "until": day_json(link.until),
        "in_force": link.holds_on(today),
        "anchor": link.anchor,
        "owner": link.owner,
        "found_by": link.found_by,
        "found_by_label": FOUND_BY.get(link.found_by, link.found_by),
        "mark": link.mark,
    }


def day_json(day: date | None) -> str | None:
    """A day on the wire."""
    return day.isoformat() if day else None
