"""Which supports exclude each other: what is said of the two themselves outweighs what is said of their
policies, and of equal statements the exclusion counts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from policies.graph.model import Link
from policies.graph.policy_map import PolicyMap


@dataclass(frozen=True)
class Statement:
    """What is said of two supports: how closely it names them (2 both, 1 one and a policy, 0 policies)."""

    closeness: int
    link: Link
    words: str


@dataclass(frozen=True)
class _Said:
    """What is said of one support: its policies, its best-of groups, and its own and its policies' links."""

    policies: frozenset[str]
    groups: dict[str, Link]
    own: dict[str, dict[str, Link]]
    theirs: dict[str, dict[str, Link]]


def excluded_pairs(
    policy_map: PolicyMap, supports: Sequence[str], on: date
) -> dict[tuple[str, str], Statement]:
    """The pairs (in order of ids) that may not both be taken on a day, and what says so."""
    said = {support: _said(policy_map, support, on) for support in supports}
    found = {}
    for one, other in combinations(sorted(supports), 2):
        against = max(_against(policy_map, one, other, said), key=lambda s: s.closeness, default=None)
        if against is None:
            continue
        together = [s.closeness for s in _about("stacks_with", one, other, said)]
        if max(together, default=-1) <= against.closeness:
            found[one, other] = against
    return found


def policies_capped_together(policy_map: PolicyMap, supports: Sequence[str], on: date) -> list[str]:
    """Policies that share a limit nobody gives the amount of, where supports of both are taken."""
    givers = {policy for support in supports for policy in _givers(policy_map, support, on)}
    links = [link for policy in sorted(givers) for link in policy_map.ahead(policy, "capped_together", on=on)]
    pairs = [(policy_map.node(link.source), policy_map.node(link.target)) for link in links]
    return [
        f"《{one.label}》与《{other.label}》合并限额，金额未知"
        for one, other in pairs
        if one and other and other.id in givers
    ]


def _said(policy_map: PolicyMap, support: str, on: date) -> _Said:
    policies = frozenset(_givers(policy_map, support, on))
    own: dict[str, dict[str, Link]] = {"excludes": {}, "stacks_with": {}}
    theirs: dict[str, dict[str, Link]] = {"excludes": {}, "stacks_with": {}}
    groups = {}
    for kind in own:
        for link in policy_map.ahead(support, kind, on=on):
            if link.target.startswith("limit:"):
                groups[link.target] = link
            else:
                own[kind][link.target] = link
        for policy in policies:
            theirs[kind] |= {link.target: link for link in policy_map.ahead(policy, kind, on=on)}
    return _Said(policies, groups, own, theirs)


def _givers(policy_map: PolicyMap, support: str, on: date) -> Iterator[str]:
    """The policies a support comes from, directly or by a version of their rules."""
    for link in policy_map.back(support, "offers", on=on):
        versions = policy_map.back(link.source, "has_version", on=on)
        yield from (above.source for above in versions) if versions else (link.source,)


def _against(policy_map: PolicyMap, one: str, other: str, said: dict[str, _Said]) -> Iterator[Statement]:
    yield from _about("excludes", one, other, said)
    for group in said[one].groups.keys() & said[other].groups.keys():
        node = policy_map.node(group)
        yield Statement(2, said[one].groups[group], f"“{node.label if node else group}”只取其一")


def _about(kind: str, one: str, other: str, said: dict[str, _Said]) -> Iterator[Statement]:
    """What links of a kind say of two supports, from either side."""
    for here, there in ((one, other), (other, one)):
        own, theirs = said[here].own[kind], said[here].theirs[kind]
        if there in own:
            yield Statement(2, own[there], "两项互不兼得")
        for policy in said[there].policies - said[here].policies:
            if policy in own:
                yield Statement(1, own[policy], "不与该政策同享")
            if policy in theirs:
                yield Statement(0, theirs[policy], "两项政策不同享")
