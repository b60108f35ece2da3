"""Sign-ins: opened, renewed, ended, and read anew at every request."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta

from backend.accounts.service.tokens import Access, Tokens, new_refresh_token
from backend.accounts.store.firms import BindingStore
from backend.accounts.store.persons import PersonStore
from backend.accounts.store.sessions import Family, SessionStore
from backend.accounts.store.staff import StaffStore
from backend.shared.caller import Caller
from backend.shared.clock import Clock
from backend.shared.errors import UnauthenticatedError

_ENDED = "登录已失效，请重新登录。"


@dataclass(frozen=True)
class Session:
    """What a signed-in caller gets; the refresh token is shown this once."""

    access_token: str
    access_expires_in: int
    refresh_token: str
    caller: Caller


class Sessions:
    """Opens and ends sign-ins of staff and persons."""

    def __init__(
        self,
        store: SessionStore,
        staff: StaffStore,
        persons: PersonStore,
        bindings: BindingStore,
        tokens: Tokens,
        clock: Clock,
        refresh_days: int,
    ) -> None:
        self._store = store
        self._staff = staff
        self._persons = persons
        self._bindings = bindings
        self._tokens = tokens
        self._clock = clock
        self.lifetime = timedelta(days=refresh_days)

    def open(self, kind: str, holder: str) -> Session:
        """Sign somebody in whose right to it has been checked; `kind` is "staff" or "person"."""
        now = self._clock.now()
        family = Family(uuid.uuid4().hex, kind, holder, ended=False)
        self._store.open_family(family, now, now + self.lifetime)
        return self._next(family)

    def refresh(self, refresh_token: str) -> Session:
        """New tokens for an unspent one. A spent one was stolen or copied: its whole family ends."""
        hashed = self._tokens.keyed_hash("refresh", refresh_token)
        now = self._clock.now()
        family_id = self._store.spend(hashed, now)
        if family_id is None:
            reused = self._store.family_of_spent(hashed)
            if reused is not None:
                self._store.end_family(reused, now)
            raise UnauthenticatedError(_ENDED)
        family = self._store.family(family_id)
        if family is None or family.ended:
            raise UnauthenticatedError(_ENDED)
        return self._next(family)

    def end(self, token: str) -> None:
        """Sign out: the family of this access token ends, its tokens with it."""
        self._store.end_family(self._tokens.read(token).family, self._clock.now())

    def end_all(self, kind: str, holder: str) -> None:
        """End every sign-in of somebody."""
        self._store.end_all(kind, holder, self._clock.now())

    def authenticate(self, token: str) -> Caller:
        """The caller with today's roles and firms; UnauthenticatedError when token or sign-in has ended."""
        access = self._tokens.read(token)
        family = self._store.family(access.family)
        if family is None or family.ended or (family.kind, family.holder) != (access.kind, access.holder):
            raise UnauthenticatedError(_ENDED)
        return self._caller(access.kind, access.holder)

    def _next(self, family: Family) -> Session:
        caller = self._caller(family.kind, family.holder)
        now = self._clock.now()
        refresh_token = new_refresh_token()
        hashed = self._tokens.keyed_hash("refresh", refresh_token)
        self._store.add_refresh(hashed, family, now, now + self.lifetime)
        access = self._tokens.sign(Access(family.kind, family.holder, family.id))
        return Session(access, int(self._tokens.lifetime.total_seconds()), refresh_token, caller)

    def _caller(self, kind: str, holder: str) -> Caller:
        if kind == "staff":
            staff = self._staff.find(holder)
            if staff is None or staff.disabled:
                raise UnauthenticatedError(_ENDED)
            return staff.caller()
        person = self._persons.find(holder)
        if person is None or person.state != "active":
            raise UnauthenticatedError(_ENDED)
        firms = frozenset(binding.uscc for binding in self._bindings.of_person(holder))
        return Caller("person", holder, firms=firms)
