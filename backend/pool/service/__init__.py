"""The verbs of the pool: enter, move, undo, and who is reached."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import islice
from typing import Any

from backend.companies.service import COMMISSION, CompanyService
from backend.pool.life import REACHED, UNDO, ImpossibleStepError, LifeEvent, Stage, State, check_next, present
from backend.pool.store import COLLECTION, Membership, PoolFilter, PoolStore
from backend.shared.caller import Caller
from backend.shared.clock import Clock, end_of
from backend.shared.errors import (
    AlreadyExistsError,
    ForbiddenError,
    NotFoundError,
    StaleRevisionError,
    WrongStateError,
)
from backend.shared.events import Event
from backend.shared.paging import Page
from policies.facts import resolve

ENTERED = "pool.entered"
MOVED = "pool.moved"
BATCH, LARGE_BATCH = 200, 10_000
TRIES = 5


class PoolService:
    """Every decision is an event with its person and reason; companies say who may."""

    def __init__(
        self, store: PoolStore, companies: CompanyService, clock: Clock, hand_on: Callable[[str, str], bool]
    ) -> None:
        self._store = store
        self._companies = companies
        self._clock = clock
        self._hand_on = hand_on

    def enter(
        self,
        uscc: str,
        stage: Stage,
        caller: Caller,
        reason: str,
        rule: str = "",
        evidence: Mapping[str, Any] | None = None,
    ) -> Membership:
        """The first event of a firm's life in the pool; AlreadyExistsError if it has one.

        A life that was undone to its beginning goes on with `move`.
        """
        company = self._companies.read_company(uscc, caller)
        first = self._event(stage, caller, reason, rule, evidence)
        _check([], first)
        event = self._announced(ENTERED, company.uscc, first)
        member = self._store.start(company.uscc, first, (company.area, company.town), event)
        self._hand_on(COLLECTION, member.uscc)
        self.follow_companies([member.uscc])
        return member

    def enter_many(
        self,
        firms: Iterable[tuple[str, Stage]],
        caller: Caller,
        reason: str,
        rule: str = "",
        after: Mapping[str, int] | None = None,
    ) -> int:
        """First events of many firms, batch by batch; firms with a life keep it. How many were new.

        Nothing is announced firm by firm, and firms the companies do not know are left out.
        """
        waiting, entered = iter(firms), 0
        while batch := dict(islice(waiting, BATCH)):
            known = self._store.known(list(batch))
            places = self._companies.places_of([uscc for uscc in batch if uscc not in known])
            rows = []
            for uscc, place in places.items():
                first = self._event(batch[uscc], caller, reason, rule)
                _check([], first)
                rows.append((uscc, first, place))
            entered += self._store.start_many(rows, after)
            self.follow_companies(list(places))
        return entered

    def move(
        self,
        uscc: str,
        stage: Stage,
        caller: Caller,
        reason: str,
        revision: int | None = None,
        rule: str = "",
        evidence: Mapping[str, Any] | None = None,
    ) -> Membership:
        """One step further, decided from `revision`; WrongStateError when the life does not allow it."""
        new = self._event(stage, caller, reason, rule, evidence)
        return self._append(uscc, new, caller, revision)

    def undo(self, uscc: str, caller: Caller, reason: str, revision: int | None = None) -> Membership:
        """Take the last standing step back by another event."""
        member = self.read(uscc, caller)
        undone = present(member.life).event
        new = LifeEvent(uuid.uuid4().hex, UNDO, self._clock.now(), caller.label, reason, undoes=undone)
        return self._append(uscc, new, caller, member.revision if revision is None else revision)

    def carry_out(self, uscc: str, step: LifeEvent, seen: str) -> None:
        """A step that was decided when the firm stood at `seen` ("step/tier"): once, however often asked.

        WrongStateError when the firm has been moved by somebody since.
        """
        for _ in range(TRIES):
            member = self._store.find(uscc)
            if member is not None and any(event.id == step.id for event in member.life):
                self.follow_companies([uscc])  # a kill may have come before
                return
            if (member.stage.key if member else "") != seen:
                raise WrongStateError("企业的状态在评估后已变动，请按现状另行决定。", id=uscc)
            new = replace(step, at=self._clock.now())
            try:
                self._take_step(uscc, member, new)
            except (AlreadyExistsError, StaleRevisionError):
                continue  # somebody else wrote meanwhile: perhaps this very step
            self._hand_on(COLLECTION, uscc)
            if member is None:
                self.follow_companies([uscc])
            return
        raise WrongStateError("企业的状态正在变动，请按现状另行决定。", id=uscc)

    def _take_step(self, uscc: str, member: Membership | None, new: LifeEvent) -> None:
        _check(member.life if member else [], new)
        if member is not None:
            self._store.append(member, new, self._announced(MOVED, uscc, new))
            return
        place = self._companies.place_of(uscc)
        if place is None:
            raise NotFoundError("企业", uscc)
        self._store.start(uscc, new, place, self._announced(ENTERED, uscc, new))

    def stages(self) -> Iterator[tuple[str, str]]:
        """(USCC, "step/tier") of every life."""
        return self._store.stages()

    def count_firms(self) -> int:
        """How many firms the companies know."""
        return self._companies.count()

    def read(self, uscc: str, caller: Caller, as_of: date | None = None) -> Membership:
        """A firm's life, for those who may know the firm; NotFoundError if it never entered.

        `as_of`: as it stood that evening; its place is the present one.
        """
        member = self._store.get(self._companies.read_company(uscc, caller).uscc)
        if as_of is None:
            return member
        end = end_of(as_of)
        life = tuple(event for event in member.life if event.at < end)
        return replace(member, life=life, stage=present(life).stage)

    def state(self, uscc: str, as_of: datetime | None = None) -> State:
        """Where the firm stands, or stood at an instant; for other rooms and jobs."""
        return self._store.state(uscc) if as_of is None else present(self._store.get(uscc).life, as_of)

    def stage_of(self, uscc: str) -> Stage:
        """Where the firm stands; outside the pool when it never entered."""
        member = self._store.find(uscc)
        return member.stage if member else Stage()

    def list_members(
        self, wanted: PoolFilter, caller: Caller, limit: int, cursor: str | None
    ) -> Page[Membership]:
        """Firms with a life, in the caller's scope."""
        if caller.kind not in {"staff", "system"}:
            raise ForbiddenError
        if caller.kind == "staff" and not caller.has(*COMMISSION):
            wanted = replace(wanted, areas=caller.scope.areas, towns=caller.scope.towns)
        return self._store.page(wanted, limit, cursor)

    def names_of(self, members: Sequence[Membership]) -> Mapping[str, str]:
        """Code -> name of these firms."""
        return self._companies.names_of([member.uscc for member in members])

    def members(self, after: str = "", batch: int = 500) -> list[str]:
        """The next USCCs pushes reach, by USCC; empty when there are no more."""
        return self._store.in_stages(REACHED, after, batch)

    def all_members(self) -> list[str]:
        """All USCCs pushes reach, by USCC."""
        found: list[str] = []
        while rows := self._store.in_stages(REACHED, found[-1] if found else "", LARGE_BATCH):
            found += rows
        return found

    def reached(self, usccs: Sequence[str]) -> list[str]:
        """Those of the firms pushes reach, by USCC."""
        return sorted(uscc for uscc, step in self._store.steps_of(usccs).items() if step in REACHED)

    def steps_of(self, usccs: Sequence[str]) -> dict[str, str]:
        """Code -> present step of the firms that have a life."""
        return self._store.steps_of(usccs)

    def count(self) -> int:
        """How many firms pushes reach."""
        return self._store.count(REACHED)

    def follow_companies(self, usccs: Sequence[str]) -> None:
        """Keep the places and industries of those of the firms that have a life."""
        members = sorted(self._store.known(usccs))
        if not members:
            return
        now, today = self._clock.now(), self._clock.today()
        for firms in self._companies.iterate_files({"industries"}, members):
            for firm in firms:
                known = resolve(firm.records, today).value("industries")
                industries = sorted(known) if isinstance(known, frozenset) else None
                self._store.place(firm.uscc, firm.places, industries, now)

    def without_life(self, usccs: Sequence[str]) -> list[str]:
        """Those of the firms that never entered."""
        known = self._store.known(usccs)
        return [uscc for uscc in usccs if uscc not in known]

    def _append(self, uscc: str, new: LifeEvent, caller: Caller, revision: int | None) -> Membership:
        member = self.read(uscc, caller)
        if revision is not None and revision != member.revision:
            raise StaleRevisionError("入库企业", member.uscc, revision, member.revision)
        _check(member.life, new)
        done = self._store.append(member, new, self._announced(MOVED, member.uscc, new))
        self._hand_on(COLLECTION, member.uscc)
        return done

    def _event(
        self,
        stage: Stage,
        caller: Caller,
        reason: str,
        rule: str = "",
        evidence: Mapping[str, Any] | None = None,
    ) -> LifeEvent:
        return LifeEvent(
            uuid.uuid4().hex,
            stage.step,
            self._clock.now(),
            caller.label,
            reason,
            stage.tier,
            rule,
            evidence or {},
        )

    def _announced(self, kind: str, uscc: str, new: LifeEvent) -> Event:
        return Event(kind, uscc, new.at, new.by, {"step": new.step, "tier": new.tier})


def _check(life: Iterable[LifeEvent], new: LifeEvent) -> None:
    try:
        check_next(list(life), new)
    except ImpossibleStepError as error:
        raise WrongStateError(error.reason, start=error.start, step=error.step) from error
