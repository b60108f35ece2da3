"""The sweep over deadlines: reminds, escalates to the next level, asks a second time. It ends nothing.

It reads only what is due. Killed anywhere it may run again: a request's own fields say what was done.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from backend.guidance.promise import Figures
from backend.guidance.routing import LABELS, LEVELS, Candidate, Need, Route, route
from backend.guidance.service.requests import offer
from backend.guidance.service.steps import Step, Steps, accounts_at, candidates, entry
from backend.guidance.service.world import ESCALATED, REMINDED, SURVEYED
from backend.guidance.store.looks import Look
from backend.guidance.store.requests import ENDED, OPEN, WAITING, Request
from backend.shared.caller import SYSTEM
from backend.shared.clock import end_of, in_shanghai
from backend.shared.errors import StaleRevisionError

BATCH = 500


@dataclass(frozen=True)
class SweepReport:
    """What one sweep did."""

    read: int = 0
    reminded: int = 0
    escalated: int = 0
    surveyed: int = 0


@dataclass(frozen=True)
class _People:
    """Those who may be asked, read once for a sweep, their accounts, and the figures that hold."""

    candidates: list[Candidate]
    staff: dict[str, str]
    figures: Figures

    def accounts(self, desks: Sequence[str]) -> list[str]:
        return accounts_at(desks, self.staff)


class Deadlines:
    """Runs every minute."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps
        self._world = steps.world

    def sweep(self, progress: Callable[[int], None] = lambda _: None) -> SweepReport:
        """Look at what is due by now."""
        counts = {"read": 0, REMINDED: 0, ESCALATED: 0, SURVEYED: 0}
        after, now = "", self._world.clock.now()
        people: _People | None = None
        while looks := self._steps.looks.due(now, after, BATCH):
            after = looks[-1].id
            if people is None:
                people = self._people(now)
            self._look(looks, now, people, counts)
            progress(counts["read"])
        return SweepReport(counts["read"], counts[REMINDED], counts[ESCALATED], counts[SURVEYED])

    def _look(self, looks: list[Look], now: datetime, people: _People, counts: dict[str, int]) -> None:
        requests = self._steps.store.get_many([look.request for look in looks])
        counts["read"] += len(looks)
        # What is not due has moved on, and its next look has a row of its own.
        due = {look.request: look for look in looks if is_due(requests.get(look.request), now)}
        decided = {key: self._decide(requests[key], now, people) for key in due}
        again = [(step.fields["look_at"], key) for key, (_, step) in decided.items()]
        self._steps.looks.put([(at, key) for at, key in again if at is not None], SYSTEM.label, now)
        busy = set()
        for key, (kind, step) in decided.items():
            try:
                self._steps.write(requests[key], step, SYSTEM, look_known=True)
                counts[kind] += 1
            except StaleRevisionError:
                busy.add(due[key].id)  # somebody is at it this very moment; the next sweep looks again
        self._steps.looks.drop([look for look in looks if look.id not in busy])

    def _people(self, now: datetime) -> _People:
        advisers = self._world.people.everyone()
        loads = self._steps.board.loads()
        found = [*candidates(advisers, loads, now.date()), *self._steps.posts(loads)]
        return _People(found, {one.id: one.staff for one in advisers}, self._steps.settings.now())

    def _decide(self, request: Request, now: datetime, people: _People) -> tuple[str, Step]:
        if request.state == ENDED:
            asked = {"look_at": None, "later": {**request.later, "asked_at": now}}
            return SURVEYED, Step(asked, events=[(SURVEYED, {})])
        due_at = end_of(date.fromisoformat(request.due_on))
        staff = people.accounts([request.owner] if request.owner else request.offered)
        if now < due_at:
            told = entry("step", SYSTEM, now, f"提醒：须在 {request.due_on} 前答复")
            fields = {"reminded": True, "look_at": due_at}
            return REMINDED, Step(
                fields, [told], events=[(REMINDED, {"due": request.due_on, "staff": staff})]
            )
        return ESCALATED, self._escalate(request, now, people)

    def _escalate(self, request: Request, now: datetime, people: _People) -> Step:
        """Nobody answered in time: those of the next level are asked, the last owner goes on helping."""
        found = self._next(request, people)
        asked = offer(found)
        before = LABELS[request.level]
        text = f"逾期未答复，由{before}升级至{LABELS[asked['level']]}"
        if asked["level"] == request.level:
            text = "逾期仍未答复，请科经委督办"
        helpers = [desk for desk in (*request.helpers, request.owner) if desk]
        fields = {
            **self._steps.clock_fields(request, now, figures=people.figures),
            **asked,
            "owner": "",
            "helpers": list(dict.fromkeys(helpers)),
            "state": OPEN,
            "kept": "no" if not request.answers else request.kept,
            "escalations": request.escalations + 1,
        }
        told = entry("step", SYSTEM, now, text)
        data = {
            "level": asked["level"],
            "times": request.escalations + 1,
            "staff": people.accounts(asked["offered"]),
        }
        return Step(fields, [told], events=[(ESCALATED, data)])

    def _next(self, request: Request, people: _People) -> Route:
        place = LEVELS.index(request.level) + 1
        if place >= len(LEVELS) - 1:
            return Route((), {})
        kinds = frozenset({request.help_kind} if request.help_kind else ())
        conditions = frozenset({request.condition} if request.condition else ())
        need = Need(request.uscc, request.area, request.town, kinds, conditions, LEVELS[place])
        return route(need, people.candidates)


def is_due(request: Request | None, now: datetime) -> bool:
    """Whether the request still wants to be looked at by now."""
    if request is None or request.state == WAITING or request.look_at is None:
        return False
    return in_shanghai(request.look_at) <= now
