"""Who helps with what is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from backend.catalogue.service import PublishedPolicy
from policies.eligibility import Verdict
from policies.gap import Plan

HelperKind = Literal["course", "institution", "liaison", "counsellor", "mentor"]


@dataclass(frozen=True)
class Helper:
    """Who helps with a condition: a course, an institution or an adviser, and what it is attached to."""

    kind: HelperKind
    id: str
    title: str
    helps: tuple[str, ...]
    help_kinds: tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """One policy's answer for one firm, the way to it, and the helpers of each condition that is not met."""

    policy: PublishedPolicy
    verdict: Verdict
    helpers: dict[str, list[Helper]] = field(default_factory=dict)
    plan: Plan | None = None


FindHelpers = Callable[[list[str], list[str]], Sequence[Helper]]


def with_helpers(
    judged: Sequence[tuple[PublishedPolicy, Verdict]], plans: Mapping[str, Plan], find: FindHelpers
) -> list[Answer]:
    """The answers, each condition that is not met with those who help; they are looked up once for all."""
    wanted = {
        condition.id: condition
        for _, verdict in judged
        for condition in verdict.conditions
        if condition.state != "met"
    }
    kinds = sorted({kind for condition in wanted.values() for kind in condition.help})
    found = find(sorted(wanted), kinds) if wanted else ()
    by_condition = {
        condition.id: [
            helper
            for helper in found
            if condition.id in helper.helps or set(condition.help) & set(helper.help_kinds)
        ]
        for condition in wanted.values()
    }
    return [
        Answer(
            policy,
            verdict,
            {c.id: by_condition[c.id] for c in verdict.conditions if by_condition.get(c.id)},
            plans.get(verdict.policy),
        )
        for policy, verdict in judged
    ]
