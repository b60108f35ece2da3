"""A firm's way with a policy that certifies it moves its life: applied, then certified."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection

import structlog

from backend.pool.life import ALLOWED, LifeEvent
from backend.pool.service import PoolService
from backend.shared.caller import SYSTEM
from backend.shared.events import Event

log = structlog.get_logger(__name__)

TITLE = "gaoqi"
# State of the application -> the step of the life it stands for.
STEPS = {"applied": "applying", "obtained": "certified"}
REASONS = {"applying": "企业已申报高新技术企业认定", "certified": "企业已获得高新技术企业认定"}

_NAMES = uuid.UUID("5b0d3f55-0a5e-5d0b-9a39-0a7c1f6f2f2e")


class Applying:
    """`granted` names the titles a policy grants. What the life does not allow is left to people, and so is a
    title that only the firm itself says it obtained."""

    def __init__(self, pool: PoolService, granted: Callable[[str], Collection[str]]) -> None:
        self._pool = pool
        self._granted = granted

    def follow(self, event: Event) -> None:
        """Listens to application.changed: each step once, however often the event is told."""
        uscc, policy, state = (str(event.data[name]) for name in ("uscc", "policy", "state"))
        goal, told_by = STEPS.get(state), str(event.data.get("told_by", ""))
        if goal is None or TITLE not in self._granted(policy) or (goal == "certified" and told_by == "firm"):
            return
        note, on = event.data.get("note", ""), event.data.get("on", "")
        evidence = {"application": event.subject, "told_by": told_by, "note": note, "on": on}
        for step in self._way(uscc, goal):
            seen = self._pool.stage_of(uscc).key
            event_id = uuid.uuid5(_NAMES, f"{event.id}/{step}").hex
            reason = REASONS[step]
            taken = LifeEvent(event_id, step, event.at, SYSTEM.label, reason, evidence=evidence)
            self._pool.carry_out(uscc, taken, seen)

    def _way(self, uscc: str, goal: str) -> list[str]:
        """The steps from where the firm stands; none when it is there already or cannot come there."""
        step = self._pool.stage_of(uscc).step
        if goal in ALLOWED[step]:
            return [goal]
        if goal == "certified" and "applying" in ALLOWED[step]:
            return ["applying", goal]
        if step != goal:
            log.info("application_not_followed", firm=uscc, stage=step, goal=goal)
        return []
