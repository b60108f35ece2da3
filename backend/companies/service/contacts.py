"""Whom to call: masked for everybody, in full only for a stated reason that is written down."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from backend.accounts.service import masked
from backend.companies.service import CompanyService
from backend.companies.store.contacts import Contact, ContactStore
from backend.shared.caller import Caller
from backend.shared.clock import Clock
from backend.shared.errors import ForbiddenError


class ContactService:
    """Who may read the firm may read its contact masked; staff may ask for it in full."""

    def __init__(
        self, store: ContactStore, companies: CompanyService, record: Callable[..., None], clock: Clock
    ) -> None:
        self._store = store
        self._companies = companies
        self._record = record
        self._clock = clock

    def read(self, uscc: str, caller: Caller) -> Contact:
        """The firm's contact, masked."""
        contact = self._store.get(self._companies.read_company(uscc, caller).uscc)
        return Contact(
            contact.uscc,
            _masked_name(contact.contact_name),
            masked(contact.contact_phone),
            "",
            contact.updated_at,
        )

    def read_in_full(self, uscc: str, reason: str, caller: Caller) -> Contact:
        """The contact as it is, for staff who say why; the audit keeps who, when, of whom and why."""
        company = self._companies.read_company(uscc, caller)
        if caller.kind != "staff":
            raise ForbiddenError
        self._record(caller, "contact.read", f"company:{company.uscc}", reason=reason)
        return self._store.get(company.uscc)

    def write(self, uscc: str, fields: Mapping[str, str], caller: Caller) -> Contact:
        """Set what is given of the contact; answers masked."""
        company = self._companies.read_company(uscc, caller)
        person = caller.id if caller.kind == "person" else ""
        self._store.put(company.uscc, fields, person, caller.label, self._clock.now())
        return self.read(uscc, caller)

    def erase(self, uscc: str, caller: Caller) -> None:
        """Remove the contact."""
        company = self._companies.read_company(uscc, caller)
        self._store.erase(company.uscc)
        self._record(caller, "contact.erased", f"company:{company.uscc}")

    def export_person(self, person_id: str) -> dict[str, Any]:
        """What a person wrote as a firm's contact."""
        return {
            "contacts": [
                {"uscc": c.uscc, "contact_name": c.contact_name, "contact_phone": c.contact_phone}
                for c in self._store.of_person(person_id)
            ]
        }

    def erase_person(self, person_id: str) -> dict[str, Any]:
        """Remove what a person wrote as a firm's contact."""
        return {"contacts": self._store.erase_person(person_id)}


def _masked_name(name: str) -> str:
    return name[:1] + "*" * (len(name) - 1)
