"""The compatible supports worth most together, under exclusions and shared caps, exactly."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from policies.graph.compatibility import Statement, excluded_pairs, policies_capped_together
from policies.graph.model import Node
from policies.graph.policy_map import PolicyMap
from policies.graph.selection import Caps, best_selection


@dataclass(frozen=True)
class Paid:
    """A support that is taken, and what is paid of it under the caps, in 元."""

    support: Node
    paid: int


@dataclass(frozen=True)
class LeftOut:
    """A support that is not taken, the reason in words, and the supports or limits it is due to."""

    support: Node
    reason: str
    because: tuple[Node, ...]


@dataclass(frozen=True)
class Unpriced:
    """A support whose amount no source says; `clashes` are the supports taken that it cannot go with."""

    support: Node
    clashes: tuple[Node, ...]


@dataclass(frozen=True)
class Combination:
    """The best there is: what is taken, what is not and why, and what cannot be said.

    `unsure_limits`: shared limits of unknown amount that several of the taken supports count towards, so
    that less may be paid.
    """

    taken: tuple[Paid, ...]
    total: int
    left_out: tuple[LeftOut, ...]
    unpriced: tuple[Unpriced, ...]
    unsure_limits: tuple[str, ...]


def best_combination(policy_map: PolicyMap, supports: Collection[str], on: date) -> Combination:
    """The best compatible set of these supports on a day. KeyError for an id that is no support."""
    nodes = {support: _support(policy_map, support) for support in sorted(set(supports))}
    priced = {key: node.amount for key, node in nodes.items() if node.amount is not None}
    excluded = excluded_pairs(policy_map, sorted(nodes), on)
    chains = {key: _caps_above(policy_map, key, on) for key in nodes}
    caps = Caps(
        {key: [cap.id for cap in chain] for key, chain in chains.items()},
        {cap.id: cap.amount for chain in chains.values() for cap in chain},
    )
    chosen = best_selection(priced, excluded.keys(), caps)
    paid = {key: amount for key, amount in caps.paid(chosen, priced).items() if amount or not priced[key]}
    return Combination(
        tuple(Paid(nodes[key], paid[key]) for key in sorted(paid, key=lambda key: (-paid[key], key))),
        sum(paid.values()),
        tuple(
            _left_out(policy_map, nodes[key], nodes, paid, excluded, caps, chains[key])
            for key in priced
            if key not in paid
        ),
        tuple(
            Unpriced(node, tuple(nodes[other] for other in paid if _pair(key, other) in excluded))
            for key, node in nodes.items()
            if key not in priced
        ),
        tuple(_unsure_limits(policy_map, paid, chains, on)),
    )


def _support(policy_map: PolicyMap, support: str) -> Node:
    node = policy_map.node(support)
    if node is None or node.kind != "support":
        raise KeyError(support)
    return node


def _caps_above(policy_map: PolicyMap, support: str, on: date) -> list[Node]:
    """The caps a support counts towards, from the narrowest to the widest."""
    chain: dict[str, Node] = {}
    at = support
    while above := policy_map.ahead(at, "capped_together", on=on):
        at = above[0].target
        node = policy_map.node(at)
        if node is None or at in chain:
            break
        chain[at] = node
    return list(chain.values())


def _left_out(
    policy_map: PolicyMap,
    node: Node,
    nodes: Mapping[str, Node],
    paid: Mapping[str, int],
    excluded: Mapping[tuple[str, str], Statement],
    caps: Caps,
    chain: Sequence[Node],
) -> LeftOut:
    rivals = [key for key in paid if _pair(node.id, key) in excluded]
    if rivals:
        statements = [excluded[_pair(node.id, key)] for key in rivals]
        names = "、".join(_name(policy_map, nodes[key]) for key in rivals)
        words = "；".join(dict.fromkeys(statement.words for statement in statements))
        reason = f"不能与{names}同享（{words}），取合计较高的组合。"
        return LeftOut(node, reason, tuple(nodes[key] for key in rivals))
    full = [cap for cap in chain if caps.is_full(cap.id, paid)]
    names = "、".join(f"“{cap.label}”" for cap in full)
    reason = f"{names}已达限额，再加此项也不增加合计。" if full else "再加此项也不增加合计。"
    return LeftOut(node, reason, tuple(full))


def _unsure_limits(
    policy_map: PolicyMap, paid: Mapping[str, int], chains: Mapping[str, Sequence[Node]], on: date
) -> list[str]:
    under: dict[str, list[str]] = {}
    labels: dict[str, str] = {}
    for key in paid:
        for cap in chains[key]:
            if cap.amount is None:
                under.setdefault(cap.id, []).append(key)
                labels[cap.id] = cap.label
    known = [f"“{labels[cap]}”的金额未知" for cap, keys in sorted(under.items()) if len(keys) > 1]
    return known + policies_capped_together(policy_map, list(paid), on)


def _name(policy_map: PolicyMap, support: Node) -> str:
    """A support with its policy: many policies call what they give by the same name."""
    policy = policy_map.node(f"policy:{support.key.partition('#')[0]}")
    return f"《{policy.label}》的“{support.label}”" if policy else f"“{support.label}”"


def _pair(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one < other else (other, one)
