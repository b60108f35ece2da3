"""The life of a firm in the cultivation pool, as events; the present state is computed from them.

Pure: no clock, no database. A wrong step is undone by another event and never erased.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from backend.shared.clock import in_shanghai

STEPS: Mapping[str, str] = {
    "tracked": "跟踪",
    "candidate": "候选",
    "in_pool": "在库",
    "applying": "申报中",
    "certified": "已认定",
    "maintaining": "维持中",
    "renewal_due": "待重新认定",
    "at_risk": "有风险",
    "left": "已出库",
    "moved_away": "已迁出",
    "closed": "已注销",
}
TIERS: Mapping[str, str] = {"reserve": "储备", "cultivate": "培育", "promote": "提升"}
UNDO = "undo"
OUTSIDE = ""
# Pushes reach a firm from candidate to renewal due and at risk; not one that is only tracked or has gone.
REACHED = ("applying", "at_risk", "candidate", "certified", "in_pool", "maintaining", "renewal_due")

_LEAVING = frozenset({"left", "moved_away", "closed"})
ALLOWED: Mapping[str, frozenset[str]] = {
    OUTSIDE: frozenset({"tracked", "candidate", "in_pool", "certified"}),
    "tracked": frozenset({"candidate", "in_pool", "certified"}) | _LEAVING,
    "candidate": frozenset({"tracked", "in_pool", "applying"}) | _LEAVING,
    "in_pool": frozenset({"in_pool", "candidate", "applying", "at_risk"}) | _LEAVING,
    "applying": frozenset({"in_pool", "certified", "at_risk"}) | _LEAVING,
    "certified": frozenset({"maintaining", "renewal_due", "at_risk"}) | _LEAVING,
    "maintaining": frozenset({"renewal_due", "at_risk"}) | _LEAVING,
    "renewal_due": frozenset({"applying", "certified", "maintaining", "at_risk"}) | _LEAVING,
    "at_risk": frozenset({"in_pool", "applying", "certified", "maintaining", "renewal_due"}) | _LEAVING,
    "left": frozenset({"tracked", "candidate", "in_pool", "closed", "moved_away"}),
    "moved_away": frozenset({"tracked", "candidate", "in_pool", "certified", "closed"}),
    "closed": frozenset(),
}


class ImpossibleStepError(Exception):
    """A step the life does not allow: from where, to what, and why (Chinese)."""

    def __init__(self, start: str, step: str, reason: str) -> None:
        super().__init__(reason)
        self.start = start
        self.step = step
        self.reason = reason


@dataclass(frozen=True)
class Stage:
    """Where a firm stands; only a firm in the pool has a tier."""

    step: str = OUTSIDE
    tier: str = ""

    @property
    def key(self) -> str:
        """As lists keep it: in_pool/cultivate, certified, "" outside."""
        return f"{self.step}/{self.tier}" if self.tier else self.step

    @property
    def label(self) -> str:
        """In words: 在库（培育）."""
        tier = f"（{TIERS[self.tier]}）" if self.tier else ""
        return f"{STEPS.get(self.step, '不在库')}{tier}"


def key_label(key: str) -> str:
    """From step/tier to words; nothing for nothing."""
    step, _, tier = key.partition("/")
    return Stage(step, tier).label if step else ""


@dataclass(frozen=True)
class LifeEvent:
    """One step: who took it when and why; `rule` is slug@version or "", `undoes` a step's id."""

    id: str
    step: str
    at: datetime
    by: str
    reason: str = ""
    tier: str = ""
    rule: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)
    undoes: str = ""


@dataclass(frozen=True)
class State:
    """The state the events add up to, and the event that made it; None outside the pool."""

    stage: Stage = Stage()
    since: datetime | None = None
    event: str = ""


def standing(events: Iterable[LifeEvent]) -> list[LifeEvent]:
    """The steps that stand, oldest first: each event in turn, undone ones taken off again.

    Raises ImpossibleStepError at the first event that could not follow.
    """
    path: list[LifeEvent] = []
    for event in events:
        if event.step == UNDO:
            _check_undo(path, event)
            path.pop()
        else:
            _check_step(path[-1] if path else None, event)
            path.append(event)
    return path


def present(events: Iterable[LifeEvent], as_of: datetime | None = None) -> State:
    """The state after all events, or after those not later than `as_of`."""
    path = standing(event for event in events if as_of is None or event.at <= as_of)
    if not path:
        return State()
    last = path[-1]
    return State(Stage(last.step, last.tier), last.at, last.id)


def check_next(events: Sequence[LifeEvent], new: LifeEvent) -> State:
    """The state after one more event; ImpossibleStepError when it cannot follow."""
    if events and new.at < events[-1].at:
        raise ImpossibleStepError(events[-1].step, new.step, "时间早于上一步。")
    return present([*events, new])


def newly_certified(path: Sequence[LifeEvent]) -> str:
    """The year in which a firm became a high-tech firm before our eyes, "" when it did not.

    One that entered as certified, or came back so, was one before. The year of the certificate goes before
    that of the news.
    """
    place = next((place for place, event in enumerate(path) if event.step == "certified"), None)
    if place is None:
        return ""
    came, before = path[place], path[place - 1].step if place else OUTSIDE
    if before in (OUTSIDE, "moved_away") and "application" not in came.evidence:
        return ""
    return str(came.evidence.get("on") or in_shanghai(came.at).isoformat())[:4]


def _check_undo(path: Sequence[LifeEvent], event: LifeEvent) -> None:
    if not path or path[-1].id != event.undoes:
        start = path[-1].step if path else OUTSIDE
        raise ImpossibleStepError(start, UNDO, "只能撤销最近的一步。")


def _check_step(last: LifeEvent | None, event: LifeEvent) -> None:
    start = last.step if last else OUTSIDE
    if event.step not in STEPS:
        raise ImpossibleStepError(start, event.step, f"没有“{event.step[:40]}”这一步。")
    if event.step not in ALLOWED[start]:
        reason = f"不能从“{Stage(start).label}”到“{Stage(event.step).label}”。"
        raise ImpossibleStepError(start, event.step, reason)
    if (event.step == "in_pool") != (event.tier in TIERS) or (event.tier and event.tier not in TIERS):
        raise ImpossibleStepError(start, event.step, f"在库须写明层级（{'、'.join(TIERS)}），其他状态不写。")
    if last and (last.step, last.tier) == (event.step, event.tier):
        raise ImpossibleStepError(start, event.step, f"企业已经是“{Stage(start, last.tier).label}”。")
