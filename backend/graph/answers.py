"""The map's answers as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from backend.graph.schemas import day_json, link_json, node_json
from backend.graph.service import FirmCombination, FirmLadder
from policies.graph import Neighbourhood, Node
from policies.graph.health import KINDS, Ailment
from policies.graph.ladder import STATES, FirmRung, Outlook, Rung
from policies.graph.lineage import STANDINGS, Lineage, Touched
from policies.graph.listing import in_words
from policies.graph.paths import Path
from policies.graph.responsibility import Duty, Responsibility

# The kinds of node that have a page of their own, and where it is read.
_PAGES = {"policy": "policies", "course": "courses", "institution": "institutions", "mentor": "people"}


def list_json(items: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """A list that is given whole."""
    shown = list(items)
    return {"items": shown, "total": len(shown), "next_cursor": None}


def around_json(around: Neighbourhood, today: date) -> dict[str, Any]:
    """Nodes, nearest and most important first, links, and what did not fit by kind."""
    return {
        "nodes": [{**node_json(node), "distance": around.distance[node.id]} for node in around.nodes],
        "links": [link_json(link, today) for link in around.links],
        "left_out": dict(around.left_out),
    }


def words_json(around: Neighbourhood) -> list[dict[str, Any]]:
    """The same for those who do not see the picture."""
    return [{**node_json(section.node), "lines": list(section.lines)} for section in in_words(around)]


def lineage_json(found: Lineage, today: date) -> dict[str, Any]:
    """How it stands, what is in force instead, and by which links."""
    return {
        "node": node_json(found.node),
        "on": day_json(found.on),
        "standing": found.standing,
        "standing_label": STANDINGS[found.standing],
        "instead": _nodes(found.instead),
        "steps": [link_json(link, today) for link in found.steps],
        "amended_by": _nodes(found.amended_by),
    }


def touched_json(item: Touched, today: date) -> dict[str, Any]:
    """A thing that an end touches; `page` is where the public reads it."""
    pages = _PAGES.get(item.node.kind)
    page = f"{pages}/{item.node.key}" if pages and not item.node.stub else None
    return {**node_json(item.node), "page": page, "through": link_json(item.through, today)}


def rung_json(rung: Rung) -> dict[str, Any]:
    """A rung: `steps` lead up to it; of the `required` titles one must be held."""
    return {
        "title": node_json(rung.title),
        "height": rung.height,
        "granted_by": _nodes(rung.granted_by),
        "steps": [{"from": step.below.id, "required": step.required} for step in rung.steps],
        "required": _nodes(rung.required),
    }


def firm_ladder_json(found: FirmLadder) -> dict[str, Any]:
    """The ladder of a firm; `held` is null while its titles are not known."""
    return {
        "on": day_json(found.on),
        "held": list(found.held) if found.held is not None else None,
        "items": [_firm_rung(rung) for rung in found.rungs],
        "total": len(found.rungs),
        "next_cursor": None,
    }


def combination_json(found: FirmCombination) -> dict[str, Any]:
    """What is taken, what is left out and why, and what cannot be said; amounts in whole 元."""
    best = found.best
    return {
        "on": day_json(found.on),
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


def path_json(path: Path, today: date) -> dict[str, Any]:
    """One way, from the helper to the title."""
    return {"nodes": _nodes(path.nodes), "links": [link_json(link, today) for link in path.links]}


def responsibility_json(found: Responsibility) -> dict[str, Any]:
    """All that rests on a department."""
    return {
        "department": node_json(found.department),
        "leads": [duty_json(duty) for duty in found.leads],
        "supports": [duty_json(duty) for duty in found.supports],
        "tasks": [duty_json(duty) for duty in found.tasks],
        "issued": _nodes(found.issued),
        "people": _nodes(found.people),
    }


def duty_json(duty: Duty) -> dict[str, Any]:
    """A measure or task; `sure` False: read from a damaged place, to be checked."""
    policy = node_json(duty.policy) if duty.policy else None
    return {**node_json(duty.node), "policy": policy, "sure": duty.sure, "people": _nodes(duty.people)}


def ailment_json(ailment: Ailment) -> dict[str, Any]:
    """One thing wrong with the map."""
    return {
        "kind": ailment.kind,
        "kind_label": KINDS[ailment.kind],
        "text": ailment.text,
        "nodes": list(ailment.nodes),
        "owners": list(ailment.owners),
    }


def _firm_rung(rung: FirmRung) -> dict[str, Any]:
    return {
        **rung_json(rung.rung),
        "state": rung.state,
        "state_label": STATES[rung.state],
        "missing": _nodes(rung.missing),
        "ways": [_way(way) for way in rung.ways],
    }


def _way(way: Outlook) -> dict[str, Any]:
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


def _support(support: Node) -> dict[str, Any]:
    """A support and the slug of its policy."""
    return {**node_json(support), "policy": support.key.partition("#")[0]}


def _nodes(nodes: Iterable[Node]) -> list[dict[str, Any]]:
    return [node_json(node) for node in nodes]
