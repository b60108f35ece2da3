"""One step of a request: read, decided, written with its events in one command, and handed on."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from backend.guidance.promise import Due, Figures, due_after
from backend.guidance.routing import Candidate, Need, Route, route
from backend.guidance.service.board import RequestBoard
from backend.guidance.service.settings import GuidanceSettings
from backend.guidance.service.world import World
from backend.guidance.store.looks import LookStore
from backend.guidance.store.requests import COLLECTION, ENDED, Request, RequestStore
from backend.people.service import Adviser
from backend.shared.caller import Caller
from backend.shared.errors import StaleRevisionError, WrongStateError
from backend.shared.events import Event

TRIES = 5
LONGEST_CONVERSATION = 500


@dataclass
class Step:
    """What a step changes, says and announces (kind -> data)."""

    fields: dict[str, Any] = field(default_factory=dict)
    entries: list[dict[str, Any]] = field(default_factory=list)
    files: list[dict[str, Any]] = field(default_factory=list)
    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)


Decide = Callable[[Request, datetime], Step | None]


class Steps:
    """Takes steps on requests; several at once are taken one after the other."""

    def __init__(
        self,
        store: RequestStore,
        looks: LookStore,
        board: RequestBoard,
        settings: GuidanceSettings,
        world: World,
    ) -> None:
        self.settings = settings
        self.store = store
        self.looks = looks
        self.board = board
        self.world = world

    def take(self, request_id: str, caller: Caller, decide: Decide) -> Request:
        """Decide from the request as it is and write; decided anew when somebody was faster."""
        for _ in range(TRIES):
            request = self.store.get(request_id)
            step = decide(request, self.world.clock.now())
            if step is None:
                return request
            try:
                return self.write(request, step, caller)
            except StaleRevisionError:
                continue
        raise WrongStateError("这条诉求正被多人同时修改，请稍后再试。", id=request_id)

    def write(self, request: Request, step: Step, caller: Caller, look_known: bool = False) -> Request:
        """The step on the request as it was read; StaleRevisionError when it is no longer so.

        `look_known`: the row that says when to look again is written already.
        """
        now = self.world.clock.now()
        if len(request.entries) + len(step.entries) > LONGEST_CONVERSATION and caller.kind != "system":
            raise WrongStateError("这条诉求的对话太长，请办结后另提一条。", id=request.id)
        if (look_at := step.fields.get("look_at")) and not look_known:
            self.looks.put([(look_at, request.id)], caller.label, now)
        changed = self.store.change(
            request.id,
            step.fields,
            caller.label,
            now,
            *(self.event(kind, request, caller, now, data) for kind, data in step.events),
            revision=request.revision,
            entries=step.entries,
            files=step.files,
        )
        if step.events:
            self.world.hand_on(COLLECTION, request.id)
        return changed

    def event(
        self, kind: str, request: Request, caller: Caller, now: datetime, data: Mapping[str, Any]
    ) -> Event:
        """An event about a request: the firm, the day, and what is special; never a word of a person."""
        told = {"uscc": request.uscc, "opened_on": request.opened_on, **data}
        return Event(kind, request.id, now, caller.label, told)

    def clock_fields(
        self, request: Request, now: datetime, days: int | None = None, figures: Figures | None = None
    ) -> dict[str, Any]:
        """The deadline starts to run, or runs on with the days that were left."""
        return deadline(figures or self.settings.now(), request.service_class, now, days)

    def routed(self, need: Need) -> Route:
        """Who should help, with the load of now; accounts in a post only where no adviser is there."""
        loads = self.board.loads()
        people = candidates(self.world.people.everyone(), loads, self.world.clock.today())
        found = route(need, people)
        if found.first_level() == need.level:
            return found
        return route(need, [*people, *self.posts(loads)])

    def posts(self, loads: Mapping[str, int]) -> list[Candidate]:
        """Accounts in a post that no adviser is described for, with their load."""
        return [replace(one, load=loads.get(one.id, 0)) for one in self.world.posts()]

    def accounts(self, desks: Sequence[str]) -> list[str]:
        """The staff accounts behind desks, for those who tell them."""
        return accounts_at(desks, self.world.people.accounts_of([desk for desk in desks if ":" not in desk]))


def live(request: Request) -> Request:
    """The request, unless it has ended."""
    if request.state == ENDED:
        raise WrongStateError("这条诉求已经办结。", id=request.id)
    return request


def accounts_at(desks: Sequence[str], known: Mapping[str, str]) -> list[str]:
    """The accounts behind desks: an adviser's own, if it has one, or the account that is the desk."""
    named = (desk.partition(":")[2] if ":" in desk else known.get(desk, "") for desk in desks)
    return sorted({name for name in named if name})


def deadline(figures: Figures, service_class: str, now: datetime, days: int | None = None) -> dict[str, Any]:
    """The fields of a deadline that runs from now on, by the figures that hold."""
    promise = figures.promise_of(service_class)
    return running(due_after(now.date(), promise, figures.terms.remind_hour, days), now)


def running(due: Due, now: datetime) -> dict[str, Any]:
    """The fields of a deadline that runs; a reminder that would lie in the past is left out."""
    remind = due.remind_at > now
    return {
        "due_on": due.day.isoformat(),
        "due_sure": due.sure,
        "reminded": not remind,
        "look_at": due.remind_at if remind else due.at,
        "left_days": 0,
    }


STOPPED: Mapping[str, Any] = {"due_on": "", "due_sure": True, "look_at": None, "reminded": False}


def entry(kind: str, caller: Caller, now: datetime, text: str, name: str = "", **more: Any) -> dict[str, Any]:
    """One line of a conversation; `person` is empty for staff, whose names are no firm's personal data."""
    role = {"person": "firm", "staff": "staff"}.get(caller.kind, "system")
    return {
        "id": secrets.token_hex(6),
        "kind": kind,
        "role": role,
        "by": "" if role == "firm" else caller.label,
        "person": caller.id if role == "firm" else "",
        "name": name,
        "text": text,
        "at": now,
        **more,
    }


def candidates(advisers: list[Adviser], loads: Mapping[str, int], today: Any) -> list[Candidate]:
    """The people as routing sees them today; who stands in takes over the place of who is away."""
    covered: dict[str, list[Adviser]] = {}
    for one in advisers:
        if one.absences and (away := one.absence(today)) and away.stand_in:
            covered.setdefault(away.stand_in, []).append(one)
    found = []
    for one in advisers:
        absent = covered.get(one.id, ())
        found.append(
            Candidate(
                one.id,
                one.name,
                one.level,
                frozenset(one.areas).union(*(other.areas for other in absent)),
                frozenset(one.towns).union(*(other.towns for other in absent)),
                frozenset(one.offers),
                frozenset(one.helps),
                one.capacity,
                loads.get(one.id, 0),
                bool(one.absences) and one.absence(today) is not None,
                frozenset(one.interests),
                tuple(other.name for other in absent),
            )
        )
    return found
