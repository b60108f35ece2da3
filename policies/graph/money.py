"""What a policy gives, and how supports exclude each other or share a limit, as nodes and links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from policies.graph.gathering import Gathering
from policies.graph.model import Node, Period
from policies.sheet import Sheet, Support


def gather_supports(
    gather: Gathering, policy: str, sheet: Sheet, versions: Mapping[str, tuple[str, Period]]
) -> None:
    """Take in the sheet's limits and supports; `versions` gives node and days of a rule by its id."""
    for limit in sheet.limits:
        node = Node.of("limit", f"{sheet.slug}#{limit.id}", limit.title)
        gather.add(replace(node, amount=limit.yuan))
        if limit.within:
            wider = _stub(gather, "limit", sheet, limit.within)
            gather.link("capped_together", node.id, wider, limit.clause, mark=limit.mark)
    for support in sheet.supports:
        node = Node.of("support", f"{sheet.slug}#{support.id}", support.title)
        gather.add(replace(node, amount=support.yuan, at_most=support.ceiling))
        givers = [versions[rule] for rule in support.rules] or [(policy, gather.period)]
        for giver, period in givers:
            gather.link("offers", giver, node.id, support.clause, period, support.mark)
        _gather_limits(gather, sheet, support, node.id)


def _gather_limits(gather: Gathering, sheet: Sheet, support: Support, node: str) -> None:
    bounds = [("excludes", "limit", place) for place in support.best_of]
    bounds += [("capped_together", "limit", support.cap)] if support.cap else []
    bounds += [("excludes", "support", place) for place in support.excludes]
    bounds += [("stacks_with", "support", place) for place in support.stacks_with]
    for kind, target_kind, place in bounds:
        target = _stub(gather, target_kind, sheet, place)
        gather.link(kind, node, target, support.clause, mark=support.mark)


def _stub(gather: Gathering, kind: str, sheet: Sheet, place: str) -> str:
    """A support or limit by its place, or the whole policy where no place in it is named."""
    slug, hash_, anchor = place.partition("#")
    if not hash_:
        return gather.node("policy", slug, slug, stub=True)
    key = f"{slug or sheet.slug}#{anchor}"
    return gather.node(kind, key, key, stub=True)
