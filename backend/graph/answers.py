"""The map's answers as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, NotRequired

from typing_extensions import TypedDict

from backend.graph.schemas import LinkJson, NodeJson, PlacedNode, link_json, node_json
from backend.graph.service import FirmCombination, FirmLadder
from policies.gap import PlanJson
from policies.graph import Neighbourhood, Node
from policies.graph.health import KINDS, Ailment, Kind
from policies.graph.ladder import STATES, FirmRung, Outlook, Rung, State
from policies.graph.lineage import STANDINGS, Lineage, Standing, Touched
from policies.graph.listing import in_words
from policies.graph.paths import Path
from policies.graph.responsibility import Duty, Responsibility
from policies.rules import ApplicationKind
from policies.sheet import Status

# The kinds of node that have a page of their own, and where it is read.
_PAGES = {"policy": "policies", "course": "courses", "institution": "institutions", "mentor": "people"}


class CountsJson(TypedDict):
    """How much there is on the map."""

    nodes: int
    links: int
    kinds: dict[str, int]


class AroundJson(TypedDict):
    """Nodes, nearest and most important first, links, and what did not fit by kind."""

    nodes: list[PlacedNode]
    links: list[LinkJson]
    left_out: dict[str, int]


class GraphJson(AroundJson):
    """The same with how much there is on the whole map."""

    counts: CountsJson


class SectionJson(NodeJson):
    """A node and what is to be said of it, for those who do not see the picture."""

    lines: list[str]


class DrawnJson(TypedDict):
    """A picture for ECharts, and the same in words where it is about a node."""

    title: str
    chart: dict[str, Any]
    words: NotRequired[list[SectionJson]]


class LineageJson(TypedDict):
    """How a policy or a version stands, what is in force instead, and by which links."""

    node: NodeJson
    on: str
    standing: Standing
    standing_label: str
    instead: list[NodeJson]
    steps: list[LinkJson]
    amended_by: list[NodeJson]


class TouchedJson(NodeJson):
    """A thing that an end touches; `page` is where the public reads it."""

    page: str | None
    through: LinkJson


class TouchedList(TypedDict):
    """All that an end touches, and how many messages rest on it where that is known."""

    items: list[TouchedJson]
    total: int
    next_cursor: str | None
    messages: int | None


LadderStep = TypedDict("LadderStep", {"from": str, "required": bool})


class TitleRung(TypedDict):
    """A rung: `steps` lead up to it; of the `required` titles one must be held."""

    title: NodeJson
    height: int
    granted_by: list[NodeJson]
    steps: list[LadderStep]
    required: list[NodeJson]


class WayJson(TypedDict):
    """A policy that grants a title: its answer for the firm, and what is missing."""

    policy: str
    title: str
    status: Status
    kind: ApplicationKind
    rule: str | None
    confidence: str
    plan: PlanJson


class FirmRungJson(TitleRung):
    """A rung as a firm sees it."""

    state: State
    state_label: str
    missing: list[NodeJson]
    ways: list[WayJson]


class FirmLadderJson(TypedDict):
    """The ladder of a firm; `held` is null while its titles are not known."""

    on: str
    held: list[str] | None
    items: list[FirmRungJson]
    total: int
    next_cursor: str | None


class SupportJson(NodeJson):
    """A support and the slug of its policy."""

    policy: str


class TakenSupport(SupportJson):
    """A support that is taken, and what it pays."""

    paid: int


class SupportLeft(SupportJson):
    """A support that is not taken, and why."""

    reason: str
    because: list[NodeJson]


class UnpricedSupport(SupportJson):
    """A support whose amount no source says."""

    clashes: list[NodeJson]


class CombinationJson(TypedDict):
    """What is taken, what is left out and why, and what cannot be said; amounts in whole 元."""

    on: str
    total: int
    taken: list[TakenSupport]
    left_out: list[SupportLeft]
    unpriced: list[UnpricedSupport]
    unsure_limits: list[str]
    to_review: list[str]


class PathJson(TypedDict):
    """One way, from the helper to the title."""

    nodes: list[NodeJson]
    links: list[LinkJson]


class DutyJson(NodeJson):
    """A measure or task; `sure` false: read from a damaged place, to be checked."""

    policy: NodeJson | None
    sure: bool
    people: list[NodeJson]


class ResponsibilityJson(TypedDict):
    """All that rests on a department."""

    department: NodeJson
    leads: list[DutyJson]
    supports: list[DutyJson]
    tasks: list[DutyJson]
    issued: list[NodeJson]
    people: list[NodeJson]


class AilmentJson(TypedDict):
    """One thing wrong with the map."""

    kind: Kind
    kind_label: str
    text: str
    nodes: list[str]
    owners: list[str]


def around_json(around: Neighbourhood, today: date) -> AroundJson:
    """Nodes, nearest and most important first, links, and what did not fit by kind."""
    return {
        "nodes": [{**node_json(node), "distance": around.distance[node.id]} for node in around.nodes],
        "links": [link_json(link, today) for link in around.links],
        "left_out": dict(around.left_out),
    }


def words_json(around: Neighbourhood) -> list[SectionJson]:
    """The same for those who do not see the picture."""
    return [{**node_json(section.node), "lines": list(section.lines)} for section in in_words(around)]


def lineage_json(found: Lineage, today: date) -> LineageJson:
    """How it stands, what is in force instead, and by which links."""
    return {
        "node": node_json(found.node),
        "on": found.on.isoformat(),
        "standing": found.standing,
        "standing_label": STANDINGS[found.standing],
        "instead": _nodes(found.instead),
        "steps": [link_json(link, today) for link in found.steps],
        "amended_by": _nodes(found.amended_by),
    }


def touched_json(item: Touched, today: date) -> TouchedJson:
    """A thing that an end touches; `page` is where the public reads it."""
    pages = _PAGES.get(item.node.kind)
    page = f"{pages}/{item.node.key}" if pages and not item.node.stub else None
    return {**node_json(item.node), "page": page, "through": link_json(item.through, today)}


def rung_json(rung: Rung) -> TitleRung:
    """A rung: `steps` lead up to it; of the `required` titles one must be held."""
    return {
        "title": node_json(rung.title),
        "height": rung.height,
        "granted_by": _nodes(rung.granted_by),
        "steps": [{"from": step.below.id, "required": step.required} for step in rung.steps],
        "required": _nodes(rung.required),
    }


def firm_ladder_json(found: FirmLadder) -> FirmLadderJson:
    """The ladder of a firm; `held` is null while its titles are not known."""
    return {
        "on": found.on.isoformat(),
        "held": list(found.held) if found.held is not None else None,
        "items": [_firm_rung(rung) for rung in found.rungs],
        "total": len(found.rungs),
        "next_cursor": None,
    }


def combination_json(found: FirmCombination) -> CombinationJson:
    """What is taken, what is left out and why, and what cannot be said; amounts in whole 元."""
    best = found.best
    return {
        "on": found.on.isoformat(),
        "total": best.total,
        "taken": [{**_support(item.support), "paid": item.paid} for item in best.taken],
        "left_out": [
            {**_support(item.support), "reason": item.reason, "because": _nodes(item.because)}
            for item in best.left_out
        ],
        "unpriced": [{**_support(item.support), "clashes": _nodes(item.clashes)} for item in best.unpriced],
        "unsure_limits": list(best.unsure_limits),
        "to_review": list(found.to_review),
    }


def path_json(path: Path, today: date) -> PathJson:
    """One way, from the helper to the title."""
    return {"nodes": _nodes(path.nodes), "links": [link_json(link, today) for link in path.links]}


def responsibility_json(found: Responsibility) -> ResponsibilityJson:
    """All that rests on a department."""
    return {
        "department": node_json(found.department),
        "leads": [duty_json(duty) for duty in found.leads],
        "supports": [duty_json(duty) for duty in found.supports],
        "tasks": [duty_json(duty) for duty in found.tasks],
        "issued": _nodes(found.issued),
        "people": _nodes(found.people),
    }


def duty_json(duty: Duty) -> DutyJson:
    """A measure or task; `sure` False: read from a damaged place, to be checked."""
    policy = node_json(duty.policy) if duty.policy else None
    return {**node_json(duty.node), "policy": policy, "sure": duty.sure, "people": _nodes(duty.people)}


def ailment_json(ailment: Ailment) -> AilmentJson:
    """One thing wrong with the map."""
    return {
        "kind": ailment.kind,
        "kind_label": KINDS[ailment.kind],
        "text": ailment.text,
        "nodes": list(ailment.nodes),
        "owners": list(ailment.owners),
    }


def _firm_rung(rung: FirmRung) -> FirmRungJson:
    return {
        **rung_json(rung.rung),
        "state": rung.state,
        "state_label": STATES[rung.state],
        "missing": _nodes(rung.missing),
        "ways": [_way(way) for way in rung.ways],
    }


def _way(way: Outlook) -> WayJson:
    verdict = way.verdict
    return {
        "policy": verdict.policy,
        "title": verdict.title,
        "status": verdict.status,
        "kind": verdict.kind,
        "rule": verdict.rule.id if verdict.rule else None,
        "confidence": verdict.confidence,
        "plan": way.plan.as_dict(),
    }


def _support(support: Node) -> SupportJson:
    """A support and the slug of its policy."""
    return {**node_json(support), "policy": support.key.partition("#")[0]}


def _nodes(nodes: Iterable[Node]) -> list[NodeJson]:
    return [node_json(node) for node in nodes]
