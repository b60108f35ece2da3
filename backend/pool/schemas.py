"""Shapes of the pool on the wire."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from backend.adapters.http import Body, Query
from backend.adapters.http.fields import Uscc
from backend.pool.life import LifeEvent, Stage, present
from backend.pool.store import Membership
from backend.shared.clock import in_shanghai

Step = Literal[
    "tracked", "candidate", "in_pool", "applying", "certified", "maintaining", "renewal_due", "at_risk",
    "left", "moved_away", "closed",
]  # fmt: skip
Tier = Literal["", "reserve", "cultivate", "promote"]


class Decision(Body):
    """A step with its reason; `tier` goes with in_pool only."""

    step: Step
    tier: Tier = ""
    reason: str = Field(min_length=1, max_length=500)
    rule: str = Field(default="", max_length=80, pattern=r"^([a-z0-9][a-z0-9-]{1,62}@[0-9]{1,6})?$")

    def stage(self) -> Stage:
        """Where the step leads."""
        return Stage(self.step, self.tier)


class Entry(Decision):
    """A firm's first step."""

    uscc: Uscc


class Undo(Body):
    """Why the last step is taken back."""

    reason: str = Field(min_length=1, max_length=500)


class PoolQuery(Query):
    """Which firms to list."""

    step: Step | None = None
    tier: Tier = ""
    limit: int = Field(default=20, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=300)


def membership_json(member: Membership) -> dict[str, Any]:
    """Where a firm stands."""
    state = present(member.life)
    return {
        "uscc": member.uscc,
        "revision": member.revision,
        "step": member.stage.step,
        "tier": member.stage.tier,
        "label": member.stage.label,
        "since": in_shanghai(state.since).isoformat() if state.since else None,
        "area": member.area,
        "town": member.town,
    }


def life_json(member: Membership, named: bool = True) -> dict[str, Any]:
    """Where a firm stands and how it came there; who decided is shown to staff (`named`)."""
    return {**membership_json(member), "life": [_event_json(event, named) for event in member.life]}


def _event_json(event: LifeEvent, named: bool) -> dict[str, Any]:
    shown = {
        "id": event.id,
        "step": event.step,
        "tier": event.tier,
        "at": in_shanghai(event.at).isoformat(),
        "reason": event.reason,
        "rule": event.rule,
        "undoes": event.undoes,
    }
    return {**shown, "by": event.by, "evidence": dict(event.evidence)} if named else shown
