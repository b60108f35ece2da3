"""Staff accounts: who works here, in which roles, where."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from backend.accounts.service.audit import AuditLog
from backend.accounts.service.passwords import Passwords, check_length
from backend.accounts.service.tokens import Tokens, seconds_until
from backend.accounts.store.sessions import SessionStore
from backend.accounts.store.staff import AttemptStore, Staff, StaffStore
from backend.shared.caller import Caller, Role
from backend.shared.clock import Clock
from backend.shared.errors import (
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    Problem,
    TooManyRequestsError,
    UnauthenticatedError,
    WrongStateError,
)
from backend.shared.paging import Page
from policies.vocabulary import AREAS, DEPARTMENTS, TOWNS

# After some free tries each further one in a row waits twice as long: slow for guessing, bearable for people.
FREE_TRIES = 5
LONGEST_WAIT = timedelta(minutes=1)


class StaffAccounts:
    """Adds, changes and checks staff accounts."""

    def __init__(
        self,
        store: StaffStore,
        attempts: AttemptStore,
        sessions: SessionStore,
        passwords: Passwords,
        tokens: Tokens,
        audit: AuditLog,
        clock: Clock,
    ) -> None:
        self._store = store
        self._attempts = attempts
        self._sessions = sessions
        self._passwords = passwords
        self._tokens = tokens
        self._audit = audit
        self._clock = clock

    def add_staff(
        self,
        name: str,
        password: str,
        roles: frozenset[Role],
        caller: Caller,
        areas: Iterable[str] = (),
        towns: Iterable[str] = (),
        department: str = "",
        display_name: str = "",
    ) -> Staff:
        """A new account; AlreadyExistsError if the name is taken, InvalidInputError for unknown places."""
        check_length(password)
        fields = _stored_fields(
            {
                "roles": roles,
                "areas": list(areas),
                "towns": list(towns),
                "department": department,
                "display_name": display_name,
            }
        )
        fields["password"] = self._passwords.hash(password)
        staff = self._store.add(name, fields, caller.label, self._clock.now())
        self._audit.record(caller, "staff.added", f"staff:{name}", roles=sorted(roles))
        return staff

    def ensure_admin(self, name: str, password: str, caller: Caller) -> Staff:
        """The admin account of this name, made if there is none; an existing one is left as it is."""
        found = self._store.find(name)
        return found or self.add_staff(name, password, frozenset({Role.ADMIN}), caller)

    def change_staff(self, name: str, fields: dict[str, Any], revision: int, caller: Caller) -> Staff:
        """Change an account. A new password, or disabling, ends all its sign-ins."""
        if caller.kind == "staff" and caller.id == name and (fields.get("disabled") or "roles" in fields):
            raise WrongStateError("不能停用自己的账号，也不能修改自己的角色，请由另一位管理员操作。")
        fields = _stored_fields(fields)
        changed = sorted(fields)
        if "password" in fields:
            check_length(fields["password"])
            fields["password"] = self._passwords.hash(fields["password"])
        now = self._clock.now()
        staff = self._store.edit(name, fields, revision, caller.label, now)
        if "password" in fields or staff.disabled:
            self._sessions.end_all("staff", name, now)
        self._audit.record(caller, "staff.changed", f"staff:{name}", fields=changed)
        return staff

    def list_staff(self, limit: int, cursor: str | None) -> Page[Staff]:
        """All accounts by name."""
        return self._store.listed(limit, cursor)

    def is_known(self, name: str) -> bool:
        """Whether there is an account of this name."""
        return self._store.find(name) is not None

    def read_staff(self, name: str) -> Staff:
        """One account; NotFoundError if there is none."""
        found = self._store.find(name)
        if found is None:
            raise NotFoundError("工作人员账号", name)
        return found

    def staff_caller(self, name: str, *roles: Role) -> Caller:
        """An account as the one who asks; ForbiddenError when disabled or without one of the roles."""
        staff = self.read_staff(name)
        caller = staff.caller()
        if staff.disabled or (roles and not caller.has(*roles)):
            raise ForbiddenError
        return caller

    def check_password(self, name: str, password: str, address: str) -> Staff:
        """The account, when name and password are right and it is not disabled; else UnauthenticatedError."""
        key = self._tokens.keyed_hash("attempt", name)
        now = self._clock.now()
        self._slow_down(key, now)
        stored = self._store.password_of(name)
        right = self._passwords.verify(stored, password)
        staff = self._store.find(name)
        if not right or staff is None or staff.disabled:
            self._attempts.count(key, now)
            known = f"staff:{name}" if staff else "staff"
            self._audit.record(Caller(), "session.refused", known, address=address)
            raise UnauthenticatedError("用户名或密码不正确。")
        self._attempts.forget(key)
        if stored is not None and self._passwords.outdated(stored):
            self._store.rehash(name, stored, self._passwords.hash(password))
        return staff

    def _slow_down(self, key: str, now: datetime) -> None:
        failures, last = self._attempts.of(key)
        if last is None or failures < FREE_TRIES:
            return
        wait = min(LONGEST_WAIT, timedelta(seconds=2 ** min(failures - FREE_TRIES, 10)))
        if now < last + wait:
            raise TooManyRequestsError(seconds_until(last + wait, now))


def _stored_fields(fields: dict[str, Any]) -> dict[str, Any]:
    """As the store keeps them; InvalidInputError names unknown areas, towns and departments."""
    problems = [
        Problem(name, f"没有“{word[:60]}”这一项。")
        for name, known in (("areas", AREAS), ("towns", TOWNS))
        for word in fields.get(name, ())
        if word not in known
    ]
    department = fields.get("department", "")
    if department and department not in DEPARTMENTS:
        problems.append(Problem("department", f"没有“{department[:60]}”这一项。"))
    if problems:
        raise InvalidInputError(problems)
    stored = dict(fields)
    if "roles" in stored:
        stored["roles"] = sorted(role.value for role in stored["roles"])
    return stored
