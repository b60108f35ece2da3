"""The verbs of mentors, counsellors and liaisons. This room takes a place and knows no firm."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from backend.people.store import COLLECTION, LEVELS, Absence, Adviser, PeopleStore
from backend.shared.caller import Caller, Role
from backend.shared.clock import Clock
from backend.shared.errors import (
    AlreadyExistsError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    Problem,
)
from backend.shared.events import Event
from backend.shared.paging import Page
from policies.vocabulary import AREAS, HELP_KINDS, SKILLS, TOWNS

__all__ = ["CHANGED", "COLLECTION", "LEVELS", "Absence", "Adviser", "PeopleService"]

CHANGED = "adviser.changed"
COMMISSION = (Role.EDITOR, Role.REVIEWER, Role.PUBLISHER)
_WORDS = {"skills": SKILLS, "areas": AREAS, "towns": TOWNS, "help_kinds": HELP_KINDS}


class PeopleService:
    """Advisers are announced when they change, so that search, the map and the grid follow."""

    def __init__(
        self,
        store: PeopleStore,
        clock: Clock,
        hand_on: Callable[[str, str], bool],
        staff_known: Callable[[str], bool],
    ) -> None:
        self._store = store
        self._clock = clock
        self._hand_on = hand_on
        self._staff_known = staff_known

    def add_adviser(self, adviser_id: str, fields: dict[str, Any], caller: Caller) -> Adviser:
        """Store a new adviser; InvalidInputError for words no list knows."""
        self._check(adviser_id, fields)
        event = self._changed(adviser_id, caller)
        added = self._store.add(adviser_id, fields, caller.label, event.at, event)
        self._hand_on(COLLECTION, added.id)
        return added

    def edit_adviser(self, adviser_id: str, fields: dict[str, Any], revision: int, caller: Caller) -> Adviser:
        """Change an adviser from the revision the editor saw; the level is for life."""
        known = self._store.get(adviser_id)
        if fields.get("level", known.level) != known.level:
            raise InvalidInputError.at("level", "层级不能修改，请新增一位服务人员。")
        self._check(adviser_id, fields)
        return self._edit(adviser_id, fields, revision, caller)

    def suspend(self, adviser_id: str, revision: int, caller: Caller, why: str) -> Adviser:
        """Take somebody off the lists, and note why."""
        return self._edit(adviser_id, {"listed": False, "suspended_because": why}, revision, caller)

    def resume(self, adviser_id: str, revision: int, caller: Caller) -> Adviser:
        """List somebody again."""
        return self._edit(adviser_id, {"listed": True, "suspended_because": ""}, revision, caller)

    def set_absences(
        self, adviser_id: str, absences: Sequence[Absence], revision: int, caller: Caller
    ) -> Adviser:
        """When somebody is away and who stands in, whole; the adviser itself or the commission."""
        self._check_own(adviser_id, caller)
        stand_ins = [away.stand_in for away in absences if away.stand_in]
        known = self._store.known(stand_ins)
        problems = [
            Problem(f"absences.{place}", "结束日期不能早于开始日期。")
            for place, away in enumerate(absences)
            if away.last < away.first
        ] + [
            Problem("absences", f"代班人“{name}”不存在或就是本人。")
            for name in stand_ins
            if name not in known or name == adviser_id
        ]
        if problems:
            raise InvalidInputError(problems)
        rows = [
            {"first": away.first.isoformat(), "last": away.last.isoformat(), "stand_in": away.stand_in}
            for away in sorted(absences, key=lambda away: away.first)
        ]
        return self._edit(adviser_id, {"absences": rows}, revision, caller)

    def set_interests(
        self, adviser_id: str, interests: dict[str, str], revision: int, caller: Caller
    ) -> Adviser:
        """The firms somebody may not advise and why, whole; the adviser itself or the commission."""
        self._check_own(adviser_id, caller)
        rows = [{"uscc": uscc, "why": why} for uscc, why in sorted(interests.items())]
        return self._edit(adviser_id, {"interests": rows}, revision, caller)

    def list_advisers(
        self,
        limit: int,
        cursor: str | None,
        level: str | None = None,
        skill: str | None = None,
        area: str | None = None,
    ) -> Page[Adviser]:
        """Listed advisers."""
        return self._store.page(limit, cursor, level=level, skills=skill, areas=area)

    def list_all(self, limit: int, cursor: str | None, level: str | None = None) -> Page[Adviser]:
        """All advisers, suspended ones too; for staff."""
        return self._store.page(limit, cursor, listed_only=False, level=level)

    def read_adviser(self, adviser_id: str) -> Adviser:
        """One listed adviser."""
        found = self._store.get(adviser_id)
        if not found.listed:
            raise NotFoundError("服务人员", adviser_id)
        return found

    def find_adviser(self, adviser_id: str) -> Adviser:
        """One adviser, listed or not; for staff and for listeners."""
        return self._store.get(adviser_id)

    def listed_names(self, ids: Sequence[str]) -> dict[str, str]:
        """Id and name of those of these that are listed."""
        return self._store.listed_names(ids)

    def of_caller(self, caller: Caller) -> Adviser | None:
        """The adviser who is asking, if a member of staff is one."""
        return self._store.of_staff(caller.id) if caller.kind == "staff" else None

    def accounts_of(self, adviser_ids: Sequence[str]) -> dict[str, str]:
        """Adviser -> account, of those that have one."""
        return self._store.accounts_of(adviser_ids)

    def staffed(self) -> set[str]:
        """The accounts an adviser is described for, listed or not."""
        return self._store.staffed()

    def everyone(self) -> list[Adviser]:
        """All listed advisers."""
        return self._store.everyone()

    def helpers(self, condition_ids: list[str], help_kinds: list[str]) -> list[Adviser]:
        """Listed mentors and counsellors for one of the conditions or kinds of help."""
        return [one for one in self._store.helping(condition_ids, help_kinds) if one.level != "liaison"]

    def _edit(self, adviser_id: str, fields: dict[str, Any], revision: int, caller: Caller) -> Adviser:
        event = self._changed(adviser_id, caller)
        edited = self._store.edit(adviser_id, fields, revision, caller.label, event.at, event)
        self._hand_on(COLLECTION, edited.id)
        return edited

    def _check(self, adviser_id: str, fields: dict[str, Any]) -> None:
        problems = [
            Problem(name, f"没有“{word}”这一项。")
            for name, words in _WORDS.items()
            for word in fields.get(name, ())
            if word not in words
        ]
        staff = fields.get("staff", "")
        if staff and not self._staff_known(staff):
            problems.append(Problem("staff", f"没有“{staff}”这个工作人员账号。"))
        if problems:
            raise InvalidInputError(problems)
        holder = self._store.of_staff(staff)
        if holder is not None and holder.id != adviser_id:
            raise AlreadyExistsError("该账号的服务人员", holder.id)

    def _check_own(self, adviser_id: str, caller: Caller) -> None:
        itself = self.of_caller(caller)
        if not caller.has(*COMMISSION) and (itself is None or itself.id != adviser_id):
            raise ForbiddenError

    def _changed(self, adviser_id: str, caller: Caller) -> Event:
        return Event(CHANGED, adviser_id, self._clock.now(), caller.label)
