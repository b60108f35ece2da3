"""Accounts: who is asking, what they may do, and their rights over their data."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from backend.accounts.service.audit import AuditLog
from backend.accounts.service.firms import FirmAccess, FirmPlace
from backend.accounts.service.notice import Notice, current_notice
from backend.accounts.service.passwords import Passwords
from backend.accounts.service.personal_data import PersonalData
from backend.accounts.service.persons import CodeToOpenid, Persons, check_notice, masked
from backend.accounts.service.sessions import Session, Sessions
from backend.accounts.service.staff import StaffAccounts
from backend.accounts.service.tokens import Tokens
from backend.accounts.store.audit import AuditStore, Entry
from backend.accounts.store.firms import Binding, BindingStore, Invitation, InvitationStore
from backend.accounts.store.persons import IDENTITIES, PERSONS, Consent, PersonStore
from backend.accounts.store.sessions import SessionStore
from backend.accounts.store.staff import AttemptStore, Staff, StaffStore
from backend.settings import Settings
from backend.shared.caller import SYSTEM, Caller, Role
from backend.shared.clock import Clock

__all__ = [
    "AccountService",
    "AuditLog",
    "Binding",
    "Consent",
    "Entry",
    "Invitation",
    "Notice",
    "Passwords",
    "PersonalData",
    "Session",
    "Staff",
    "current_notice",
    "masked",
]

_ROOM = "accounts"


class AccountService:
    """The room's services tied together: `staff`, `sessions`, `firms`, `persons`, `audit`."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        hand_on: Callable[[str, str], bool],
        firm_place: FirmPlace,
        openid_of: CodeToOpenid,
        personal_data: PersonalData,
        passwords: Passwords | None = None,
    ) -> None:
        self._clock = clock
        self._sessions_store = SessionStore()
        self._attempts = AttemptStore()
        staff_store, person_store, binding_store = StaffStore(), PersonStore(), BindingStore()
        tokens = Tokens(settings.signing_key, clock, settings.access_minutes)
        self.audit = AuditLog(AuditStore(), clock)
        self.staff = StaffAccounts(
            staff_store,
            self._attempts,
            self._sessions_store,
            passwords or Passwords(),
            tokens,
            self.audit,
            clock,
        )
        self.sessions = Sessions(
            self._sessions_store,
            staff_store,
            person_store,
            binding_store,
            tokens,
            clock,
            settings.refresh_days,
        )
        self.firms = FirmAccess(
            InvitationStore(),
            binding_store,
            person_store,
            firm_place,
            tokens,
            self.audit,
            clock,
            hand_on,
            settings.invitation_days,
        )
        self.persons = Persons(
            person_store, self.firms, self.sessions, personal_data, openid_of, self.audit, clock
        )
        for collection in (PERSONS, IDENTITIES):
            personal_data.register(_ROOM, collection, self.persons.export_person, self.persons.erase_person)

    def sign_in_staff(self, name: str, password: str, address: str = "") -> Session:
        """Sign a member of staff in; UnauthenticatedError, or TooManyRequestsError after many failures."""
        staff = self.staff.check_password(name, password, address)
        self.audit.record(staff.caller(), "session.opened", f"staff:{name}", address=address)
        return self.sessions.open("staff", staff.name)

    def sign_in_wechat(self, code: str) -> Session:
        """Sign a person in by a WeChat code."""
        return self.sessions.open("person", self.persons.person_of_wechat(code))

    def sign_in_invited(self, code: str, notice_version: str) -> Session:
        """Make a person of a web visitor with an invitation, bind it, keep its consent, sign it in."""
        check_notice(notice_version)
        person = self.firms.redeem_as_visitor(code)
        self.persons.consent(notice_version, push=False, contact=False, caller=person)
        return self.sessions.open("person", person.id)

    def authenticate(self, token: str) -> Caller:
        """The caller behind an access token, read anew; UnauthenticatedError."""
        return self.sessions.authenticate(token)

    def add_staff(
        self,
        name: str,
        password: str,
        roles: frozenset[Role],
        caller: Caller,
        areas: Iterable[str] = (),
        towns: Iterable[str] = (),
        department: str = "",
    ) -> Staff:
        """A new staff account (see StaffAccounts.add_staff)."""
        return self.staff.add_staff(name, password, roles, caller, areas, towns, department)

    def ensure_admin(self, name: str, password: str) -> Staff:
        """The admin account of this name, made if there is none."""
        return self.staff.ensure_admin(name, password, SYSTEM)

    def staff_caller(self, name: str, *roles: Role) -> Caller:
        """An account as the one who asks; ForbiddenError when disabled or without one of the roles."""
        return self.staff.staff_caller(name, *roles)

    def purge_expired(self, now: datetime) -> dict[str, int]:
        """Remove expired tokens, sign-ins, invitations and old counts of failures; how many of each."""
        return {
            "sessions": self._sessions_store.purge(now),
            "invitations": self.firms.purge(now),
            "attempts": self._attempts.purge(now - self.sessions.lifetime),
        }
