"""The verbs of institutions. Who may call them is checked at the door; what may be written, here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from backend.institutions.store import COLLECTION, Institution, InstitutionStore
from backend.shared.caller import Caller
from backend.shared.clock import Clock
from backend.shared.errors import NotFoundError
from backend.shared.events import Event
from backend.shared.paging import Page

__all__ = ["CHANGED", "COLLECTION", "OVERDUE", "Institution", "InstitutionService", "confirm_by"]

CHANGED = "institution.changed"
OVERDUE = "institution.confirmation_overdue"


class InstitutionService:
    """Institutions are announced when they change, so that search and the graph follow."""

    def __init__(self, store: InstitutionStore, clock: Clock, hand_on: Callable[[str, str], bool]) -> None:
        self._store = store
        self._clock = clock
        self._hand_on = hand_on

    def add_institution(self, institution_id: str, fields: dict[str, Any], caller: Caller) -> Institution:
        """Store a new institution."""
        event = self._changed(institution_id, caller)
        added = self._store.add(institution_id, fields, caller.label, event.at, event)
        self._hand_on(COLLECTION, added.id)
        return added

    def edit_institution(
        self, institution_id: str, fields: dict[str, Any], revision: int, caller: Caller
    ) -> Institution:
        """Change an institution from the revision the editor saw."""
        event = self._changed(institution_id, caller)
        edited = self._store.edit(institution_id, fields, revision, caller.label, event.at, event)
        self._hand_on(COLLECTION, edited.id)
        return edited

    def suspend(self, institution_id: str, revision: int, caller: Caller, why: str) -> Institution:
        """Take it off the lists, and note why."""
        fields = {"listed": False, "suspended_because": why}
        return self._stand(institution_id, "suspended", why, fields, revision, caller)

    def resume(self, institution_id: str, revision: int, caller: Caller, why: str = "") -> Institution:
        """List it again."""
        fields = {"listed": True, "suspended_because": ""}
        return self._stand(institution_id, "listed", why or "恢复", fields, revision, caller)

    def confirm(self, institution_id: str, revision: int, caller: Caller, why: str) -> Institution:
        """Once a year: what is written here still holds; say how it was checked."""
        day = self._clock.today().isoformat()
        return self._stand(institution_id, "confirmed", why, {"confirmed_on": day}, revision, caller)

    def remind_unconfirmed(self) -> int:
        """Job: write a reminder for each whose yearly confirmation is overdue, once; how many."""
        before, now, told = _a_year_before(self._clock.today()), self._clock.now(), 0
        for found in self._store.unconfirmed(before):
            event = Event(OVERDUE, found.id, now, "system", {"confirmed_on": found.confirmed_on.isoformat()})
            if self._store.remind(found, now, event):
                told += 1
            self._hand_on(COLLECTION, found.id)
        return told

    def list_institutions(
        self, limit: int, cursor: str | None, kind: str | None = None, area: str | None = None
    ) -> Page[Institution]:
        """Listed institutions."""
        return self._store.page(limit, cursor, kind=kind, area=area)

    def list_all(self, limit: int, cursor: str | None) -> Page[Institution]:
        """All institutions, suspended ones too; for staff."""
        return self._store.page(limit, cursor, listed_only=False)

    def read_institution(self, institution_id: str) -> Institution:
        """One listed institution."""
        found = self._store.get(institution_id)
        if not found.listed:
            raise NotFoundError("机构", institution_id)
        return found

    def find_institution(self, institution_id: str) -> Institution:
        """One institution, listed or not; for staff and for listeners."""
        return self._store.get(institution_id)

    def listed_names(self, ids: Sequence[str]) -> dict[str, str]:
        """Id and name of those of these that are listed."""
        return self._store.listed_names(ids)

    def helpers(
        self, condition_ids: list[str], help_kinds: list[str], area: str | None = None
    ) -> list[Institution]:
        """Listed institutions that help with one of the conditions, in this area when one is given."""
        return self._store.helping(condition_ids, help_kinds, area)

    def _stand(
        self,
        institution_id: str,
        standing: str,
        why: str,
        fields: dict[str, Any],
        revision: int,
        caller: Caller,
    ) -> Institution:
        event = self._changed(institution_id, caller)
        done = self._store.stand(
            institution_id, standing, why, fields, revision, caller.label, event.at, event
        )
        self._hand_on(COLLECTION, done.id)
        return done

    def _changed(self, institution_id: str, caller: Caller) -> Event:
        return Event(CHANGED, institution_id, self._clock.now(), caller.label)


def confirm_by(institution: Institution) -> date:
    """The last day on which its confirmation still counts: a year after the last one."""
    day = institution.confirmed_on
    return day.replace(year=day.year + 1) if (day.month, day.day) != (2, 29) else date(day.year + 1, 2, 28)


def _a_year_before(today: date) -> date:
    """Whatever was confirmed before this day is overdue today."""
    leap_day = (today.month, today.day) == (2, 29)
    return date(today.year - 1, 3, 1) if leap_day else today.replace(year=today.year - 1)
