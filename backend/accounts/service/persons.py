"""Persons of firms and their rights: sign-in, phone, consent, export, deletion."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from backend.accounts.service.audit import AuditLog
from backend.accounts.service.firms import FirmAccess
from backend.accounts.service.notice import current_notice, notices
from backend.accounts.service.personal_data import PersonalData
from backend.accounts.service.sessions import Sessions
from backend.accounts.store.persons import Consent, Person, PersonStore
from backend.shared.caller import SYSTEM, Caller
from backend.shared.clock import Clock, in_shanghai
from backend.shared.errors import ForbiddenError, InvalidInputError

# A WeChat sign-in code -> openid; UnauthenticatedError for a bad code, CarrierError when WeChat is down.
CodeToOpenid = Callable[[str], str]


@dataclass(frozen=True)
class Profile:
    """What a person sees of itself; `consent` is the newest statement, None before the first."""

    person: Person
    consent: Consent | None


class Persons:
    """What a person of a firm may do with its own data."""

    def __init__(
        self,
        store: PersonStore,
        firms: FirmAccess,
        sessions: Sessions,
        personal_data: PersonalData,
        openid_of: CodeToOpenid,
        audit: AuditLog,
        clock: Clock,
    ) -> None:
        self._store = store
        self._firms = firms
        self._sessions = sessions
        self._personal_data = personal_data
        self._openid_of = openid_of
        self._audit = audit
        self._clock = clock

    def person_of_wechat(self, code: str) -> str:
        """The person behind a WeChat code, made at the first sign-in.

        The person is written before the identity that points to it; of two first sign-ins at once one
        leaves an unused person behind, without personal data.
        """
        openid = self._openid_of(code)
        known = self._store.person_of(openid)
        if known is not None:
            return known
        person_id = uuid.uuid4().hex
        now = self._clock.now()
        self._store.add(person_id, "wechat", now)
        return self._store.identify(openid, person_id, now)

    def read_profile(self, caller: Caller) -> Profile:
        """The calling person."""
        consents = self._store.consents(caller.id)
        return Profile(self._store.get(caller.id), consents[-1] if consents else None)

    def set_phone(self, phone: str, caller: Caller) -> Person:
        """Store the calling person's phone number ("" removes it); needs the notice to be agreed to."""
        if phone and not self._agreed(caller.id):
            raise ForbiddenError("请先阅读并同意个人信息告知书。")
        person = self._store.set_phone(caller.id, phone, self._clock.now())
        self._audit.record(caller, "phone.changed", caller.label)
        return person

    def read_contact(self, person_id: str, reason: str, caller: Caller) -> str:
        """The full phone number for staff in whose scope a firm of the person lies; logged first."""
        person = self._store.get(person_id)
        self._firms.check_reach(person_id, caller)
        self._audit.record(caller, "contact.read", f"person:{person_id}", reason=reason)
        return person.phone

    def consent(self, notice: str, push: bool, contact: bool, caller: Caller) -> Consent:
        """A new statement about the notice; the optional purposes may be given and withdrawn at any time."""
        check_notice(notice)
        consent = Consent(notice, push, contact, self._clock.now())
        self._store.add_consent(caller.id, consent)
        self._audit.record(caller, "consent.given", caller.label, notice=notice, push=push, contact=contact)
        return consent

    def consents(self, person_id: str) -> list[Consent]:
        """All statements, oldest first."""
        return self._store.consents(person_id)

    def allows(self, person_id: str, purpose: str) -> bool:
        """Whether the newest statement allows an optional purpose: "push" or "contact"."""
        consents = self._store.consents(person_id)
        return bool(consents) and {"push": consents[-1].push, "contact": consents[-1].contact}[purpose]

    def openids(self, person_id: str) -> list[str]:
        """The WeChat identities to send to."""
        return self._store.openids(person_id)

    def openids_of(self, person_ids: Sequence[str]) -> dict[str, str]:
        """Person -> the WeChat identity to send to, of those that have one."""
        return self._store.openids_of(person_ids)

    def person_of(self, openid: str) -> str | None:
        """Whose WeChat identity this is."""
        return self._store.person_of(openid)

    def allowing_push(self, person_ids: Sequence[str]) -> set[str]:
        """Those of the persons who allow the optional purpose "push"."""
        return self._store.allowing_push(person_ids)

    def export(self, caller: Caller) -> dict[str, dict[str, Any]]:
        """Everything the house holds of the calling person, room by room."""
        self._audit.record(caller, "person.exported", caller.label)
        return self._personal_data.export(caller.id)

    def delete(self, caller: Caller) -> None:
        """Erase the calling person's data everywhere and sign it out; repeating it changes nothing."""
        self._store.mark_leaving(caller.id, caller.label, self._clock.now())
        self._finish_deletion(caller.id, caller)

    def resume_deletions(self) -> int:
        """Finish deletions that were cut off; for the sweep."""
        leaving = list(self._store.leaving())
        for person_id in leaving:
            self._finish_deletion(person_id, SYSTEM)
        return len(leaving)

    def export_person(self, person_id: str) -> dict[str, Any]:
        """What this room holds of a person."""
        person = self._store.get(person_id)
        return {
            "phone": person.phone,
            "origin": person.origin,
            "since": in_shanghai(person.created_at).isoformat(),
            "wechat_openids": self._store.openids(person_id),
            "firms": [
                {"uscc": binding.uscc, "since": in_shanghai(binding.since).isoformat()}
                for binding in self._firms.bindings_of(Caller("person", person_id))
            ],
            "consents": [
                {
                    "notice": consent.notice,
                    "push": consent.push,
                    "contact": consent.contact,
                    "at": in_shanghai(consent.at).isoformat(),
                }
                for consent in self._store.consents(person_id)
            ],
        }

    def erase_person(self, person_id: str) -> dict[str, Any]:
        """Remove phone and WeChat identities; that somebody agreed to what stays, without saying who."""
        return {
            "phone": self._store.erase_phone(person_id, self._clock.now()),
            "wechat_identities": self._store.erase_identities(person_id),
        }

    def _finish_deletion(self, person_id: str, caller: Caller) -> None:
        self._sessions.end_all("person", person_id)
        self._firms.end_all_bindings(person_id, caller)
        erased = self._personal_data.erase(person_id)
        self._audit.record(caller, "person.erased", f"person:{person_id}", rooms=sorted(erased))
        self._store.mark_erased(person_id, self._clock.now())

    def _agreed(self, person_id: str) -> bool:
        consents = self._store.consents(person_id)
        return bool(consents) and consents[-1].notice == current_notice().version


def check_notice(version: str) -> None:
    """InvalidInputError unless this is the notice in force."""
    if version == current_notice().version:
        return
    outdated = version in notices()
    raise InvalidInputError.at(
        "notice_version", "告知书已更新，请阅读新版本。" if outdated else "没有这个版本。"
    )


def masked(phone: str) -> str:
    """138****1234; "" when there is none."""
    return f"{phone[:3]}****{phone[-4:]}" if phone else ""
